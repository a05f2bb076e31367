// <council-link>: whether the page is live; when it is not, what happens next.

import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { RoomElement } from "./room_element.js";

/** @typedef {import("../connection.js").Link} Link */

class LinkElement extends RoomElement {
  /** @type {Link} */ #link = { status: "disconnected", ending: null, retryAt: null };
  /** @type {ReturnType<typeof setInterval> | undefined} */ #ticking;

  connectedCallback() {
    part(this, "retry").addEventListener("click", () => this.dispatchEvent(new Event("retry", { bubbles: true })));
  }

  disconnectedCallback() {
    clearInterval(this.#ticking);
  }

  /** @param {Link} link */
  showLink(link) {
    this.#link = link;
    this.dataset.status = link.status;
    part(this, "status").textContent = linkText(link.status);
    part(this, "retry").hidden = link.ending !== "unreachable" && link.ending !== "done";
    for (const name of ["copy", "leave", "sign-in"]) part(this, name).hidden = true;
    clearInterval(this.#ticking);
    if (link.retryAt !== null) this.#ticking = setInterval(() => this.#explain(), 500);
    this.#explain();
    if (link.ending) this.#end(link.ending);
  }

  /** Why, and what one can do, comes from the server if it still answers. @param {import("../connection.js").Ending} ending */
  async #end(ending) {
    const { showEnding } = await import("./ending.js").catch(() => ({ showEnding: null }));
    if (this.#link.ending === ending) showEnding?.(this, ending);
  }

  #explain() {
    showText(part(this, "explanation"), explanation(this.#link));
  }
}

/** @param {Link["status"]} status */
export function linkText(status) {
  switch (status) {
    case "disconnected":
      return t("Disconnected");
    case "connecting":
      return t("Connecting");
    case "connected":
      return t("Live");
    case "reconnecting":
      return t("Reconnecting");
  }
}

/** @param {Link} link */
function explanation({ status, ending, retryAt }) {
  if (ending === "unreachable") return t("The server does not answer. Council tries again when the network is back or you return to this page.");
  if (retryAt !== null) {
    const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
    return t("The connection was lost. Next attempt in {seconds} s.", { seconds });
  }
  return status === "reconnecting" ? t("Trying to reach the server.") : null;
}

customElements.define("council-link", LinkElement);
