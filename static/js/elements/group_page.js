// <council-group>: one group: who usually sits where, what its members are told, what it knows, and its meetings.

import { get } from "../lib/api.js";
import { offerShare, rightTo } from "../lib/rights.js";
import { fillList, part, showText } from "../lib/templates.js";
import { t, told } from "../lib/texts.js";
import { showAvatar } from "../panel/avatar.js";
import { deleteGroup } from "../panel/groups.js";
import { seatsOf, templateText } from "../panel/seats.js";
import { openGroup } from "./group_editor.js";
import { GroupKnowledge } from "./group_knowledge.js";
import { GroupMeetings } from "./group_meetings.js";
import "./share_button.js";

/** @typedef {import("../panel/types.js").Group} Group */
/** @typedef {import("../panel/types.js").Template} Template */

export class GroupPage extends HTMLElement {
  /** @type {Group | null} */ #group = null;
  /** @type {Template[]} */ #templates = [];
  /** @type {Map<string, string>} */ #names = new Map();

  /** @param {Group} group */
  begin(group) {
    this.#show(group);
    part(this, "edit").addEventListener("click", () => this.#edit());
    part(this, "remove").addEventListener("click", () => this.#remove());
    /** @type {GroupKnowledge} */ (this.querySelector("council-group-knowledge")).begin(group.group_id, rightTo(group.group_id) !== "read");
    /** @type {GroupMeetings} */ (this.querySelector("council-group-meetings")).begin(group.group_id);
    this.#learn();
  }

  /** Names instead of ids, once they have come. */
  async #learn() {
    const [templates, agents] = await Promise.all([get("/templates"), get("/agents")]).catch(() => [{ items: [] }, { items: [] }]);
    this.#templates = templates.items;
    this.#names = new Map(agents.items.map((/** @type {any} */ { agent_id, name }) => [agent_id, name]));
    if (this.#group) this.#show(this.#group);
  }

  /** @param {Group} group */
  #show(group) {
    this.#group = group;
    part(this, "name").textContent = told(group.name);
    showText(part(this, "about"), told(group.description));
    const right = rightTo(group.group_id);
    part(this, "edit").hidden = group.is_system || right === "read";
    part(this, "remove").hidden = group.is_system || right !== "own";
    if (!group.is_system) offerShare(part(this, "share"), `groups/${group.group_id}`, right, told(group.name));
    showText(part(this, "words"), group.system_prompt);
    part(this, "no-words").hidden = group.system_prompt !== "";
    const seats = Object.entries(group.default_agents).flatMap(([template, nodes]) => Object.entries(nodes).map(([node, agent]) => ({ template, node, agent })));
    part(this, "no-seats").hidden = seats.length > 0;
    fillList(part(this, "seats"), seats, (row, { template, node, agent }) => {
      const name = this.#names.get(agent) ?? agent;
      const nodes = new Map(seatsOf(this.#templates, template));
      showAvatar(part(row, "avatar"), agent, name);
      part(row, "agent").textContent = name;
      part(row, "seat").textContent = t("{seat}, {template}", { seat: nodes.get(node) ?? node, template: templateText(this.#templates, template) });
    });
  }

  #edit() {
    openGroup(this.#group, new Set(), (kept) => {
      this.#show(kept);
      part(this, "note").textContent = t("{name} is saved.", { name: kept.name });
      part(this, "edit").focus();
    });
  }

  async #remove() {
    if (this.#group && (await deleteGroup(this.#group))) location.assign("/groups");
  }
}

customElements.define("council-group", GroupPage);
