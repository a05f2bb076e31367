// The plan as a drawing: a card for each node, a line for each link. Redraws only what has changed.

import { CanvasKeys } from "./canvas_keys.js";
import { CanvasPointer } from "./canvas_pointer.js";
import { faultsByNode } from "./fault_places.js";
import { lineBetween, linksOf } from "./links.js";
import { NodeCard } from "./node_card.js";
import { seatsOf } from "./seats.js";
import { setAll, svg } from "./svg.js";
import { Viewport } from "./viewport.js";

/** @typedef {import("./workbench.js").Workbench} Workbench */
/** @typedef {{element: SVGGElement, lines: SVGPathElement[], label: SVGTextElement}} DrawnLink */

export class Canvas {
  /** @type {Map<string, NodeCard>} */ #cards = new Map();
  /** @type {Map<string, DrawnLink>} */ #links = new Map();
  /** @type {import("./types.js").Places} */ #dragged = {};
  #bench;
  #words;
  #linkLayer = svg("g");
  #cardLayer = svg("g");
  #ghost = svg("path", { class: "canvas-ghost" });

  /** @param {SVGSVGElement} element @param {Workbench} bench @param {import("./words.js").Words} words @param {(percent: number) => void} onZoom */
  constructor(element, bench, words, onZoom) {
    this.#bench = bench;
    this.#words = words;
    const layer = svg("g", {}, this.#linkLayer, this.#ghost, this.#cardLayer);
    element.append(layer);
    this.view = new Viewport(element, layer, onZoom);
    new CanvasPointer(element, this, bench);
    new CanvasKeys(element, bench);
    for (const what of ["state", "selection", "faults"]) bench.addEventListener(what, () => this.draw());
    bench.addEventListener("selection", () => this.#reveal());
    this.draw();
  }

  fit() {
    this.view.fit(Object.values(this.#bench.places));
  }

  /** Where nodes stand while they are being dragged. @param {import("./types.js").Places} places */
  drag(places) {
    this.#dragged = places;
    this.#place(new Set(Object.keys(places)));
  }

  /** The link that is being drawn; null when it is none any more. @param {string} source @param {import("./types.js").Point | null} to */
  stretch(source, to) {
    const from = this.#bench.places[source];
    this.#ghost.setAttribute("d", from && to ? lineBetween(from, { x: to.x, y: to.y + 28 }).d : "");
  }

  /** @param {string} node_id */
  focus(node_id) {
    this.#cards.get(node_id)?.focus();
  }

  draw() {
    this.#dragged = {};
    this.#drawCards();
    this.#drawLinks();
    this.#place(null);
  }

  #drawCards() {
    const { graph, faults, selection } = this.#bench;
    const counts = faultsByNode(faults, Object.keys(graph.nodes));
    const seats = seatsOf(graph);
    forget(this.#cards, (node_id) => node_id in graph.nodes, (card) => card.element);
    for (const node of Object.values(graph.nodes)) {
      const { node_id } = node;
      const card = this.#cards.get(node_id) ?? new NodeCard(node_id);
      this.#cards.set(node_id, card);
      if (!card.element.parentNode) this.#cardLayer.append(card.element);
      card.show({
        name: node.name || node_id,
        agent: this.#words.agentAt(node),
        kind: this.#words.kind(node.type),
        seat: seats.get(node_id) ?? 0,
        faults: counts.get(node_id) ?? 0,
        selected: selection.node_id === node_id && selection.target === null,
        starts: graph.start_node_id === node_id,
        label: this.#words.told(node, graph, counts.get(node_id) ?? 0),
        isEnd: node.type === "end",
      });
    }
  }

  #drawLinks() {
    const links = linksOf(this.#bench.graph);
    const { node_id, target } = this.#bench.selection;
    const keys = new Set(links.map(keyOf));
    forget(this.#links, (key) => keys.has(key), ({ element }) => element);
    for (const link of links) {
      const drawn = this.#links.get(keyOf(link)) ?? this.#newLink(link);
      this.#links.set(keyOf(link), drawn);
      const selected = node_id === link.source && target === link.target;
      setAll(drawn.element, { "data-back": String(link.back), "data-selected": String(selected) });
      if (drawn.label.textContent !== link.label) drawn.label.textContent = link.label;
    }
  }

  /** @param {import("./links.js").Link} link @returns {DrawnLink} */
  #newLink({ source, target }) {
    const lines = [svg("path", { class: "link-hit" }), svg("path", { class: "link-line", "marker-end": "url(#arrow)" })];
    const label = svg("text", { class: "link-label" });
    const element = svg("g", { class: "node-link", "data-source": source, "data-target": target }, ...lines, label);
    this.#linkLayer.append(element);
    return { element, lines, label };
  }

  /** Puts cards where they stand, and draws the lines between them: all, or those of these nodes. @param {Set<string> | null} only */
  #place(only) {
    const places = { ...this.#bench.places, ...this.#dragged };
    const all = Object.values(places);
    for (const [node_id, card] of this.#cards) {
      const place = places[node_id];
      if (place && (!only || only.has(node_id))) card.moveTo(place);
    }
    for (const link of linksOf(this.#bench.graph)) {
      const [from, to] = [places[link.source], places[link.target]];
      const drawn = this.#links.get(keyOf(link));
      if (!from || !to || !drawn || (only && !only.has(link.source) && !only.has(link.target))) continue;
      const { d, label } = lineBetween(from, to, all);
      for (const line of drawn.lines) setAll(line, { d });
      setAll(drawn.label, label);
    }
  }

  #reveal() {
    const { node_id } = this.#bench.selection;
    const place = this.#bench.places[node_id ?? ""];
    if (place) this.view.reveal(place);
  }
}

/** @param {import("./links.js").Link} link */
function keyOf({ source, target }) {
  return `${source} ${target}`;
}

/** Takes away what is no longer there. @template Drawn @param {Map<string, Drawn>} drawn @param {(key: string) => boolean} exists
 * @param {(one: Drawn) => Element} element */
function forget(drawn, exists, element) {
  for (const [key, one] of drawn) {
    if (exists(key)) continue;
    element(one).remove();
    drawn.delete(key);
  }
}
