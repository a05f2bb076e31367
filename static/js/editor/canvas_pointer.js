// Mouse, pen and finger on the canvas: select, move a node, draw a link from a port, move the whole drawing.

import { t } from "../lib/texts.js";
import { connect } from "./graph_edits.js";

/** @typedef {import("./canvas.js").Canvas} Canvas */
/** @typedef {import("./workbench.js").Workbench} Workbench */
/** @typedef {{kind: "move" | "link" | "pan", node_id: string, x: number, y: number, moved: boolean}} Gesture */

const SLACK = 4;

export class CanvasPointer {
  /** @type {Gesture | null} */ #gesture = null;
  #element;
  #canvas;
  #bench;

  /** @param {SVGSVGElement} element @param {Canvas} canvas @param {Workbench} bench */
  constructor(element, canvas, bench) {
    this.#element = element;
    this.#canvas = canvas;
    this.#bench = bench;
    element.addEventListener("pointerdown", (event) => this.#begin(event));
    element.addEventListener("pointermove", (event) => this.#go(event));
    element.addEventListener("pointerup", (event) => this.#end(event));
    element.addEventListener("pointercancel", () => this.#giveUp());
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (event.button !== 0 || this.#gesture) return;
    const target = /** @type {Element} */ (event.target);
    const node_id = target.closest("[data-card]")?.getAttribute("data-card") ?? "";
    const link = target.closest("[data-source]");
    if (link) return this.#bench.select(link.getAttribute("data-source"), link.getAttribute("data-target"));
    const kind = !node_id ? "pan" : target.closest("[data-port]") && !this.#bench.locked ? "link" : "move";
    this.#gesture = { kind, node_id, x: event.clientX, y: event.clientY, moved: false };
    this.#element.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #go(event) {
    const gesture = this.#gesture;
    if (!gesture) return;
    const [dx, dy] = [event.clientX - gesture.x, event.clientY - gesture.y];
    if (!gesture.moved && Math.hypot(dx, dy) < SLACK) return;
    gesture.moved = true;
    this.#element.dataset.gesture = gesture.kind;
    if (gesture.kind === "link") this.#canvas.stretch(gesture.node_id, this.#canvas.view.pointAt(event));
    else if (gesture.kind === "pan") this.#pan(gesture, event);
    else if (!this.#bench.locked) this.#canvas.drag({ [gesture.node_id]: this.#shifted(gesture, event) });
  }

  /** @param {Gesture} gesture @param {PointerEvent} event */
  #pan(gesture, event) {
    this.#canvas.view.pan(event.clientX - gesture.x, event.clientY - gesture.y);
    Object.assign(gesture, { x: event.clientX, y: event.clientY });
  }

  /** @param {Gesture} gesture @param {PointerEvent} event */
  #shifted({ node_id, x, y }, event) {
    const place = this.#bench.places[node_id] ?? { x: 0, y: 0 };
    const { scale } = this.#canvas.view;
    return { x: Math.round(place.x + (event.clientX - x) / scale), y: Math.round(place.y + (event.clientY - y) / scale) };
  }

  /** @param {PointerEvent} event */
  #end(event) {
    const gesture = this.#gesture;
    this.#giveUp();
    if (!gesture) return;
    const { kind, node_id, moved } = gesture;
    if (!moved) this.#bench.select(node_id || null);
    else if (kind === "link") this.#link(node_id, event);
    else if (kind === "move") this.#bench.move({ [node_id]: this.#shifted(gesture, event) });
    if (!moved && node_id) this.#canvas.focus(node_id);
  }

  /** @param {string} source @param {PointerEvent} event */
  #link(source, { clientX, clientY }) {
    const target = document.elementFromPoint(clientX, clientY)?.closest("[data-card]")?.getAttribute("data-card");
    if (!target) return;
    this.#bench.edit((graph) => connect(graph, source, target));
    this.#bench.say(t("Connected."));
  }

  #giveUp() {
    this.#canvas.stretch("", null);
    this.#canvas.drag({});
    this.#gesture = null;
    delete this.#element.dataset.gesture;
  }
}
