// <council-start>: the form that begins a meeting. What the server refuses is shown at its field; nothing typed is lost.

import { post } from "../lib/api.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { uuid } from "../lib/uuid.js";
import { DocumentField } from "./document_field.js";
import { EstimateElement } from "./estimate.js";

/** @typedef {import("../lib/api.js").Problem} Problem */

class StartForm extends HTMLElement {
  /** The same form sent again is the same meeting: a lost answer starts nothing twice. */
  #attempt = { form: "", session_id: "" };

  connectedCallback() {
    this.querySelector("form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#start();
    });
    for (const kind of ["input", "change"]) this.addEventListener(kind, () => this.#lookAhead());
    this.#lookAhead();
  }

  /** What it would cost as it is filled in now. */
  #lookAhead() {
    /** @type {EstimateElement | null} */ (this.querySelector("council-estimate"))?.look(() => this.#read());
  }

  async #start() {
    this.#clear();
    const form = this.#read();
    if (!form.subject.trim() && !form.inputs.document && !form.inputs.documents) {
      return this.#refuse("subject", t("Give a subject or a document: the council needs something to discuss."));
    }
    this.#busy(true);
    try {
      const { session_id } = await post("/sessions", { ...form, session_id: this.#idFor(form) });
      location.assign(`/meetings/${encodeURIComponent(session_id)}`);
    } catch (problem) {
      this.#busy(false);
      this.#explain(/** @type {Problem} */ (problem));
    }
  }

  #read() {
    const { template, subject, objective, group } = this.#fields;
    const documents = /** @type {DocumentField} */ (this.querySelector("council-document")).inputs;
    const aim = objective.value.trim() === "" ? {} : { objective: objective.value };
    return {
      template_id: template.value,
      subject: subject.value,
      inputs: /** @type {{document?: string, documents?: object[], objective?: string}} */ ({ ...documents, ...aim }),
      ...(group.value && { group_id: group.value }),
      ...this.#budget,
    };
  }

  /** What is left empty has no cap. */
  get #budget() {
    const { usd, tokens, minutes } = this.#fields;
    const [money, count, time] = [usd, tokens, minutes].map(({ value }) => Number(value));
    const cap = { ...(money && { usd: money }), ...(count && { tokens: count }), ...(time && { seconds: time * 60 }) };
    return Object.keys(cap).length > 0 ? { budget: cap } : {};
  }

  /** @param {object} form */
  #idFor(form) {
    const text = JSON.stringify(form);
    if (text !== this.#attempt.form) this.#attempt = { form: text, session_id: uuid() };
    return this.#attempt.session_id;
  }

  // What went wrong

  /** @param {Problem} problem */
  #explain(problem) {
    const placed = problem.faults?.filter(({ path, reason }) => reason && this.#refuse(path, reason)) ?? [];
    if (placed.length === 0) showText(part(this, "form-error"), `${problem.message} ${problem.hint ?? ""}`.trim());
  }

  /** Whether there is a field for that path, and the reason now stands at it. @param {string} path @param {string} reason */
  #refuse(path, reason) {
    const where = path.replace("seconds", "minutes");
    const [name, field] = Object.entries(this.#fields).find(([word]) => where.includes(word)) ?? [];
    if (!field) return false;
    const fold = field.closest("details");
    if (fold) fold.open = true;
    showText(part(this, `${name}-error`), reason);
    field.setAttribute("aria-invalid", "true");
    field.focus();
    return true;
  }

  #clear() {
    showText(part(this, "form-error"), null);
    for (const [name, field] of Object.entries(this.#fields)) {
      showText(part(this, `${name}-error`), null);
      field.removeAttribute("aria-invalid");
    }
  }

  /** @param {boolean} busy */
  #busy(busy) {
    const button = /** @type {HTMLButtonElement} */ (part(this, "submit"));
    button.disabled = busy;
    showText(part(this, "progress"), busy ? t("Opening the meeting") : null);
  }

  get #fields() {
    return {
      template: /** @type {HTMLSelectElement} */ (part(this, "template")),
      subject: /** @type {HTMLInputElement} */ (part(this, "subject")),
      document: /** @type {HTMLTextAreaElement} */ (part(this, "document")),
      objective: /** @type {HTMLTextAreaElement} */ (part(this, "objective")),
      group: /** @type {HTMLSelectElement} */ (part(this, "group")),
      usd: /** @type {HTMLInputElement} */ (part(this, "usd")),
      tokens: /** @type {HTMLInputElement} */ (part(this, "tokens")),
      minutes: /** @type {HTMLInputElement} */ (part(this, "minutes")),
    };
  }
}

customElements.define("council-start", StartForm);
