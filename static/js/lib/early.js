// Clicks on a part whose script is on its way wait for it.

export class Early {
  /** @type {HTMLElement[]} */ #waiting = [];

  constructor() {
    addEventListener("click", (event) => this.#take(event), true);
  }

  /** Call when parts have come. */
  perform() {
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(isEarly);
    for (const button of waiting) if (!isEarly(button)) button.click();
  }

  /** @param {Event} event */
  #take(event) {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (!button || !isEarly(button)) return;
    event.preventDefault();
    this.#waiting.push(button);
  }
}

/** @param {Element | null} element @returns {boolean} */
function isEarly(element) {
  if (!element) return false;
  return element.localName.includes("-") ? element.matches(":not(:defined)") : isEarly(element.parentElement);
}
