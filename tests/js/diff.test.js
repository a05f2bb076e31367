import assert from "node:assert/strict";
import { test } from "node:test";

import { difference, linesOf } from "../../static/js/lib/diff.js";
import { parseRef } from "../../static/js/lib/refs.js";
import { pageAround } from "../../static/js/lib/line_rows.js";

test("lines are counted as the server counts them", () => {
  assert.deepEqual(linesOf("a\r\nb\rc\u2028d\n"), ["a", "b", "c", "d"]);
  assert.deepEqual(linesOf("\n\n"), ["", ""]);
  assert.deepEqual(linesOf(""), []);
});

test("a difference shows what goes and what comes, with some lines around it", () => {
  assert.deepEqual(difference("1\n2\n3\n4\n5\n6", "1\n2\n3\nfour\n5\n6"), [" 2", " 3", "-4", "+four", " 5", " 6"]);
  assert.deepEqual(difference("a\nb\nc", "a\nx\nb\nc"), [" a", "+x", " b", " c"]);
  assert.deepEqual(difference("same", "same"), []);
});

test("the lines that are kept or added are the new text, those kept or removed the old one", () => {
  const texts = ["", "a", "a\nb\nc", "b\nc\nd", "c\nb\na", "x\na\ny\nb\nz\nc"];
  for (const before of texts) {
    for (const after of texts) {
      const lines = difference(`head\n${before}\ntail`, `head\n${after}\ntail`).filter((line) => !/^ (head|tail)$/.test(line));
      const of = (signs) => lines.filter((line) => signs.includes(line[0])).map((line) => line.slice(1)).join("\n");
      if (before === after) assert.deepEqual(lines, []);
      else assert.ok(linesOf(after).join("\n").includes(of(" +")) && linesOf(before).join("\n").includes(of(" -")));
    }
  }
});

test("two long texts that have nothing in common are replaced whole, at once", () => {
  const many = (word) => Array.from({ length: 5000 }, (_, at) => `${word} ${at}`).join("\n");
  assert.equal(difference(many("old"), many("new")).length, 10_000);
});

test("references name lines, one line, a whole document or a version", () => {
  const of = (path, from, to, version) => ({ path, from, to, version });
  assert.deepEqual(parseRef("#ref=plan.md:12-18"), of("plan.md", 12, 18, null));
  assert.deepEqual(parseRef("#ref=a%20b.md:4"), of("a b.md", 4, 4, null));
  assert.deepEqual(parseRef("#ref=plan.md@3"), of("plan.md", null, null, 3));
  assert.deepEqual(parseRef("#ref=c%3A1.md"), of("c:1.md", null, null, null));
  assert.deepEqual(parseRef("#ref=100%.md"), of("100%.md", null, null, null));
  assert.equal(parseRef("#verdict-title"), null);
});

test("a line stands on its page", () => {
  assert.deepEqual([null, 1, 1500, 1501].map(pageAround), [1, 1, 1, 2]);
});
