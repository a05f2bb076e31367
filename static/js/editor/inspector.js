// What is beside the canvas: the form of the node, of the link, or of the template itself, whichever is selected.

import { part } from "../lib/templates.js";
import { LinkForm } from "./link_form.js";
import { NodeForm } from "./node_form.js";
import { TemplateForm } from "./template_form.js";

/** @typedef {import("./workbench.js").Workbench} Workbench */
/** @typedef {{show: () => void, showFaults: () => void, focusField: (field: string) => void}} Form */

export class Inspector {
  #bench;
  #words;
  #host;
  /** @type {Form} */ #form;
  #about = "";

  /** @param {HTMLElement} element @param {Workbench} bench @param {import("./words.js").Words} words */
  constructor(element, bench, words) {
    this.#bench = bench;
    this.#words = words;
    this.#host = part(element, "form");
    this.#form = this.#build();
    bench.addEventListener("selection", () => this.#look());
    bench.addEventListener("state", () => this.#look());
    bench.addEventListener("faults", () => this.#form.showFaults());
  }

  /** Opens the form of a node, or of the template, with the cursor in one of its fields. @param {string} node_id @param {string} field */
  goTo(node_id, field) {
    this.#bench.select(node_id || null);
    this.#form.focusField(field);
  }

  /** A form stays as long as it is about the same thing: what is being typed is not disturbed. */
  #look() {
    if (this.#aboutNow() !== this.#about) this.#form = this.#build();
    else this.#form.show();
  }

  #aboutNow() {
    const { node_id, target } = this.#bench.selection;
    return JSON.stringify([node_id, target, this.#bench.graph.nodes[node_id ?? ""]?.type]);
  }

  /** @returns {Form} */
  #build() {
    this.#about = this.#aboutNow();
    const { node_id, target } = this.#bench.selection;
    const form = this.#formOf(node_id, target);
    this.#host.replaceChildren(form.element);
    form.show();
    form.showFaults();
    return form;
  }

  /** @param {string | null} node_id @param {string | null} target */
  #formOf(node_id, target) {
    if (node_id === null) return new TemplateForm(this.#bench);
    return target === null ? new NodeForm(this.#bench, this.#words, node_id) : new LinkForm(this.#bench, node_id, target);
  }
}
