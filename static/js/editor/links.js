// The links of a graph as they are drawn: which lead back, what is written at them, and the line each takes.

import { t } from "../lib/texts.js";

/** @typedef {import("./types.js").Graph} Graph */
/** @typedef {import("./types.js").Point} Point */
/** @typedef {{source: string, target: string, back: boolean, label: string}} Link */

export const CARD_WIDTH = 196;
export const CARD_HEIGHT = 56;
const BESIDE = 28;

/** All links between nodes that exist. @param {Graph} graph @returns {Link[]} */
export function linksOf(graph) {
  return Object.values(graph.nodes).flatMap((node) =>
    node.next_ids
      .filter((target) => target in graph.nodes)
      .map((target) => {
        const place = node.next_ids.indexOf(target);
        return { source: node.node_id, target, back: node.type === "loop" && place === 0, label: labelOf(node, place) };
      }),
  );
}

/** What a link is for, where its place decides that. @param {import("./types.js").PlanNode} node @param {number} place */
export function labelOf({ type, next_ids }, place) {
  if (type === "loop") return place === 0 ? t("again") : t("out");
  return (type === "sequence" || type === "parallel") && next_ids.length > 1 ? String(place + 1) : "";
}

/** SVG path data, and where its label stands: down from card to card, or round the side where it leads up.
 * @param {Point} from @param {Point} to @param {Point[]} others the cards it must not cross @returns {{d: string, label: Point}} */
export function lineBetween(from, to, others = []) {
  const start = { x: from.x, y: from.y + CARD_HEIGHT / 2 };
  const end = { x: to.x, y: to.y - CARD_HEIGHT / 2 };
  if (end.y <= start.y) return roundTheSide(from, to, others);
  const bend = Math.max(24, (end.y - start.y) / 2);
  const d = `M${start.x} ${start.y}C${start.x} ${start.y + bend} ${end.x} ${end.y - bend} ${end.x} ${end.y}`;
  return { d, label: { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 } };
}

/** @param {Point} from @param {Point} to @param {Point[]} others */
function roundTheSide(from, to, others) {
  const side = to.x < from.x ? -1 : 1;
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
  const passed = [from, to, ...others.filter(({ y }) => y >= top && y <= bottom)].map(({ x }) => x * side);
  const outside = side * (Math.max(...passed) + CARD_WIDTH / 2 + BESIDE);
  const [x1, x2] = [from.x + (side * CARD_WIDTH) / 2, to.x + (side * CARD_WIDTH) / 2];
  const middle = (from.y + to.y) / 2;
  const d = `M${x1} ${from.y}C${outside} ${from.y} ${outside} ${from.y} ${outside} ${middle}S${outside} ${to.y} ${x2} ${to.y}`;
  return { d, label: { x: outside, y: middle } };
}
