import assert from "node:assert/strict";
import { test } from "node:test";

import { fromSnapshot, reduceAll } from "../../static/js/reducer.js";
import { Router } from "../../static/js/router.js";
import { Store } from "../../static/js/store.js";
import { chunk, numbered, SESSION, snapshot } from "./events.js";

function room() {
  const store = new Store(fromSnapshot(snapshot(), 0), reduceAll, () => {});
  const heard = { settled: [], resyncs: 0 };
  const commands = { settle: (answer) => heard.settled.push(answer.event) };
  const router = new Router({ store, commands, resync: () => (heard.resyncs += 1) });
  return { store, heard, router };
}

test("numbered events go to the store", () => {
  const { store, router } = room();
  for (const event of numbered([chunk("m", 0, "Hi")])) router.route(event);
  assert.equal(store.state.messages.m.content, "Hi");
});

test("an event of another session is not ours", () => {
  const { store, router } = room();
  const [event] = numbered([chunk("m", 0, "Hi")]);
  router.route({ ...event, session_id: "another" });
  assert.equal(store.state.seq, 0);
});

test("answers to commands go to whoever asked; an error event of the meeting does not", () => {
  const { heard, router } = room();
  router.route({ event: "ack", data: { id: "1" } });
  router.route({ event: "error", data: { id: "2", code: "x", error: "y" } });
  router.route(numbered([["error", { node_id: null, error: "e", code: "c", hint: "", can_retry: false }]])[0]);
  assert.deepEqual(heard.settled, ["ack", "error"]);
});

test("a missing number is noticed, in an event and in a heartbeat", () => {
  const { store, heard, router } = room();
  router.route(numbered([chunk("m", 0, "late")], 2)[0]);
  assert.equal(heard.resyncs, 1);
  assert.equal(store.state.seq, 0);
  router.route({ event: "heartbeat", data: { channels: { [`session:${SESSION}`]: 0 } } });
  assert.equal(heard.resyncs, 1);
  router.route({ event: "heartbeat", data: { channels: { [`session:${SESSION}`]: 4 } } });
  assert.equal(heard.resyncs, 2);
});

test("what it does not know is left alone", () => {
  const { heard, router } = room();
  router.route({ event: "greeting", data: {} });
  router.route({ event: "pong", data: { server_time: "now" } });
  assert.deepEqual(heard, { settled: [], resyncs: 0 });
});
