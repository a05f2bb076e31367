// The record: ballots, facts, rounds, files, tools, memory and money, each where it came.

import { addEntry, changeNote, putNote } from "./entries.js";
import { change } from "./messages.js";

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../protocol.js").RecordEvent} RecordEvent */

/**
 * The state after an event of the record; unchanged by any other.
 * @param {State} state
 * @param {RecordEvent} event
 * @returns {State}
 */
export function record(state, event) {
  const { seq } = event;
  switch (event.event) {
    case "ballot_opened":
    case "vote_cast":
    case "ballot_closed":
      return vote(state, event);
    case "fact_check":
      return check(state, seq, event.data);
    case "memory_retrieved":
      return putNote(state, `memory-${seq}`, { kind: "memory", node_id: event.data.node_id, data: event.data });
    case "round_closed":
      return putNote(state, `round-${seq}`, { kind: "round", node_id: null, data: event.data });
    case "score":
      return { ...state, scores: [...state.scores, event.data] };
    case "tool_execution":
      return work(state, seq, { tool: event.data });
    case "file_written":
      return work({ ...state, files: [...state.files, event.data] }, seq, { file: event.data });
    case "budget":
      return { ...state, budget: event.data };
    default:
      return state;
  }
}

/** Its card says what its message says, so only one of them is shown. @param {State} state @param {number} seq @param {import("../protocol.js").FactCheck} data */
function check(state, seq, data) {
  const noted = putNote(state, `facts-${seq}`, { kind: "facts", node_id: data.node_id, data });
  return data.message_id === null ? noted : change(noted, data.message_id, { covered: true });
}

/** @param {State} state @param {import("../protocol.js").BallotEvent} event */
function vote(state, event) {
  const id = event.data.ballot_id;
  const known = state.notes[id];
  if (event.event === "ballot_opened") {
    const ballot = { opened: event.data, cast: [], closed: null };
    return known ? state : putNote(state, id, { kind: "ballot", node_id: event.data.node_id, data: ballot });
  }
  if (known?.kind !== "ballot") return state;
  if (event.event === "ballot_closed") return changeNote(state, id, { closed: event.data });
  return changeNote(state, id, { cast: [...known.data.cast, event.data] });
}

/** Tool calls and files that follow each other stand together. @param {State} state @param {number} seq @param {import("../reducer.js").Work} item */
function work(state, seq, item) {
  const last = state.order.at(-1);
  const known = last?.kind === "work" ? state.notes[last.id] : undefined;
  if (last && known?.kind === "work") {
    const note = { ...known, data: [...known.data, item] };
    return { ...state, notes: { ...state.notes, [last.id]: note } };
  }
  const id = `work-${seq}`;
  const notes = { ...state.notes, [id]: { kind: /** @type {const} */ ("work"), node_id: null, data: [item] } };
  return addEntry({ ...state, notes }, { kind: "work", id });
}
