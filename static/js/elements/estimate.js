// <council-estimate>: what the meeting of this form would cost, before it is started.

import { post } from "../lib/api.js";
import { formatCount, formatUsd } from "../lib/format.js";
import { fillList, part } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {{calls: number, usd: number | null, seconds: number, input_tokens: number, output_tokens: number,
 *   unknown_price_tokens: number}} Sum */
/** @typedef {{expected: Sum, worst: Sum, warnings: {code: string, message: string}[]}} Estimate */

const WAIT_MS = 600;

export class EstimateElement extends HTMLElement {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  #asked = "";

  /** Asks once the form has stood still. @param {() => Record<string, any>} read */
  look(read) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(read()), WAIT_MS);
  }

  /** Without an answer there is nothing to show: a meeting can be started all the same. @param {Record<string, any>} form */
  async #ask({ template_id, subject, inputs, group_id }) {
    const body = JSON.stringify({ template_id, subject, inputs, ...(group_id && { group_id }) });
    if (body === this.#asked) return;
    this.#asked = body;
    const estimate = await post("/templates/estimate", JSON.parse(body)).catch(() => null);
    if (this.#asked !== body) return;
    this.hidden = estimate === null;
    if (estimate) this.#show(estimate);
  }

  /** @param {Estimate} estimate */
  #show({ expected, worst, warnings }) {
    const [likely, most] = [cost(expected), cost(worst)];
    part(this, "cost").textContent = likely === most ? likely : t("{expected}, at most {worst}", { expected: likely, worst: most });
    part(this, "tokens").textContent = formatCount(expected.input_tokens + expected.output_tokens);
    part(this, "calls").textContent = formatCount(expected.calls);
    part(this, "time").textContent = time(expected.seconds);
    fillList(part(this, "warnings"), warnings, (row, { message }) => row.append(message));
  }
}

/** A price that nobody knows is never zero. @param {Sum} sum */
function cost({ usd, unknown_price_tokens }) {
  if (usd === null) return t("unknown");
  return unknown_price_tokens > 0 ? t("{usd} + unknown", { usd: formatUsd(usd) }) : formatUsd(usd);
}

/** @param {number} seconds */
function time(seconds) {
  if (seconds < 90) return t("{seconds} s", { seconds: Math.ceil(seconds) });
  return t("{minutes} min", { minutes: Math.ceil(seconds / 60) });
}

customElements.define("council-estimate", EstimateElement);
