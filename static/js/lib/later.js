// Parts of the room that not every meeting needs: each is fetched when it is first called for.

/** @typedef {import("../reducer.js").State} State */
/** @typedef {{needed: (state: State) => boolean, load: () => Promise<unknown>}} Part */

/** @type {Part[]} */
export const PARTS = [
  { needed: () => true, load: () => import("../elements/around.js") },
  { needed: () => true, load: () => import("../elements/announcer.js") },
  { needed: ({ status, order }) => status === "running" || order.some(({ kind }) => kind !== "message"), load: () => import("../cards/cards.js") },
  { needed: ({ order }) => order.length > 100, load: () => import("../elements/far.js") },
  { needed: ({ verdict }) => verdict !== null, load: () => import("../elements/verdict.js") },
  { needed: ({ notes }) => Object.values(notes).some(({ kind }) => kind === "review"), load: () => import("../elements/people.js") },
  { needed: ({ status, reason }) => status === "paused" && reason !== "user", load: () => import("../elements/hold.js") },
  { needed: ({ budget, cap }) => budget !== null || cap !== null, load: () => import("../elements/budget.js") },
  { needed: () => /^#(t=|replay$)/.test(location.hash), load: () => import("../elements/timeline.js") },
  { needed: () => location.hash.startsWith("#ref="), load: () => import("../elements/document_pane.js") },
  { needed: () => isOpen("knowledge"), load: () => import("../elements/knowledge.js") },
  { needed: () => isOpen("analytics"), load: () => import("../elements/analytics.js") },
];

/** @param {string} name of a tab beside the conversation */
function isOpen(name) {
  return document.querySelector(`#tab-${name}[aria-selected=true]`) !== null;
}

export class Later {
  #waiting = [...PARTS];
  #arrived;

  /** @param {() => void} arrived called each time a part is there */
  constructor(arrived) {
    this.#arrived = arrived;
  }

  /** A part that cannot be fetched is asked for again when it is needed next. @param {State} state */
  look(state) {
    for (const part of this.#waiting.filter(({ needed }) => needed(state))) {
      this.#waiting = this.#waiting.filter((other) => other !== part);
      part.load().then(this.#arrived, () => this.#waiting.push(part));
    }
  }
}
