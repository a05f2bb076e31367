// <council-graph>: the plan of the meeting; each node wears its status and leads to what was said there.

import { rove, stopAt } from "../lib/rove.js";
import { nodeStatusText } from "../lib/status.js";
import { part } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { Zoom } from "../lib/zoom.js";
import { RoomElement } from "./room_element.js";

/** @typedef {import("../reducer.js").State} State */
/** @typedef {"in" | "out" | "fit"} Change */

const BUTTON = "[data-node] > circle";
/** @type {Record<string, Change>} */
const KEYS = { "+": "in", "=": "in", "-": "out", 0: "fit" };

class Graph extends RoomElement {
  /** @type {State | null} */ #state = null;
  /** @type {import("../protocol.js").Places} */ #places = {};
  /** @type {Zoom | null} */ #zoom = null;

  connectedCallback() {
    const drawing = this.querySelector("svg");
    if (!drawing) return;
    this.#zoom = new Zoom(part(this, "frame"), drawing);
    for (const button of this.#buttons) button.setAttribute("role", "button");
    stopAt(this.#buttons, this.#buttons[0]);
    rove(part(this, "frame"), BUTTON);
    this.addEventListener("click", (event) => this.#press(event));
    this.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {import("./room_element.js").RoomParts} parts */
  join({ places }) {
    this.#places = places;
  }

  /** @param {State} state @param {State} previous */
  show(state, previous) {
    this.#state = state;
    const { node_statuses, node_rounds, status } = state;
    const stays = node_statuses === previous.node_statuses && node_rounds === previous.node_rounds && status === previous.status;
    if (state !== previous && stays) return;
    for (const node of this.#nodes) {
      const node_id = node.getAttribute("data-node") ?? "";
      const words = { name: this.#places[node_id]?.name ?? node_id, round: node_rounds[node_id] ?? 1 };
      describe(node, statusNow(node_statuses[node_id] ?? "pending", status), words);
    }
  }

  /** @param {Event} event */
  #press({ target }) {
    if (!(target instanceof Element)) return;
    const change = target.closest("[data-zoom]")?.getAttribute("data-zoom");
    if (change) this.#zoom?.change(/** @type {Change} */ (change));
    const node = target.closest("[data-node]");
    if (node) this.#jump(node);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (!(target instanceof Element) || !part(this, "frame").contains(target) || ctrlKey || metaKey || altKey) return;
    const change = KEYS[key];
    if (change) this.#zoom?.change(change);
    else if ((key === "Enter" || key === " ") && target.matches(BUTTON)) this.#press(event);
    else return;
    event.preventDefault();
  }

  /** To the newest of what was said there: the transcript knows where that stands. @param {Element} node */
  #jump(node) {
    const node_id = node.getAttribute("data-node") ?? "";
    part(this, "said").textContent = this.#isSaid(node_id) ? "" : t("Nothing was said there yet.");
    this.dispatchEvent(new CustomEvent("jump", { bubbles: true, detail: { node_id } }));
  }

  /** @param {string} node_id */
  #isSaid(node_id) {
    const { messages = {}, notes = {}, faults = {} } = this.#state ?? {};
    return [messages, notes, faults].some((kept) => Object.values(kept).some((one) => one.node_id === node_id));
  }

  /** The shape alone is pressed: what is written in it is for the eye, its name says more. */
  get #buttons() {
    return [...this.querySelectorAll(BUTTON)];
  }

  get #nodes() {
    return [...this.querySelectorAll("[data-node]")];
  }
}

/** In a meeting that stands still nobody speaks. @param {string} node @param {string} meeting */
function statusNow(node, meeting) {
  return node === "running" && meeting === "paused" ? "suspended" : node;
}

/** @param {Element} node @param {string} status @param {{name: string, round: number}} place */
function describe(node, status, { name, round }) {
  const words = { name, round, status: nodeStatusText(status) };
  node.setAttribute("data-status", status);
  node.querySelector("circle")?.setAttribute("aria-label", round > 1 ? t("{name}: {status}, round {round}", words) : t("{name}: {status}", words));
  if (round > 1) showRound(node, round);
  else node.querySelector(".graph-round")?.remove();
}

/** A badge on the node's shoulder. @param {Element} node @param {number} round */
function showRound(node, round) {
  const circle = node.querySelector("circle");
  const [x, y, radius] = ["cx", "cy", "r"].map((name) => Number(circle?.getAttribute(name)));
  const badge = node.querySelector(".graph-round") ?? node.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "text"));
  badge.setAttribute("class", "graph-round");
  badge.setAttribute("x", String((x ?? 0) + (radius ?? 0) - 1));
  badge.setAttribute("y", String((y ?? 0) - (radius ?? 0) + 5));
  badge.textContent = t("×{round}", { round });
}

customElements.define("council-graph", Graph);
