// What a model picker offers: the default, the saved model even when it is gone, and each provider's models.

import { t } from "../lib/texts.js";
import { choiceText, priceOf, priceText, sourceText } from "./providers.js";

/** @typedef {import("./types.js").ModelChoice} ModelChoice */
/** @typedef {import("./types.js").ProviderInfo} ProviderInfo */
/** @typedef {{choice: ModelChoice, text: string, note: string, price: string}} Row */
/** @typedef {{name: string, rows: Row[]}} Group */

const FIXED = new Set(["ollama", "rehearsal"]); // They have what they list and nothing else.
const NOTHING = { provider: null, model: null };

/**
 * @param {ProviderInfo[]} found @param {ModelChoice} saved @param {string} words what is searched for
 * @param {boolean} complete whether all providers are known yet
 * @returns {Group[]} only groups with rows
 */
export function rowsOf(found, saved, words, complete) {
  const wanted = words.trim();
  const standing = [defaultRow(), ...(isListed(found, saved) ? [] : [savedRow(saved, found, complete)])];
  const groups = [{ name: "", rows: standing }, ...found.filter(({ available }) => available).map((info) => groupOf(info, found))];
  const fits = groups.map(({ name, rows }) => ({ name, rows: rows.filter((row) => holds(`${name} ${row.text}`, wanted)) }));
  return [...fits, ...(wanted ? [namedGroup(found, wanted)] : [])].filter(({ rows }) => rows.length > 0);
}

/** @param {ProviderInfo} info @param {ProviderInfo[]} found @returns {Group} */
function groupOf({ provider_id: provider, name, models }, found) {
  const any = { choice: { provider, model: null }, text: t("Any model of {provider}", { provider: name }), note: t("as they are dealt"), price: "" };
  return { name, rows: [...models.map((model) => modelRow({ provider, model }, found)), ...(models.length > 1 ? [any] : [])] };
}

/** @param {ModelChoice} choice @param {ProviderInfo[]} found @returns {Row} */
function modelRow(choice, found) {
  const price = priceOf(found, choice);
  return { choice, text: choice.model ?? "", note: sourceText(price), price: priceText(price) };
}

/** @returns {Row} */
function defaultRow() {
  return { choice: NOTHING, text: t("Default of the server"), note: t("Members may be dealt different models, so that they do not all think alike."), price: "" };
}

/** @param {ModelChoice} saved @param {ProviderInfo[]} found @param {boolean} complete @returns {Row} */
function savedRow(saved, found, complete) {
  return { choice: saved, text: choiceText(saved, found), note: complete ? t("saved, but not listed now") : t("as saved"), price: "" };
}

/** A server often has more models than it is asked to list. @param {ProviderInfo[]} found @param {string} model @returns {Group} */
function namedGroup(found, model) {
  const open = found.filter(({ provider_id, available, models }) => available && !FIXED.has(provider_id) && !models.includes(model));
  const rows = open.map(({ provider_id: provider, name }) => ({
    choice: { provider, model },
    text: t("{model}, {provider}", { model, provider: name }),
    note: t("by this name, without looking whether it is there"),
    price: priceText(null),
  }));
  return { name: t("By its name"), rows };
}

/** @param {ProviderInfo[]} found @param {ModelChoice} saved */
function isListed(found, { provider, model }) {
  if (!provider && !model) return true;
  const info = found.find(({ provider_id }) => provider_id === provider);
  return Boolean(info?.available) && (model === null ? (info?.models.length ?? 0) > 1 : Boolean(info?.models.includes(model)));
}

/** @param {string} text @param {string} words */
function holds(text, words) {
  const all = text.toLocaleLowerCase();
  return words.toLocaleLowerCase().split(/\s+/u).every((word) => all.includes(word));
}
