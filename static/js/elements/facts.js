// <council-facts>: status, time, tokens and cost of the meeting.

import { serverNow } from "../lib/clock.js";
import { formatCost, formatCount, formatElapsed } from "../lib/format.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { linkText } from "./link.js";
import { RoomElement } from "./room_element.js";

/** @typedef {import("../reducer.js").State} State */

class Facts extends RoomElement {
  /** @type {State["elapsed"]} */ #elapsed = { seconds: 0, since: null };
  /** @type {ReturnType<typeof setInterval> | undefined} */ #ticking;

  connectedCallback() {
    this.#ticking = setInterval(() => this.#tick(), 1000);
  }

  disconnectedCallback() {
    clearInterval(this.#ticking);
  }

  /** @param {State} state */
  show({ status, reason, totals, elapsed, panel, verdict }) {
    part(this, "verdict").hidden = verdict === null;
    part(this, "status").dataset.status = status;
    part(this, "status-text").textContent = statusText(status);
    showText(part(this, "reason"), status === "paused" || status === "failed" ? reasonText(reason) : null);
    const tokens = part(this, "tokens");
    tokens.textContent = formatCount(totals.input_tokens + totals.output_tokens);
    tokens.title = t("{input} in, {output} out", {
      input: formatCount(totals.input_tokens),
      output: formatCount(totals.output_tokens),
    });
    part(this, "cost").textContent = formatCost(totals, panel.rehearsal);
    this.#elapsed = elapsed;
    this.#tick();
  }

  /** @param {import("../connection.js").Link} link */
  showLink({ status }) {
    part(this, "link").textContent = linkText(status);
  }

  #tick() {
    const { seconds, since } = this.#elapsed;
    const running = since === null ? 0 : Math.max(0, serverNow() - since) / 1000;
    part(this, "elapsed").textContent = formatElapsed(seconds + running);
  }
}

/** @param {import("../protocol.js").SessionStatus} status */
export function statusText(status) {
  switch (status) {
    case "pending":
      return t("Waiting to begin");
    case "running":
      return t("In session");
    case "paused":
      return t("Paused");
    case "completed":
      return t("Concluded");
    case "failed":
      return t("Failed");
    case "cancelled":
      return t("Stopped");
  }
}

/** Why it stands still, unless a person wanted it so. @param {string | null} reason */
function reasonText(reason) {
  if (reason === "user") return null;
  return reason === "budget" ? t("The budget is used up.") : reason;
}

customElements.define("council-facts", Facts);
