// What the room shows: the meeting as it is now, or a moment of its recording.

/** @typedef {import("../reducer.js").State} State */

export class Shown {
  /** @type {State | null} */ #recorded = null;
  /** @type {Set<(live: State) => void>} */ #watchers = new Set();
  #live;
  #state;
  #show;

  /** @param {State} live @param {(state: State, previous: State) => void} show */
  constructor(live, show) {
    this.#live = live;
    this.#state = live;
    this.#show = show;
  }

  /** What is shown. */
  get state() {
    return this.#state;
  }

  /** The meeting as it is, whatever is shown. */
  get live() {
    return this.#live;
  }

  /** @param {(live: State) => void} watcher wants to know how the meeting itself goes on */
  watch(watcher) {
    this.#watchers.add(watcher);
    watcher(this.#live);
  }

  /** The meeting has moved on. @param {State} state */
  follow(state) {
    this.#live = state;
    if (!this.#recorded) this.#put(state);
    for (const watcher of this.#watchers) watcher(state);
  }

  /** @param {State | null} state of the recording; null goes back to the meeting itself */
  replay(state) {
    this.#recorded = state;
    this.#put(state ?? this.#live);
  }

  /** @param {State} state */
  #put(state) {
    if (state === this.#state) return;
    const previous = this.#state;
    this.#state = state;
    this.#show(state, previous);
  }
}
