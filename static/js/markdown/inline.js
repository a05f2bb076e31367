// Markdown within a line: bold, italic, struck, code and links, found in one walk; what is none of these stays text.

/** A piece of text, a marker that is not shown, or an element with pieces in it; none but links have an `href`.
 * @typedef {{tag: string, from: number, to: number, kids?: Piece[], href?: string}} Piece */
/** @typedef {{sign: string, count: number, at: number}} Opener `at`: its place among the pieces */

const TAGS = { "*": ["", "em", "strong"], _: ["", "em", "strong"], "~": ["", "", "s"] };
const ESCAPED = /\\[!-/:-@[-`{-~]/y;
const BREAK = /(?: {2,}|\\)\n/y;
const SIGNS = /\*+|_+|~+/y;
const TICKS = /`+/y;
const LINK = /\[((?:[^[\]\\]|\\.)*)\]\(\s*(<[^<>\n]*>|[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)(?:\s+"[^"\n]*")?\s*\)/y;
const ADDRESS = /<((?:https?:\/\/|mailto:)[^\s<>]+)>/y;
const ENDLESS_LINK = /\[((?:[^[\]\\\n]|\\.)+)\]\([^()\s]*$/y;
const PLAIN = /(?:[^\\`*_~[< \n]| (?![ \n]))+/y;
const SPACE = /^\s?$/u;
const PUNCTUATION = /[\p{P}\p{S}]/u;

/**
 * @param {string} source
 * @param {number} from
 * @param {number} to
 * @param {boolean} isOpen whether more may come: what was opened counts as closed at the end
 */
export function piecesOf(source, from, to, isOpen = false) {
  return new Walk(source.slice(0, to), from, isOpen).pieces();
}

class Walk {
  /** @type {Piece[]} */ #pieces = [];
  /** @type {Opener[]} */ #openers = [];
  /** @type {Set<number>} */ #endless = new Set(); // Runs of backticks of these lengths have no partner further on.
  #source;
  #at;
  #isOpen;

  /** @param {string} source @param {number} from @param {boolean} isOpen */
  constructor(source, from, isOpen) {
    this.#source = source;
    this.#at = from;
    this.#isOpen = isOpen;
  }

  pieces() {
    while (this.#at < this.#source.length) this.#step();
    if (this.#isOpen) while (this.#openers.length) this.#close(/** @type {Opener} */ (this.#openers.at(-1)), this.#source.length, 2);
    return this.#pieces;
  }

  #step() {
    const plain = this.#match(PLAIN);
    if (plain) this.#add("text", plain[0].length);
    else if (this.#match(ESCAPED)) this.#escaped();
    else if (this.#match(BREAK)) this.#break();
    else if (this.#match(TICKS)) this.#code();
    else if (this.#match(SIGNS)) this.#signs();
    else if (this.#match(LINK)) this.#link();
    else if (this.#match(ADDRESS)) this.#address();
    else if (this.#isOpen && this.#match(ENDLESS_LINK)) this.#endlessLink();
    else this.#add("text", 1);
  }

  #escaped() {
    this.#add("mark", 1);
    this.#add("text", 1);
  }

  #break() {
    this.#add("mark", this.#match(BREAK)?.[0].length ?? 0);
    this.#add("br", 0);
  }

  #code() {
    const length = this.#match(TICKS)?.[0].length ?? 0;
    const begin = this.#at + length;
    const end = this.#partner(begin, length);
    if (end < 0 && (!this.#isOpen || begin === this.#source.length)) {
      this.#add("text", length);
      return;
    }
    const last = end < 0 ? this.#source.length : end;
    this.#wrap("code", length, begin, last, end < 0 ? 0 : length, [{ tag: "text", from: begin, to: last }]);
  }

  /** Where a run of that many backticks begins. @param {number} from @param {number} length */
  #partner(from, length) {
    if (this.#endless.has(length)) return -1;
    const runs = /`+/g;
    runs.lastIndex = from;
    for (let run = runs.exec(this.#source); run; run = runs.exec(this.#source)) if (run[0].length === length) return run.index;
    this.#endless.add(length);
    return -1;
  }

  #link() {
    const [all = "", label = "", address = ""] = this.#match(LINK) ?? [];
    const href = address.replace(/^<|>$/g, "");
    const begin = this.#at + 1;
    const end = begin + label.length;
    this.#wrap("a", 1, begin, end, all.length - 1 - label.length, piecesOf(this.#source, begin, end), href);
  }

  #address() {
    const address = this.#match(ADDRESS)?.[1] ?? "";
    const begin = this.#at + 1;
    this.#wrap("a", 1, begin, begin + address.length, 1, [{ tag: "text", from: begin, to: begin + address.length }], address);
  }

  #endlessLink() {
    const label = this.#match(ENDLESS_LINK)?.[1] ?? "";
    this.#add("mark", 1);
    this.#add("text", label.length);
    this.#add("mark", this.#source.length - this.#at);
  }

  // Emphasis

  #signs() {
    const run = this.#match(SIGNS)?.[0] ?? "";
    const sign = run.charAt(0);
    const before = this.#source.charAt(this.#at - 1);
    const after = this.#source.charAt(this.#at + run.length);
    const opens = isBeside(after, before) && (sign !== "_" || !isBeside(before, after) || PUNCTUATION.test(before));
    const closes = isBeside(before, after) && (sign !== "_" || !isBeside(after, before) || PUNCTUATION.test(after));
    let left = run.length;
    while (closes && left > 0) {
      const opener = this.#openers.findLast((one) => one.sign === sign && (sign !== "~" || (one.count > 1 && left > 1)));
      if (!opener) break;
      left -= this.#close(opener, this.#at, left);
    }
    if (left === 0) return;
    if (opens && (sign !== "~" || left > 1)) this.#openers.push({ sign, count: left, at: this.#pieces.length });
    this.#add("text", left);
  }

  /** What stands since the opener becomes one element; how many signs of the closing run that takes. @param {Opener} opener @param {number} at @param {number} left */
  #close(opener, at, left) {
    const count = Math.min(2, opener.count, left);
    const place = this.#openers.indexOf(opener);
    const signs = /** @type {Piece} */ (this.#pieces[opener.at]);
    const end = Math.min(at + count, this.#source.length);
    const kids = [
      { tag: "mark", from: signs.to - count, to: signs.to },
      ...this.#pieces.splice(opener.at + 1),
      ...(end > at ? [{ tag: "mark", from: at, to: end }] : []),
    ];
    const tag = TAGS[/** @type {keyof typeof TAGS} */ (opener.sign)][count] || "span";
    signs.to -= count;
    this.#pieces.push({ tag, from: signs.to, to: end, kids });
    opener.count -= count;
    this.#openers.length = opener.count > 0 ? place + 1 : place;
    this.#at = end;
    return count;
  }

  // Pieces

  /** @param {RegExp} pattern a sticky one */
  #match(pattern) {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#source);
  }

  /** @param {string} tag @param {number} length */
  #add(tag, length) {
    this.#pieces.push({ tag, from: this.#at, to: this.#at + length });
    this.#at += length;
  }

  /** An element between its markers. @param {string} tag @param {number} before @param {number} begin @param {number} end @param {number} after @param {Piece[]} kids @param {string} [href] */
  #wrap(tag, before, begin, end, after, kids, href) {
    this.#add("mark", before);
    this.#pieces.push({ tag, from: begin, to: end, kids, ...(href === undefined ? {} : { href }) });
    this.#at = end;
    if (after) this.#add("mark", after);
  }
}

/** Whether a run of signs clings to one side, as opening and closing ones do. @param {string} side @param {string} other */
function isBeside(side, other) {
  if (SPACE.test(side)) return false;
  return !PUNCTUATION.test(side) || SPACE.test(other) || PUNCTUATION.test(other);
}
