// Events and snapshots for the tests of the page's own logic.

export const SESSION = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

/** A meeting that has not begun, as the server's snapshot tells it. */
export function snapshot(changes = {}) {
  return {
    session_id: SESSION,
    subject: "Is it time?",
    status: "pending",
    reason: null,
    epoch: "e1",
    seq: 0,
    node_statuses: {},
    messages: [],
    totals: { input_tokens: 0, output_tokens: 0, cost_usd: null, unknown_price_tokens: 0, elapsed_seconds: 0 },
    verdict: null,
    panel: {
      members: [
        { node_id: "affirmative", agent_id: "value_defender", name: "Value Defender", provider: "p", model: "m" },
        { node_id: "negative", agent_id: "risk_auditor", name: "Risk Auditor", provider: "p", model: "m" },
      ],
      diverse: false,
      rehearsal: false,
    },
    ...changes,
  };
}

/** Gives each event its number and its second. @param {[string, object][]} events */
export function numbered(events, first = 1) {
  return events.map(([event, data], index) => ({
    event,
    session_id: SESSION,
    node_id: data.node_id ?? null,
    seq: first + index,
    timestamp: new Date(Date.UTC(2026, 10, 21, 5, 0, first + index)).toISOString(),
    data,
  }));
}

export const chunk = (message_id, offset, text, is_thinking = false, node_id = "affirmative") => [
  "token_stream",
  { node_id, agent_id: "value_defender", message_id, offset, chunk: text, is_thinking },
];

export const completed = (message_id, content, finish = "stop", node_id = "affirmative") => [
  "message_completed",
  { message_id, node_id, agent_id: "value_defender", role: "agent", content, thinking: "", html: "", finish },
];

/** Random numbers that are the same in every run. @param {number} seed */
export function randomness(seed) {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}
