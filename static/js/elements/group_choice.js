// <council-group-choice>: whose meeting it is; hidden while there are no groups.

import { get } from "../lib/api.js";
import { part, showText } from "../lib/templates.js";

class GroupChoice extends HTMLElement {
  /** @type {Map<string, string>} */ #about = new Map();

  async connectedCallback() {
    const select = /** @type {HTMLSelectElement} */ (part(this, "group"));
    select.addEventListener("change", () => showText(part(this, "about"), this.#about.get(select.value) ?? null));
    const { items } = await get("/groups").catch(() => ({ items: [] }));
    for (const { group_id, name, description } of items) {
      select.append(new Option(name, group_id));
      this.#about.set(group_id, description ?? "");
    }
    this.hidden = items.length === 0;
  }
}

customElements.define("council-group-choice", GroupChoice);
