import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { canGo, fill, letGo, weightOf } from "../../static/js/reduce/words.js";
import { fromSnapshot, place, reduce, reduceAll } from "../../static/js/reducer.js";
import { chunk, completed, numbered, randomness, snapshot } from "./events.js";

const NOW = Date.UTC(2026, 10, 21, 5);
const begin = (changes) => fromSnapshot(snapshot(changes), NOW);
const fold = (state, events) => events.reduce(reduce, state);
const after = (...events) => fold(begin(), numbered(events));

describe("messages", () => {
  test("chunks of one message join in order", () => {
    const { messages, order } = after(chunk("m", 0, "Good "), chunk("m", 5, "morning"));
    assert.equal(messages.m.content, "Good morning");
    assert.equal(messages.m.status, "streaming");
    assert.equal(messages.m.agent_name, "Value Defender");
    assert.deepEqual(order, [{ kind: "message", id: "m" }]);
  });

  test("who stands in at another's node speaks under its own name", () => {
    const { panel } = begin();
    const stand_in = { node_id: "negative", agent_id: "value_defender", name: "Stand-in", provider: "p", model: "m" };
    const state = begin({ panel: { ...panel, members: [...panel.members, stand_in] } });
    const [said] = numbered([chunk("m", 0, "I rule.", false, "negative")]);
    assert.equal(reduce(state, said).messages.m.agent_name, "Stand-in");
  });

  test("offsets count code points: a chunk that is partly known adds only what is new", () => {
    const { messages } = after(chunk("m", 0, "a🙂b"), chunk("m", 2, "bc"));
    assert.equal(messages.m.content, "a🙂bc");
    assert.equal(messages.m.content_length, 4);
  });

  test("thinking has its own count and is never part of the answer", () => {
    const { messages } = after(chunk("m", 0, "hm ", true), chunk("m", 0, "Yes"), chunk("m", 3, "well", true));
    assert.equal(messages.m.thinking, "hm well");
    assert.equal(messages.m.content, "Yes");
  });

  test("the completed message is what the server says, and how it ended", () => {
    for (const [finish, status] of Object.entries({ stop: "completed", length: "completed", cut: "cut", error: "failed" })) {
      const { messages } = after(chunk("m", 0, "He"), completed("m", "Hello", finish));
      assert.equal(messages.m.content, "Hello");
      assert.equal(messages.m.status, status);
      assert.equal(messages.m.finish, finish);
    }
  });

  test("a discarded message keeps its place and says so", () => {
    const { messages } = after(chunk("m", 0, "He"), ["message_discarded", { message_id: "m", reason: "restart" }]);
    assert.equal(messages.m.status, "discarded");
  });

  test("what a person says is a message, and each member that read it is named once", () => {
    const { messages } = after(
      ["user_message", { message_id: "u", content: "Mind the cost", by: "you" }],
      ["input_read", { message_id: "u", node_id: "negative", agent_id: "risk_auditor" }],
    );
    assert.equal(messages.u.role, "user");
    assert.deepEqual(messages.u.read_by, ["negative"]);
  });
});

describe("words that come later", () => {
  const listed = { message_id: "m", node_id: "negative", agent_id: "risk_auditor", role: "agent", status: "completed", seq: 1, round: 2 };
  const words = { ...listed, agent_name: "Risk Auditor", content: "Mind it.", thinking: "", html: "<p>Mind it.</p>", finish: "stop" };

  test("a message without its words has its place, and is whole once they come", () => {
    const state = begin({ seq: 1, messages: [{ ...listed, absent: true }] });
    assert.equal(state.messages.m.absent, true);
    assert.deepEqual(fill(state, [words]).messages, begin({ seq: 1, messages: [words] }).messages);
    assert.deepEqual(state.order, [{ kind: "message", id: "m" }]);
  });

  test("they change no message that is known already", () => {
    const state = begin({ seq: 1, messages: [words] });
    assert.equal(fill(state, [{ ...words, content: "Something else" }]).messages.m, state.messages.m);
  });

  test("words that were let go of weigh nothing, and are back as they were once they have come again", () => {
    const read = ["input_read", { message_id: "m", node_id: "negative", agent_id: "risk_auditor" }];
    const state = { ...fold(begin({ seq: 1, messages: [words] }), numbered([read], 2)), seq: 2 };
    const without = letGo(state, ["m", "unknown"]);
    assert.deepEqual([weightOf(without.messages.m), without.messages.m.content_length, without.messages.m.read_by], [0, 8, ["negative"]]);
    assert.equal(weightOf(state.messages.m), "Mind it.".length + "<p>Mind it.</p>".length);
    assert.deepEqual(fill(without, [words]).messages.m, state.messages.m);
  });

  test("who still speaks keeps its words, and what is away cannot go again", () => {
    const speaking = after(chunk("m", 0, "He"));
    assert.deepEqual(letGo(speaking, ["m"]), speaking);
    assert.equal(canGo(letGo(begin({ seq: 1, messages: [words] }), ["m"]).messages.m), false);
  });
});

