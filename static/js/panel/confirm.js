// A question before something is lost, and the reason why something cannot be done.

import { copyTemplate, fillList, part, showText } from "../lib/templates.js";

/** @typedef {{text: string, href: string}} Place */

/** Whether the person wants it. @param {{title: string, text: string, action: string}} question @returns {Promise<boolean>} */
export function confirmed({ title, text, action }) {
  return asked(title, text, action, []);
}

/** @param {{title: string, text: string, places?: Place[]}} reason */
export async function explained({ title, text, places = [] }) {
  await asked(title, text, "", places);
}

/** @param {string} title @param {string} text @param {string} action @param {Place[]} places @returns {Promise<boolean>} */
function asked(title, text, action, places) {
  const dialog = /** @type {HTMLDialogElement} */ (copyTemplate("confirm-template"));
  part(dialog, "title").textContent = title;
  showText(part(dialog, "text"), text);
  showText(part(dialog, "yes"), action || null);
  part(dialog, action ? "close" : "no").remove();
  fillList(part(dialog, "places"), places, (row, place) => {
    const link = /** @type {HTMLAnchorElement} */ (row.querySelector("a"));
    link.href = place.href;
    link.textContent = place.text;
  });
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
