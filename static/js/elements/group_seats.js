// <council-group-seats>: who usually sits where: one row for each seat, of one template or of all.

import { get } from "../lib/api.js";
import { copyTemplate, part } from "../lib/templates.js";
import { t, told } from "../lib/texts.js";
import { EVERY, seatsIn, seatsOf, templateText } from "../panel/seats.js";

/** @typedef {import("../panel/types.js").Agent} Agent */
/** @typedef {import("../panel/types.js").Seats} Seats */
/** @typedef {import("../panel/types.js").Template} Template */
/** @typedef {{template: string, node: string, agent: string}} Seat */

export class GroupSeats extends HTMLElement {
  /** @type {Seat[]} */ #rows = [];
  /** @type {Template[] | null} */ #templates = null;
  /** @type {Agent[]} */ #agents = [];

  connectedCallback() {
    part(this, "add-seat").addEventListener("click", () => this.#add());
    part(this, "retry-seats").addEventListener("click", () => this.#ask());
    if (!this.#templates) this.#ask();
  }

  /** @param {Seats} saved */
  begin(saved) {
    this.#rows = Object.entries(saved).flatMap(([template, seats]) => Object.entries(seats).map(([node, agent]) => ({ template, node, agent })));
    this.#show();
  }

  /** @returns {Seats} */
  get seats() {
    /** @type {Seats} */
    const seats = {};
    for (const { template, node, agent } of this.#rows) (seats[template] ??= {})[node] = agent;
    return seats;
  }

  /** Why they cannot be sent as they are. */
  get problem() {
    if (this.#rows.some(({ node, agent }) => !node || !agent)) return t("Choose a seat and an agent in every row, or remove the row.");
    const places = this.#rows.map(({ template, node }) => `${template}\n${node}`);
    return new Set(places).size < places.length ? t("Two agents cannot sit in one seat.") : null;
  }

  /** Fetch what may be chosen. What was saved stays as it is without it. */
  async #ask() {
    part(this, "seats-wait").hidden = false;
    part(this, "seats-failed").hidden = true;
    try {
      const [templates, agents] = await Promise.all([get("/templates"), get("/agents")]);
      this.#templates = templates.items;
      this.#agents = agents.items;
    } catch {
      part(this, "seats-failed").hidden = false;
    }
    part(this, "seats-wait").hidden = true;
    this.#show();
  }

  #show() {
    part(this, "seat-rows").replaceChildren(...(this.#templates ? this.#rows.map((seat) => this.#row(seat)) : []));
    part(this, "add-seat").hidden = !this.#templates;
  }

  /** @param {Seat} seat */
  #row(seat) {
    const row = copyTemplate("group-seat");
    const template = this.#select(row, "template", seat);
    const node = this.#select(row, "node", seat);
    const agent = this.#select(row, "agent", seat);
    const templates = this.#templates ?? [];
    fill(template, [[EVERY, t("Every template")], ...templates.map(/** @returns {[string, string]} */ (each) => [each.template_id, told(each.name)])], seat.template);
    fill(node, seatsOf(templates, seat.template), seat.node, t("Choose a seat"));
    fill(agent, this.#agents.map(({ agent_id, name }) => [agent_id, name]), seat.agent, t("Choose an agent"));
    template.addEventListener("change", () => {
      if (!seatsIn(templates, seat.template).has(seat.node)) seat.node = "";
      fill(node, seatsOf(templates, seat.template), seat.node, t("Choose a seat"));
    });
    row.addEventListener("change", () => this.#nameRemoval(row, seat));
    this.#nameRemoval(row, seat);
    part(row, "remove-seat").addEventListener("click", () => this.#remove(seat));
    return row;
  }

  /** @param {HTMLElement} row @param {Seat} seat */
  #nameRemoval(row, { template, node }) {
    const words = { seat: node, template: templateText(this.#templates ?? [], template) };
    const label = node ? t("Remove the seat {seat}, {template}", words) : t("Remove this seat");
    part(row, "remove-seat").setAttribute("aria-label", label);
  }

  /** @param {HTMLElement} row @param {keyof Seat} name @param {Seat} seat */
  #select(row, name, seat) {
    const select = /** @type {HTMLSelectElement} */ (part(row, name));
    select.addEventListener("change", () => (seat[name] = select.value));
    return select;
  }

  #add() {
    this.#rows.push({ template: this.#rows.at(-1)?.template ?? EVERY, node: "", agent: "" });
    this.#show();
    const last = /** @type {HTMLElement} */ (part(this, "seat-rows").lastElementChild);
    part(last, "template").focus();
  }

  /** @param {Seat} seat */
  #remove(seat) {
    const place = this.#rows.indexOf(seat);
    this.#rows.splice(place, 1);
    this.#show();
    const next = part(this, "seat-rows").children[Math.min(place, this.#rows.length - 1)];
    if (next) part(next, "remove-seat").focus();
    else part(this, "add-seat").focus();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** What was saved is among the options, there or not. @param {HTMLSelectElement} select @param {[string, string][]} options @param {string} value @param {string} [empty] */
function fill(select, options, value, empty) {
  const missing = value && !options.some(([each]) => each === value);
  const all = [...(empty ? [["", empty]] : []), ...options, ...(missing ? [[value, t("{name} (not there any more)", { name: value })]] : [])];
  select.replaceChildren(...all.map(([each, text]) => new Option(text, each)));
  select.value = value;
}

customElements.define("council-group-seats", GroupSeats);
