// Markdown that is still being written, as blocks: every character belongs to exactly one leaf.

import { FENCE, HEADING, interrupts, isTable, isTableToBe, ITEM, Line, linesOf, RULE, UNDERLINE } from "./lines.js";

/** @typedef {[number, number]} Span from, to */
/**
 * A block of blocks (`kids`), or a leaf of text; `hidden` are the leaf's markers, in order.
 * @typedef {{tag: string, from: number, to: number, kids?: Block[], hidden?: Span[], start?: number, language?: string}} Block
 */
/** A block, and how many lines it has. @typedef {[Block, number]} Taken */

const DEEPEST = 8;

/** @param {string} source @param {number} [start] where a block begins @returns {Block[]} */
export function blocksOf(source, start = 0) {
  return blocks(linesOf(source, start), 0);
}

/** @param {Line[]} lines @param {number} depth @returns {Block[]} */
function blocks(lines, depth) {
  const found = [];
  for (let index = 0; index < lines.length; ) {
    const [block, next] = take(lines, index, depth);
    found.push(block);
    index = next;
  }
  return found;
}

/** The block that begins at a line, and where the next one does. @param {Line[]} lines @param {number} index @param {number} depth @returns {Taken} */
function take(lines, index, depth) {
  const { text, indent, isBlank } = /** @type {Line} */ (lines[index]);
  if (isBlank) return [leaf("gap", lines, index, index + 1), index + 1];
  if (indent > 3) return indented(lines, index);
  if (FENCE.test(text)) return fenced(lines, index);
  if (HEADING.test(text)) return heading(lines, index);
  if (RULE.test(text)) return [leaf("hr", lines, index, index + 1), index + 1];
  if (depth < DEEPEST && text.startsWith(">")) return quote(lines, index, depth);
  if (depth < DEEPEST && ITEM.test(text)) return list(lines, index, depth);
  if (isTable(lines, index) || isTableToBe(lines, index)) return table(lines, index);
  return paragraph(lines, index);
}

/** @param {Line[]} lines @param {number} first @returns {Taken} */
function indented(lines, first) {
  let next = first + 1;
  for (let index = next; index < lines.length; index += 1) {
    const line = /** @type {Line} */ (lines[index]);
    if (!line.isBlank && line.indent < 4) break;
    if (!line.isBlank) next = index + 1;
  }
  const hidden = lines.slice(first, next).map(({ from, at, to }) => span(from, Math.min(to, at + 4)));
  return [{ ...leaf("pre", lines, first, next), hidden }, next];
}

