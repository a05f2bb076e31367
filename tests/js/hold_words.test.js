// Why a meeting stands still is said in the reader's language, whatever stopped it.

import assert from "node:assert/strict";
import test from "node:test";

import { holdText } from "../../static/js/elements/hold_words.js";

const KNOWN = [
  ["The next calls may cost up to {wanted}; {taken} of {limit} are spent or reserved. A cap of {needed} would do.",
    "The next calls may cost up to 0.21 USD; 0.85 USD of 1.00 USD are spent or reserved. A cap of 1.06 USD would do."],
  ["The next calls may take up to {wanted} tokens; {taken} of {limit} are spent or reserved. A cap of {needed} would do.",
    "The next calls may take up to 9,000 tokens; 41,000 of 50,000 are spent or reserved. A cap of 59,000 would do."],
  ["The meeting has run for {seconds} seconds, which is its cap.", "The meeting has run for 600 seconds, which is its cap."],
  ["{spent} are spent, more than {factor} times what was expected ({expected}).", "2.00 USD are spent, more than 3 times what was expected (0.50 USD)."],
  ["{spent} tokens without a known price are spent, more than {factor} times what was expected ({expected}).",
    "90,000 tokens without a known price are spent, more than 3 times what was expected (20,000)."],
  ["{name} has been at work for more than {minutes} minutes.", "Ruling (chair) has been at work for more than 10 minutes."],
  ["{name} has given the same answer {count} times.", "The member risk_auditor has given the same answer 3 times."],
];

globalThis.document = { getElementById: () => ({ textContent: JSON.stringify(Object.fromEntries(KNOWN.map(([text]) => [text, `» ${text}`]))) }) };

test("each sentence is known, and keeps its numbers", () => {
  for (const [, said] of KNOWN) assert.equal(holdText(said), `» ${said}`);
});

test("two caps may be reached at once", () => {
  const [[, money], [, tokens]] = KNOWN;
  assert.equal(holdText(`${money} ${tokens}`), `» ${money} » ${tokens}`);
});

test("what is not known stays as it was said", () => {
  assert.equal(holdText("Not enough."), "Not enough.");
  assert.equal(holdText(null), null);
});
