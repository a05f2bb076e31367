// Every text that scripts show, in the reader's language: the server puts the dictionary into the page.

import { pageData } from "./page_data.js";

/** @type {Record<string, string> | undefined} */
let dictionary;

/**
 * @param {string} english
 * @param {Record<string, string | number>} [values] for the {names} in it
 */
export function t(english, values = {}) {
  return told(english).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** A name or description that may be one of ours: those are in the dictionary, the users' own words are not. @param {string} text */
export function told(text) {
  dictionary ??= pageData("texts");
  return dictionary?.[text] ?? text;
}
