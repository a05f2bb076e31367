// The dialog in which one thing is changed: refusals stand at their fields, and nothing typed is lost without a question.

import { sentenceOf } from "../lib/refusal.js";
import { copyTemplate, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { confirmed } from "./confirm.js";

/** @typedef {import("../lib/api.js").Problem} Problem */
/** @typedef {{label: string, run: () => void}} Choice */
/**
 * @typedef {object} Rules
 * @property {() => object} read what is filled in now
 * @property {() => boolean} [check] whether it may be sent; refuses what may not
 * @property {(body: any) => Promise<any>} save
 * @property {(kept: any) => void} saved
 * @property {(problem: Problem) => boolean} [solve] whether this problem is dealt with
 */

export class Sheet {
  #dialog;
  #rules;
  #before = "";

  /** @param {HTMLDialogElement} dialog @param {Rules} rules */
  constructor(dialog, rules) {
    this.#dialog = dialog;
    this.#rules = rules;
    dialog.addEventListener("keydown", (event) => this.#onKey(event));
    dialog.addEventListener("cancel", (event) => this.#onCancel(event));
    dialog.addEventListener("close", () => this.#end());
    for (const close of dialog.querySelectorAll("[data-close]")) close.addEventListener("click", () => this.leave());
    dialog.querySelector("form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  /** @param {string} title */
  open(title) {
    part(this.#dialog, "title").textContent = title;
    document.body.append(this.#dialog);
    addEventListener("beforeunload", this.#warn);
    this.#dialog.showModal();
    this.settle();
  }

  /** What stands there now counts as saved. */
  settle() {
    this.#before = this.#now;
  }

  /** Close, unless something would be lost that the person wants to keep. */
  async leave() {
    const question = {
      title: t("Leave without saving?"),
      text: t("What you changed here would be lost."),
      action: t("Discard the changes"),
    };
    if (!this.#changed || (await confirmed(question))) this.#dialog.close();
  }

  async submit() {
    this.#clear();
    if (this.#rules.check?.() === false) return;
    this.#busy(true);
    try {
      const kept = await this.#rules.save(this.#rules.read());
      this.settle();
      this.#dialog.close();
      this.#rules.saved(kept);
    } catch (problem) {
      this.#explain(/** @type {Problem} */ (problem));
    } finally {
      this.#busy(false);
    }
  }

  /** Whether there is such a field; the reason then stands at it. @param {string} name @param {string} reason */
  refuse(name, reason) {
    const field = this.#dialog.querySelector(`[data-field="${CSS.escape(name)}"]`);
    if (!(field instanceof HTMLElement)) return false;
    const control = /** @type {HTMLElement} */ (field.querySelector("input, textarea, select, button"));
    const first = this.#dialog.querySelector("[aria-invalid]") === null;
    showText(part(field, "error"), reason);
    control.setAttribute("aria-invalid", "true");
    if (first) control.focus();
    return true;
  }

  /** Something the person has to decide first. @param {string | null} text @param {Choice[]} choices */
  ask(text, choices) {
    const buttons = choices.map(({ label, run }) => {
      const button = /** @type {HTMLButtonElement} */ (copyTemplate("sheet-choice"));
      button.textContent = label;
      button.addEventListener("click", run);
      return button;
    });
    part(this.#dialog, "alert").hidden = text === null;
    showText(part(this.#dialog, "alert-text"), text);
    part(this.#dialog, "alert-choices").replaceChildren(...buttons);
    buttons[0]?.focus();
  }

  /** @param {Problem} problem */
  #explain(problem) {
    if (this.#rules.solve?.(problem)) return;
    const placed = (problem.faults ?? []).filter(({ path, reason }) => this.refuse(path.split(".")[0] ?? "", reason));
    if (placed.length === 0) showText(part(this.#dialog, "form-error"), sentenceOf(problem));
  }

  #clear() {
    this.ask(null, []);
    showText(part(this.#dialog, "form-error"), null);
    for (const error of this.#dialog.querySelectorAll("[data-part=error]")) showText(/** @type {HTMLElement} */ (error), null);
    for (const control of this.#dialog.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
  }

  /** @param {boolean} busy */
  #busy(busy) {
    /** @type {HTMLButtonElement} */ (part(this.#dialog, "submit")).disabled = busy;
    showText(part(this.#dialog, "progress"), busy ? t("Saving") : null);
  }

  get #now() {
    return JSON.stringify(this.#rules.read());
  }

  get #changed() {
    return this.#now !== this.#before;
  }

  /** A browser closes a dialog at the second Escape whatever we say; so Escape never reaches it. @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    this.leave();
  }

  /** @param {Event} event */
  #onCancel(event) {
    event.preventDefault();
    this.leave();
  }

  #warn = (/** @type {BeforeUnloadEvent} */ event) => {
    if (this.#changed) event.preventDefault();
  };

  #end() {
    removeEventListener("beforeunload", this.#warn);
    this.#dialog.remove();
  }
}
