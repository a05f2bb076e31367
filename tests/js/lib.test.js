import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { countCodePoints, skipCodePoints } from "../../static/js/lib/code_points.js";
import { decode, MAX_BYTES, readDocument } from "../../static/js/lib/documents.js";
import { formatCost, formatElapsed } from "../../static/js/lib/format.js";
import { formatLeft } from "../../static/js/lib/time_left.js";
import { t } from "../../static/js/lib/texts.js";
import { fromBytes, uuid } from "../../static/js/lib/uuid.js";

before(() => {
  const texts = JSON.stringify({ unknown: "unbekannt" });
  globalThis.document = {
    documentElement: { lang: "en" },
    getElementById: (id) => (id === "texts" ? { textContent: texts } : null),
  };
});

describe("texts", () => {
  test("the dictionary translates, and English stands in for what it lacks", () => {
    assert.equal(t("unknown"), "unbekannt");
    assert.equal(t("Read by {names}", { names: "all" }), "Read by all");
  });
});

describe("code points", () => {
  test("are counted and skipped whole", () => {
    assert.equal(countCodePoints("a🙂b"), 3);
    assert.equal(skipCodePoints("a🙂b", 2), "b");
    assert.equal(skipCodePoints("ab", 0), "ab");
    assert.equal(skipCodePoints("ab", -1), "ab");
    assert.equal(skipCodePoints("ab", 9), "");
  });
});

describe("money and time", () => {
  const totals = (changes) => ({ input_tokens: 0, output_tokens: 0, cost_usd: null, unknown_price_tokens: 0, ...changes });

  test("an unknown price is unknown, never zero", () => {
    assert.equal(formatCost(totals({ output_tokens: 9, unknown_price_tokens: 9 }), false), "unbekannt");
    assert.equal(formatCost(totals({ cost_usd: 0, unknown_price_tokens: 9 }), false), "unbekannt");
    assert.equal(formatCost(totals({ cost_usd: 0.5, unknown_price_tokens: 9 }), false), "$0.5000 + unknown");
  });

  test("known, local, rehearsed and nothing yet each look different", () => {
    assert.equal(formatCost(totals({ cost_usd: 0.0123 }), false), "$0.0123");
    assert.equal(formatCost(totals({ cost_usd: 12.3 }), false), "$12.30");
    assert.equal(formatCost(totals({ output_tokens: 5 }), false), "local");
    assert.equal(formatCost(totals({ output_tokens: 5 }), true), "rehearsal");
    assert.equal(formatCost(totals({}), false), "–");
  });

  test("what is left is told in days when it is more than one", () => {
    assert.deepEqual([59, 86_399, 86_400, 180_065].map(formatLeft), ["0:59", "23:59:59", "1d 0:00:00", "2d 2:01:05"]);
  });

  test("time is m:ss, with hours when there are any", () => {
    assert.deepEqual([0, 59.9, 61, 3661].map(formatElapsed), ["0:00", "0:59", "1:01", "1:01:01"]);
  });
});

describe("documents", () => {
  const file = (name, bytes) => new File([bytes], name);

  test("strict UTF-8 is text, anything else is refused by name", async () => {
    assert.deepEqual(await readDocument(file("a.md", "Größe 漢字")), { name: "a.md", content: "Größe 漢字" });
    await assert.rejects(readDocument(file("b.png", new Uint8Array([0x89, 0x50, 0xff]))), /b\.png.*not a text file/);
    await assert.rejects(readDocument(file("c.bin", "a\0b")), /not a text file/);
    await assert.rejects(readDocument(file("d.md", " \n")), /empty/);
    await assert.rejects(readDocument(file("e.md", new Uint8Array(MAX_BYTES + 1))), /larger than 5 MB/);
  });

  test("a byte order mark is no part of the text", () => {
    assert.equal(decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]).buffer), "a");
  });
});

describe("ids", () => {
  test("are version 4 UUIDs, with and without a secure context", () => {
    const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    assert.match(uuid(), shape);
    assert.match(fromBytes(new Uint8Array(16).fill(255)), shape);
    assert.match(fromBytes(new Uint8Array(16)), shape);
  });
});
