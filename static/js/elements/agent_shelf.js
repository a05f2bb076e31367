// <council-agents>: a card for each agent, and what can be done with it.

import { get, remove } from "../lib/api.js";
import { formatCount, formatDecimal } from "../lib/format.js";
import { sentenceOf } from "../lib/refusal.js";
import { mayMake, rightTo } from "../lib/rights.js";
import { copyTemplate, fillList, part, showText } from "../lib/templates.js";
import { t, told } from "../lib/texts.js";
import { showAvatar } from "../panel/avatar.js";
import { confirmed, explained } from "../panel/confirm.js";
import { choiceText, priceOf, priceText, providers } from "../panel/providers.js";
import { ShelfList } from "../panel/shelf_list.js";
import { placesOf, whyInUse, usersOf } from "../panel/users.js";
import { openAgent } from "./agent_editor.js";

/** @typedef {import("../panel/types.js").Agent} Agent */
/** @typedef {import("../panel/types.js").ProviderInfo} ProviderInfo */
/** @typedef {import("../panel/users.js").Place} Place */

const SHOWN_PLACES = 3;

export class AgentShelf extends HTMLElement {
  /** @type {ShelfList<Agent> | null} */ #list = null;
  /** @type {Map<string, Place[]>} */ #users = new Map();
  /** @type {ProviderInfo[]} */ #providers = [];

  /** @param {string | null} wanted the agent that the address asks for */
  async begin(wanted) {
    part(this, "add").addEventListener("click", () => this.#edit(null));
    part(this, "add").hidden = !mayMake();
    this.#list = new ShelfList(this, {
      load: () => get("/agents").then(({ items }) => items),
      id: ({ agent_id }) => agent_id,
      words: (agent) => [agent.agent_id, agent.name, told(agent.description), agent.persona, agent.provider, agent.model].join(" "),
      card: (agent) => this.#card(agent),
    });
    await this.#list.refresh();
    this.#learn();
    const agent = this.#list.items.find(({ agent_id }) => agent_id === wanted);
    if (agent) this.#choose(agent);
  }

  /** What else the cards tell; they are there without it. */
  async #learn() {
    const users = usersOf().then((found) => (this.#users = found));
    const models = providers().then((found) => (this.#providers = found));
    await Promise.allSettled([users, models]);
    for (const agent of this.#list?.items ?? []) {
      const card = this.querySelector(`[data-id="${CSS.escape(agent.agent_id)}"]`);
      if (card) this.#tellMore(/** @type {HTMLElement} */ (card), agent);
    }
  }

  /** @param {Agent} agent */
  #card(agent) {
    const card = copyTemplate("agent-card");
    showAvatar(part(card, "avatar"), agent.agent_id, agent.name);
    part(card, "name").textContent = agent.name;
    part(card, "id").textContent = agent.agent_id;
    showText(part(card, "about"), told(agent.description) || firstLine(agent.persona));
    part(card, "persona").textContent = agent.persona;
    part(card, "own").hidden = agent.is_system;
    if (rightTo(agent.agent_id) !== "own") part(card, "own").textContent = t("somebody else's");
    part(card, "built-in").hidden = !agent.is_system;
    this.#tellMore(card, agent);
    this.#giveButtons(card, agent);
    return card;
  }

  /** @param {HTMLElement} card @param {Agent} agent */
  #tellMore(card, agent) {
    const price = this.#providers.length > 0 && agent.model ? priceText(priceOf(this.#providers, agent)) : null;
    part(card, "model").textContent = choiceText(agent, this.#providers);
    showText(part(card, "price"), price);
    showText(part(card, "settings"), settingsText(agent));
    const places = this.#users.get(agent.agent_id) ?? [];
    fillList(part(card, "places"), places.slice(0, SHOWN_PLACES), showPlace);
    const more = places.length - SHOWN_PLACES;
    showText(part(card, "more"), more > 0 ? t("and {count} more", { count: formatCount(more) }) : null);
  }

  /** @param {HTMLElement} card @param {Agent} agent */
  #giveButtons(card, agent) {
    const right = rightTo(agent.agent_id);
    part(card, "copy").hidden = !mayMake();
    part(card, "edit").hidden = agent.is_system || right === "read";
    part(card, "remove").hidden = agent.is_system || right !== "own";
    part(card, "edit").addEventListener("click", () => this.#edit(agent));
    part(card, "copy").addEventListener("click", () => this.#copy(agent));
    part(card, "remove").addEventListener("click", () => this.#remove(agent));
    const names = [
      ["edit", t("Edit {name}", { name: agent.name })],
      ["copy", t("Copy and edit {name}", { name: agent.name })],
      ["remove", t("Delete {name}", { name: agent.name })],
    ];
    for (const [name, label] of names) part(card, name ?? "").setAttribute("aria-label", label ?? "");
  }

  /** @param {Agent} agent */
  #choose(agent) {
    if (agent.is_system || rightTo(agent.agent_id) === "read") this.#list?.focus(agent.agent_id);
    else this.#edit(agent);
  }

  /** A copy is kept only when it is saved. @param {Agent} agent */
  #copy(agent) {
    const name = t("{name} (copy)", { name: agent.name.slice(0, 240) });
    this.#edit({ ...agent, agent_id: "", name, is_system: false, created_at: null, updated_at: null });
  }

  /** @param {Agent | null} agent */
  #edit(agent) {
    const ids = new Set(this.#list?.items.map(({ agent_id }) => agent_id));
    openAgent(agent, ids, async (kept) => {
      await this.#list?.refresh();
      this.#note(t("{name} is saved.", { name: kept.name }));
      this.#list?.focus(kept.agent_id);
    });
  }

  /** @param {Agent} agent */
  async #remove(agent) {
    const text = t("Meetings that were held keep what it said.");
    if (!(await confirmed({ title: t("Delete {name}?", { name: agent.name }), text, action: t("Delete") }))) return;
    try {
      await remove(`/agents/${encodeURIComponent(agent.agent_id)}`);
    } catch (problem) {
      await this.#refused(agent, /** @type {import("../lib/api.js").Problem} */ (problem));
      return;
    }
    await this.#list?.refresh();
    this.#note(t("{name} is deleted.", { name: agent.name }));
    this.#list?.focus(null);
  }

  /** @param {Agent} agent @param {import("../lib/api.js").Problem} problem */
  async #refused(agent, problem) {
    const title = t("{name} cannot be deleted.", { name: agent.name });
    if (problem.code === "not_found") return this.#list?.refresh();
    if (problem.code !== "in_use") return explained({ title, text: sentenceOf(problem) });
    return explained({ title, text: whyInUse(problem.details), places: placesOf(problem.details) });
  }

  /** @param {string} text */
  #note(text) {
    part(this, "note").textContent = text;
  }
}

/** @param {HTMLElement} row @param {Place} place */
function showPlace(row, { text, href }) {
  const link = /** @type {HTMLAnchorElement} */ (row.querySelector("a"));
  link.href = href;
  link.textContent = text;
}

/** @param {string} persona */
function firstLine(persona) {
  return persona.split("\n", 1)[0] ?? "";
}

/** What differs from the model's own settings. @param {Agent} agent */
function settingsText({ temperature, top_p, max_tokens }) {
  const said = [
    temperature === null ? "" : t("temperature {value}", { value: formatDecimal(temperature) }),
    top_p === null ? "" : t("top-p {value}", { value: formatDecimal(top_p) }),
    max_tokens === null ? "" : t("at most {count} tokens", { count: formatCount(max_tokens) }),
  ];
  return said.filter(Boolean).join(" · ");
}

customElements.define("council-agents", AgentShelf);
