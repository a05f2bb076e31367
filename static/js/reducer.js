// What an event means: the only place that knows. Pure: (state, event) -> state, and no event counts twice.

import { fail } from "./reduce/faults.js";
import { add, change, complete, grow, read, spoken, toMessage } from "./reduce/messages.js";
import { ask, isIdle } from "./reduce/people.js";
import { record } from "./reduce/record.js";
import { retold } from "./reduce/retold.js";
import { keepTime, move, spend, turn } from "./reduce/standing.js";

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
 * @property {number} round
 * @property {boolean} covered whether a card says the same
 * @property {boolean} [absent] whether its words have not come yet
 * @property {boolean} [away] whether its words were let go of
 */
/** @typedef {import("./protocol.js").FaultData & {fault_id: string}} Fault */
/** @typedef {{tool: import("./protocol.js").Tool, file?: undefined} | {file: import("./protocol.js").File, tool?: undefined}} Work */
/**
 * What stands in the transcript beside messages and faults.
 * @typedef {{kind: "ballot", node_id: string, data: import("./protocol.js").Ballot}
 *   | {kind: "facts", node_id: string, data: import("./protocol.js").FactCheck}
 *   | {kind: "memory", node_id: string, data: import("./protocol.js").Memory}
 *   | {kind: "round", node_id: null, data: import("./protocol.js").RoundClosed}
 *   | {kind: "work", node_id: null, data: Work[]}
 *   | {kind: "review", node_id: null, data: import("./protocol.js").Review}} Note
 */
/** @typedef {{kind: "message" | "fault" | Note["kind"], id: string}} Entry */

/**
 * @typedef {object} State
 * @property {string} session_id
 * @property {string} subject
 * @property {import("./protocol.js").SessionStatus} status
 * @property {string | null} reason
 * @property {string | null} detail what the reason is about
 * @property {string | null} paused_at
 * @property {string} epoch
 * @property {number} seq the last event that is in here
 * @property {Record<string, import("./protocol.js").NodeStatus>} node_statuses
 * @property {Record<string, number>} node_rounds
 * @property {Record<string, Message>} messages
 * @property {Record<string, Fault>} faults
 * @property {Record<string, Note>} notes
 * @property {Entry[]} order messages, faults and notes as they came
 * @property {import("./protocol.js").Score[]} scores
 * @property {import("./protocol.js").File[]} files every version that was written
 * @property {import("./protocol.js").Totals} totals
 * @property {import("./protocol.js").Budget | null} budget
 * @property {import("./protocol.js").Cap | null} cap as it was started with
 * @property {{seconds: number, since: number | null}} elapsed running since then (server's ms), or standing still
 * @property {import("./protocol.js").Verdict | null} verdict
 * @property {Snapshot["panel"]} panel
 */

/**
 * The state a snapshot stands for: what it lists is told again, in the order it came.
 * @param {Snapshot} snapshot
 * @param {number} now the server's time in milliseconds when the snapshot was read
 * @returns {State}
 */
export function fromSnapshot(snapshot, now) {
  const empty = /** @type {State} */ ({
    session_id: snapshot.session_id,
    subject: snapshot.subject,
    status: snapshot.status,
    reason: snapshot.reason ?? null,
    detail: snapshot.detail ?? null,
    paused_at: snapshot.paused_at ?? null,
    epoch: snapshot.epoch,
    seq: snapshot.seq,
    node_statuses: snapshot.node_statuses,
    node_rounds: snapshot.node_rounds ?? {},
    messages: Object.fromEntries(snapshot.messages.map((message) => [message.message_id, toMessage(message)])),
    faults: {},
    notes: {},
    order: [],
    scores: [],
    files: [],
    totals: snapshot.totals,
    budget: snapshot.budget ?? null,
    cap: snapshot.cap ?? null,
    elapsed: {
      seconds: snapshot.totals.elapsed_seconds ?? 0,
      since: snapshot.status === "running" ? now : null,
    },
    verdict: snapshot.verdict,
    panel: snapshot.panel,
  });
  const messages = snapshot.messages.map(({ message_id, seq }) => ({ seq, message_id }));
  const state = [...messages, ...retold(snapshot)].sort((one, other) => one.seq - other.seq).reduce(enter, empty);
  return isIdle(state) ? { ...state, elapsed: { ...state.elapsed, since: null } } : state;
}

/** Nobody else has this state or its order yet, so messages are added in place. @param {State} state @param {{message_id: string} | MeetingEvent} told */
function enter(state, told) {
  if ("event" in told) return apply(state, told);
  state.order.push({ kind: "message", id: told.message_id });
  return state;
}

/**
 * Where an event stands to what is already known: only the next one may be applied.
 * @param {{seq: number}} known
 * @param {{seq: number}} event
 * @returns {"seen" | "next" | "gap"}
 */
export function place(known, { seq }) {
  if (seq <= known.seq) return "seen";
  return seq === known.seq + 1 ? "next" : "gap";
}

/**
 * @param {State} state
 * @param {MeetingEvent} event
 * @returns {State}
 */
export function reduce(state, event) {
  return reduceAll(state, [event]);
}

/**
 * The same as one after the other, but pieces of text that follow each other are taken together.
 * @param {State} state
 * @param {MeetingEvent[]} events
 * @returns {State}
 */
export function reduceAll(state, events) {
  let next = state;
  /** @type {import("./protocol.js").TokenStream["data"][]} */
  let pieces = [];
  const take = () => {
    if (pieces.length) next = { ...grow(next, pieces), seq: next.seq + pieces.length };
    pieces = [];
  };
  for (const event of events) {
    if (event.seq !== next.seq + pieces.length + 1) continue;
    if (event.event === "token_stream") {
      pieces.push(event.data);
    } else {
      take();
      next = { ...apply(next, event), seq: event.seq };
    }
  }
  take();
  return next;
}

/**
 * @param {State} state
 * @param {MeetingEvent} event
 * @returns {State}
 */
function apply(state, event) {
  switch (event.event) {
    case "token_stream":
      return grow(state, [event.data]);
    case "message_completed":
      return complete(state, event.data);
    case "message_discarded":
      return change(state, event.data.message_id, { status: "discarded" });
    case "user_message":
      return add(state, spoken(event.data));
    case "input_read":
      return read(state, event.data);
    case "node_state_change":
      return keepTime(move(state, event.data), event.timestamp);
    case "token_usage":
      return { ...state, totals: spend(state.totals, event.data) };
    case "execution:started":
    case "execution:paused":
    case "execution:resumed":
    case "execution:completed":
    case "execution:failed":
    case "execution:cancelled":
      return keepTime(turn(state, event), event.timestamp);
    case "error":
      return fail(state, event.data, event.seq);
    case "verdict":
      return { ...state, verdict: event.data };
    case "human_interaction_required":
    case "human_interaction_reminder":
    case "human_interaction_expired":
    case "node_resumed":
      return keepTime(ask(state, event), event.timestamp);
    default:
      return record(state, event);
  }
}
