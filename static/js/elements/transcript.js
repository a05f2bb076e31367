// <council-transcript>: what was said, section by section; members who speak at the same time stand side by side.

import { CARDS } from "../cards/registry.js";
import { jumpTo } from "../lib/jump.js";
import { copyTemplate } from "../lib/templates.js";
import { MessageElement } from "./message.js";
import { RoomElement } from "./room_element.js";
import { TranscriptLayout } from "./transcript_layout.js";

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../reducer.js").Entry} Entry */
/** @typedef {import("../reducer.js").Message} Message */
/** @typedef {import("../reducer.js").Note} Note */
/** @typedef {import("../reducer.js").Fault} Fault */
/** @typedef {Message | Note | Fault} Thing what an entry stands for */

class Transcript extends RoomElement {
  /** @type {import("../protocol.js").Places} */ #places = {};
  /** @type {TranscriptLayout | null} */ #layout = null;
  /** @type {Map<string, HTMLElement>} */ #elements = new Map();
  /** @type {Map<string, Thing>} */ #shown = new Map();
  /** @type {State | null} */ #state = null;
  #kinds = 0;
  /** @type {Target | null} */ #wanted = null;

  /** @param {import("./room_element.js").RoomParts} parts */
  join({ places, commands }) {
    this.#places = places;
    this.#layout = new TranscriptLayout(this, places, (id) => this.#elements.get(id));
    this.addEventListener("click", (event) => this.#endTurn(event, commands));
    this.addEventListener("click", (event) => this.#runAgain(event));
    document.addEventListener("jump", (event) => this.#jump(/** @type {CustomEvent<Target>} */ (event).detail));
  }

  /** Any state may follow any other: a replay goes back as well. @param {State} state */
  show(state) {
    if (!this.#state) this.#adopt(state);
    if (this.#update(state)) this.#arrange(state);
    this.#state = state;
    if (this.#wanted) this.#jump(this.#wanted);
  }

  // What has changed

  /** Brings each entry that changed up to date. @param {State} state @returns {boolean} whether entries came, went or moved */
  #update(state) {
    const before = this.#state;
    const kinds = Object.keys(CARDS).length;
    const same = before && before.messages === state.messages && before.notes === state.notes && before.faults === state.faults;
    if (same && before.order === state.order && kinds === this.#kinds) return false;
    let moved = before?.order !== state.order || kinds !== this.#kinds;
    this.#kinds = kinds;
    for (const { kind, id } of entriesOf(state)) {
      const thing = thingOf(state, id);
      const last = this.#shown.get(id);
      if (!thing || thing === last || !isReady(kind)) continue;
      if (!last || placeOf(last) !== placeOf(thing)) moved = true;
      this.#shown.set(id, thing);
      if (last && isEarlier(thing, last)) this.#renew(id, kind, thing);
      else this.#showThing(id, kind, thing);
    }
    return moved;
  }

  /** @param {string} id @param {string} kind @param {Thing} thing */
  #showThing(id, kind, thing) {
    const element = this.#elements.get(id) ?? this.#create(id, kind, thing);
    if (element instanceof MessageElement) element.show(/** @type {Message} */ (thing), this.#places);
    else CARDS[kind]?.show(element, thing, this.#places);
  }

  /** @param {string} id @param {string} kind @param {Thing} thing */
  #create(id, kind, thing) {
    const element = copyTemplate(CARDS[kind]?.template ?? "message-template");
    if (element instanceof MessageElement) element.begin(/** @type {Message} */ (thing), this.#places);
    else element.dataset.entryId = id;
    this.#elements.set(id, element);
    return element;
  }

  /** What was said later must not shine through. @param {string} id @param {string} kind @param {Thing} thing */
  #renew(id, kind, thing) {
    const old = this.#elements.get(id);
    this.#elements.delete(id);
    this.#showThing(id, kind, thing);
    old?.replaceWith(/** @type {HTMLElement} */ (this.#elements.get(id)));
  }

  /** @param {State} state */
  #arrange(state) {
    const entries = entriesOf(state).flatMap((entry) => placed(state, entry));
    const kept = new Set(entries.map(({ id }) => id));
    this.#layout?.arrange(entries);
    for (const id of [...this.#elements.keys()].filter((known) => !kept.has(known))) {
      this.#elements.delete(id);
      this.#shown.delete(id);
    }
  }

  /** The server painted what was said so far: these elements are taken as they are. @param {State} state */
  #adopt(state) {
    for (const element of this.querySelectorAll("council-message")) {
      const id = element.querySelector("article")?.dataset.messageId ?? "";
      const message = state.messages[id];
      if (!message || !(element instanceof MessageElement)) continue;
      element.adopt(message);
      this.#elements.set(id, element);
    }
  }

  // What a reader does

  /** Cuts one member short, and nobody else. @param {Event} event @param {import("../commands.js").Commands} commands */
  #endTurn({ target }, commands) {
    const button = target instanceof Element ? target.closest("[data-part=end-turn]") : null;
    const message = button?.closest("article");
    if (!(button instanceof HTMLButtonElement) || !message) return;
    button.disabled = true;
    const data = { session_id: this.#state?.session_id, node_id: message.dataset.nodeId };
    commands.perform("stop_session", data).catch(() => (button.disabled = false));
  }

  /** Another meeting from this node on: whoever hears it opens the dialog. @param {Event} event */
  #runAgain({ target }) {
    const button = target instanceof Element ? target.closest("[data-part=again]") : null;
    const node_id = button?.closest("article")?.dataset.nodeId;
    const session_id = this.#state?.session_id;
    if (node_id) this.dispatchEvent(new CustomEvent("again", { bubbles: true, detail: { session_id, node_id } }));
  }

  /** To a message, or to the newest one of a node; where its words have not come yet, as soon as they have. @param {Target} target */
  #jump(target) {
    const { order = [], messages = {}, notes = {}, faults = {} } = this.#state ?? {};
    const node_of = (/** @type {string} */ id) => (messages[id] ?? notes[id] ?? faults[id])?.node_id;
    const id = target.message_id ?? order.findLast((entry) => node_of(entry.id) === target.node_id)?.id;
    const element = this.#elements.get(id ?? "");
    this.#wanted = !element && messages[id ?? ""]?.absent ? target : null;
    if (element) jumpTo(element.querySelector("article") ?? element);
  }
}

/** @typedef {{message_id?: string, node_id?: string}} Target */

/** @param {State} state @param {string} id @returns {Thing | undefined} */
function thingOf({ messages, notes, faults }, id) {
  return messages[id] ?? notes[id] ?? faults[id];
}

/** What can be shown: a long meeting's page begins with one end of it, and the words of the rest follow. @param {State} state */
function entriesOf({ order, messages }) {
  const isAbsent = (/** @type {Entry | undefined} */ entry) => entry !== undefined && messages[entry.id]?.absent === true;
  const last = order.findLastIndex(isAbsent);
  if (last < 0) return order;
  const isBefore = isAbsent(order.find(({ kind }) => kind === "message"));
  return isBefore ? order.slice(last + 1) : order.slice(0, order.findIndex(isAbsent));
}

/** Notes wait for their cards. @param {string} kind */
function isReady(kind) {
  return kind === "message" || kind in CARDS;
}

/** Whether it stands where a later turn would replace it. @param {Thing} thing */
function placeOf(thing) {
  return "status" in thing && thing.status === "discarded";
}

/** @param {Thing} thing @param {Thing} last */
function isEarlier(thing, last) {
  if (!("content_length" in thing && "content_length" in last)) return false;
  return (last.html !== null && thing.html === null) || thing.content_length < last.content_length;
}

/** @param {State} state @param {Entry} entry @returns {import("../lib/stages.js").Placed[]} */
function placed(state, { kind, id }) {
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

customElements.define("council-transcript", Transcript);
