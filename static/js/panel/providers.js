// Which models there are to speak, and what they cost in words. Asked for once; the server may take seconds to find out.

import { get } from "../lib/api.js";
import { formatPrice } from "../lib/format.js";
import { t } from "../lib/texts.js";

/** @typedef {import("./types.js").ProviderInfo} ProviderInfo */
/** @typedef {import("./types.js").ModelPrice} ModelPrice */
/** @typedef {import("./types.js").ModelChoice} ModelChoice */

/** @type {Promise<ProviderInfo[]> | null} */
let asked = null;

/** A question that failed is asked again next time. @returns {Promise<ProviderInfo[]>} */
export function providers() {
  asked ??= get("/llm/providers").then(({ items }) => items);
  asked.catch(() => (asked = null));
  return asked;
}

/** @param {ProviderInfo[]} found @param {ModelChoice} choice @returns {ModelPrice | null} */
export function priceOf(found, { provider, model }) {
  return found.find(({ provider_id }) => provider_id === provider)?.prices[model ?? ""] ?? null;
}

/** @param {ModelPrice | null} price */
export function priceText(price) {
  if (!price) return t("price not looked up");
  switch (price.price) {
    case "known":
      return t("{input} in, {output} out per million tokens", {
        input: formatPrice(price.input_usd_per_million ?? 0),
        output: formatPrice(price.output_usd_per_million ?? 0),
      });
    case "local":
      return t("local, nothing is charged");
    case "unknown":
      return t("price unknown");
  }
}

/** Who says what it costs. @param {ModelPrice | null} price */
export function sourceText(price) {
  switch (price?.source) {
    case "prices_file":
      return t("by this server's own price file");
    case "genai_prices":
      return t("by the list of genai-prices");
    case "council":
      return t("by Council's own list");
    default:
      return "";
  }
}

/** @param {ModelChoice} choice @param {ProviderInfo[]} found what is known so far */
export function choiceText({ provider, model }, found) {
  const where = found.find(({ provider_id }) => provider_id === provider)?.name ?? provider;
  if (!provider && !model) return t("Default of the server");
  if (!provider) return t("{model}, at the server's default provider", { model: model ?? "" });
  return model ? t("{model}, {provider}", { model, provider: where ?? "" }) : t("Any model of {provider}", { provider: where ?? "" });
}
