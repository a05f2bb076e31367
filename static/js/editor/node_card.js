// One node on the canvas: its sign or its agent's initials, its name, and the port that links are drawn from.

import { initialsOf } from "../panel/avatar.js";
import { CARD_HEIGHT, CARD_WIDTH } from "./links.js";
import { inTwoLines } from "./names.js";
import { setAll, svg } from "./svg.js";

/** @typedef {{name: string, agent: string, kind: import("./types.js").NodeType | undefined, seat: number, faults: number,
 *   selected: boolean, starts: boolean, label: string, isEnd: boolean}} CardLook */

const LEFT = -CARD_WIDTH / 2;
const TOP = -CARD_HEIGHT / 2;
const CIRCLE_X = LEFT + 30;
const TEXT_X = LEFT + 58;
const NAME_WIDTH = 19;

export class NodeCard {
  #shown = "";
  #box = svg("rect", { class: "card-box", x: LEFT, y: TOP, width: CARD_WIDTH, height: CARD_HEIGHT, rx: 14, tabindex: 0, role: "button" });
  #circle = svg("circle", { class: "card-circle", cx: CIRCLE_X, cy: 0, r: 19 });
  #sign = svg("path", { class: "card-sign", transform: `translate(${CIRCLE_X - 8} -8)` });
  #initials = svg("text", { class: "card-initials", x: CIRCLE_X, y: 4.5 });
  #lines = [svg("text", { class: "card-name", x: TEXT_X }), svg("text", { x: TEXT_X, y: 14 })];
  #fault = svg("g", { class: "card-fault" }, svg("circle", { cx: -LEFT - 4, cy: TOP + 4, r: 9 }), svg("text", { x: -LEFT - 4, y: TOP + 8 }));
  #port = svg(
    "g",
    { class: "card-port", "data-port": "out" },
    svg("circle", { class: "card-port-hit", cy: -TOP, r: 13 }),
    svg("circle", { class: "card-port-dot", cy: -TOP, r: 5.5 }),
  );

  /** @param {string} node_id */
  constructor(node_id) {
    this.element = svg(
      "g",
      { class: "node-card", "data-card": node_id },
      this.#box,
      this.#circle,
      this.#sign,
      this.#initials,
      ...this.#lines,
      this.#fault,
      this.#port,
    );
  }

  /** The box alone is pressed: what is written in it is for the eye, its name says more. */
  focus() {
    this.#box.focus({ preventScroll: true });
  }

  /** @param {import("./types.js").Point} place */
  moveTo({ x, y }) {
    setAll(this.element, { transform: `translate(${x} ${y})` });
  }

  /** @param {CardLook} look */
  show(look) {
    const text = JSON.stringify(look);
    if (text === this.#shown) return;
    this.#shown = text;
    const { name, agent, kind, seat, faults, selected, starts, label, isEnd } = look;
    setAll(this.#box, { "aria-label": label, "aria-pressed": String(selected) });
    setAll(this.element, {
      "data-faults": faults,
      "data-seat": seat,
      "data-type": kind?.type ?? "unknown",
      "data-starts": String(starts),
    });
    this.#sign.setAttribute("d", agent ? "" : (kind?.sign ?? ""));
    this.#initials.textContent = agent ? initialsOf(agent) : kind ? "" : "?";
    this.#write(inTwoLines(name, NAME_WIDTH), kind?.name ?? "");
    (/** @type {Element} */ (this.#fault.lastElementChild)).textContent = faults > 9 ? "9+" : String(faults);
    this.#port.toggleAttribute("hidden", isEnd);
  }

  /** The name, and below a short one what the node does. @param {string[]} lines @param {string} kind */
  #write(lines, kind) {
    const [first, second] = /** @type {[SVGTextElement, SVGTextElement]} */ (this.#lines);
    first.textContent = lines[0] ?? "";
    first.setAttribute("y", lines.length > 1 || kind ? "-3" : "4.5");
    second.textContent = lines[1] ?? inTwoLines(kind, NAME_WIDTH + 4)[0] ?? "";
    setAll(second, { class: lines.length > 1 ? "card-name" : "card-kind" });
  }
}
