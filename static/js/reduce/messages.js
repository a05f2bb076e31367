// Messages: they begin with a piece, grow, and end whole, cut, failed or discarded.

import { countCodePoints, skipCodePoints } from "../lib/code_points.js";
import { addEntry } from "./entries.js";

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../reducer.js").Message} Message */

/**
 * Any number of pieces at once: the table of all messages is copied once for them together.
 * @param {State} state
 * @param {import("../protocol.js").TokenStream["data"][]} pieces
 * @returns {State}
 */
export function grow(state, pieces) {
  const messages = { ...state.messages };
  /** @type {import("../reducer.js").Entry[]} */
  const fresh = [];
  for (const piece of pieces) {
    const known = messages[piece.message_id];
    if (!known) fresh.push({ kind: "message", id: piece.message_id });
    messages[piece.message_id] = longer(known ?? begun(state, piece), piece);
  }
  return { ...state, messages, order: fresh.length ? [...state.order, ...fresh] : state.order };
}

/** @param {Message} message @param {import("../protocol.js").TokenStream["data"]} piece @returns {Message} */
function longer(message, { chunk, offset, is_thinking }) {
  const [text, length] = is_thinking
    ? [message.thinking, message.thinking_length]
    : [message.content, message.content_length];
  const fresh = skipCodePoints(chunk, length - offset);
  const count = length + countCodePoints(fresh);
  return is_thinking
    ? { ...message, thinking: text + fresh, thinking_length: count }
    : { ...message, content: text + fresh, content_length: count };
}

/** @param {State} state @param {import("../protocol.js").MessageCompleted["data"]} data */
export function complete(state, data) {
  const known = state.messages[data.message_id] ?? begun(state, data);
  return add(state, {
    ...known,
    role: data.role,
    content: data.content,
    content_length: countCodePoints(data.content),
    thinking: data.thinking,
    thinking_length: countCodePoints(data.thinking),
    html: data.html,
    finish: data.finish,
    status: STATUS_AFTER[data.finish],
    round: data.round ?? known.round,
  });
}

/** @type {Record<import("../protocol.js").Finish, import("../protocol.js").MessageStatus>} */
const STATUS_AFTER = { stop: "completed", length: "completed", cut: "cut", error: "failed" };

/** @param {State} state @param {import("../protocol.js").InputRead["data"]} data */
export function read(state, { message_id, node_id }) {
  const message = state.messages[message_id];
  return message ? change(state, message_id, { read_by: [...message.read_by, node_id] }) : state;
}

/** @param {State} state @param {string} message_id @param {Partial<Message>} changes */
export function change(state, message_id, changes) {
  const message = state.messages[message_id];
  if (!message) return state;
  return { ...state, messages: { ...state.messages, [message_id]: { ...message, ...changes } } };
}

/** @param {State} state @param {Message} message */
export function add(state, message) {
  const isNew = !(message.message_id in state.messages);
  const messages = { ...state.messages, [message.message_id]: message };
  return isNew ? addEntry({ ...state, messages }, { kind: "message", id: message.message_id }) : { ...state, messages };
}

/**
 * @param {State} state
 * @param {{message_id: string, node_id: string, agent_id: string | null}} data
 * @returns {Message}
 */
function begun(state, { message_id, node_id, agent_id }) {
  const there = state.panel.members.filter((one) => one.node_id === node_id);
  const member = there.find((one) => one.agent_id === agent_id) ?? there[0];
  return {
    message_id,
    node_id,
    agent_id,
    agent_name: member?.name ?? null,
    role: "agent",
    content: "",
    content_length: 0,
    thinking: "",
    thinking_length: 0,
    html: null,
    status: "streaming",
    finish: null,
    fault: null,
    read_by: [],
    round: state.node_rounds[node_id] ?? 1,
    covered: false,
  };
}

/** @param {import("../protocol.js").UserMessage["data"]} data @returns {Message} */
export function spoken({ message_id, content, by }) {
  return toMessage({
    message_id,
    node_id: null,
    agent_id: null,
    agent_name: by,
    role: "user",
    content,
    thinking: null,
    html: null,
    status: "completed",
    seq: 0,
  });
}

/** @param {import("../protocol.js").SnapshotMessage} message @returns {Message} */
export function toMessage({ seq: _, ...message }) {
  const { content = "", agent_name = null, html = null } = message;
  const thinking = message.thinking ?? "";
  return {
    ...message,
    agent_name,
    html,
    content,
    content_length: countCodePoints(content),
    thinking,
    thinking_length: countCodePoints(thinking),
    finish: message.finish ?? null,
    fault: null,
    read_by: message.read_by ?? [],
    round: message.round ?? 1,
    covered: false,
  };
}
