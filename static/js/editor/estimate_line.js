// What a meeting of this template would cost, in one line.

import { costText, timeText } from "../lib/cost_words.js";
import { formatCount } from "../lib/format.js";
import { part } from "../lib/templates.js";

/** @typedef {import("../lib/cost_words.js").Sum} Sum */
/** @typedef {{expected: Sum, worst: Sum, nodes: import("../lib/cost_words.js").NodeCost[]}} Estimate */

/** @param {HTMLElement} element @param {Estimate | null} estimate null while there are faults */
export function showEstimate(element, estimate) {
  element.dataset.known = String(estimate !== null);
  const sum = estimate?.expected;
  part(element, "cost").textContent = estimate ? costText(estimate.expected, estimate.nodes) : "–";
  part(element, "tokens").textContent = sum ? formatCount(sum.input_tokens + sum.output_tokens) : "–";
  part(element, "calls").textContent = sum ? formatCount(sum.calls) : "–";
  part(element, "time").textContent = sum ? timeText(sum.seconds) : "–";
}
