// <council-document>: text to discuss, pasted, or read from files that are dropped, pasted or chosen.

import { readDocument } from "../lib/documents.js";
import { formatCount } from "../lib/format.js";
import { copyTemplate, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {import("../lib/documents.js").TextDocument} TextDocument */

export class DocumentField extends HTMLElement {
  /** @type {TextDocument[]} */ #files = [];

  connectedCallback() {
    const picker = this.querySelector("input");
    picker?.addEventListener("change", () => {
      this.#take([...(picker.files ?? [])]);
      picker.value = "";
    });
    this.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      this.#take(files);
    });
    this.addEventListener("dragover", (event) => this.#hover(event, true));
    this.addEventListener("dragleave", (event) => this.#hover(event, false));
    this.addEventListener("drop", (event) => {
      this.#hover(event, false);
      this.#take([...(event.dataTransfer?.files ?? [])]);
    });
  }

  /** What `inputs` of a new meeting holds of documents. */
  get inputs() {
    const pasted = /** @type {HTMLTextAreaElement} */ (this.querySelector("textarea")).value;
    const document = pasted.trim() === "" ? {} : { document: pasted };
    return this.#files.length === 0 ? document : { ...document, documents: this.#files };
  }

  get files() {
    return this.#files;
  }

  set files(files) {
    this.#files = files;
    this.#list();
  }

  /** @param {File[]} files */
  async #take(files) {
    showText(part(this, "file-error"), null);
    for (const file of files) {
      try {
        const read = await readDocument(file);
        this.#files = [...this.#files.filter(({ name }) => name !== read.name), read];
      } catch (refusal) {
        showText(part(this, "file-error"), /** @type {Error} */ (refusal).message);
      }
    }
    this.#list();
  }

  #list() {
    const chips = this.#files.map((file) => this.#chip(file));
    part(this, "files").replaceChildren(...chips);
    part(this, "files").hidden = chips.length === 0;
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** @param {TextDocument} file */
  #chip(file) {
    const chip = copyTemplate("file-template");
    part(chip, "name").textContent = file.name;
    part(chip, "size").textContent = t("{count} characters", { count: formatCount(file.content.length) });
    const remove = part(chip, "remove");
    remove.setAttribute("aria-label", t("Remove {name}", { name: file.name }));
    remove.addEventListener("click", () => {
      this.#files = this.#files.filter((other) => other !== file);
      this.#list();
      this.querySelector("textarea")?.focus();
    });
    return chip;
  }

  /** @param {DragEvent} event @param {boolean} over */
  #hover(event, over) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.dataset.over = String(over);
  }
}

customElements.define("council-document", DocumentField);
