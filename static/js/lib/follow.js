// Keeps the newest text in view for readers who are at the end, and leaves all others where they are.

import { t } from "./texts.js";

const NEAR_END_PX = 96;
const KEY = "council-place";
const MOVES = ["wheel", "touchmove", "pointerdown"];
const MOVED_MS = 1000; // A scroll so soon after one of these is the reader's own.

/** @typedef {{button: HTMLElement, scroller: HTMLElement, content: HTMLElement}} Parts `button` leads back to the end */

export class Follow {
  #button;
  #scroller;
  #live;
  #following;
  #count = 0;
  #seen = 0;
  #lastTop = 0;
  #lastSize = "";
  #movedAt = -MOVED_MS;

  /** @param {Parts} parts @param {boolean} live whether to begin at the end, for a reader who has no place on the page yet */
  constructor({ button, scroller, content }, live) {
    this.#button = button;
    this.#scroller = scroller;
    this.#live = live;
    const isLed = /^#(message-|verdict-title$)/.test(location.hash); // The address names the reader's place.
    const place = recall();
    if (!isLed) scroller.scrollTop = place ?? 0;
    this.#following = live && !isLed && (place === null || this.#isAtEnd);
    this.#lastTop = scroller.scrollTop;
    scroller.addEventListener("scroll", () => this.#look(), { passive: true });
    const moved = () => (this.#movedAt = performance.now());
    for (const move of MOVES) scroller.addEventListener(move, moved, { passive: true });
    scroller.addEventListener("keydown", () => document.activeElement?.matches(":read-write") || moved()); // Who types does not scroll.
    button.addEventListener("click", () => this.#return());
    addEventListener("jump", () => (this.#following = false), true); // Led elsewhere.
    addEventListener("pagehide", () => remember(this.#following ? null : scroller.scrollTop));
    const sizes = new ResizeObserver(() => this.#settle());
    for (const part of [scroller, content]) sizes.observe(part);
  }

  /** Call when the meeting went on. @param {boolean} live whether more will come @param {number} count of all that was said */
  keep(live, count) {
    this.#live = live;
    this.#count = count;
    this.#showButton();
  }

  /** What stands in the page has another size now. */
  #settle() {
    if (this.#following) this.#toEnd();
    this.#lastSize = this.#size;
    this.#showButton();
  }

  /** Only a reader who scrolls up leaves the end; a page that shrinks and grows again within a frame does not. */
  #look() {
    const top = this.#scroller.scrollTop;
    const isReaders = this.#size === this.#lastSize || performance.now() - this.#movedAt < MOVED_MS;
    if (top < this.#lastTop && this.#left > 1 && isReaders) this.#following = false;
    else if (this.#isAtEnd) this.#following = true;
    this.#lastTop = top;
    this.#lastSize = this.#size;
    this.#showButton();
  }

  #return() {
    this.#following = true;
    this.#toEnd();
    this.#showButton();
    this.#scroller.focus({ preventScroll: true });
  }

  #toEnd() {
    this.#scroller.scrollTo({ top: this.#scroller.scrollHeight, behavior: "instant" });
    this.#lastTop = this.#scroller.scrollTop;
  }

  #showButton() {
    if (this.#following) this.#seen = this.#count;
    const fresh = this.#count - this.#seen;
    this.#button.hidden = !this.#live || this.#following || this.#isAtEnd;
    const text = fresh > 0 ? t("To the newest words ({count} new)", { count: fresh }) : t("To the newest words");
    if (this.#button.textContent !== text) this.#button.textContent = text;
  }

  /** How large the page and what is in view of it are. */
  get #size() {
    return `${this.#scroller.scrollHeight} ${this.#scroller.clientHeight}`;
  }

  get #isAtEnd() {
    return this.#left < NEAR_END_PX;
  }

  /** How many pixels are below what is in view. */
  get #left() {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }
}

/** Browsers remember where a page was scrolled to, but not a part of it. @param {number | null} top null at the end */
function remember(top) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(top === null ? {} : { [location.pathname]: top }));
  } catch {
    // Storage may be forbidden: a reload begins where it begins then.
  }
}

/** @returns {number | null} */
function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "{}")[location.pathname] ?? null;
  } catch {
    return null;
  }
}
