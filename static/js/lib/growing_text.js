// A text that grows while it is read: only what is new is added, so a selection and the reader's place stay.

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
    if (text.startsWith(this.#shown)) this.#append(text.slice(this.#shown.length));
    else this.#element.textContent = text;
    this.#shown = text;
  }

  /** @param {string} more */
  #append(more) {
    const last = this.#element.lastChild;
    if (last instanceof Text && last.length < NODE_CHARACTERS) last.appendData(more);
    else this.#element.append(more);
  }
}
