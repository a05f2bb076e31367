// The states an editor went through, and the way back and forth between them.

const MOST = 100;

/** @template State */
export class History {
  /** @type {State[]} */ #past = [];
  /** @type {State[]} */ #future = [];
  #present;
  /** @type {string | null} */ #topic = null;

  /** @param {State} state */
  constructor(state) {
    this.#present = state;
  }

  get present() {
    return this.#present;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** One step more; steps with the same topic right after each other are one. @param {State} state @param {string | null} [topic] */
  push(state, topic = null) {
    if (topic === null || topic !== this.#topic) this.#past = [...this.#past.slice(1 - MOST), this.#present];
    this.#topic = topic;
    this.#future = [];
    this.#present = state;
  }

  undo() {
    const state = this.#past.pop();
    if (state === undefined) return false;
    this.#future.push(this.#present);
    this.#goTo(state);
    return true;
  }

  redo() {
    const state = this.#future.pop();
    if (state === undefined) return false;
    this.#past.push(this.#present);
    this.#goTo(state);
    return true;
  }

  /** @param {State} state */
  #goTo(state) {
    this.#present = state;
    this.#topic = null;
  }
}
