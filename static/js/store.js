// The one state of a page, and who wants to know when it changed: once per frame, with all that came meanwhile.

/**
 * @template State
 * @template Event
 */
export class Store {
  #state;
  #shown;
  /** @type {Event[]} */ #waiting = [];
  #reduce;
  #schedule;
  #scheduled = false;
  /** @type {Set<(state: State, previous: State) => void>} */
  #listeners = new Set();

  /**
   * @param {State} state
   * @param {(state: State, events: Event[]) => State} reduce
   * @param {(flush: () => void) => void} [schedule]
   */
  constructor(state, reduce, schedule = nextFrame) {
    this.#state = state;
    this.#shown = state;
    this.#reduce = reduce;
    this.#schedule = schedule;
  }

  get state() {
    const events = this.#waiting;
    if (events.length) {
      this.#waiting = [];
      this.#state = this.#reduce(this.#state, events);
    }
    return this.#state;
  }

  /** The newest event that is not in the state yet: it gets there when somebody asks for the state, or with the frame. */
  get newest() {
    return this.#waiting.at(-1);
  }

  /** @param {Event} event */
  dispatch(event) {
    this.#waiting.push(event);
    this.#wake();
  }

  /** @param {State} state made from the present one */
  replace(state) {
    this.#waiting = [];
    if (state === this.#state) return;
    this.#state = state;
    this.#wake();
  }

  /**
   * @param {(state: State, previous: State) => void} listener
   * @returns {() => void} ends the subscription
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #wake() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#schedule(() => this.#flush());
  }

  #flush() {
    this.#scheduled = false;
    const previous = this.#shown;
    this.#shown = this.state;
    if (this.#shown === previous) return;
    for (const listener of this.#listeners) listener(this.#shown, previous);
  }
}

/** Frames stop while a page is hidden; time does not. @param {() => void} flush */
function nextFrame(flush) {
  if (document.hidden) setTimeout(flush, 250);
  else requestAnimationFrame(flush);
}
