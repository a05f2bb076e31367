// Scores over rounds as a small line from 0 to 100.

import { t } from "./texts.js";

const [WIDTH, HEIGHT, EDGE] = [160, 48, 6];

/** @param {number[]} scores */
export function scoreChart(scores) {
  const x = (/** @type {number} */ at) => EDGE + (at * (WIDTH - 2 * EDGE)) / Math.max(1, scores.length - 1);
  const y = (/** @type {number} */ score) => HEIGHT - EDGE - (score / 100) * (HEIGHT - 2 * EDGE);
  const label = t("Scores by round: {scores}", { scores: scores.map((score) => Math.round(score)).join(", ") });
  return shape("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label }, [
    shape("line", { class: "chart-base", x1: 0, x2: WIDTH, y1: y(0), y2: y(0) }),
    shape("polyline", { class: "chart-line", points: scores.map((score, at) => `${x(at)},${y(score)}`).join(" ") }),
    ...scores.map((score, at) => shape("circle", { class: "chart-dot", cx: x(at), cy: y(score), r: 2.5 })),
  ]);
}

/** @param {string} name @param {Record<string, string | number>} attributes @param {Element[]} children */
function shape(name, attributes, children = []) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}
