// A text in Markdown that grows while it is read: only the block that is still open is made anew.

import { blocksOf } from "./blocks.js";
import { extendLeaf, fillLeaf, LONG, shell } from "./nodes.js";

/** @typedef {import("./blocks.js").Block} Block */
/** A block that is shown: its node, its text, and whether that may read otherwise once it is closed.
 * @typedef {{block: Block, node: HTMLElement, text: string, isHopeful: boolean, kids: Shown[]}} Shown */

const SIGNS = /[*_~`[]/;

export class StreamedText {
  /** @type {Shown[]} */ #open = []; // What may still change; all blocks before it stay as they are.
  #element;
  #text = "";
  #start = 0;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
    element.replaceChildren();
  }

  /** @param {string} text */
  show(text) {
    if (text === this.#text) return;
    if (!text.startsWith(this.#text)) this.#clear();
    this.#text = text;
    const blocks = blocksOf(text, this.#start);
    this.#open = this.#patch(this.#element, this.#open, blocks, true, "td");
    this.#settle();
    this.#moveCaret();
  }

  #clear() {
    this.#element.replaceChildren();
    this.#open = [];
    this.#start = 0;
  }

  /** Blocks are closed when another one has begun with a whole line. */
  #settle() {
    const lastBreak = this.#text.lastIndexOf("\n");
    const latest = this.#open.findLastIndex(({ block, text }) => block.tag !== "gap" && block.from + text.indexOf("\n") <= lastBreak && text.includes("\n"));
    if (latest < 1) return;
    this.#open = this.#open.slice(latest);
    this.#start = /** @type {Shown} */ (this.#open[0]).block.from;
  }

  /** The blocks of one container: those that read as before are left alone. @param {HTMLElement} parent @param {Shown[]} known @param {Block[]} blocks @param {boolean} isOpen @param {string} cell @returns {Shown[]} */
  #patch(parent, known, blocks, isOpen, cell) {
    const shown = blocks.map((block, index) => {
      const isLast = isOpen && index === blocks.length - 1;
      const before = known[index];
      const after = this.#kept(before, block, isLast, cell) ?? this.#made(block, isLast, cell);
      if (!before) parent.append(after.node);
      else if (before.node !== after.node) before.node.replaceWith(after.node);
      return after;
    });
    for (const { node } of known.slice(blocks.length)) node.remove();
    return shown;
  }

  /** The same node for the same block, with what has come to it; nothing when it has become another. @param {Shown | undefined} known @param {Block} block @param {boolean} isOpen @param {string} cell @returns {Shown | undefined} */
  #kept(known, block, isOpen, cell) {
    if (!known || known.block.tag !== block.tag || known.block.from !== block.from || known.block.start !== block.start) return undefined;
    const text = this.#text.slice(block.from, block.to);
    if (block.kids) {
      const kids = this.#patch(known.node, known.kids, block.kids, isOpen, cellOf(block, cell));
      return { ...known, block, text, kids };
    }
    if (text === known.text && (isOpen || !known.isHopeful)) return { ...known, block };
    if (!text.startsWith(known.text) || !canExtend(known, block)) return undefined;
    extendLeaf(known.node, block, this.#text, known.block.to);
    return { ...known, block, text };
  }

  /** @param {Block} block @param {boolean} isOpen @param {string} cell @returns {Shown} */
  #made(block, isOpen, cell) {
    const node = shell(block);
    const text = this.#text.slice(block.from, block.to);
    const kids = block.kids ? this.#patch(node, [], block.kids, isOpen, cellOf(block, cell)) : [];
    if (!block.kids) fillLeaf(node, block, this.#text, isOpen, cell);
    return { block, node, text, isHopeful: isOpen && block.tag !== "pre" && SIGNS.test(text), kids };
  }

  /** It blinks behind the last word. */
  #moveCaret() {
    const leaf = lastLeaf(this.#open);
    const holder = leaf?.querySelector(":scope > code, :scope > :is(td, th):last-of-type") ?? leaf;
    const before = this.#element.querySelector("[data-caret]");
    if (before === holder) return;
    before?.removeAttribute("data-caret");
    holder?.setAttribute("data-caret", "");
  }
}

/** Code grows letter by letter; so does what is too long to be read for bold and links. @param {Shown} known @param {Block} block */
function canExtend({ block: before, text }, block) {
  const wasClosed = before.tag === "pre" && before.hidden?.at(-1)?.[1] === before.to && (before.hidden?.length ?? 0) > 1;
  const closes = block.tag === "pre" && (block.hidden?.length ?? 0) > 1 && block.hidden?.at(-1)?.[1] === block.to;
  if (block.tag === "pre") return text.includes("\n") && !wasClosed && !closes && before.language === block.language;
  return block.tag === "p" && text.length > LONG;
}

/** @param {Block} block @param {string} cell */
function cellOf({ tag }, cell) {
  if (tag === "thead") return "th";
  return tag === "tbody" ? "td" : cell;
}

/** @param {Shown[]} shown @returns {HTMLElement | undefined} */
function lastLeaf(shown) {
  const last = shown.findLast(({ block }) => block.tag !== "gap");
  return last?.kids.length ? (lastLeaf(last.kids) ?? last.node) : last?.node;
}
