// The plan as a list: every node with what it is and where it leads, for those who would rather read than look.

import { copyTemplate, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { faultsByNode } from "./fault_places.js";

/** @typedef {import("./workbench.js").Workbench} Workbench */
/** @typedef {import("./types.js").PlanNode} PlanNode */

export class Outline {
  #element;
  #bench;
  #words;

  /** @param {HTMLElement} element @param {Workbench} bench @param {import("./words.js").Words} words */
  constructor(element, bench, words) {
    this.#element = element;
    this.#bench = bench;
    this.#words = words;
    for (const what of ["state", "selection", "faults"]) bench.addEventListener(what, () => this.show());
  }

  /** Only when it is seen. */
  show() {
    if (this.#element.hidden) return;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.closest("[data-outline]")?.getAttribute("data-outline");
    const { graph, places, faults } = this.#bench;
    const counts = faultsByNode(faults, Object.keys(graph.nodes));
    const height = (/** @type {PlanNode} */ { node_id }) => places[node_id]?.y ?? 0;
    const across = (/** @type {PlanNode} */ { node_id }) => places[node_id]?.x ?? 0;
    const nodes = Object.values(graph.nodes).sort((one, other) => height(one) - height(other) || across(one) - across(other));
    const rows = nodes.map((node) => this.#row(node, counts.get(node.node_id) ?? 0));
    part(this.#element, "rows").replaceChildren(...rows);
    rows.find(({ dataset }) => dataset.outline === focused)?.querySelector("button")?.focus();
  }

  /** @param {PlanNode} node @param {number} faults */
  #row(node, faults) {
    const { nodes } = this.#bench.graph;
    const row = copyTemplate("outline-row");
    row.dataset.outline = node.node_id;
    const kind = this.#words.kind(node.type);
    const button = part(row, "go");
    row.querySelector("svg path")?.setAttribute("d", kind?.sign ?? "");
    part(row, "name").textContent = node.name || node.node_id;
    part(row, "kind").textContent = kind?.name ?? node.type;
    const next = node.next_ids.map((node_id) => nodes[node_id]?.name || node_id).join(", ");
    showText(part(row, "next"), next ? t("leads to {next}", { next }) : null);
    showText(part(row, "faults"), faults > 0 ? t("Faults: {count}", { count: faults }) : null);
    if (this.#bench.selection.node_id === node.node_id) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => this.#bench.select(node.node_id));
    return row;
  }
}
