// Numbers, money and time as people read them.

import { t } from "./texts.js";

/** @type {Intl.NumberFormat | undefined} */
let counts; // Made once: it takes longer to make than to use.

/** @param {number} value */
export function formatCount(value) {
  counts ??= new Intl.NumberFormat(document.documentElement.lang);
  return counts.format(value);
}

/** At most two places. @param {number} value */
export function formatDecimal(value) {
  return new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 }).format(value);
}

/** A share from 0 to 1. @param {number} share */
export function formatShare(share) {
  return `${Math.round(share * 100)} %`;
}

/** m:ss, or h:mm:ss. @param {number} seconds */
export function formatElapsed(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(minutes).padStart(hours ? 2 : 1, "0")}:${String(rest).padStart(2, "0")}`;
  return hours ? `${hours}:${tail}` : tail;
}

/** @param {string} timestamp */
export function formatMoment(timestamp) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  return format.format(new Date(timestamp));
}

/**
 * What a meeting has cost. A price nobody knows is "unknown", never zero.
 * @param {import("../protocol.js").Totals} totals
 * @param {boolean} rehearsal
 */
export function formatCost(totals, rehearsal) {
  const { cost_usd, unknown_price_tokens, input_tokens, output_tokens } = totals;
  if (rehearsal && !cost_usd) return t("rehearsal");
  if (unknown_price_tokens > 0) return cost_usd ? t("{usd} + unknown", { usd: formatUsd(cost_usd) }) : t("unknown");
  if (cost_usd !== null) return formatUsd(cost_usd);
  return input_tokens + output_tokens > 0 ? t("local") : "–";
}

/** @param {number} usd */
export function formatUsd(usd) {
  if (usd === 0) return "$0";
  return `$${usd.toFixed(usd < 1 ? 4 : 2)}`;
}

/** A price in USD, as exact as it is listed. @param {number} usd */
export function formatPrice(usd) {
  const exact = { style: /** @type {const} */ ("currency"), currency: "USD", minimumFractionDigits: 2, maximumFractionDigits: 4 };
  return new Intl.NumberFormat(document.documentElement.lang, { ...exact, currencyDisplay: "narrowSymbol" }).format(usd);
}

/** The time of day with its seconds. @param {number} at milliseconds */
export function formatClock(at) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "medium" }).format(at);
}
