// <council-template-choice>: templates as cards, one of which is chosen; its plan is shown in full below them.

import { part } from "../lib/templates.js";
import { t } from "../lib/texts.js";

export class TemplateChoice extends HTMLElement {
  connectedCallback() {
    const all = part(this, "all");
    all.addEventListener("click", () => this.#spread(all.getAttribute("aria-expanded") !== "true"));
    this.addEventListener("change", () => this.#show());
    part(this, "plan").addEventListener("toggle", () => this.#draw());
    new ResizeObserver(() => this.#offerAll()).observe(part(this, "template"));
    this.#show();
  }

  get value() {
    return this.#chosen?.value ?? "";
  }

  /** An unknown one changes nothing. @param {string} template_id */
  set value(template_id) {
    const wanted = this.#radios.find(({ value }) => value === template_id);
    if (wanted) wanted.checked = true;
    this.#show();
  }

  /** Where a fault of the choice is felt. */
  focus() {
    this.#chosen?.focus();
  }

  #show() {
    const edit = part(this, "edit");
    edit.setAttribute("href", this.value ? `/templates#${encodeURIComponent(this.value)}` : "/templates");
    this.#bringIntoSight();
    this.#draw();
  }

  /** Moves the row of cards only, never the page. */
  #bringIntoSight() {
    const card = this.#chosen?.parentElement;
    const row = part(this, "template");
    if (!card) return;
    const [before, after] = [row.scrollLeft - card.offsetLeft, card.offsetLeft + card.offsetWidth - row.scrollLeft - row.clientWidth];
    if (before > 0) row.scrollLeft -= before;
    else if (after > 0) row.scrollLeft += after;
  }

  /** The picture of the chosen card again, large. */
  #draw() {
    const plan = /** @type {HTMLDetailsElement} */ (part(this, "plan"));
    plan.hidden = this.#chosen === undefined;
    if (!plan.open) return;
    const picture = this.#chosen?.closest(".template-card")?.querySelector("svg")?.cloneNode(true);
    part(this, "plan-graph").replaceChildren(...(picture ? [picture] : []));
  }

  /** Cards in a row, or all of them at once. @param {boolean} spread */
  #spread(spread) {
    part(this, "template").dataset.all = String(spread);
    const all = part(this, "all");
    all.setAttribute("aria-expanded", String(spread));
    all.textContent = spread ? t("Show fewer") : t("Show all");
  }

  /** Only where some are out of sight. */
  #offerAll() {
    const cards = part(this, "template");
    part(this, "all").hidden = cards.dataset.all !== "true" && cards.scrollWidth <= cards.clientWidth;
  }

  get #radios() {
    return [.../** @type {NodeListOf<HTMLInputElement>} */ (this.querySelectorAll("input[type=radio]"))];
  }

  get #chosen() {
    return this.#radios.find(({ checked }) => checked);
  }
}

customElements.define("council-template-choice", TemplateChoice);
