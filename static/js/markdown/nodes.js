// Blocks and pieces of Markdown as nodes: their text is what was said, letter for letter; markers are there and not shown.

import { appendChunks, CHUNK } from "../lib/chunks.js";
import { piecesOf } from "./inline.js";

/** @typedef {import("./blocks.js").Block} Block */
/** @typedef {import("./inline.js").Piece} Piece */
/** @typedef {import("./blocks.js").Span} Span */

export const LONG = 4000; // Characters of one paragraph that are looked through for bold, links and code.
const LINKS = new Set(["http:", "https:", "mailto:"]);
const NODE_CHARACTERS = 2000;

/** An element for a block, without its text. @param {Block} block */
export function shell({ tag, start, language }) {
  const element = document.createElement(tag === "gap" ? "span" : tag === "hr" ? "div" : tag);
  if (tag === "gap") element.className = "mark";
  if (tag === "hr") element.className = "rule";
  if (start !== undefined) element.setAttribute("start", String(start));
  if (language) element.dataset.language = language;
  return element;
}

/** Puts the text of a leaf into its element. @param {HTMLElement} element @param {Block} block @param {string} source @param {boolean} isOpen @param {string} cell what a row is made of */
export function fillLeaf(element, block, source, isOpen, cell) {
  if (block.tag === "gap") element.textContent = source.slice(block.from, block.to);
  else if (block.tag === "hr") appendMark(element, source.slice(block.from, block.to));
  else if (block.tag === "pre") appendCode(element, block, source);
  else if (block.tag === "tr") appendCells(element, block, source, isOpen, cell);
  else appendText(element, block, source, isOpen);
}

/** What has come to a leaf since. @param {HTMLElement} element @param {Block} block @param {string} source @param {number} from */
export function extendLeaf(element, block, source, from) {
  const target = block.tag === "pre" ? (element.querySelector("code") ?? element) : element;
  appendLong(target, source, from, block.to, block.hidden ?? [], from - block.from);
}

/** @param {HTMLElement} element @param {Block} block @param {string} source @param {boolean} isOpen */
function appendText(element, { from, to, hidden = [] }, source, isOpen) {
  const end = Math.min(to, from + LONG);
  const first = hidden[0];
  const begin = first && first[0] === from ? first[1] : from; // A marker in front would be taken for bold or code.
  if (begin > from) appendMark(element, source.slice(from, begin));
  appendPieces(element, piecesOf(source, Math.min(begin, end), end, isOpen && end === to), source, hidden);
  appendLong(element, source, Math.max(end, begin), to, hidden, end - from);
}

/** @param {HTMLElement} element @param {Block} block @param {string} source */
function appendCode(element, { from, to, hidden = [] }, source) {
  const opening = hidden[0]?.[0] === from ? hidden[0][1] : from;
  const fence = hidden.length > 1 && hidden.at(-1)?.[1] === to ? (hidden.at(-1)?.[0] ?? to) : to;
  const closing = fence < to && fence > opening ? fence - 1 : fence; // The break before the fence is part of it.
  const code = document.createElement("code");
  if (opening > from) appendMark(element, source.slice(from, opening));
  element.append(code);
  appendLong(code, source, opening, Math.max(closing, opening), hidden, 0);
  if (closing < to && closing >= opening) appendMark(element, source.slice(closing, to));
}

/** @param {HTMLElement} row @param {Block} block @param {string} source @param {boolean} isOpen @param {string} tag */
function appendCells(row, { from, to }, source, isOpen, tag) {
  if (to - from > LONG) {
    appendLong(row.appendChild(document.createElement(tag)), source, from, to, [], 0);
    return;
  }
  const bars = [...source.slice(from, to).matchAll(/(?<!\\)\|/g)].map(({ index }) => from + index);
  const isFenced = source.slice(from, bars[0]).trim() === "";
  const isClosed = bars.length > 1 && source.slice((bars.at(-1) ?? to) + 1, to).trim() === "";
  const borders = bars.slice(isFenced ? 1 : 0, isClosed ? -1 : undefined);
  let begin = from;
  for (const end of [...borders, to]) {
    const cell = document.createElement(tag);
    row.append(cell);
    appendCell(cell, source, begin, end, isOpen);
    begin = end;
  }
}

/** Bars and the room around the text are markers. @param {HTMLElement} cell @param {string} source @param {number} from @param {number} to @param {boolean} isOpen */
function appendCell(cell, source, from, to, isOpen) {
  const [before = ""] = /^[ \t]*\|?\s*/.exec(source.slice(from, to)) ?? [];
  const begin = from + before.length;
  const text = source.slice(begin, to).trimEnd().replace(/(?<!\\)\|$/, "").trimEnd();
  appendMark(cell, before);
  appendPieces(cell, piecesOf(source, begin, begin + text.length, isOpen), source, []);
  appendMark(cell, source.slice(begin + text.length, to));
}

/** @param {HTMLElement} element @param {Piece[]} pieces @param {string} source @param {Span[]} hidden */
function appendPieces(element, pieces, source, hidden) {
  for (const { tag, from, to, kids, href } of pieces) {
    if (tag === "text") appendPlain(element, source, from, to, hidden);
    else if (tag === "mark") appendMark(element, source.slice(from, to));
    else if (tag === "br") element.append(document.createElement("br"));
    else element.append(filled(document.createElement(tag), kids ?? [], source, hidden, href));
  }
}

/** @param {HTMLElement} element @param {Piece[]} kids @param {string} source @param {Span[]} hidden @param {string} [href] */
function filled(element, kids, source, hidden, href) {
  if (href !== undefined && URL.canParse(href) && LINKS.has(new URL(href).protocol)) {
    element.setAttribute("href", href);
    element.setAttribute("rel", "noopener noreferrer");
    element.setAttribute("target", "_blank");
  }
  appendPieces(element, kids, source, hidden);
  return element;
}

/** What may go on without end. @param {HTMLElement} element @param {string} source @param {number} from @param {number} to @param {Span[]} hidden @param {number} before how much stands there */
function appendLong(element, source, from, to, hidden, before) {
  const isShort = before + to - from <= CHUNK;
  if (isShort) appendPlain(element, source, from, to, hidden);
  else appendChunks(element, source, from, to, (target, begin, end) => appendPlain(target, source, begin, end, hidden));
}

/** Text as it is, but for the markers of its containers. @param {HTMLElement} element @param {string} source @param {number} from @param {number} to @param {Span[]} hidden */
function appendPlain(element, source, from, to, hidden) {
  let at = from;
  for (const [begin, end] of hidden) {
    if (end <= at) continue;
    if (begin >= to) break;
    append(element, source.slice(at, Math.max(at, begin)));
    appendMark(element, source.slice(Math.max(at, begin), Math.min(end, to)));
    at = Math.min(end, to);
  }
  append(element, source.slice(at, to));
}

/** @param {HTMLElement} element @param {string} text */
function append(element, text) {
  const last = element.lastChild;
  if (text === "") return;
  if (last?.nodeType === 3 && (last.nodeValue ?? "").length < NODE_CHARACTERS) last.nodeValue += text;
  else element.append(text);
}

/** @param {HTMLElement} element @param {string} text */
function appendMark(element, text) {
  if (text === "") return;
  const mark = document.createElement("span");
  mark.className = "mark";
  mark.textContent = text;
  element.append(mark);
}
