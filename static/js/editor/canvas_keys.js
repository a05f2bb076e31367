// The keyboard on the canvas: Tab goes from node to node, arrows move the one in focus, Enter opens its form.

/** @typedef {import("./workbench.js").Workbench} Workbench */

const STEP = 10;
const LONG_STEP = 60;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class CanvasKeys {
  #bench;

  /** @param {SVGSVGElement} element @param {Workbench} bench */
  constructor(element, bench) {
    this.#bench = bench;
    element.addEventListener("focusin", ({ target }) => cardOf(target) && bench.select(cardOf(target)));
    element.addEventListener("keydown", (event) => this.#press(event));
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const node_id = cardOf(event.target);
    const arrow = ARROWS[event.key];
    if (!node_id || event.ctrlKey || event.metaKey || event.altKey) return;
    if (arrow) this.#move(node_id, arrow, event.shiftKey ? LONG_STEP : STEP);
    else if (event.key === "Enter" || event.key === " ") document.getElementById("node-name")?.focus();
    else if (event.key === "Escape") this.#bench.select(null);
    else return;
    event.preventDefault();
  }

  /** @param {string} node_id @param {[number, number]} arrow @param {number} step */
  #move(node_id, [across, down], step) {
    const { x, y } = this.#bench.places[node_id] ?? { x: 0, y: 0 };
    this.#bench.move({ [node_id]: { x: x + across * step, y: y + down * step } }, `move ${node_id}`);
  }
}

/** @param {EventTarget | null} target */
function cardOf(target) {
  return (target instanceof Element && target.closest("[data-card]")?.getAttribute("data-card")) || "";
}
