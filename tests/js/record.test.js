import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { isOpen, waiting } from "../../static/js/reduce/people.js";
import { fromSnapshot, reduce } from "../../static/js/reducer.js";
import { completed, numbered, snapshot } from "./events.js";

const NOW = Date.UTC(2026, 10, 21, 5);
const example = JSON.parse(readFileSync(new URL("record.json", import.meta.url), "utf8"));
const begin = (changes) => fromSnapshot(snapshot({ status: "running", ...changes }), NOW);
const after = (...events) => numbered(events).reduce(reduce, begin());
const SHOWN = ["order", "notes", "faults", "scores", "files", "budget", "node_rounds", "detail"];
const shown = (state) => Object.fromEntries(SHOWN.map((name) => [name, state[name]]));

const required = (changes = {}) => [
  "human_interaction_required",
  { node_id: "n", review_id: "r", kind: "review", reason: "", timeout: null, expires_at: null, draft: null, actions: [], ...changes },
];
const opened = { node_id: "vote", ballot_id: "b", round: 1, voters: [{ voter: "a" }, { voter: "b" }] };

describe("snapshot and replay", () => {
  test("a page that comes late shows what one shows that saw it all", () => {
    const late = begin({ ...example.snapshot, status: "paused", seq: example.events.length });
    assert.deepEqual(shown(late), shown(after(...example.events)));
  });

  test("cut anywhere: a snapshot of the beginning and the rest of the events are the whole", () => {
    const events = numbered(example.events);
    const whole = events.reduce(reduce, begin());
    for (let cut = 0; cut < events.length; cut += 1) {
      const half = events.slice(0, cut).reduce(reduce, begin());
      assert.deepEqual(shown(events.reduce(reduce, half)), shown(whole));
    }
  });
});

describe("ballots", () => {
  test("votes fill the ballot and are open only when it is closed", () => {
    const cast = (voter) => ["vote_cast", { node_id: "vote", ballot_id: "b", voter, vote: null }];
    const state = after(["ballot_opened", opened], cast("a"), cast("b"));
    assert.deepEqual(state.notes.b.data.cast.map(({ voter, vote }) => [voter, vote]), [["a", null], ["b", null]]);
    assert.equal(state.notes.b.data.closed, null);
    assert.deepEqual(state.order, [{ kind: "ballot", id: "b" }]);
  });

  test("a vote on a ballot that nobody opened changes nothing", () => {
    assert.deepEqual(after(["vote_cast", { ballot_id: "x", voter: "a", vote: null }]).notes, {});
  });
});

describe("work", () => {
  const tool = ["tool_execution", { node_id: "n", tool: "search", input: {}, output: "", ok: true }];
  const file = ["file_written", { node_id: "n", path: "p", version: 2, author: "a", reason: "", characters: 1 }];

  test("what was done without a word in between stands together", () => {
    const { order, notes, files } = after(tool, file, completed("m", "Done."), tool);
    assert.deepEqual(order.map(({ id }) => id), ["work-1", "m", "work-4"]);
    assert.equal(notes["work-1"].data.length, 2);
    assert.deepEqual(files.map(({ path, version }) => [path, version]), [["p", 2]]);
  });
});

describe("facts", () => {
  test("the card of a check covers the message that says the same", () => {
    const check = { node_id: "n", round: 1, message_id: "m", claims: [], share_supported: null, verified: false };
    const { messages, order } = after(completed("m", "Nothing to check."), ["fact_check", check]);
    assert.equal(messages.m.covered, true);
    assert.deepEqual(order.map(({ kind }) => kind), ["message", "facts"]);
  });
});

describe("people", () => {
  test("a request is open until somebody answers, the time is over, or the meeting ends", () => {
    const open = (...events) => waiting(after(required(), ...events)).length;
    const ended = ["execution:cancelled", { status: "cancelled", reason: "stopped" }];
    assert.equal(open(), 1);
    assert.equal(open(["node_resumed", { node_id: "n", review_id: "r", action: "approve", by: "you" }]), 0);
    assert.equal(open(["human_interaction_expired", { node_id: "n", review_id: "r", action: "reject" }]), 0);
    assert.equal(open(ended), 0);
  });

  test("a node that is over waits for nobody, live and in the snapshot", () => {
    const gone = after(required(), ["node_state_change", { node_id: "n", status: "failed", round: 1 }]);
    assert.deepEqual(waiting(gone), []);
    const review = { ...required()[1], seq: 1, reminded: false, expired: null, answer: null };
    assert.deepEqual(waiting(begin({ seq: 2, reviews: [{ ...review, open: false }] })), []);
    assert.equal(waiting(begin({ seq: 2, reviews: [{ ...review, open: true }] })).length, 1);
  });

  test("the clock stands still while only people are missing", () => {
    const node = (status) => ["node_state_change", { node_id: "a", status, round: 1 }];
    const events = numbered([
      ["execution:started", { status: "running" }],
      node("running"),
      required(),
      node("completed"),
      ["node_resumed", { node_id: "n", review_id: "r", action: "approve", by: "you" }],
    ]);
    const fresh = fromSnapshot(snapshot(), NOW);
    assert.notEqual(events.slice(0, 3).reduce(reduce, fresh).elapsed.since, null);
    assert.deepEqual(events.slice(0, 4).reduce(reduce, fresh).elapsed, { seconds: 3, since: null });
    const on = events.reduce(reduce, fresh).elapsed;
    assert.equal(on.seconds, 3);
    assert.notEqual(on.since, null);
    assert.equal(begin({ seq: 9, reviews: [{ ...required()[1], seq: 1, reminded: false, expired: null, answer: null }] }).elapsed.since, null);
  });

  test("the answer is kept with the request", () => {
    const resumed = { node_id: "n", review_id: "r", action: "modify", by: "you", feedback: "Shorter.", diff: "-a\n+b" };
    const { data } = after(required(), ["node_resumed", resumed]).notes.r;
    assert.deepEqual(data.answer, { action: "modify", by: "you", feedback: "Shorter.", diff: "-a\n+b" });
    assert.equal(isOpen(data), false);
  });

  test("a pause takes nobody's time away", () => {
    const { notes } = after(
      required({ expires_at: "2026-11-21T06:00:00.000Z" }),
      ["execution:paused", { status: "paused", reason: "user" }],
      ["token_usage", { input_tokens: 0, output_tokens: 0, estimated_cost_usd: null, price: "local" }],
      ["execution:resumed", { status: "running" }],
    );
    assert.equal(notes.r.data.expires_at, "2026-11-21T06:00:02.000Z");
  });
});
