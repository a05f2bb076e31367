// The one state of a page, and who wants to know when it changed: at most once per frame.

/**
 * @template State
 * @template Event
 */
export class Store {
  #state;
  #shown;
  #reduce;
  #schedule;
  #scheduled = false;
  /** @type {Set<(state: State, previous: State) => void>} */
  #listeners = new Set();

  /**
   * @param {State} state
   * @param {(state: State, event: Event) => State} reduce
   * @param {(flush: () => void) => void} [schedule]
   */
  constructor(state, reduce, schedule = nextFrame) {
    this.#state = state;
    this.#shown = state;
    this.#reduce = reduce;
    this.#schedule = schedule;
  }

  get state() {
    return this.#state;
  }

  /** @param {Event} event */
  dispatch(event) {
    this.replace(this.#reduce(this.#state, event));
  }

  /** @param {State} state */
  replace(state) {
    if (state === this.#state) return;
    this.#state = state;
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#schedule(() => this.#flush());
  }

  /**
   * @param {(state: State, previous: State) => void} listener
   * @returns {() => void} ends the subscription
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #flush() {
    this.#scheduled = false;
    const previous = this.#shown;
    this.#shown = this.#state;
    for (const listener of this.#listeners) listener(this.#shown, previous);
  }
}

/** Frames stop while a page is hidden; time does not. @param {() => void} flush */
function nextFrame(flush) {
  if (document.hidden) setTimeout(flush, 250);
  else requestAnimationFrame(flush);
}
