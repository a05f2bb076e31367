// What is asked of people: reviews, questions and ballots, until somebody answers or the time is over.

import { changeNote, putNote } from "./entries.js";

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../protocol.js").Review} Review */

/** @param {State} state @param {import("../protocol.js").PeopleEvent} event @returns {State} */
export function ask(state, event) {
  const { review_id } = event.data;
  switch (event.event) {
    case "human_interaction_required": {
      if (review_id in state.notes) return state;
      const review = { ...event.data, reminded: false, expired: null, answer: null };
      return putNote(state, review_id, { kind: "review", node_id: null, data: review });
    }
    case "human_interaction_reminder":
      return changeNote(state, review_id, { reminded: true, expires_at: event.data.expires_at });
    case "human_interaction_expired":
      return changeNote(state, review_id, { expired: event.data.action });
    case "node_resumed": {
      const { action, by, feedback, diff } = event.data;
      return changeNote(state, review_id, { answer: { action, by, feedback: feedback ?? "", diff: diff ?? "" } });
    }
    default:
      return state;
  }
}

/** A node that is over waits for nobody. @param {State} state @param {string} node_id */
export function forget(state, node_id) {
  return waiting(state)
    .filter((review) => review.node_id === node_id)
    .reduce((next, { review_id }) => changeNote(next, review_id, { gone: true }), state);
}

/** Whether only people are missing: their time is not the meeting's. @param {State} state */
export function isIdle(state) {
  const isBusy = Object.values(state.node_statuses).includes("running");
  return state.status === "running" && !isBusy && waiting(state).length > 0;
}

/** What the meeting waits for now, oldest first. @param {State} state @returns {Review[]} */
export function waiting({ status, order, notes }) {
  if (status !== "running" && status !== "paused") return [];
  return order.flatMap(({ id }) => {
    const note = notes[id];
    return note?.kind === "review" && isOpen(note.data) ? [note.data] : [];
  });
}

/** @param {Review} review */
export function isOpen({ expired, answer, gone }) {
  return expired === null && answer === null && !gone;
}

/** A pause takes nobody's time away. @param {State} state @param {number} ms @returns {State} */
export function delayed(state, ms) {
  const later = (/** @type {string} */ time) => new Date(Date.parse(time) + Math.max(0, ms)).toISOString();
  return waiting(state).reduce(
    (next, { review_id, expires_at }) => (expires_at ? changeNote(next, review_id, { expires_at: later(expires_at) }) : next),
    state,
  );
}
