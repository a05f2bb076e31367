// A page's list of things: fetched, searched, filtered and sorted, with words for whatever may go wrong.

import { formatCount } from "../lib/format.js";
import { sentenceOf } from "../lib/refusal.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {{is_system: boolean, updated_at: string | null, name: string}} Thing */
/**
 * @template {Thing} Item
 * @typedef {object} Rules
 * @property {() => Promise<Item[]>} load
 * @property {(item: Item) => string} id
 * @property {(item: Item) => string} words what a search looks into
 * @property {(item: Item) => HTMLElement} card
 */

/** @type {Record<string, (a: Thing, b: Thing) => number>} */
const ORDERS = {
  given: () => 0,
  name: (a, b) => a.name.localeCompare(b.name, document.documentElement.lang),
  newest: (a, b) => (b.updated_at ?? "").localeCompare(a.updated_at ?? ""),
};

/** @template {Thing} Item */
export class ShelfList {
  /** @type {{item: Item, words: string, card: HTMLElement}[]} */ #entries = [];
  #root;
  #rules;

  /** @param {HTMLElement} root @param {Rules<Item>} rules */
  constructor(root, rules) {
    this.#root = root;
    this.#rules = rules;
    part(root, "tools").addEventListener("input", () => this.show());
    part(root, "clear").addEventListener("click", () => this.#clear());
    part(root, "retry").addEventListener("click", () => this.refresh());
    addEventListener("offline", () => this.#tellOffline(true));
    addEventListener("online", () => this.refresh());
  }

  get items() {
    return this.#entries.map(({ item }) => item);
  }

  /** Fetch all anew; what is shown stays while that takes its time, and when it fails. */
  async refresh() {
    if (this.#root.dataset.state === "error") this.#root.dataset.state = "loading";
    try {
      const items = await this.#rules.load();
      this.#entries = items.map((item) => ({ item, words: this.#rules.words(item).toLocaleLowerCase(), card: this.#card(item) }));
      this.#root.dataset.state = "ready";
      this.#tellOffline(false);
    } catch (problem) {
      this.#fail(/** @type {import("../lib/api.js").Problem} */ (problem));
    }
    this.show();
  }

  /** What fits the search and the filter, in the order that is wanted. */
  show() {
    const words = this.#search.value.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
    const kind = this.#root.querySelector("input[type=radio]:checked")?.getAttribute("value") ?? "all";
    const order = /** @type {HTMLSelectElement} */ (part(this.#root, "sort")).value;
    const fits = this.#entries
      .filter(({ item, words: all }) => words.every((word) => all.includes(word)) && (kind === "all" || item.is_system === (kind === "built_in")))
      .sort((a, b) => (ORDERS[order] ?? ORDERS.given)?.(a.item, b.item) ?? 0);
    part(this.#root, "cards").replaceChildren(...fits.map(({ card }) => card));
    this.#tell(fits.length);
  }

  /** After a change: the card of this thing, or what comes before all cards. @param {string | null} id */
  focus(id) {
    const card = id === null ? null : this.#root.querySelector(`[data-id="${CSS.escape(id)}"]`);
    const target = card?.querySelector("button") ?? part(this.#root, "add");
    /** @type {HTMLElement} */ (target).focus();
    card?.scrollIntoView({ block: "nearest" });
  }

  /** @param {Item} item */
  #card(item) {
    const card = this.#rules.card(item);
    card.dataset.id = this.#rules.id(item);
    return card;
  }

  /** @param {number} shown */
  #tell(shown) {
    const all = this.#entries.length;
    const ready = this.#root.dataset.state === "ready" || all > 0;
    part(this.#root, "ghosts").hidden = this.#root.dataset.state !== "loading" || all > 0;
    part(this.#root, "empty").hidden = !ready || all > 0;
    part(this.#root, "nothing").hidden = !ready || all === 0 || shown > 0;
    part(this.#root, "failed").hidden = this.#root.dataset.state !== "error" || all > 0;
    const counts = { shown: formatCount(shown), count: formatCount(all) };
    part(this.#root, "count").textContent = !ready ? "" : shown < all ? t("{shown} of {count}", counts) : t("{count} in all", counts);
  }

  /** @param {import("../lib/api.js").Problem} problem */
  #fail(problem) {
    this.#root.dataset.state = "error";
    const reason = problem.code === "unreachable" ? t("The server cannot be reached.") : sentenceOf(problem);
    part(this.#root, "reason").textContent = reason;
    this.#tellOffline(this.#entries.length > 0, reason);
  }

  /** @param {boolean} offline @param {string} [reason] */
  #tellOffline(offline, reason = t("You are offline.")) {
    showText(part(this.#root, "offline"), offline ? t("{reason} What you see may be old.", { reason }) : null);
  }

  #clear() {
    this.#search.value = "";
    /** @type {HTMLInputElement | null} */ (this.#root.querySelector("input[type=radio]"))?.click();
    this.show();
    this.#search.focus();
  }

  get #search() {
    return /** @type {HTMLInputElement} */ (part(this.#root, "search"));
  }
}
