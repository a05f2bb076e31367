// What whoever looks at this page may do with what it shows. The server says what is less than everything.

import { pageData } from "./page_data.js";
import { t } from "./texts.js";

/** @typedef {import("../protocol.js").Right} Right */

/** @type {Record<string, Right> | undefined} */
let lesser;

/** @param {string} thing_id @returns {Right} */
export function rightTo(thing_id) {
  lesser ??= /** @type {Record<string, Right>} */ (pageData("page-data").rights ?? {});
  return lesser[thing_id] ?? "own";
}

/** Whether they may make things, and change what is theirs. */
export function mayMake() {
  return document.body.dataset.level !== "read";
}

/** Whether somebody has signed in, so that things belong to people. */
export function arePeople() {
  return document.body.dataset.level !== undefined;
}

/** The button that opens the dialog about who may see a thing. @param {HTMLElement} button @param {string} thing its kind and id @param {Right} right @param {string} name */
export function offerShare(button, thing, right, name) {
  button.hidden = !arePeople();
  button.dataset.share = thing;
  button.dataset.right = right;
  button.textContent = right === "own" ? t("Share") : t("Who sees it");
  button.setAttribute("aria-label", `${button.textContent}: ${name}`);
}
