// <council-group-choice>: whose meeting it is; hidden while there are no groups.

import { groupList } from "../lib/group_list.js";
import { part, showText } from "../lib/templates.js";
import { told } from "../lib/texts.js";

export class GroupChoice extends HTMLElement {
  /** @type {import("../lib/group_list.js").Group[]} */ #groups = [];
  #wanted = "";
  #haveCome = false;

  async connectedCallback() {
    this.#select.addEventListener("change", () => {
      this.#wanted = this.#select.value;
      this.#show();
    });
    this.#groups = await groupList();
    this.#haveCome = true;
    for (const { group_id, name } of this.#groups) this.#select.append(new Option(told(name), group_id));
    this.hidden = this.#groups.length === 0;
    this.value = this.#wanted;
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Whoever starts before the groups have come starts with the one that was wished for. */
  get value() {
    return this.#haveCome ? this.#select.value : this.#wanted;
  }

  /** What shall be chosen as soon as the groups have come. */
  get wanted() {
    return this.#wanted;
  }

  /** The groups may not have come yet. @param {string} group_id */
  set value(group_id) {
    this.#wanted = group_id;
    if (this.#groups.some((group) => group.group_id === group_id)) this.#select.value = group_id;
    this.#show();
  }

  /** Which agent the group usually has at which node of a template. @param {string} template_id @returns {Record<string, string>} */
  usual(template_id) {
    const seats = this.#chosen?.default_agents ?? {};
    return { ...seats["*"], ...seats[template_id] };
  }

  #show() {
    showText(part(this, "about"), this.#chosen?.description ? told(this.#chosen.description) : null);
  }

  get #chosen() {
    return this.#groups.find(({ group_id }) => group_id === this.#select.value);
  }

  get #select() {
    return /** @type {HTMLSelectElement} */ (part(this, "group"));
  }
}

customElements.define("council-group-choice", GroupChoice);
