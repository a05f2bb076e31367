// <council-agent-models>: which model an agent speaks with: the server's default, or one of a provider, each with its price.

import { copyTemplate, fillList, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { rowsOf } from "../panel/model_rows.js";
import { choiceText, priceOf, priceText, providers, sourceText } from "../panel/providers.js";

/** @typedef {import("../panel/types.js").ModelChoice} ModelChoice */
/** @typedef {import("../panel/types.js").ProviderInfo} ProviderInfo */
/** @typedef {import("../panel/model_rows.js").Row} Row */

export class AgentModels extends HTMLElement {
  /** @type {ModelChoice} */ #choice = { provider: null, model: null };
  /** @type {ModelChoice} */ #saved = { provider: null, model: null };
  /** @type {ProviderInfo[] | null} */ #found = null;

  connectedCallback() {
    part(this, "current").addEventListener("click", () => this.#open(part(this, "panel").hidden));
    part(this, "find").addEventListener("input", () => this.#list());
    part(this, "panel").addEventListener("keydown", (event) => this.#onKey(event));
    part(this, "options").addEventListener("click", (event) => this.#onClick(event));
    part(this, "retry").addEventListener("click", () => this.#ask());
    this.#ask();
  }

  /** @param {ModelChoice} saved */
  begin({ provider, model }) {
    this.#saved = { provider, model };
    this.#choose(this.#saved);
    this.#list();
  }

  get choice() {
    return this.#choice;
  }

  /** Fetch what there is. What was saved is shown without it. */
  async #ask() {
    part(this, "wait").hidden = false;
    part(this, "failed").hidden = true;
    this.#found = await providers().catch(() => null);
    part(this, "wait").hidden = true;
    part(this, "failed").hidden = this.#found !== null;
    this.#list();
    this.#tell();
  }

  #list() {
    const words = /** @type {HTMLInputElement} */ (part(this, "find")).value;
    const groups = rowsOf(this.#found ?? [], this.#saved, words, this.#found !== null);
    part(this, "options").replaceChildren(...groups.map(({ name, rows }) => this.#group(name, rows)));
    part(this, "none").hidden = groups.length > 0;
    const absent = (this.#found ?? []).filter(({ available }) => !available);
    fillList(part(this, "absent"), absent, (row, { name, reason }) => {
      part(row, "name").textContent = name;
      part(row, "reason").textContent = reason;
    });
  }

  /** @param {string} name @param {Row[]} rows */
  #group(name, rows) {
    const group = copyTemplate("model-group");
    showText(part(group, "name"), name);
    part(group, "rows").replaceChildren(...rows.map((row) => this.#row(row)));
    return group;
  }

  /** @param {Row} row */
  #row({ choice, text, note, price }) {
    const label = copyTemplate("model-option");
    const input = /** @type {HTMLInputElement} */ (label.querySelector("input"));
    part(label, "name").textContent = text;
    showText(part(label, "note"), note);
    showText(part(label, "price"), price);
    input.checked = choice.provider === this.#choice.provider && choice.model === this.#choice.model;
    input.addEventListener("change", () => this.#choose(choice));
    return label;
  }

  /** @param {ModelChoice} choice */
  #choose({ provider, model }) {
    this.#choice = { provider, model };
    this.#tell();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** What is chosen, and what it costs as far as is known. */
  #tell() {
    const price = this.#found && this.#choice.model ? priceOf(this.#found, this.#choice) : null;
    part(this, "chosen").textContent = choiceText(this.#choice, this.#found ?? []);
    const known = this.#found && this.#choice.model ? [priceText(price), sourceText(price)].filter(Boolean).join(" · ") : null;
    showText(part(this, "chosen-price"), known);
    showText(part(this, "chosen-note"), this.#found ? noteOn(this.#choice, this.#found) : null);
  }

  /** @param {boolean} open */
  #open(open) {
    part(this, "panel").hidden = !open;
    part(this, "current").setAttribute("aria-expanded", String(open));
    part(this, open ? "find" : "current").focus();
  }

  /** Arrow keys choose and stay; a click chooses and is done. @param {MouseEvent} event */
  #onClick(event) {
    if (event.detail > 0 && event.target instanceof HTMLInputElement) this.#open(false);
  }

  /** Enter would send the form, Escape would leave it. @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key !== "Escape" && event.key !== "Enter") return;
    if (event.key === "Enter" && !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    if (event.key === "Escape" || part(this, "options").contains(/** @type {Node} */ (event.target))) this.#open(false);
  }
}

/** Why another model may speak than the one that was saved. @param {ModelChoice} choice @param {ProviderInfo[]} found */
function noteOn({ provider, model }, found) {
  const info = found.find(({ provider_id }) => provider_id === provider);
  if (!provider) return null;
  if (!info?.available) return t("{provider} is not available on this server now. Until it is, the default speaks.", { provider: info?.name ?? provider });
  if (model && !info.models.includes(model)) return t("{provider} does not list this model now.", { provider: info.name });
  return null;
}

customElements.define("council-agent-models", AgentModels);
