// Lines of Markdown: where each begins in its container, and what it may be the beginning of.

export const ITEM = /^([-+*]|\d{1,9}[.)])(?:[ \t]+|$)/;
export const FENCE = /^(`{3,})[^`]*$|^(~{3,})/;
export const HEADING = /^(#{1,6})(?:[ \t]+|$)/;
export const RULE = /^([-*_])(?:[ \t]*\1){2,}[ \t]*$/;
export const UNDERLINE = /^(?:=+|-+)[ \t]*$/;
const DELIMITERS = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const BARE_MARKER = /^(?:[-+*#>|`~_=]{1,3}|\d{1,3}[.)])$/;

export class Line {
  /** @param {string} source @param {number} from @param {number} at where its text begins in this container @param {number} to @param {number} end with the line's break */
  constructor(source, from, at, to, end) {
    this.source = source;
    this.from = from;
    this.at = at;
    this.to = to;
    this.end = end;
    this.text = source.slice(at, to).trimStart();
    this.begin = to - this.text.length;
    this.indent = this.begin - at;
    this.isBlank = this.text === "";
  }

  /** The same line in a container whose own text begins further in. @param {number} at */
  inside(at) {
    return new Line(this.source, this.from, Math.min(at, this.to), this.to, this.end);
  }

  /** Whether more of it may come. */
  get isOpen() {
    return this.to === this.end && this.end === this.source.length;
  }

  /** Only a marker so far: it may become anything. */
  get isUnfinished() {
    return this.isOpen && BARE_MARKER.test(this.text);
  }
}

/** @param {string} source @param {number} start @returns {Line[]} */
export function linesOf(source, start) {
  const lines = [];
  for (let from = start; from < source.length; ) {
    const found = source.indexOf("\n", from);
    const to = found < 0 ? source.length : found;
    lines.push(new Line(source, from, from, to, found < 0 ? to : to + 1));
    from = found < 0 ? to : to + 1;
  }
  return lines;
}

/** Whether a paragraph ends before this line. @param {Line[]} lines @param {number} index */
export function interrupts(lines, index) {
  const line = /** @type {Line} */ (lines[index]);
  const { text } = line;
  if (line.isBlank) return true;
  if (line.indent > 3 || UNDERLINE.test(text)) return false; // What underlines a heading belongs to it.
  const isItem = ITEM.test(text) && !/^(?:[-+*]|\d+[.)])[ \t]*$/.test(text) && !/^(?!1[.)])\d/.test(text);
  return isItem || RULE.test(text) || FENCE.test(text) || HEADING.test(text) || text.startsWith(">") || isTable(lines, index);
}

/** The names of columns over a line of dashes. @param {Line[]} lines @param {number} index */
export function isTable(lines, index) {
  const [head, below] = [lines[index], lines[index + 1]];
  if (!head?.text.includes("|") || !below) return false;
  return below.text.includes("|") && DELIMITERS.test(below.text);
}

/** A table whose second line is still on its way. @param {Line[]} lines @param {number} index */
export function isTableToBe(lines, index) {
  const [head, below] = [lines[index], lines[index + 1]];
  if (!head?.text.startsWith("|")) return false;
  return below ? below.isOpen && /^[|:-][ \t|:-]*$/.test(below.text) : head.isOpen || head.end === head.source.length;
}
