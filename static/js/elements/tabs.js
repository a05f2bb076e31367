// <council-tabs>: one of several panels, chosen by its tab; the choice is remembered.

import { rove, stopAt } from "../lib/rove.js";

const KEY = "council-tab";

class Tabs extends HTMLElement {
  connectedCallback() {
    const list = this.querySelector("[role=tablist]");
    if (!list) return;
    list.addEventListener("click", ({ target }) => target instanceof Element && this.#choose(target.closest("[role=tab]")));
    rove(list, "[role=tab]", (tab) => this.#choose(tab));
    this.addEventListener("reveal", ({ target }) => this.#reveal(/** @type {Element} */ (target)));
    this.#open(this.#tabs.find(({ id }) => id === recalled()) ?? null);
  }

  /** @param {Element} element */
  #reveal(element) {
    const panel = element.closest("[role=tabpanel]");
    this.#open(this.#tabs.find((tab) => tab.getAttribute("aria-controls") === panel?.id) ?? null);
  }

  /** @param {Element | null} tab */
  #choose(tab) {
    this.#open(tab);
    if (tab) remember(tab.id);
  }

  /** Who fills a panel late hears that it is wanted now. @param {Element | null} chosen */
  #open(chosen) {
    if (!chosen) return;
    stopAt(this.#tabs, chosen);
    for (const tab of this.#tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      document.getElementById(tab.getAttribute("aria-controls") ?? "")?.toggleAttribute("hidden", tab !== chosen);
    }
    this.dispatchEvent(new Event("tabopen", { bubbles: true }));
  }

  get #tabs() {
    return [...this.querySelectorAll("[role=tab]")];
  }
}

/** @param {string} id */
function remember(id) {
  try {
    localStorage.setItem(KEY, id);
  } catch {
    // Storage may be forbidden: the choice lasts as long as the page then.
  }
}

function recalled() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

customElements.define("council-tabs", Tabs);
