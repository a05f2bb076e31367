// How the meeting stands: its status, its time and its money.

import { delayed, forget, isIdle } from "./people.js";

/** @typedef {import("../reducer.js").State} State */

/** @param {State} state @param {import("../protocol.js").Execution} event @returns {State} */
export function turn(state, { timestamp, data }) {
  const at = Date.parse(timestamp);
  const { seconds, since } = state.elapsed;
  const passed = since === null ? seconds : seconds + Math.max(0, at - since) / 1000;
  return {
    ...(state.paused_at === null ? state : delayed(state, at - Date.parse(state.paused_at))),
    status: data.status,
    reason: data.reason ?? null,
    detail: data.detail ?? null,
    paused_at: data.status === "paused" ? timestamp : null,
    elapsed: { seconds: passed, since: data.status === "running" ? at : null },
  };
}

/** @param {State} state @param {import("../protocol.js").NodeStateChange["data"]} data @returns {State} */
export function move(state, { node_id, status, round }) {
  return {
    ...(OVER.has(status) ? forget(state, node_id) : state),
    node_statuses: { ...state.node_statuses, [node_id]: status },
    node_rounds: { ...state.node_rounds, [node_id]: round ?? 1 },
  };
}

const OVER = new Set(["completed", "failed", "skipped"]);

/** The clock stands still while only people are missing. @param {State} state @param {string | undefined} timestamp */
export function keepTime(state, timestamp) {
  const { seconds, since } = state.elapsed;
  if (timestamp === undefined || state.status !== "running" || isIdle(state) === (since === null)) return state;
  const at = Date.parse(timestamp);
  const elapsed = since === null ? { seconds, since: at } : { seconds: seconds + Math.max(0, at - since) / 1000, since: null };
  return { ...state, elapsed };
}

/**
 * @param {import("../protocol.js").Totals} totals
 * @param {import("../protocol.js").TokenUsage["data"]} usage
 */
export function spend(totals, usage) {
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
