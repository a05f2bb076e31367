// <council-seats>: who sits in the meeting: a row for each seat of the template, with the agent there and its model.

import { get } from "../lib/api.js";
import { copyTemplate, part, showText } from "../lib/templates.js";
import { t, told } from "../lib/texts.js";

/** @typedef {{agent_id: string, node_ids: string[], roles: string[]}} Seat */
/** @typedef {{agent_id: string, name: string}} Agent */
/** @typedef {{node_id: string, members?: {agent_id: string, provider: string, model: string, price: string}[]}} NodeEstimate */

export class Seats extends HTMLElement {
  /** @type {Record<string, {seats: Seat[]}>} */ #templates = {};
  /** @type {Agent[]} */ #agents = [];
  /** By template and node: what was chosen stays when another template is looked at. @type {Record<string, Record<string, string>>} */ #chosen = {};
  /** @type {Record<string, string>} */ #usual = {};
  #template_id = "";

  /** @param {Record<string, {seats: Seat[]}>} templates */
  begin(templates) {
    this.#templates = templates;
    part(this, "again").addEventListener("click", () => this.#load());
    this.#load();
  }

  /** @param {string} template_id @param {Record<string, string>} usual who of the group usually sits where */
  show(template_id, usual) {
    if (template_id === this.#template_id && JSON.stringify(usual) === JSON.stringify(this.#usual)) return;
    [this.#template_id, this.#usual] = [template_id, usual];
    this.#list();
  }

  /** Who sits elsewhere than usual, by node. */
  get agents() {
    return this.#chosen[this.#template_id] ?? {};
  }

  get chosen() {
    return this.#chosen;
  }

  /** @param {Record<string, Record<string, string>>} chosen */
  set chosen(chosen) {
    this.#chosen = chosen;
    this.#list();
  }

  /** The names of those who sit, each once. */
  get names() {
    return [...new Set(this.#seats.map((seat) => this.#name(this.agents[first(seat)] || this.#planned(seat))))];
  }

  /** Which model speaks for whom, as the estimate found. @param {NodeEstimate[]} nodes */
  showModels(nodes) {
    for (const seat of this.#seats) {
      const member = nodes.find(({ node_id }) => seat.node_ids.includes(node_id))?.members?.[0];
      const row = this.#row(first(seat));
      if (row) showText(part(row, "model"), member ? model(member) : null);
    }
  }

  /** Whether the node has a row, and the reason now stands at it. @param {string} node_id @param {string | null} reason */
  refuse(node_id, reason) {
    const seat = this.#seats.find(({ node_ids }) => node_ids.includes(node_id));
    const row = seat && this.#row(first(seat));
    if (!row) return false;
    showText(part(row, "error"), reason);
    part(row, "agent").setAttribute("aria-invalid", String(reason !== null));
    if (reason) part(row, "agent").focus();
    return true;
  }

  async #load() {
    const answer = await get("/agents").catch(() => null);
    showText(part(this, "agents-error"), answer ? null : t("The agents cannot be listed now. As it stands, the usual ones sit."));
    part(this, "again").hidden = answer !== null;
    this.#agents = answer?.items ?? [];
    this.#list();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #list() {
    part(this, "rows").replaceChildren(...this.#seats.map((seat, index) => this.#fresh(seat, index)));
    part(this, "nobody").hidden = this.#seats.length > 0;
  }

  /** @param {Seat} seat @param {number} index */
  #fresh(seat, index) {
    const row = copyTemplate("member-template");
    row.dataset.node = first(seat);
    const select = /** @type {HTMLSelectElement} */ (part(row, "agent"));
    select.id = `seat-${index}`;
    part(row, "role").setAttribute("for", select.id);
    part(row, "role").textContent = seat.roles.join(", ");
    const planned = this.#planned(seat);
    select.append(new Option(this.#name(planned), ""));
    for (const { agent_id, name } of this.#agents) if (agent_id !== planned) select.append(new Option(name, agent_id));
    select.value = this.agents[first(seat)] ?? "";
    select.addEventListener("change", () => this.#seat(seat, select.value));
    return row;
  }

  /** Replaced at one node, an agent is replaced wherever it sits. @param {Seat} seat @param {string} agent_id nobody else: "" */
  #seat(seat, agent_id) {
    const { [first(seat)]: before, ...others } = this.agents;
    this.#chosen[this.#template_id] = agent_id ? { ...others, [first(seat)]: agent_id } : others;
    this.refuse(first(seat), null);
  }

  /** @param {Seat} seat */
  #planned(seat) {
    const node_id = seat.node_ids.find((each) => this.#usual[each]);
    return (node_id && this.#usual[node_id]) || seat.agent_id;
  }

  /** @param {string} agent_id */
  #name(agent_id) {
    return this.#agents.find((agent) => agent.agent_id === agent_id)?.name ?? told(agent_id.replaceAll("_", " "));
  }

  /** @param {string} node_id @returns {HTMLElement | null} */
  #row(node_id) {
    return this.querySelector(`[data-node="${CSS.escape(node_id)}"]`);
  }

  get #seats() {
    return this.#templates[this.#template_id]?.seats ?? [];
  }
}

/** @param {Seat} seat */
function first({ node_ids }) {
  return node_ids[0] ?? "";
}

/** @param {{provider: string, model: string, price: string}} member */
function model({ provider, model: name, price }) {
  if (provider === "rehearsal") return t("Rehearsal speaks: no model.");
  if (price === "unknown") return t("{model} ({provider}), price unknown", { model: name, provider });
  if (price === "local") return t("{model} ({provider}), local", { model: name, provider });
  return t("{model} ({provider})", { model: name, provider });
}

customElements.define("council-seats", Seats);