/** @param {Line[]} lines @param {number} first @returns {Taken} */
function fenced(lines, first) {
  const { text, indent } = /** @type {Line} */ (lines[first]);
  const fence = /^(`+|~+)/.exec(text)?.[0] ?? "";
  const closing = new RegExp(`^${fence[0]}{${fence.length},}[ \\t]*$`);
  let last = first + 1;
  while (last < lines.length && !((lines[last]?.indent ?? 0) < 4 && closing.test(lines[last]?.text ?? ""))) last += 1;
  const next = Math.min(last + 1, lines.length);
  const hidden = lines.slice(first, next).map((line, offset) => {
    if (offset === 0 || first + offset === last) return span(line.from, line.end);
    return span(line.from, line.at + Math.min(indent, line.indent));
  });
  const language = /^\s*([\w+#.-]{1,30})/.exec(text.slice(fence.length))?.[1];
  return [{ ...leaf("pre", lines, first, next), hidden: hidden.filter(isLong), language }, next];
}

/** @param {Line[]} lines @param {number} index @returns {Taken} */
function heading(lines, index) {
  const line = /** @type {Line} */ (lines[index]);
  const [marker = "", signs = ""] = HEADING.exec(line.text) ?? [];
  const begin = line.begin + marker.length;
  const closing = /(?:^|[ \t])#+[ \t]*$/.exec(line.source.slice(begin, line.to));
  const tail = span(closing ? begin + closing.index : line.to, line.end);
  return [{ ...leaf(`h${signs.length}`, lines, index, index + 1), hidden: [span(line.from, begin), tail].filter(isLong) }, index + 1];
}

/** @param {Line[]} lines @param {number} first @param {number} depth @returns {Taken} */
function quote(lines, first, depth) {
  const inner = [];
  let next = first;
  for (; next < lines.length; next += 1) {
    const line = /** @type {Line} */ (lines[next]);
    const isQuoted = line.text.startsWith(">") && line.indent < 4;
    if (!isQuoted && (ends(lines, next) || /^>[ \t]*$/.test(lines[next - 1]?.text ?? ""))) break;
    const at = line.begin + 1;
    inner.push(isQuoted ? line.inside(line.source[at] === " " ? at + 1 : at) : line);
  }
  return [{ ...leaf("blockquote", lines, first, next), kids: blocks(inner, depth + 1) }, next];
}

/** @param {Line[]} lines @param {number} first @param {number} depth @returns {Taken} */
function list(lines, first, depth) {
  const sign = signOf(lines[first]);
  const kids = [];
  let next = first;
  while (next < lines.length && signOf(lines[next]) === sign) {
    const [item, after] = listItem(lines, next, depth);
    kids.push(item);
    next = after;
  }
  const start = parseInt(lines[first]?.text ?? "", 10);
  const tag = Number.isNaN(start) ? "ul" : "ol";
  return [{ ...leaf(tag, lines, first, next), kids, ...(start >= 0 && start !== 1 ? { start } : {}) }, next];
}

/** @param {Line[]} lines @param {number} first @param {number} depth @returns {Taken} */
function listItem(lines, first, depth) {
  const { text, indent } = /** @type {Line} */ (lines[first]);
  const [all = "", sign = ""] = ITEM.exec(text) ?? [];
  const isFar = all.length === text.length || all.length - sign.length > 4;
  const inside = indent + (isFar ? sign.length + 1 : all.length);
  let next = first + 1;
  while (next < lines.length && belongs(lines, next, inside)) next += 1;
  const inner = lines.slice(first, next).map((line, offset) => line.inside(line.at + (offset ? Math.min(inside, line.indent) : inside)));
  return [{ ...leaf("li", lines, first, next), kids: blocks(inner, depth + 1) }, next];
}

/** Whether a line belongs to the item above it. @param {Line[]} lines @param {number} index @param {number} inside */
function belongs(lines, index, inside) {
  const line = /** @type {Line} */ (lines[index]);
  if (line.isBlank || line.indent >= inside) return true;
  return !lines[index - 1]?.isBlank && !ends(lines, index) && !ITEM.test(line.text);
}

/** Whether a line that lacks its container's marker is outside of it. @param {Line[]} lines @param {number} index */
function ends(lines, index) {
  return interrupts(lines, index) || RULE.test(lines[index]?.text ?? "");
}

/** @param {Line[]} lines @param {number} first @returns {Taken} */
function table(lines, first) {
  let next = Math.min(first + 2, lines.length);
  while (next < lines.length && !interrupts(lines, next)) next += 1;
  const rows = lines.slice(first, next).map((_, offset) => leaf(offset === 1 ? "gap" : "tr", lines, first + offset, first + offset + 1));
  const kids = [{ ...leaf("thead", lines, first, Math.min(first + 2, next)), kids: rows.slice(0, 2) }];
  if (rows.length > 2) kids.push({ ...leaf("tbody", lines, first + 2, next), kids: rows.slice(2) });
  return [{ ...leaf("table", lines, first, next), kids }, next];
}

/** @param {Line[]} lines @param {number} first @returns {Taken} */
function paragraph(lines, first) {
  let next = first + 1;
  let underline = "";
  while (next < lines.length && !underline && !interrupts(lines, next)) {
    const line = /** @type {Line} */ (lines[next]);
    if (UNDERLINE.test(line.text) && line.indent < 4 && !line.isUnfinished) underline = line.text;
    next += 1;
  }
  const taken = lines.slice(first, next);
  const hidden = taken.map(({ from, begin }) => span(from, begin));
  const last = taken.at(-1);
  if (last && (underline || last.isUnfinished)) hidden[taken.length - 1] = span(last.from, last.end);
  const tag = underline ? (underline.startsWith("=") ? "h1" : "h2") : "p";
  return [{ ...leaf(tag, lines, first, next), hidden: hidden.filter(isLong) }, next];
}

/** @param {string} tag @param {Line[]} lines @param {number} first @param {number} next @returns {Block} */
function leaf(tag, lines, first, next) {
  return { tag, from: lines[first]?.from ?? 0, to: lines[next - 1]?.end ?? 0 };
}

/** What makes items one list: their bullet, or how they are numbered. @param {Line | undefined} line */
function signOf(line) {
  if (!line || line.indent > 3 || RULE.test(line.text)) return undefined;
  return ITEM.exec(line.text)?.[1]?.slice(-1);
}

/** @param {number} from @param {number} to @returns {Span} */
function span(from, to) {
  return [from, to];
}

/** @param {Span} span */
function isLong([from, to]) {
  return to > from;
}