describe("faults", () => {
  const broke = ["error", { node_id: "negative", error: "no answer", code: "model_timeout", hint: "", can_retry: true }];

  test("a member that never spoke leaves an entry of its own", () => {
    const { order, faults } = after(broke);
    assert.deepEqual(order, [{ kind: "fault", id: "fault-1" }]);
    assert.equal(faults["fault-1"].error, "no answer");
  });

  test("a member that broke off has the reason at its message", () => {
    const { order, messages } = after(chunk("m", 0, "I", false, "negative"), broke);
    assert.equal(messages.m.fault, "no answer");
    assert.equal(order.length, 1);
  });

  test("faults of a snapshot stand where they happened", () => {
    const message = { role: "agent", content: "", thinking: null, html: null, status: "completed", agent_id: null };
    const { order } = begin({
      seq: 9,
      messages: [
        { ...message, message_id: "a", node_id: "affirmative", seq: 2 },
        { ...message, message_id: "b", node_id: "end", seq: 8 },
      ],
      errors: [{ ...broke[1], seq: 5 }],
    });
    assert.deepEqual(order.map(({ id }) => id), ["a", "fault-5", "b"]);
  });
});

describe("status, time and money", () => {
  test("time runs while the meeting runs, stands still in a pause and stays at the end", () => {
    const started = after(["execution:started", { status: "running" }]);
    assert.notEqual(started.elapsed.since, null);
    const events = numbered([
      ["execution:started", { status: "running" }],
      ["execution:paused", { status: "paused", reason: "budget" }],
      ["execution:resumed", { status: "running" }],
      ["execution:completed", { status: "completed" }],
    ]);
    const paused = fold(begin(), events.slice(0, 2));
    assert.deepEqual(paused.elapsed, { seconds: 1, since: null });
    assert.equal(paused.reason, "budget");
    assert.deepEqual(fold(paused, events.slice(2)).elapsed, { seconds: 2, since: null });
  });

  test("tokens add up; an unknown price stays unknown and is never zero", () => {
    const usage = (estimated_cost_usd, price) => [
      "token_usage",
      { node_id: "a", agent_id: null, input_tokens: 10, output_tokens: 5, estimated_cost_usd, price, estimated: false },
    ];
    assert.deepEqual(after(usage(null, "unknown")).totals.cost_usd, null);
    assert.equal(after(usage(null, "unknown")).totals.unknown_price_tokens, 15);
    assert.equal(after(usage(null, "local")).totals.unknown_price_tokens, 0);
    const mixed = after(usage(0.25, "known"), usage(null, "unknown"), usage(0.5, "known")).totals;
    assert.deepEqual([mixed.cost_usd, mixed.input_tokens, mixed.unknown_price_tokens], [0.75, 30, 15]);
  });

  test("nodes and the verdict are as the last event says", () => {
    const verdict = { outcome: "impasse", text: "", absences: [] };
    const state = after(["node_state_change", { node_id: "negative", status: "failed" }], ["verdict", verdict]);
    assert.equal(state.node_statuses.negative, "failed");
    assert.equal(state.verdict.outcome, "impasse");
  });
});

