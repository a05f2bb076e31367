// What each member's calls have cost, dearest first.

/** @typedef {import("../protocol.js").Totals} Totals */
/** @typedef {import("../protocol.js").TokenUsage["data"] & {seq: number}} Call */
/** @typedef {{node_id: string, agent_id: string | null, calls: number, estimated: boolean, totals: Totals}} Spender */

/** @param {Call[]} calls @returns {Spender[]} */
export function spenders(calls) {
  /** @type {Map<string, Spender>} */
  const known = new Map();
  for (const call of calls) {
    const key = call.agent_id ?? call.node_id;
    known.set(key, grown(known.get(key) ?? nothing(call), call));
  }
  return [...known.values()].sort((one, other) => cost(other) - cost(one) || tokens(other) - tokens(one));
}

/** @param {Spender} spender */
export function cost({ totals }) {
  return totals.cost_usd ?? 0;
}

/** @param {Spender} spender */
export function tokens({ totals }) {
  return totals.input_tokens + totals.output_tokens;
}

/** @param {Call} call @returns {Spender} */
function nothing({ node_id, agent_id }) {
  const totals = { input_tokens: 0, output_tokens: 0, cost_usd: null, unknown_price_tokens: 0 };
  return { node_id, agent_id, calls: 0, estimated: false, totals };
}

/** A price nobody knows adds to the tokens without a price, never to the cost. @param {Spender} spender @param {Call} call @returns {Spender} */
function grown({ totals, ...spender }, { input_tokens, output_tokens, estimated_cost_usd, price, estimated }) {
  return {
    ...spender,
    calls: spender.calls + 1,
    estimated: spender.estimated || estimated,
    totals: {
      input_tokens: totals.input_tokens + input_tokens,
      output_tokens: totals.output_tokens + output_tokens,
      cost_usd: estimated_cost_usd === null || price === "local" ? totals.cost_usd : (totals.cost_usd ?? 0) + estimated_cost_usd,
      unknown_price_tokens: totals.unknown_price_tokens + (price === "unknown" ? input_tokens + output_tokens : 0),
    },
  };
}
