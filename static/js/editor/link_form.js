// The form of one link: where it leads from and to, what it is for, and its place among the others.

import { copyTemplate, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { moveLink } from "./graph_edits.js";
import { deleteSelected } from "./shortcuts.js";

/** @typedef {import("./workbench.js").Workbench} Workbench */

export class LinkForm {
  #bench;
  #source;
  #target;

  /** @param {Workbench} bench @param {string} source @param {string} target */
  constructor(bench, source, target) {
    this.#bench = bench;
    this.#source = source;
    this.#target = target;
    this.element = copyTemplate("link-form");
    part(this.element, "from").addEventListener("click", () => bench.select(source));
    part(this.element, "to").addEventListener("click", () => bench.select(target));
    part(this.element, "delete").addEventListener("click", () => deleteSelected(bench));
    part(this.element, "earlier").addEventListener("click", () => bench.edit((graph) => moveLink(graph, source, target, -1)));
    part(this.element, "later").addEventListener("click", () => bench.edit((graph) => moveLink(graph, source, target, 1)));
  }

  show() {
    const { nodes } = this.#bench.graph;
    const node = nodes[this.#source];
    if (!node) return;
    const place = node.next_ids.indexOf(this.#target);
    part(this.element, "from").textContent = node.name || node.node_id;
    part(this.element, "to").textContent = nodes[this.#target]?.name || this.#target;
    showText(part(this.element, "about"), aboutOf(node, place));
    const [earlier, later] = ["earlier", "later"].map((name) => /** @type {HTMLButtonElement} */ (part(this.element, name)));
    if (earlier) earlier.disabled = place === 0;
    if (later) later.disabled = place === node.next_ids.length - 1;
    part(this.element, "order").hidden = this.#bench.locked || node.next_ids.length < 2;
    part(this.element, "delete").hidden = this.#bench.locked;
  }

  showFaults() {
    const start = `nodes.${this.#source}.next_ids`;
    const told = this.#bench.faults.filter(({ path }) => path.startsWith(start)).map(({ reason }) => reason);
    showText(part(this.element, "faults"), told.join(" ") || null);
  }

  focusField() {
    part(this.element, "from").focus();
  }
}

/** @param {import("./types.js").PlanNode} node @param {number} place */
function aboutOf({ type, next_ids }, place) {
  const values = { place: place + 1, count: next_ids.length };
  if (type === "loop") return place === 0 ? t("The way back: here the next round begins.") : t("The way out, when a condition of the loop is met.");
  if (type === "sequence") return t("Branch {place} of {count}: begins when those before it have ended.", values);
  if (type === "parallel") return t("Branch {place} of {count}: all begin at once.", values);
  return null;
}