describe("numbers", () => {
  test("an unknown event changes nothing but the number", () => {
    const before = begin();
    assert.deepEqual(fold(before, numbered([["something_new", {}]])), { ...before, seq: 1 });
  });

  test("only the next event is applied: seen ones and gaps leave the state as it is", () => {
    const state = after(chunk("m", 0, "a"));
    const [late] = numbered([chunk("m", 9, "z")], 5);
    assert.equal(place(state, late), "gap");
    assert.equal(reduce(state, late), state);
    assert.equal(reduce(state, { ...late, seq: 1 }), state);
  });
});

describe("for any meeting", () => {
  const meetings = Array.from({ length: 60 }, (_, seed) => numbered(anyEvents(randomness(seed + 1))));

  test("an event applied twice counts once", () => {
    for (const events of meetings) {
      assert.deepEqual(fold(begin(), events.flatMap((event) => [event, event])), fold(begin(), events));
    }
  });

  test("any beginning, then a replay from anywhere before its end, is the whole", () => {
    for (const events of meetings) {
      const whole = fold(begin(), events);
      for (let cut = 0; cut <= events.length; cut += 3) {
        const replay = events.slice(Math.floor(cut / 2));
        assert.deepEqual(fold(fold(begin(), events.slice(0, cut)), replay), whole);
      }
    }
  });

  test("however many are taken together, the state is the same", () => {
    const random = randomness(7);
    for (const events of meetings) {
      const whole = fold(begin(), events);
      assert.deepEqual(reduceAll(begin(), events), whole);
      let state = begin();
      for (let at = 0; at < events.length; ) {
        const many = 1 + Math.floor(random() * 9);
        state = reduceAll(state, events.slice(Math.max(0, at - 2), at + many));
        at += many;
      }
      assert.deepEqual(state, whole);
    }
  });

  test("taking many together changes nothing that was there before", () => {
    for (const events of meetings) {
      const half = reduceAll(begin(), events.slice(0, 20));
      const kept = structuredClone(half);
      reduceAll(half, events.slice(20));
      assert.deepEqual(half, kept);
    }
  });

  test("the pieces of a finished message are its text", () => {
    for (const events of meetings) {
      for (const { seq, data } of events.filter(({ event }) => event === "message_completed")) {
        assert.equal(fold(begin(), events.slice(0, seq - 1)).messages[data.message_id].content, data.content);
      }
    }
  });
});

/** A run of events as a server may send them: streams that interleave, overlap, end or are taken again. */
function anyEvents(random) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const texts = new Map();
  const events = [["execution:started", { status: "running" }]];
  for (let step = 0; step < 40; step += 1) {
    const message_id = pick(["m1", "m2", "m3"]);
    const points = [...(texts.get(message_id) ?? "")];
    const kind = pick(["chunk", "chunk", "chunk", "overlap", "end", "discard", "node", "say", "pause", "fault", "other"]);
    if (kind === "chunk" || kind === "overlap") {
      const known = kind === "overlap" ? points.slice(-2) : [];
      const fresh = pick(["a", "🙂", "né", "漢字 ", "\n"]);
      events.push(chunk(message_id, points.length - known.length, known.join("") + fresh));
      texts.set(message_id, points.join("") + fresh);
    } else if (kind === "end" && points.length) {
      events.push(completed(message_id, points.join(""), pick(["stop", "length", "cut", "error"])));
    } else if (kind === "discard") events.push(["message_discarded", { message_id, reason: "restart" }]);
    else if (kind === "node") events.push(["node_state_change", { node_id: "negative", status: pick(["running", "failed"]) }]);
    else if (kind === "say") events.push(["user_message", { message_id: `u${step}`, content: "hm", by: "you" }]);
    else if (kind === "pause") events.push(["execution:paused", { status: "paused", reason: "user" }]);
    else if (kind === "fault") events.push(["error", { node_id: "affirmative", error: "e", code: "c", hint: "", can_retry: false }]);
    else events.push(["something_new", { node_id: null }]);
  }
  return events;
}
