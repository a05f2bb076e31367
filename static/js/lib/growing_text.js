// A text that grows while it is read: only what is new is added, so a selection and the reader's place stay.

import { appendChunks, CHUNK } from "./chunks.js";

const NODE_CHARACTERS = 2000;

export class GrowingText {
  #element;
  #shown;

  /** @param {HTMLElement} element @param {string} shown what it holds already */
  constructor(element, shown = "") {
    this.#element = element;
    this.#shown = shown;
  }

  /** @param {string} text */
  show(text) {
    if (text === this.#shown) return;
    const isMore = text.startsWith(this.#shown);
    if (!isMore) this.#element.replaceChildren();
    const from = isMore ? this.#shown.length : 0;
    if (text.length > CHUNK) appendChunks(this.#element, text, from, text.length, (chunk, begin, end) => append(chunk, text.slice(begin, end)));
    else append(this.#element, text.slice(from));
    this.#shown = text;
  }
}

/** @param {HTMLElement} element @param {string} more */
function append(element, more) {
  const last = element.lastChild;
  if (last instanceof Text && last.length < NODE_CHARACTERS) last.appendData(more);
  else element.append(more);
}
