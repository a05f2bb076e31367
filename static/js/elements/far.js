// <council-far>: a page holds so many words; beyond that, what is farthest from the reader is let go of and fetched again when it comes near.

import { get } from "../lib/api.js";
import { loadSheet } from "../lib/sheet.js";
import { canGo, fill, letGo, weightOf } from "../reduce/words.js";
import { RoomElement } from "./room_element.js";

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../reducer.js").Message} Message */

const MOST = 1_000_000; // Characters of words and their HTML: some 200 pages of a book.
const NEAR = "200% 0px"; // Two screens above and below.
const LOOK_MS = 1000;
const PAUSE_MS = 250; // A page that is never at rest must not grow either.
const PAGE = 100;
const RETRY_MS = 3000;
const FRAMES = 600; // Of patience until words stand that have come.
const FINAL = new Set(["not_found", "forbidden", "sign_in_needed"]); // Asking again is of no use.

class Far extends RoomElement {
  /** @type {WeakSet<Element>} */ #observed = new WeakSet();
  /** Rows out of sight. @type {WeakSet<HTMLElement>} */ #far = new WeakSet();
  /** @type {Set<string>} */ #wanted = new Set();
  /** @type {State | null} */ #state = null;
  #change = /** @type {import("./room_element.js").RoomParts["change"]} */ (() => {});
  #isLooking = false;
  #isFetching = false;
  #observer = new IntersectionObserver((seen) => this.#notice(seen), { root: document.getElementById("main"), rootMargin: NEAR });

  /** @param {import("./room_element.js").RoomParts} parts */
  join({ change, shown }) {
    this.#change = change;
    loadSheet("far").catch(() => {}); // It only dresses what waits.
    shown.watch((live) => this.#follow(live));
  }

  /** After a replay, too, there may be other rows. */
  show() {
    this.#lookSoon();
  }

  /** @param {State} live */
  #follow(live) {
    this.#state = live;
    this.hidden = !Object.values(live.messages).some(({ away }) => away);
  }

