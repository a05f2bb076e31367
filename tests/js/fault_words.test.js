// What the server says of a template is known here, sentence by sentence: they are read from its source.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { REASONS, SUGGESTIONS, toldFault } from "../../static/js/editor/fault_words.js";

const FILES = ["validation.py", "layout.py"];
const SOURCE = FILES.map((name) => readFileSync(new URL(`../../council/meeting/${name}`, import.meta.url), "utf-8")).join("\n");
const SENTENCE = /f?("|')([A-Z{](?:(?!\1).){4,}[.?])\1/g;
const OF_FILES = [/^See docs/, /^It says /, /, as its key\.$/, / is of type /, /^Point it at a node/]; // No editor makes such a template.
const EXAMPLES = [/^Shall we do it/, /^Summarise /];

/** Every sentence between quotes, its gaps filled. */
function sentences() {
  const code = SOURCE.replace(/"""[\s\S]*?"""/g, "");
  const found = [...code.matchAll(SENTENCE)].map(([, , sentence]) => sentence);
  return found.filter((one) => ![...OF_FILES, ...EXAMPLES].some((pattern) => pattern.test(one))).map(filled);
}

/** @param {string} sentence */
function filled(sentence) {
  return sentence.replace(/\{(len\(|MAX_)[^}]*\}+/g, "7").replace(/\{[^}]*\}+/g, "some_name");
}

globalThis.document = { getElementById: () => ({ textContent: '{"There is no agent {name}.": "Kein Agent {name}.", "Leave it out.": "Weglassen."}' }) };

test("every sentence of the server is known", () => {
  const all = sentences();
  assert.ok(all.length > 30, `${all.length} sentences`);
  const unknown = all.filter((sentence) => ![...REASONS, ...SUGGESTIONS].some(([pattern]) => pattern.test(sentence)));
  assert.deepEqual(unknown, []);
});

test("what is known is said in the reader's language, with its names", () => {
  const fault = { path: "nodes.a", reason: "There is no agent 'bob'.", suggestion: "Leave it out." };
  assert.deepEqual(toldFault(fault), { path: "nodes.a", reason: "Kein Agent 'bob'.", suggestion: "Weglassen." });
});

test("what is not known stays as it was said", () => {
  const fault = { path: "nodes.a", reason: "Something new." };
  assert.deepEqual(toldFault(fault), fault);
});
