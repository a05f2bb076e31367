// What an event means: the only place that knows. Pure: (state, event) -> state, and no event counts twice.

import { countCodePoints, skipCodePoints } from "./lib/code_points.js";

/** @typedef {import("./protocol.js").Snapshot} Snapshot */
/** @typedef {import("./protocol.js").MeetingEvent} MeetingEvent */

/**
 * @typedef {object} Message
 * @property {string} message_id
 * @property {string | null} node_id
 * @property {string | null} agent_id
 * @property {string | null} agent_name
 * @property {"agent" | "system" | "user"} role
 * @property {string} content
 * @property {number} content_length code points, as offsets count
 * @property {string} thinking
 * @property {number} thinking_length
 * @property {string | null} html
 * @property {import("./protocol.js").MessageStatus} status
 * @property {import("./protocol.js").Finish | null} finish
 * @property {string | null} fault why it failed, if it did
 * @property {string[]} read_by
 */
/** @typedef {import("./protocol.js").FaultData & {fault_id: string}} Fault */
/** @typedef {{kind: "message" | "fault", id: string}} Entry */

/**
 * @typedef {object} State
 * @property {string} session_id
 * @property {string} subject
 * @property {import("./protocol.js").SessionStatus} status
 * @property {string | null} reason
 * @property {string} epoch
 * @property {number} seq the last event that is in here
 * @property {Record<string, import("./protocol.js").NodeStatus>} node_statuses
 * @property {Record<string, Message>} messages
 * @property {Record<string, Fault>} faults
 * @property {Entry[]} order messages and faults as they came
 * @property {import("./protocol.js").Totals} totals
 * @property {{seconds: number, since: number | null}} elapsed running since then (server's ms), or standing still
 * @property {import("./protocol.js").Verdict | null} verdict
 * @property {Snapshot["panel"]} panel
 */

/**
 * The state a snapshot stands for.
 * @param {Snapshot} snapshot
 * @param {number} now the server's time in milliseconds when the snapshot was read
 * @returns {State}
 */
export function fromSnapshot(snapshot, now) {
  const faults = (snapshot.errors ?? []).map((error) => ({ ...error, fault_id: faultId(error.seq) }));
  const empty = /** @type {State} */ ({
    session_id: snapshot.session_id,
    subject: snapshot.subject,
    status: snapshot.status,
    reason: snapshot.reason ?? null,
    epoch: snapshot.epoch,
    seq: snapshot.seq,
    node_statuses: snapshot.node_statuses,
    messages: Object.fromEntries(snapshot.messages.map((message) => [message.message_id, toMessage(message)])),
    faults: {},
    order: [],
    totals: snapshot.totals,
    elapsed: {
      seconds: snapshot.totals.elapsed_seconds ?? 0,
      since: snapshot.status === "running" ? now : null,
    },
    verdict: snapshot.verdict,
    panel: snapshot.panel,
  });
  const entries = [
    ...snapshot.messages.map((message) => ({ seq: message.seq, kind: "message", id: message.message_id })),
    ...faults.map((fault) => ({ seq: fault.seq, kind: "fault", id: fault.fault_id, fault })),
  ].sort((one, other) => one.seq - other.seq);
  return entries.reduce(addEntry, empty);
}

/**
 * Where an event stands to what is already known: only the next one may be applied.
 * @param {State} state
 * @param {{seq: number}} event
 * @returns {"seen" | "next" | "gap"}
 */
export function place(state, { seq }) {
  if (seq <= state.seq) return "seen";
  return seq === state.seq + 1 ? "next" : "gap";
}

/**
 * @param {State} state
 * @param {MeetingEvent} event
 * @returns {State}
 */
export function reduce(state, event) {
  if (place(state, event) !== "next") return state;
  return { ...apply(state, event), seq: event.seq };
}

/**
 * @param {State} state
 * @param {MeetingEvent} event
 * @returns {State}
 */
function apply(state, event) {
  switch (event.event) {
    case "token_stream":
      return grow(state, event.data);
    case "message_completed":
      return complete(state, event.data);
    case "message_discarded":
      return change(state, event.data.message_id, { status: "discarded" });
    case "user_message":
      return add(state, spoken(event.data));
    case "input_read":
      return read(state, event.data);
    case "node_state_change":
      return {
        ...state,
        node_statuses: { ...state.node_statuses, [event.data.node_id]: event.data.status },
      };
    case "token_usage":
      return { ...state, totals: spend(state.totals, event.data) };
    case "execution:started":
    case "execution:paused":
    case "execution:resumed":
    case "execution:completed":
    case "execution:failed":
    case "execution:cancelled":
      return turn(state, event);
    case "error":
      return fail(state, { ...event.data, fault_id: faultId(event.seq) });
    case "verdict":
      return { ...state, verdict: event.data };
    default:
      return state;
  }
}

