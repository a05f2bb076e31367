// <council-groups>: a card for each group: who usually sits there, what it knows, and where it met last.

import { get } from "../lib/api.js";
import { formatCount, formatMoment } from "../lib/format.js";
import { mayMake, offerShare, rightTo } from "../lib/rights.js";
import { copyTemplate, fillList, part, showText } from "../lib/templates.js";
import { t, told } from "../lib/texts.js";
import { showAvatars } from "../panel/avatars.js";
import { deleteGroup, groupHref } from "../panel/groups.js";
import { ShelfList } from "../panel/shelf_list.js";
import { seatedIn } from "../panel/users.js";
import { openGroup } from "./group_editor.js";
import "./share_button.js";

/** @typedef {import("../panel/types.js").Group} Group */
/** @typedef {import("../protocol.js").SessionSummary} SessionSummary */

const LAST_MEETINGS = 3;

export class GroupShelf extends HTMLElement {
  /** @type {ShelfList<Group> | null} */ #list = null;
  /** @type {Record<string, number>} */ #known = {};
  /** @type {Map<string, string>} */ #names = new Map();
  /** @type {Map<string, SessionSummary[]>} */ #met = new Map();

  /** @param {Record<string, number>} known how many things each group knows */
  async begin(known) {
    this.#known = known;
    part(this, "add").addEventListener("click", () => this.#edit(null));
    part(this, "add").hidden = !mayMake();
    this.#list = new ShelfList(this, {
      load: () => get("/groups").then(({ items }) => items),
      id: ({ group_id }) => group_id,
      words: ({ group_id, name, description, system_prompt }) => [group_id, told(name), told(description), system_prompt].join(" "),
      card: (group) => this.#card(group),
    });
    await this.#list.refresh();
    await this.#learn();
  }

  /** What else the cards tell; they are there without it. One group is asked about after the other. */
  async #learn() {
    const { items } = await get("/agents").catch(() => ({ items: [] }));
    this.#names = new Map(items.map((/** @type {any} */ { agent_id, name }) => [agent_id, name]));
    for (const group of this.#list?.items ?? []) {
      const path = `/sessions?group_id=${encodeURIComponent(group.group_id)}&limit=${LAST_MEETINGS}`;
      const { items: sessions } = await get(path).catch(() => ({ items: [] }));
      this.#met.set(group.group_id, sessions);
      const card = this.querySelector(`[data-id="${CSS.escape(group.group_id)}"]`);
      if (card) this.#tellMore(/** @type {HTMLElement} */ (card), group);
    }
  }

  /** @param {Group} group */
  #card(group) {
    const card = copyTemplate("group-card");
    const link = /** @type {HTMLAnchorElement} */ (part(card, "name"));
    link.textContent = told(group.name);
    link.href = groupHref(group.group_id);
    part(card, "id").textContent = group.group_id;
    showText(part(card, "about"), told(group.description));
    part(card, "own").hidden = group.is_system;
    if (rightTo(group.group_id) !== "own") part(card, "own").textContent = t("shared");
    part(card, "built-in").hidden = !group.is_system;
    const known = this.#known[group.group_id] ?? 0;
    part(card, "known").textContent = known === 1 ? t("1 thing") : t("{count} things", { count: formatCount(known) });
    part(card, "words").textContent = group.system_prompt ? t("for every member") : t("none");
    this.#tellMore(card, group);
    this.#giveButtons(card, group);
    return card;
  }

  /** @param {HTMLElement} card @param {Group} group */
  #tellMore(card, group) {
    const agents = [...seatedIn(group)].map((id) => ({ id, name: this.#names.get(id) ?? id }));
    showAvatars(part(card, "seats"), agents);
    part(card, "no-seats").hidden = agents.length > 0;
    const sessions = this.#met.get(group.group_id) ?? [];
    fillList(part(card, "met"), sessions, (row, { session_id, subject, created_at }) => {
      const link = /** @type {HTMLAnchorElement} */ (row.querySelector("a"));
      link.href = `/meetings/${encodeURIComponent(session_id)}`;
      link.textContent = subject || t("No subject");
      part(row, "time").textContent = formatMoment(created_at);
    });
  }

  /** @param {HTMLElement} card @param {Group} group */
  #giveButtons(card, group) {
    const name = told(group.name);
    /** @type {HTMLAnchorElement} */ (part(card, "start")).href = `/?group=${encodeURIComponent(group.group_id)}`;
    part(card, "start").setAttribute("aria-label", t("Start a meeting with {name}", { name }));
    const right = rightTo(group.group_id);
    part(card, "start").hidden = !mayMake();
    part(card, "copy").hidden = !mayMake();
    part(card, "edit").hidden = group.is_system || right === "read";
    part(card, "remove").hidden = group.is_system || right !== "own";
    if (!group.is_system) offerShare(part(card, "share"), `groups/${group.group_id}`, right, name);
    if (!group.is_system) part(card, "copy").textContent = t("Copy"); // Shorter, beside more buttons.
    part(card, "edit").setAttribute("aria-label", t("Edit {name}", { name }));
    part(card, "copy").setAttribute("aria-label", t("Copy and edit {name}", { name }));
    part(card, "remove").setAttribute("aria-label", t("Delete {name}", { name }));
    part(card, "edit").addEventListener("click", () => this.#edit(group));
    part(card, "copy").addEventListener("click", () => this.#copy(group));
    part(card, "remove").addEventListener("click", () => this.#remove(group));
  }

  /** A copy is kept only when it is saved; it has its own memory. @param {Group} group */
  #copy(group) {
    const name = t("{name} (copy)", { name: told(group.name).slice(0, 110) });
    this.#edit({ ...group, group_id: "", name, is_system: false, created_at: null, updated_at: null });
  }

  /** @param {Group | null} group */
  #edit(group) {
    const ids = new Set(this.#list?.items.map(({ group_id }) => group_id));
    openGroup(group, ids, async (kept) => {
      await this.#list?.refresh();
      part(this, "note").textContent = t("{name} is saved.", { name: kept.name });
      this.#list?.focus(kept.group_id);
    });
  }

  /** @param {Group} group */
  async #remove(group) {
    if (!(await deleteGroup(group))) return;
    await this.#list?.refresh();
    part(this, "note").textContent = t("{name} is deleted.", { name: group.name });
    this.#list?.focus(null);
  }
}

customElements.define("council-groups", GroupShelf);
