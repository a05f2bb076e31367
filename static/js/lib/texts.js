// Every text that scripts show, in the reader's language: the server puts the dictionary into the page.

import { pageData } from "./page_data.js";

/** @type {Record<string, string> | undefined} */
let dictionary;

/**
 * @param {string} english
 * @param {Record<string, string | number>} [values] for the {names} in it
 */
export function t(english, values = {}) {
  dictionary ??= pageData("texts");
  const text = dictionary?.[english] ?? english;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
