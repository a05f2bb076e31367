// Where something was said: the words are looked for in the messages, shown and marked.

const HIGHLIGHT = "said";

/** @param {string} words @param {ParentNode} [place] @returns {boolean} whether they were found */
export function showSaid(words, place = document) {
  const range = find(words, place);
  if (!range) return false;
  const element = range.startContainer.parentElement;
  element?.closest("details")?.setAttribute("open", "");
  element?.closest("[data-folded]")?.setAttribute("data-folded", "false");
  element?.scrollIntoView({ block: "center" });
  mark(range);
  return true;
}

/** @param {string} words @param {ParentNode} place */
function find(words, place) {
  const wanted = plain(words).text;
  if (wanted === "") return null;
  for (const text of [...place.querySelectorAll("article .text")].reverse()) {
    const nodes = textsIn(text);
    const { text: said, places } = plain(nodes.map((node) => node.data).join(""));
    const found = said.indexOf(wanted);
    if (found >= 0) return rangeOf(nodes, places[found] ?? 0, (places[found + wanted.length - 1] ?? 0) + 1);
  }
  return null;
}

/** Letters and digits alone, small, and where each stood. @param {string} text */
function plain(text) {
  /** @type {number[]} */
  const places = [];
  let kept = "";
  for (const { 0: letter, index } of text.matchAll(/[\p{L}\p{N}]/gu)) {
    const small = letter.toLowerCase();
    kept += small;
    for (const _ of small.split("")) places.push(index);
  }
  return { text: kept, places };
}

/** @param {Element} element @returns {Text[]} */
function textsIn(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const texts = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) texts.push(/** @type {Text} */ (node));
  return texts;
}

/** @param {Text[]} nodes @param {number} from @param {number} to */
function rangeOf(nodes, from, to) {
  const range = document.createRange();
  let at = 0;
  for (const node of nodes) {
    if (from >= at && from <= at + node.length) range.setStart(node, from - at);
    if (to > at && to <= at + node.length) range.setEnd(node, to - at);
    at += node.length;
  }
  return range;
}

/** @param {Range} range */
function mark(range) {
  if ("highlights" in CSS) CSS.highlights.set(HIGHLIGHT, new Highlight(range));
}
