// Why something was not done is said in the reader's language, and exactly.

import assert from "node:assert/strict";
import test from "node:test";

import { sentenceOf } from "../../static/js/lib/refusal.js";

const refusal = { code: "illegal_transition", message: "A finished session cannot be paused.", hint: "Look at its status." };

function readIn(lang) {
  globalThis.document = { documentElement: { lang }, getElementById: () => null };
}

test("in English the server speaks for itself", () => {
  readIn("en");
  assert.equal(sentenceOf(refusal), "A finished session cannot be paused. Look at its status.");
  assert.equal(sentenceOf({ code: "conflict", message: "Changed." }), "Changed.");
});

test("in another language its words follow what they mean", () => {
  readIn("zh-CN");
  assert.equal(
    sentenceOf(refusal),
    "The meeting has moved on: this is not possible now. (The server: A finished session cannot be paused. Look at its status.)",
  );
});

test("a code that nobody knows still says that nothing was done", () => {
  readIn("zh-CN");
  assert.match(sentenceOf({ code: "brand_new", message: "No." }), /^It was not done\. .*No\./);
});

test("without a connection the page speaks alone", () => {
  readIn("zh-CN");
  assert.match(sentenceOf({ code: "not_connected", message: "Not connected." }), /your text is still here/);
  assert.equal(sentenceOf({ code: "unreachable", message: "Cannot be reached." }), "Cannot be reached.");
});
