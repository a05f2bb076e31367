// All faults at once, each with what would do and the way there.

import { copyTemplate, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { placeOf } from "./fault_places.js";

/** @typedef {import("./workbench.js").Workbench} Workbench */

const MOST = 50;

export class FaultList {
  #element;
  #bench;
  #goTo;

  /** @param {HTMLElement} element @param {Workbench} bench @param {(node_id: string, field: string) => void} goTo */
  constructor(element, bench, goTo) {
    this.#element = element;
    this.#bench = bench;
    this.#goTo = goTo;
    bench.addEventListener("faults", () => this.#show());
  }

  /** Unfolds the list, and puts the cursor into it. */
  open() {
    /** @type {HTMLDetailsElement} */ (this.#element).open = true;
    /** @type {HTMLElement | null} */ (this.#element.querySelector("li button, summary"))?.focus();
  }

  #show() {
    const { faults } = this.#bench;
    this.#element.dataset.count = String(faults.length);
    part(this.#element, "count").textContent = faults.length === 0 ? t("No faults") : t("Faults: {count}", { count: faults.length });
    part(this.#element, "rows").replaceChildren(...faults.slice(0, MOST).map((fault) => this.#row(fault)));
    const more = faults.length - MOST;
    showText(part(this.#element, "more"), more > 0 ? t("and {count} more", { count: more }) : null);
  }

  /** @param {import("./types.js").Fault} fault */
  #row(fault) {
    const { nodes } = this.#bench.graph;
    const { node_id, field } = placeOf(fault.path, Object.keys(nodes));
    const row = copyTemplate("fault-row");
    part(row, "where").textContent = nodes[node_id]?.name || node_id || t("The template");
    part(row, "reason").textContent = fault.reason;
    showText(part(row, "suggestion"), fault.suggestion ?? null);
    part(row, "go").addEventListener("click", () => this.#goTo(node_id, field));
    return row;
  }
}
