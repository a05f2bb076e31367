// The words of messages, apart from the messages: they come later than a long page, and go when they are too many.

import { toMessage } from "./messages.js";

/** @typedef {import("../reducer.js").State} State */

/**
 * Words that were missing and have come now; what is known of their messages stays.
 * @param {State} state
 * @param {import("../protocol.js").SnapshotMessage[]} listed
 * @returns {State}
 */
export function fill(state, listed) {
  const messages = { ...state.messages };
  for (const message of listed) {
    const known = messages[message.message_id];
    if (!known?.absent && !known?.away) continue;
    const { read_by, fault, covered, round } = known;
    messages[message.message_id] = { ...toMessage(message), read_by, fault, covered, round };
  }
  return { ...state, messages };
}

/**
 * The words of these messages are let go of; their lengths and all else that is known stays.
 * @param {State} state
 * @param {string[]} ids of messages that have ended
 * @returns {State}
 */
export function letGo(state, ids) {
  const messages = { ...state.messages };
  for (const id of ids) {
    const known = messages[id];
    if (known && canGo(known)) messages[id] = { ...known, content: "", thinking: "", html: null, away: true };
  }
  return { ...state, messages };
}

/** @param {import("../reducer.js").Message} message */
export function canGo({ status, absent, away }) {
  return status !== "streaming" && !absent && !away;
}

/** How much of a message is held here, in characters of words and of their HTML. @param {import("../reducer.js").Message} message */
export function weightOf({ content, thinking, html }) {
  return content.length + thinking.length + (html?.length ?? 0);
}
