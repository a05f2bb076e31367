// The bars above the canvas: name, saving, undo, zoom, and what is shown beside what.

import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { redo, undo } from "./shortcuts.js";

/** @typedef {{bench: import("./workbench.js").Workbench, canvas: import("./canvas.js").Canvas, saving: import("./saving.js").Saving,
 *   palette: import("./palette.js").Palette, outline: import("./outline.js").Outline, yaml: import("./yaml_panel.js").YamlPanel,
 *   restored: boolean}} ToolbarWish */

export class Toolbar {
  #wish;
  #bench;
  #main = /** @type {HTMLElement} */ (document.getElementById("main"));
  onDiscard = () => {};

  /** @param {ToolbarWish} wish */
  constructor(wish) {
    this.#wish = wish;
    this.#bench = wish.bench;
    const { bench, canvas, saving, palette } = wish;
    this.#on("add", () => palette.open());
    this.#on("undo", () => undo(bench));
    this.#on("redo", () => redo(bench));
    this.#on("zoom-out", () => canvas.view.zoom(1 / 1.25));
    this.#on("zoom-in", () => canvas.view.zoom(1.25));
    this.#on("fit", () => canvas.fit());
    this.#on("tidy", () => (bench.tidy(), canvas.fit()));
    this.#on("save", () => this.save());
    this.#on("save-as", () => saving.openSaveAs());
    this.#on("discard", () => this.onDiscard());
    this.#on("show-yaml", () => this.#toggleYaml());
    for (const look of ["picture", "list"]) this.#on(`show-${look}`, () => this.#showAs(look));
    this.#name.addEventListener("input", () => bench.change({ name: this.#name.value }, "name"));
    this.#name.disabled = bench.locked;
    part(this.#main, "restored").hidden = !wish.restored;
    for (const what of ["state", "saved", "faults"]) bench.addEventListener(what, () => this.#show());
    bench.addEventListener("said", (event) => (part(this.#main, "said").textContent = /** @type {CustomEvent} */ (event).detail));
    this.#show();
  }

  get #name() {
    return /** @type {HTMLInputElement} */ (document.getElementById("template-name"));
  }

  async save() {
    await this.#wish.saving.save((text, isProblem) => {
      const note = part(this.#main, "note");
      showText(note, text);
      note.dataset.problem = String(isProblem);
    });
  }

  /** @param {number} percent */
  showZoom(percent) {
    part(this.#main, "zoom").textContent = t("{percent} %", { percent });
  }

  #show() {
    const { template, history, isDirty, locked, isNew, faults } = this.#bench;
    if (this.#name.value !== template.name) this.#name.value = template.name;
    this.#name.setAttribute("aria-invalid", String(faults.some(({ path }) => path === "name")));
    this.#button("undo").disabled = !history.canUndo;
    this.#button("redo").disabled = !history.canRedo;
    document.title = t("{name} – Council", { name: template.name });
    if (locked) return;
    part(this.#main, "unsaved").hidden = !isDirty && !isNew;
    if (isDirty && part(this.#main, "note").dataset.problem !== "true") showText(part(this.#main, "note"), null);
    const start = /** @type {HTMLAnchorElement} */ (part(this.#main, "begin"));
    const { template_id } = this.#wish.saving;
    start.hidden = template_id === null || isDirty;
    start.href = `/?template=${encodeURIComponent(template_id ?? "")}`;
  }

  #toggleYaml() {
    const panel = /** @type {HTMLElement} */ (document.getElementById("yaml"));
    panel.hidden = !panel.hidden;
    this.#main.dataset.yaml = String(!panel.hidden);
    this.#button("show-yaml").setAttribute("aria-pressed", String(!panel.hidden));
    this.#wish.yaml.look();
    this.#wish.canvas.fit();
    if (!panel.hidden) panel.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} look */
  #showAs(look) {
    this.#main.dataset.look = look;
    const outline = /** @type {HTMLElement} */ (document.getElementById("outline"));
    outline.hidden = look !== "list";
    for (const each of ["picture", "list"]) this.#button(`show-${each}`).setAttribute("aria-pressed", String(each === look));
    this.#wish.outline.show();
    if (look === "picture") this.#wish.canvas.fit();
  }

  /** @param {string} name @param {() => void} act */
  #on(name, act) {
    this.#button(name).addEventListener("click", act);
  }

  /** @param {string} name */
  #button(name) {
    return /** @type {HTMLButtonElement} */ (part(this.#main, name));
  }
}
