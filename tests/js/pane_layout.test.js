// How the room's panes share its width.

import assert from "node:assert/strict";
import { test } from "node:test";

import { DEFAULT, fold, limits, maximise, resize, reveal } from "../../static/js/lib/pane_layout.js";

test("a side is never narrower than its least, nor takes what the conversation needs", () => {
  assert.equal(resize(DEFAULT, "plan", 3).plan, 15);
  assert.equal(resize(DEFAULT, "plan", 99).plan, 45);
  assert.deepEqual(limits(DEFAULT, "papers"), { least: 15, most: 55 });
});

test("what a folded side leaves may be taken, and is given back when it opens", () => {
  const wide = resize(fold(DEFAULT, "papers"), "plan", 70);
  assert.equal(wide.plan, 70);
  const both = fold(wide, "papers");
  assert.deepEqual([both.plan, both.papers], [45, 30]);
});

test("the same pane twice is maximised and back", () => {
  assert.equal(maximise(DEFAULT, "plan").maximised, "plan");
  assert.deepEqual(maximise(maximise(DEFAULT, "plan"), "plan"), DEFAULT);
  assert.equal(maximise(maximise(DEFAULT, "plan"), "papers").maximised, "papers");
});

test("a pane that is to be seen is opened, and no other stands before it", () => {
  const hidden = maximise(fold(DEFAULT, "papers"), "conversation");
  const seen = reveal(hidden, "papers");
  assert.deepEqual(seen.folded, []);
  assert.equal(seen.maximised, null);
  assert.equal(seen.shown, "papers");
});
