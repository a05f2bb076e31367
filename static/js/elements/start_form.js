// <council-start>: the form that begins a meeting. What the server refuses is shown at its field; nothing typed is lost.

import { beginMeeting } from "../lib/begin.js";
import { forgetDraft, keepDraft, readDraft } from "../lib/draft.js";
import { formatCount, formatUsd } from "../lib/format.js";
import { sentenceOf } from "../lib/refusal.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { uuid } from "../lib/uuid.js";
import { StartParts } from "./start_parts.js";

/** @typedef {import("../lib/api.js").Problem} Problem */

const KEEP_MS = 300;

export class StartForm extends HTMLElement {
  /** The same form sent again is the same meeting: a lost answer starts nothing twice. */
  #attempt = { form: "", session_id: "" };
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #keeping;
  /** @type {Record<string, {name: string}>} */ #templates = {};
  #parts = new StartParts(this);
  #started = false;

  /** @param {Record<string, {name: string}>} templates */
  begin(templates) {
    this.#templates = templates;
    const draft = readDraft();
    if (draft) this.#parts.draft = draft;
    this.#parts.wish(new URLSearchParams(location.search));
    this.querySelector("form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#start();
    });
    this.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#start();
    });
    for (const kind of ["input", "change", "steps"]) this.addEventListener(kind, () => this.#changed());
    this.addEventListener("estimated", (event) => this.#parts.seats.showModels(/** @type {CustomEvent} */ (event).detail));
    addEventListener("pagehide", () => this.#keep());
    addEventListener("pageshow", () => this.#busy(false));
    this.#changed();
  }

  #changed() {
    const { choice, group, seats, estimate } = this.#parts;
    seats.show(choice.value, group.usual(choice.value));
    this.#sumUp();
    estimate.look(() => this.#parts.read());
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => this.#keep(), KEEP_MS);
  }

  #keep() {
    if (!this.#started) keepDraft(this.#parts.draft);
  }

  /** What stands in a step that is closed. */
  #sumUp() {
    const { template_id, subject, inputs, budget } = this.#parts.read();
    const documents = (inputs.document ? 1 : 0) + (inputs.documents?.length ?? 0);
    const caps = [
      ...(budget?.usd ? [formatUsd(budget.usd)] : []),
      ...(budget?.tokens ? [t("{count} tokens", { count: formatCount(budget.tokens) })] : []),
      ...(budget?.seconds ? [t("{minutes} min", { minutes: formatCount(budget.seconds / 60) })] : []),
    ];
    part(this, "how-summary").textContent = this.#templates[template_id]?.name ?? "";
    part(this, "about-summary").textContent = subject.trim() || (documents > 0 ? t("{count} documents", { count: documents }) : t("Nothing yet"));
    part(this, "who-summary").textContent = [...this.#parts.seats.names, ...caps].join(" · ");
  }

  // To the server

  async #start() {
    if (/** @type {HTMLButtonElement} */ (part(this, "submit")).disabled) return;
    this.#clear();
    const form = this.#parts.read();
    if (!form.subject.trim() && !form.inputs.document && !form.inputs.documents) {
      this.#refuse("subject", t("Give a subject or a document: the council needs something to discuss."));
      return;
    }
    this.#busy(true);
    try {
      await beginMeeting({ ...form, session_id: this.#idFor(form) });
      this.#started = true;
      forgetDraft();
    } catch (problem) {
      this.#busy(false);
      this.#explain(/** @type {Problem} */ (problem));
    }
  }

  /** @param {object} form */
  #idFor(form) {
    const text = JSON.stringify(form);
    if (text !== this.#attempt.form) this.#attempt = { form: text, session_id: uuid() };
    return this.#attempt.session_id;
  }

  /** @param {boolean} busy */
  #busy(busy) {
    const button = /** @type {HTMLButtonElement} */ (part(this, "submit"));
    button.disabled = busy;
    showText(part(this, "progress"), busy ? t("Opening the meeting") : null);
  }

  // What went wrong

  /** @param {Problem} problem */
  #explain(problem) {
    const placed = problem.faults.filter(({ path, reason }) => reason && this.#refuse(path, reason));
    if (placed.length === 0) showText(part(this, "form-error"), sentenceOf(problem));
  }

  /** Whether there is a field for that path, and the reason now stands at it. @param {string} path @param {string} reason */
  #refuse(path, reason) {
    const { steps, seats, fields } = this.#parts;
    if (path.startsWith("agents.")) {
      steps.reveal(seats);
      return seats.refuse(path.slice("agents.".length), reason);
    }
    const where = path.replace("seconds", "minutes");
    const [name, field] = Object.entries(fields).find(([word]) => where.includes(word)) ?? [];
    if (!field) return false;
    showText(part(this, `${name}-error`), reason);
    steps.reveal(field);
    field.setAttribute("aria-invalid", "true");
    field.focus();
    return true;
  }

  #clear() {
    const { seats, fields } = this.#parts;
    showText(part(this, "form-error"), null);
    for (const node_id of Object.keys(seats.agents)) seats.refuse(node_id, null);
    for (const [name, field] of Object.entries(fields)) {
      showText(part(this, `${name}-error`), null);
      field.removeAttribute("aria-invalid");
    }
  }
}

customElements.define("council-start", StartForm);
