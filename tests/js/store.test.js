import assert from "node:assert/strict";
import { test } from "node:test";

import { Store } from "../../static/js/store.js";

function counter() {
  const frames = [];
  const store = new Store(0, (state, steps) => steps.reduce((sum, step) => sum + step, state), (flush) => frames.push(flush));
  const seen = [];
  const leave = store.subscribe((state, previous) => seen.push([state, previous]));
  return { store, seen, leave, frame: () => frames.splice(0).forEach((flush) => flush()) };
}

test("the state changes at once, listeners hear of it once per frame", () => {
  const { store, seen, frame } = counter();
  store.dispatch(1);
  store.dispatch(2);
  assert.equal(store.state, 3);
  assert.deepEqual(seen, []);
  frame();
  assert.deepEqual(seen, [[3, 0]]);
  store.dispatch(1);
  frame();
  assert.deepEqual(seen[1], [4, 3]);
});

test("events of one frame are reduced together, or when somebody asks", () => {
  const batches = [];
  const store = new Store(0, (state, steps) => batches.push(steps) && state + steps.length, () => {});
  store.dispatch("a");
  store.dispatch("b");
  assert.equal(store.newest, "b");
  assert.deepEqual(batches, []);
  assert.equal(store.state, 2);
  assert.equal(store.newest, undefined);
  assert.deepEqual(batches, [["a", "b"]]);
});

test("an event that changes nothing wakes nobody", () => {
  const { store, seen, frame } = counter();
  store.dispatch(0);
  frame();
  assert.deepEqual(seen, []);
});

test("who has left is not told any more", () => {
  const { store, seen, leave, frame } = counter();
  leave();
  store.dispatch(1);
  frame();
  assert.deepEqual(seen, []);
});
