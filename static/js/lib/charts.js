// Pictures of a meeting's numbers. Each says in words what it shows, or stands beside the words.

import { formatCount } from "./format.js";
import { percent, shape } from "./svg.js";
import { t } from "./texts.js";

/** @typedef {import("./speaking.js").Turn} Turn */
/** @typedef {{baseline: number | null, target: number | null}} Lines */

/** A share of the whole, beside the words that say it. @param {number} part @param {number} whole */
export function bar(part, whole) {
  return shape("svg", { class: "chart-bar", "aria-hidden": "true", focusable: "false" }, [
    shape("rect", { class: "chart-bar-track", width: "100%", height: "100%" }),
    shape("rect", { class: "chart-bar-value", width: percent(part, whole), height: "100%" }),
  ]);
}

/** When one member waited and spoke. @param {Turn[]} turns @param {number} length */
export function lane(turns, length) {
  return shape("svg", { class: "chart-lane", "aria-hidden": "true", focusable: "false" }, [
    shape("line", { class: "chart-lane-line", x1: 0, x2: "100%", y1: "50%", y2: "50%" }),
    ...turns.flatMap(({ asked, from, to }) => [
      shape("rect", { class: "chart-lane-wait", x: percent(asked ?? from, length), width: percent(from - (asked ?? from), length), y: "35%", height: "30%" }),
      shape("rect", { class: "chart-lane-turn", x: percent(from, length), width: percent((to ?? from) - from, length), y: 0, height: "100%" }),
    ]),
  ]);
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [320, 150, 30, 12, 14, 22];

/** Scores from 0 to 100, with the one it began at and the one it wants to reach. @param {number[]} scores @param {Lines} lines */
export function scoreLines(scores, { baseline, target }) {
  const x = (/** @type {number} */ at) => LEFT + ((at + 0.5) * (WIDTH - LEFT - RIGHT)) / scores.length;
  const y = (/** @type {number} */ score) => HEIGHT - BOTTOM - (score / 100) * (HEIGHT - TOP - BOTTOM);
  const label = t("Scores by round: {scores}", { scores: scores.map((score) => Math.round(score)).join(", ") });
  return shape("svg", { class: "chart-scores", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label }, [
    shape("title", {}, [label]),
    ...[0, 50, 100].map((score) => level(y(score), String(score), "chart-grid")),
    ...(target === null ? [] : [level(y(target), t("target {score}", { score: Math.round(target) }), "chart-target", true)]),
    ...(baseline === null ? [] : [level(y(baseline), t("began at {score}", { score: Math.round(baseline) }), "chart-baseline", true)]),
    shape("polyline", { class: "chart-scores-line", points: scores.map((score, at) => `${x(at)},${y(score)}`).join(" ") }),
    ...scores.flatMap((score, at) => [
      shape("circle", { class: "chart-scores-dot", cx: x(at), cy: y(score), r: 3.5 }),
      shape("text", { class: "chart-scores-value", x: x(at), y: y(score) - 8, "text-anchor": "middle" }, [String(Math.round(score))]),
      shape("text", { class: "chart-scores-round", x: x(at), y: HEIGHT - 6, "text-anchor": "middle" }, [formatCount(at + 1)]),
    ]),
  ]);
}

/** @param {number} y @param {string} text @param {string} look @param {boolean} [inside] whether its words stand on the line */
function level(y, text, look, inside = false) {
  const at = inside ? { x: WIDTH - RIGHT, y: y - 3, "text-anchor": "end" } : { x: LEFT - 6, y: y + 3, "text-anchor": "end" };
  return shape("g", { class: look }, [shape("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y }), shape("text", at, [text])]);
}
