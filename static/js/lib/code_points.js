// Texts counted as the wire counts them: in Unicode code points, not in UTF-16 units.

const PAIRS = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;

/** @param {string} text */
export function countCodePoints(text) {
  return text.length - (text.match(PAIRS)?.length ?? 0);
}

/**
 * The text without its first `count` code points; all of it when there is nothing to skip.
 * @param {string} text
 * @param {number} count
 */
export function skipCodePoints(text, count) {
  if (count <= 0) return text;
  let units = 0;
  let left = count;
  for (const character of text) {
    if (left === 0) break;
    units += character.length;
    left -= 1;
  }
  return text.slice(units);
}
