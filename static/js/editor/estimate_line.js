// What a meeting of this template would cost, in one line.

import { formatCount, formatUsd } from "../lib/format.js";
import { part } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {{calls: number, usd: number | null, seconds: number, input_tokens: number, output_tokens: number,
 *   unknown_price_tokens: number}} Sum */
/** @typedef {{expected: Sum, worst: Sum}} Estimate */

/** @param {HTMLElement} element @param {Estimate | null} estimate null while there are faults */
export function showEstimate(element, estimate) {
  element.dataset.known = String(estimate !== null);
  const sum = estimate?.expected;
  part(element, "cost").textContent = sum ? cost(sum) : "–";
  part(element, "tokens").textContent = sum ? formatCount(sum.input_tokens + sum.output_tokens) : "–";
  part(element, "calls").textContent = sum ? formatCount(sum.calls) : "–";
  part(element, "time").textContent = sum ? time(sum.seconds) : "–";
}

/** A price that nobody knows is never zero. @param {Sum} sum */
function cost({ usd, unknown_price_tokens }) {
  if (usd === null) return t("unknown");
  return unknown_price_tokens > 0 ? t("{usd} + unknown", { usd: formatUsd(usd) }) : formatUsd(usd);
}

/** @param {number} seconds */
function time(seconds) {
  return seconds < 90 ? t("{seconds} s", { seconds: Math.ceil(seconds) }) : t("{minutes} min", { minutes: Math.ceil(seconds / 60) });
}