  #lookSoon() {
    if (this.#isLooking) return;
    this.#isLooking = true;
    setTimeout(() => this.#lookInAPause(), LOOK_MS);
  }

  #lookInAPause() {
    requestIdleCallback(() => this.#look(), { timeout: PAUSE_MS });
  }

  // What is far goes

  /** One row in a pause, so that nobody feels it. */
  #look() {
    const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("council-transcript .stage")]);
    for (const row of rows.filter((one) => !this.#observed.has(one))) this.#observe(row);
    const held = Object.values(this.#messages).reduce((sum, message) => sum + weightOf(message), 0);
    const row = held > MOST ? this.#farthest(rows) : undefined;
    this.#isLooking = row !== undefined;
    if (!row) return;
    this.#letGo(row);
    this.#lookInAPause();
  }

  /** Nobody tells a hidden page what is in sight: there a new row is far until it is looked at. @param {HTMLElement} row */
  #observe(row) {
    this.#observed.add(row);
    this.#observer.observe(row);
    if (document.hidden) this.#far.add(row);
  }

  /** The row farthest from what is in sight, of those that can go. @param {HTMLElement[]} rows in their order @returns {HTMLElement | undefined} */
  #farthest(rows) {
    const near = rows.flatMap((row, at) => (this.#far.has(row) ? [] : at));
    const here = near.length ? ((near[0] ?? 0) + (near.at(-1) ?? 0)) / 2 : rows.length;
    const far = rows.map((row, at) => ({ row, distance: Math.abs(at - here) })).filter(({ row }) => this.#far.has(row));
    return far.sort((one, other) => other.distance - one.distance).find(({ row }) => this.#canGo(row))?.row;
  }

  /** @param {HTMLElement} row */
  #canGo(row) {
    const messages = this.#messagesIn(row);
    return messages.some(canGo) && messages.every((message) => message.away || canGo(message)) && !isInUse(row);
  }

  /** @param {HTMLElement} row keeps its height */
  #letGo(row) {
    const ids = this.#messagesIn(row).map(({ message_id }) => message_id);
    row.style.minBlockSize = `${row.offsetHeight}px`;
    this.#change((state) => (this.#state = letGo(state, ids)));
    layOut(row);
  }

  // What comes near comes back

  /** @param {IntersectionObserverEntry[]} seen */
  #notice(seen) {
    for (const { target, isIntersecting } of seen) {
      const row = /** @type {HTMLElement} */ (target);
      if (isIntersecting) this.#want(row);
      else this.#forget(row);
    }
    if (this.#wanted.size) this.#fetch();
    this.#lookSoon();
  }

  /** Whoever scrolls past it does not wait for its words. @param {HTMLElement} row */
  #forget(row) {
    this.#far.add(row);
    for (const { message_id } of this.#messagesIn(row)) this.#wanted.delete(message_id);
  }

  /** @param {HTMLElement} row */
  #want(row) {
    this.#far.delete(row);
    const missing = this.#messagesIn(row).filter(({ away }) => away);
    for (const { message_id } of missing) this.#wanted.add(message_id);
    if (missing.length) row.ariaBusy = "true";
    else if (isGone(row)) this.#release(row);
  }

  async #fetch() {
    if (this.#isFetching) return;
    this.#isFetching = true;
    while (this.#wanted.size) {
      try {
        await this.#fetchPage([...this.#wanted].slice(0, PAGE));
      } catch (problem) {
        if (FINAL.has(/** @type {import("../lib/api.js").Problem} */ (problem).code)) this.#wanted.clear();
        else await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    this.#isFetching = false;
  }

  /** @param {string[]} ids */
  async #fetchPage(ids) {
    const path = `/sessions/${this.#state?.session_id}/messages?limit=${PAGE}&ids=${ids.map(encodeURIComponent).join()}`;
    const { items } = await get(path);
    this.#change((state) => (this.#state = fill(state, items)));
    for (const id of ids) this.#wanted.delete(id);
    for (const row of new Set(ids.map(rowOf))) if (row) this.#release(row);
  }

  /** The row has its own height again when its words stand, which takes a frame for each. @param {HTMLElement} row */
  #release(row, frames = FRAMES) {
    if (this.#far.has(row)) return; // It may go again, as it is.
    const isWaiting = frames > 0 && this.#messagesIn(row).some((message) => !message.away && message.content_length > 0 && isBare(message));
    row.ariaBusy = isWaiting ? "true" : null;
    if (isWaiting) requestAnimationFrame(() => this.#release(row, frames - 1));
    else row.style.minBlockSize = "";
  }

  // Rows and messages

  get #messages() {
    return this.#state?.messages ?? {};
  }

  /** @param {HTMLElement} row @returns {Message[]} */
  #messagesIn(row) {
    return [.../** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll("article[data-message-id]"))].flatMap(({ dataset }) => this.#messages[dataset.messageId ?? ""] ?? []);
  }
}

/** Browsers keep what was laid out of a row that is not rendered, nodes and all, until it is laid out again. @param {HTMLElement} row */
function layOut({ style }) {
  style.contentVisibility = "visible";
  const skip = () => (style.contentVisibility = "");
  requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(skip)));
}

/** Whether it went, and has not its own height again. @param {HTMLElement} row */
function isGone({ style }) {
  return style.minBlockSize !== "";
}

/** Whether somebody is at work in it: a selection or the focus would be lost. @param {HTMLElement} row */
function isInUse(row) {
  return row.contains(document.activeElement) || getSelection()?.containsNode(row, true) === true;
}

/** @param {string} id @returns {HTMLElement | null} */
function rowOf(id) {
  return document.getElementById(`message-${id}`)?.closest(".stage") ?? null;
}

/** @param {Message} message */
function isBare({ message_id }) {
  return document.querySelector(`#message-${CSS.escape(message_id)} > [data-part=text]`)?.firstChild === null;
}

customElements.define("council-far", Far);
