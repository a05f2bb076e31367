// Notifications of the browser: only for a reader who asked for them, and who does not look at the page.

import { t } from "./texts.js";

const KEY = "council-notify";

export class Notices {
  /** @type {Map<string, Notification>} */ #open = new Map();
  #chosen = recall();

  /** Whether they were asked for, and the browser lets them through. */
  get wanted() {
    return this.#chosen && isPossible() && Notification.permission === "granted";
  }

  /** Resolves to what the reader's choice means here. */
  async toggle() {
    if (!isPossible()) return isSecureContext ? t("This browser has no notifications.") : t("Notifications need a secure address: https, or localhost.");
    if (this.wanted) return this.#choose(false, t("Notifications are off."));
    const permission = await Notification.requestPermission();
    if (permission === "denied") return t("The browser blocks notifications from this address; its settings can allow them.");
    if (permission !== "granted") return t("Nothing has changed: the browser was not told to allow notifications.");
    return this.#choose(true, t("You will be notified while this page is open."));
  }

  /** One for each tag: a later one takes its place. @param {string} title @param {{body: string, tag: string}} about */
  show(title, { body, tag }) {
    if (!this.wanted || (!document.hidden && document.hasFocus())) return;
    try {
      const notice = new Notification(title, { body, tag: `council-${tag}`, lang: document.documentElement.lang, icon: "/static/img/favicon.svg" });
      notice.onclick = () => leadBack(notice);
      this.#open.set(tag, notice);
    } catch {
      // Some browsers have notifications for service workers only: the title still says it.
    }
  }

  /** @param {string} tag */
  close(tag) {
    this.#open.get(tag)?.close();
    this.#open.delete(tag);
  }

  /** @param {boolean} chosen @param {string} text */
  #choose(chosen, text) {
    this.#chosen = chosen;
    try {
      localStorage.setItem(KEY, chosen ? "on" : "off");
    } catch {
      // Storage may be forbidden: the choice lasts as long as the page then.
    }
    return text;
  }
}

function isPossible() {
  return isSecureContext && "Notification" in globalThis;
}

/** To the form that waits, in the tab that asked. @param {Notification} notice */
function leadBack(notice) {
  notice.close();
  globalThis.focus();
  const form = document.querySelector("#asked > *, council-hold:not([hidden])");
  form?.dispatchEvent(new Event("reveal", { bubbles: true }));
  form?.scrollIntoView({ block: "start" });
  const field = form?.querySelector("textarea:not([hidden]), input, button:not([hidden])");
  if (field instanceof HTMLElement) field.focus({ preventScroll: true });
}

function recall() {
  try {
    return localStorage.getItem(KEY) === "on";
  } catch {
    return false;
  }
}
