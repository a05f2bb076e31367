// <council-theme>: one button that goes through system, light and dark, and remembers.

import { t } from "../lib/texts.js";

const KEY = "council-theme";
const NEXT = { system: "light", light: "dark", dark: "system" };
/** @typedef {keyof typeof NEXT} Theme */

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.#show(this.#theme);
    this.querySelector("button")?.addEventListener("click", () => this.#choose(NEXT[this.#theme]));
  }

  /** @returns {Theme} */
  get #theme() {
    const theme = document.documentElement.dataset.theme ?? "system";
    return theme in NEXT ? /** @type {Theme} */ (theme) : "system";
  }

  /** @param {string} theme */
  #choose(theme) {
    document.documentElement.dataset.theme = theme;
    this.#show(/** @type {Theme} */ (theme));
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Storage may be forbidden: the choice lasts as long as the page then.
    }
  }

  /** @param {Theme} theme */
  #show(theme) {
    const text = { system: t("Theme: as the system"), light: t("Theme: light"), dark: t("Theme: dark") }[theme];
    const button = this.querySelector("button");
    button?.setAttribute("aria-label", text);
    button?.setAttribute("title", text);
    this.dataset.theme = theme;
  }
}

customElements.define("council-theme", ThemeSwitch);
