// What changed between two texts, for a look before it is sent; the server computes the one that is kept.

const MOST_CELLS = 4_000_000;
const AROUND = 2;

/** Lines as the server numbers them. @param {string} text */
export function linesOf(text) {
  const lines = text.split(/\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Changed lines with some around them, each with its sign. @param {string} before @param {string} after @returns {string[]} */
export function difference(before, after) {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < Math.min(old.length, fresh.length) && old[head] === fresh[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(old.length, fresh.length) - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  const middle = changes(old.slice(head, old.length - tail), fresh.slice(head, fresh.length - tail));
  if (middle.length === 0) return [];
  const above = old.slice(Math.max(0, head - AROUND), head);
  const below = tail ? old.slice(-tail).slice(0, AROUND) : [];
  return [...above.map((line) => ` ${line}`), ...middle, ...below.map((line) => ` ${line}`)];
}

/** By their longest common lines; when that would take too long, all of it replaced. @param {string[]} old @param {string[]} fresh */
function changes(old, fresh) {
  if (old.length * fresh.length > MOST_CELLS) return [...old.map((line) => `-${line}`), ...fresh.map((line) => `+${line}`)];
  const width = fresh.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  const at = (/** @type {number} */ row, /** @type {number} */ column) => common[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = fresh.length - 1; column >= 0; column -= 1) {
      common[row * width + column] =
        old[row] === fresh[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  return walk(old, fresh, at);
}

/** @param {string[]} old @param {string[]} fresh @param {(row: number, column: number) => number} common */
function walk(old, fresh, common) {
  /** @type {string[]} */
  const lines = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < fresh.length) {
    if (row < old.length && column < fresh.length && old[row] === fresh[column]) {
      lines.push(` ${old[row]}`);
      row += 1;
      column += 1;
    } else if (column >= fresh.length || (row < old.length && common(row + 1, column) >= common(row, column + 1))) {
      lines.push(`-${old[row]}`);
      row += 1;
    } else {
      lines.push(`+${fresh[column]}`);
      column += 1;
    }
  }
  return lines;
}
