// What the transcript has to show of a state: its entries, and what is new about them.

import { CARDS } from "../cards/registry.js";

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../reducer.js").Entry} Entry */
/** @typedef {import("../reducer.js").Message} Message */
/** @typedef {import("../reducer.js").Note} Note */
/** @typedef {import("../reducer.js").Fault} Fault */
/** @typedef {Message | Note | Fault} Thing what an entry stands for */

/** @param {State} state @param {string} id @returns {Thing | undefined} */
export function thingOf({ messages, notes, faults }, id) {
  return messages[id] ?? notes[id] ?? faults[id];
}

/** What can be shown: a long meeting's page begins with one end of it, and the words of the rest follow. @param {State} state */
export function entriesOf({ order, messages }) {
  const isAbsent = (/** @type {Entry | undefined} */ entry) => entry !== undefined && messages[entry.id]?.absent === true;
  const last = order.findLastIndex(isAbsent);
  if (last < 0) return order;
  const isBefore = isAbsent(order.find(({ kind }) => kind === "message"));
  return isBefore ? order.slice(last + 1) : order.slice(0, order.findIndex(isAbsent));
}

/** Notes wait for their cards. @param {string} kind */
export function isReady(kind) {
  return kind === "message" || kind in CARDS;
}

/** Whether a later turn takes its place. @param {Thing} thing */
export function isDiscarded(thing) {
  return "status" in thing && thing.status === "discarded";
}

/** Whether a text that grew is finished now; while nobody looks nobody feels it. @param {Thing} thing @param {Thing} last */
export function isSetAnew(thing, last) {
  return !document.hidden && "html" in thing && "html" in last && thing.html !== null && last.html === null;
}

/** Whether a replay went back behind the end of a text, or of a part of it. @param {Thing} thing @param {Thing} last */
export function isEarlier(thing, last) {
  if (!("content_length" in thing && "content_length" in last)) return false;
  return (last.html !== null && thing.html === null && !thing.away) || thing.content_length < last.content_length;
}

/** @param {State} state @param {Entry} entry @returns {import("./stages.js").Placed[]} */
export function placed(state, { kind, id }) {
  const thing = thingOf(state, id);
  if (!thing || !isReady(kind)) return [];
  if ("content_length" in thing) return [{ id, kind, node_id: thing.node_id, status: thing.status, round: thing.round }];
  if ("fault_id" in thing) return [{ id, kind, node_id: thing.node_id, status: "failed", round: null }];
  return [{ id, kind, node_id: thing.node_id, status: "completed", round: roundOf(thing) }];
}

/** @param {Note} note @returns {number | null} */
function roundOf({ kind, data }) {
  if (kind === "ballot") return data.opened.round;
  if (kind === "round") return data.decision === "again" ? data.round + 1 : data.round;
  return kind === "facts" || kind === "memory" || kind === "review" ? (data.round ?? null) : null;
}
