// The lines of a document with their numbers: a page of them at a time, for documents may be very long.

import { t } from "./texts.js";

const PAGE = 1500;

/** The page on which a line stands, from 1. @param {number | null} line */
export function pageAround(line) {
  return Math.max(1, Math.ceil((line ?? 1) / PAGE));
}

/** @param {string[]} lines @param {number} page @param {{from: number, to: number} | null} marked @returns {HTMLElement[]} */
export function lineRows(lines, page, marked) {
  const first = (page - 1) * PAGE;
  /** @type {HTMLElement[]} */
  const rows = lines.slice(first, first + PAGE).map((text, index) => row(text, first + index + 1, marked));
  if (page > 1) rows.unshift(turn(page - 1, t("Earlier lines")));
  if (first + PAGE < lines.length) rows.push(turn(page + 1, t("Later lines")));
  return rows;
}

/** @param {string} text @param {number} number @param {{from: number, to: number} | null} marked */
function row(text, number, marked) {
  const line = document.createElement("div");
  line.className = "line";
  line.dataset.line = String(number);
  if (marked && number >= marked.from && number <= marked.to) line.dataset.marked = "true";
  line.textContent = text;
  return line;
}

/** @param {number} page @param {string} text */
function turn(page, text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.dataset.look = "quiet";
  button.dataset.page = String(page);
  button.textContent = text;
  return button;
}
