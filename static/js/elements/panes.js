// <council-panes>: plan, conversation and papers side by side, or one at a time: resized, folded away, maximised.

import { DEFAULT, PANES, fold, limits, maximise, recall, remember, resize, reveal } from "../lib/pane_layout.js";
import { t } from "../lib/texts.js";

/** @typedef {import("../lib/pane_layout.js").Layout} Layout */
/** @typedef {import("../lib/pane_layout.js").Pane} Pane */
/** @typedef {import("../lib/pane_layout.js").Side} Side */

const STEP = 2;

class Panes extends HTMLElement {
  #layout = recall();
  /** @type {Layout | null} */ #before = null;
  /** @type {HTMLElement | null} */ #left = null;
  #narrow = matchMedia("(max-width: 63.99rem)");

  connectedCallback() {
    this.#narrow.addEventListener("change", () => this.#show());
    this.addEventListener("click", (event) => this.#press(event));
    this.addEventListener("reveal", (event) => this.#reveal(/** @type {Element} */ (event.target)));
    this.addEventListener("unreveal", () => this.#before && this.#show(this.#before));
    document.addEventListener("click", (event) => this.#lead(event));
    document.addEventListener("keydown", (event) => this.#key(event));
    for (const splitter of this.#splitters) this.#attach(splitter, /** @type {Side} */ (splitter.dataset.splitter));
    this.#show();
  }

  /** @param {HTMLElement} splitter @param {Side} side */
  #attach(splitter, side) {
    splitter.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      splitter.focus();
      splitter.setPointerCapture(event.pointerId);
    });
    splitter.addEventListener("pointermove", (event) => {
      if (splitter.hasPointerCapture(event.pointerId)) this.#drag(side, event.clientX);
    });
    splitter.addEventListener("lostpointercapture", () => remember(this.#layout));
    splitter.addEventListener("dblclick", () => this.#change(resize(this.#layout, side, DEFAULT[side])));
    splitter.addEventListener("keydown", (event) => this.#move(event, side));
  }

  // What people do

  /** @param {Event} event */
  #press({ target }) {
    const button = target instanceof Element ? target.closest("button") : null;
    const { maximise: pane, collapse: side, switch: shown } = button?.dataset ?? {};
    if (pane) this.#maximise(/** @type {Pane} */ (pane));
    if (side) this.#change(fold(this.#layout, /** @type {Side} */ (side)));
    if (shown) this.#change({ ...this.#layout, shown: /** @type {Pane} */ (shown) });
  }

  /** @param {KeyboardEvent} event @param {Side} side */
  #move(event, side) {
    const { least, most } = limits(this.#layout, side);
    const outwards = side === "plan" ? STEP : -STEP;
    const width = this.#layout[side];
    /** @type {Record<string, () => Layout>} */
    const moves = {
      ArrowLeft: () => resize(this.#layout, side, width - outwards),
      ArrowRight: () => resize(this.#layout, side, width + outwards),
      Home: () => resize(this.#layout, side, least),
      End: () => resize(this.#layout, side, most),
      Enter: () => fold(this.#layout, side),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    this.#change(move());
  }

  /** Without remembering: that is done when the line is let go. @param {Side} side @param {number} x */
  #drag(side, x) {
    const { left, right, width } = this.getBoundingClientRect();
    const from = side === "plan" ? x - left : right - x;
    this.#show(resize(this.#layout, side, (from / width) * 100));
  }

  /** Ctrl, Cmd or Alt with a digit, for browsers keep some of them; Escape leaves. @param {KeyboardEvent} event */
  #key(event) {
    const pane = PANES[Number(/^Digit([123])$/.exec(event.code)?.[1]) - 1];
    const typed = event.altKey && event.target instanceof Element && event.target.matches("input, textarea");
    if (pane && !typed && !event.shiftKey && (event.ctrlKey || event.metaKey || event.altKey)) {
      event.preventDefault();
      if (this.#narrow.matches) this.#change({ ...this.#layout, shown: pane });
      else this.#maximise(pane);
    } else if (event.key === "Escape" && !event.defaultPrevented && this.#layout.maximised && !this.#isCovered) {
      this.#maximise(this.#layout.maximised);
    }
  }

  /** Whoever was elsewhere finds the focus in the pane that is left, and where it was when all are back. @param {Pane} pane */
  #maximise(pane) {
    const focused = document.activeElement;
    const isIn = this.#pane(pane)?.contains(focused);
    if (!this.#layout.maximised) this.#left = focused instanceof HTMLElement && !isIn ? focused : null;
    this.#change(maximise(this.#layout, pane));
    if (!this.#layout.maximised) this.#left?.focus();
    else if (!isIn) this.#button("maximise", pane)?.focus();
  }

  /** A link within the page leads into its pane, also when that is not to be seen. @param {MouseEvent} event */
  #lead({ target }) {
    const hash = target instanceof Element ? target.closest("a")?.getAttribute("href") : null;
    if (hash?.startsWith("#")) document.getElementById(hash.slice(1))?.dispatchEvent(new Event("reveal", { bubbles: true }));
  }

  /** @param {Element} element */
  #reveal(element) {
    const pane = element.closest("[data-pane]")?.getAttribute("data-pane");
    if (!pane) return;
    const before = this.#before ?? this.#layout;
    this.#show(reveal(this.#layout, /** @type {Pane} */ (pane)));
    this.#before = before;
  }

  /** @param {Layout} layout */
  #change(layout) {
    remember(layout);
    this.#show(layout);
  }

  // What is to be seen

  #show(layout = this.#layout) {
    this.#before = null;
    this.#layout = layout;
    const { plan, papers, folded, maximised, shown } = layout;
    const current = this.#narrow.matches ? shown : (maximised ?? "conversation");
    this.style.setProperty("--plan", String(plan));
    this.style.setProperty("--papers", String(papers));
    this.toggleAttribute("data-maximised", maximised !== null);
    this.dataset.folded = folded.join(" ");
    for (const pane of PANES) {
      this.#pane(pane)?.toggleAttribute("data-current", pane === current);
      this.#button("maximise", pane)?.setAttribute("aria-pressed", String(pane === maximised));
      this.#button("switch", pane)?.setAttribute("aria-pressed", String(pane === current));
      this.#button("collapse", pane)?.setAttribute("aria-expanded", String(!folded.some((one) => one === pane)));
    }
    for (const splitter of this.#splitters) this.#describe(splitter, /** @type {Side} */ (splitter.dataset.splitter));
  }

  /** @param {HTMLElement} splitter @param {Side} side */
  #describe(splitter, side) {
    const isFolded = this.#layout.folded.includes(side);
    splitter.setAttribute("aria-valuenow", String(isFolded ? 0 : Math.round(this.#layout[side])));
    splitter.setAttribute("aria-valuemax", String(Math.round(limits(this.#layout, side).most)));
    splitter.setAttribute("aria-valuetext", isFolded ? t("folded away") : t("{share} %", { share: Math.round(this.#layout[side]) }));
  }

  /** Whether something lies over the panes that Escape closes first. */
  get #isCovered() {
    return document.querySelector("dialog[open], :popover-open") !== null;
  }

  get #splitters() {
    return /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-splitter]"));
  }

  /** @param {string} name @param {Pane} pane @returns {HTMLElement | null} */
  #button(name, pane) {
    return this.querySelector(`button[data-${name}="${pane}"]`);
  }

  /** @param {Pane} pane */
  #pane(pane) {
    return this.querySelector(`:scope > [data-pane="${pane}"]`);
  }
}

customElements.define("council-panes", Panes);
