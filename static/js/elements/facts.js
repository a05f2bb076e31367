// <council-facts>: status, time, tokens and cost of the meeting.

import { shownNow } from "../lib/clock.js";
import { formatCost, formatCount, formatElapsed } from "../lib/format.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { waiting } from "../reduce/people.js";
import { statusText } from "../lib/status.js";
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
  show(state) {
    const { status, reason, totals, elapsed, panel, verdict } = state;
    const waits = status === "running" && waiting(state).length > 0;
    part(this, "verdict").hidden = verdict === null || waits;
    part(this, "ask").hidden = !waits;
    part(this, "status").dataset.waits = String(waits);
    part(this, "status").dataset.status = status;
    part(this, "status-text").textContent = waits ? t("Waits for a person") : statusText(status);
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
    const running = since === null ? 0 : Math.max(0, shownNow() - since) / 1000;
    part(this, "elapsed").textContent = formatElapsed(seconds + running);
  }
}

/** Why it stands still, unless a person wanted it so. @param {string | null} reason */
function reasonText(reason) {
  if (reason === "user") return null;
  if (reason === "breaker") return t("The circuit breaker paused it.");
  return reason === "budget" ? t("The budget is used up.") : reason;
}

customElements.define("council-facts", Facts);
