// The form of the template itself: what it is for. Its name stands above the canvas.

import { copyTemplate, part, showText } from "../lib/templates.js";

/** @typedef {import("./workbench.js").Workbench} Workbench */

export class TemplateForm {
  #bench;

  /** @param {Workbench} bench */
  constructor(bench) {
    this.#bench = bench;
    this.element = copyTemplate("template-form");
    for (const name of ["description", "category"]) {
      const input = this.#input(name);
      input.disabled = bench.locked;
      input.addEventListener("input", () => bench.change({ [name]: input.value }, name));
    }
  }

  show() {
    const { template } = this.#bench;
    if (this.#input("description").value !== template.description) this.#input("description").value = template.description;
    this.#input("category").value = template.category;
  }

  showFaults() {
    for (const name of ["description", "category"]) {
      const fault = this.#bench.faults.find(({ path }) => path === name);
      showText(part(this.element, `${name}-error`), fault?.reason ?? null);
    }
  }

  /** @param {string} field */
  focusField(field) {
    const input = field === "category" ? this.#input("category") : this.#input("description");
    input.focus();
  }

  /** @param {string} name */
  #input(name) {
    return /** @type {HTMLTextAreaElement} */ (part(this.element, name));
  }
}
