// What a meeting would cost and how long it would take, in words: the lobby and the editor say the same.

import { formatUsd } from "./format.js";
import { t } from "./texts.js";

/** @typedef {{calls: number, usd: number | null, seconds: number, input_tokens: number, output_tokens: number,
 *   unknown_price_tokens: number}} Sum */
/** @typedef {{members?: {provider: string, price: string}[]}} NodeCost */

/** A price that nobody knows is never zero, and nothing is free because no price was asked for. @param {Sum} sum @param {NodeCost[]} nodes */
export function costText({ usd, unknown_price_tokens }, nodes) {
  const members = nodes.flatMap((node) => node.members ?? []);
  if (usd === null) return t("unknown");
  if (unknown_price_tokens > 0) return usd > 0 ? t("{usd} + unknown", { usd: formatUsd(usd) }) : t("unknown");
  if (members.length > 0 && members.every(({ provider }) => provider === "rehearsal")) return t("rehearsal");
  if (members.length > 0 && members.every(({ price }) => price === "local")) return t("local");
  return formatUsd(usd);
}

/** @param {number} seconds */
export function timeText(seconds) {
  if (seconds < 90) return t("{seconds} s", { seconds: Math.ceil(seconds) });
  return t("{minutes} min", { minutes: Math.ceil(seconds / 60) });
}
