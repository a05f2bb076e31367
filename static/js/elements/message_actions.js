// What a reader can do with a message: copy it, quote it, unfold it.

import { copyText } from "../lib/clipboard.js";
import { part } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { showFold } from "./message.js";

/** @typedef {import("./message.js").MessageElement} MessageElement */

const SAID_MS = 2500;
const LONGEST_QUOTE = 2000;

/** @param {HTMLButtonElement} button @param {MessageElement} element */
export function act(button, element) {
  if (element.message?.away && button.dataset.act !== "fold") return say(t("These words are on their way. Try again in a moment."));
  switch (button.dataset.act) {
    case "copy":
      return copy(button, element.message?.content ?? "");
    case "quote":
      return quote(element);
    case "fold":
      return fold(element);
  }
}

/** Says on the button, and aloud, what came of it. @param {HTMLElement} button @param {string} text */
export async function copy(button, text) {
  const said = (await copyText(text)) ? t("Copied") : t("The browser does not allow copying here.");
  const before = button.dataset.before ?? button.textContent ?? "";
  button.dataset.before = before;
  button.textContent = said;
  say(said);
  setTimeout(() => (button.textContent = before), SAID_MS);
}

/** Aloud. @param {string} text */
function say(text) {
  document.dispatchEvent(new CustomEvent("announce", { detail: text }));
}

/** What is selected in it, or else its first paragraph. @param {MessageElement} element */
function quote(element) {
  const text = selectedIn(part(element, "text")) || firstParagraph(element.message?.content ?? "");
  const detail = { name: part(element, "name").textContent ?? "", text: text.slice(0, LONGEST_QUOTE) };
  document.dispatchEvent(new CustomEvent("quote", { detail }));
}

/** @param {MessageElement} element */
function fold(element) {
  const article = /** @type {HTMLElement} */ (element.querySelector("article"));
  const isFolded = article.dataset.folded !== "true";
  article.dataset.folded = String(isFolded);
  showFold(element, isFolded);
  if (isFolded) article.scrollIntoView({ block: "nearest" });
}

/** @param {HTMLElement} element */
function selectedIn(element) {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return "";
  return element.contains(selection.getRangeAt(0).commonAncestorContainer) ? selection.toString().trim() : "";
}

/** @param {string} text */
function firstParagraph(text) {
  const paragraphs = text.split(/\n\s*\n/).map((one) => one.trim()).filter(Boolean);
  return paragraphs.find((one) => !/^#{1,6}\s[^\n]*$/.test(one)) ?? paragraphs[0] ?? "";
}
