import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { forgetDraft, keepDraft, readDraft } from "../../static/js/lib/draft.js";

/** Room for so many characters, as a browser's storage has. */
class SmallStorage {
  #kept = new Map();
  #room;

  /** @param {number} room */
  constructor(room) {
    this.#room = room;
  }

  getItem(/** @type {string} */ key) {
    return this.#kept.get(key) ?? null;
  }

  setItem(/** @type {string} */ key, /** @type {string} */ value) {
    if (value.length > this.#room) throw new Error("QuotaExceededError");
    this.#kept.set(key, value);
  }

  removeItem(/** @type {string} */ key) {
    this.#kept.delete(key);
  }
}

/** @param {unknown} storage */
function use(storage) {
  Object.defineProperty(globalThis, "sessionStorage", { value: storage, configurable: true });
}

afterEach(() => use(undefined));

test("a draft is kept until it is forgotten", () => {
  use(new SmallStorage(1000));
  assert.equal(readDraft(), null);
  keepDraft({ typed: { subject: "Shall we?" }, files: [] });
  assert.deepEqual(readDraft(), { typed: { subject: "Shall we?" }, files: [] });
  forgetDraft();
  assert.equal(readDraft(), null);
});

test("a draft that is too large is kept without its files", () => {
  use(new SmallStorage(100));
  keepDraft({ typed: { subject: "Shall we?" }, files: [{ name: "a.md", content: "x".repeat(1000) }] });
  assert.deepEqual(readDraft(), { typed: { subject: "Shall we?" }, files: [] });
});

test("where nothing can be kept nothing is, and nothing breaks", () => {
  use(undefined);
  keepDraft({ files: [] });
  forgetDraft();
  assert.equal(readDraft(), null);
});
