// The order in which things came, and notes: what stands in the transcript beside messages and faults.

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../reducer.js").Entry} Entry */
/** @typedef {import("../reducer.js").Note} Note */

/** @param {State} state @param {Entry} entry @returns {State} */
export function addEntry(state, { kind, id }) {
  return { ...state, order: [...state.order, { kind, id }] };
}

/** A note that is new takes its place at the end; a known one changes where it is. @param {State} state @param {string} id @param {Note} note */
export function putNote(state, id, note) {
  const next = { ...state, notes: { ...state.notes, [id]: note } };
  return id in state.notes ? next : addEntry(next, { kind: note.kind, id });
}

/** @param {State} state @param {string} id @param {object} changes */
export function changeNote(state, id, changes) {
  const note = state.notes[id];
  if (!note) return state;
  const changed = /** @type {Note} */ ({ ...note, data: { ...note.data, ...changes } });
  return { ...state, notes: { ...state.notes, [id]: changed } };
}