// Messages

/** @param {State} state @param {import("./protocol.js").TokenStream["data"]} data */
function grow(state, data) {
  const known = state.messages[data.message_id] ?? begun(state, data);
  const [text, length] = data.is_thinking
    ? [known.thinking, known.thinking_length]
    : [known.content, known.content_length];
  const fresh = skipCodePoints(data.chunk, length - data.offset);
  const longer = text + fresh;
  const count = length + countCodePoints(fresh);
  const parts = data.is_thinking
    ? { thinking: longer, thinking_length: count }
    : { content: longer, content_length: count };
  return add(state, { ...known, ...parts });
}

/** @param {State} state @param {import("./protocol.js").MessageCompleted["data"]} data */
function complete(state, data) {
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
  });
}

/** @type {Record<import("./protocol.js").Finish, import("./protocol.js").MessageStatus>} */
const STATUS_AFTER = { stop: "completed", length: "completed", cut: "cut", error: "failed" };

/** @param {State} state @param {import("./protocol.js").InputRead["data"]} data */
function read(state, { message_id, node_id }) {
  const message = state.messages[message_id];
  return message ? change(state, message_id, { read_by: [...message.read_by, node_id] }) : state;
}

/** @param {State} state @param {string} message_id @param {Partial<Message>} changes */
function change(state, message_id, changes) {
  const message = state.messages[message_id];
  if (!message) return state;
  return { ...state, messages: { ...state.messages, [message_id]: { ...message, ...changes } } };
}

/** @param {State} state @param {Message} message */
function add(state, message) {
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
  const member = state.panel.members.find((one) => one.node_id === node_id);
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
  };
}

/** @param {import("./protocol.js").UserMessage["data"]} data @returns {Message} */
function spoken({ message_id, content, by }) {
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

/** @param {import("./protocol.js").SnapshotMessage} message @returns {Message} */
function toMessage({ seq: _, ...message }) {
  const thinking = message.thinking ?? "";
  return {
    ...message,
    content_length: countCodePoints(message.content),
    thinking,
    thinking_length: countCodePoints(thinking),
    finish: message.finish ?? null,
    fault: null,
    read_by: message.read_by ?? [],
  };
}

// Faults

/**
 * A fault of a node whose message broke off belongs to that message; any other stands for itself.
 * @param {State} state
 * @param {Fault} fault
 */
function fail(state, fault) {
  const broken = Object.values(state.messages).findLast((message) => message.node_id === fault.node_id);
  if (fault.node_id !== null && broken && (broken.status === "streaming" || broken.status === "failed")) {
    return change(state, broken.message_id, { fault: fault.error });
  }
  const faults = { ...state.faults, [fault.fault_id]: fault };
  return addEntry({ ...state, faults }, { kind: "fault", id: fault.fault_id });
}

/** @param {number} seq */
function faultId(seq) {
  return `fault-${seq}`;
}

/**
 * @param {State} state
 * @param {{kind: string, id: string, fault?: Fault}} entry
 * @returns {State}
 */
function addEntry(state, { kind, id, fault }) {
  if (fault) return fail(state, fault);
  return { ...state, order: [...state.order, /** @type {Entry} */ ({ kind, id })] };
}

// Status, time and money

/** @param {State} state @param {import("./protocol.js").Execution} event @returns {State} */
function turn(state, { timestamp, data }) {
  const at = Date.parse(timestamp);
  const { seconds, since } = state.elapsed;
  const passed = since === null ? seconds : seconds + Math.max(0, at - since) / 1000;
  return {
    ...state,
    status: data.status,
    reason: data.reason ?? null,
    elapsed: { seconds: passed, since: data.status === "running" ? at : null },
  };
}

/**
 * @param {import("./protocol.js").Totals} totals
 * @param {import("./protocol.js").TokenUsage["data"]} usage
 */
function spend(totals, usage) {
  const tokens = usage.input_tokens + usage.output_tokens;
  const cost = usage.estimated_cost_usd;
  return {
    ...totals,
    input_tokens: totals.input_tokens + usage.input_tokens,
    output_tokens: totals.output_tokens + usage.output_tokens,
    cost_usd: cost === null ? totals.cost_usd : (totals.cost_usd ?? 0) + cost,
    unknown_price_tokens: totals.unknown_price_tokens + (usage.price === "unknown" ? tokens : 0),
  };
}
