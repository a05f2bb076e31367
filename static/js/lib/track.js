// The track below a replay's slider: phases as bands, and a mark for each moment.

import { momentText } from "./moments.js";
import { titleOf } from "./sections.js";
import { percent, shape } from "./svg.js";

/** @typedef {import("./chapters.js").Moment} Moment */
/** @typedef {import("./chapters.js").Phase} Phase */
/** @typedef {import("../protocol.js").Places} Places */

const SIGNS = { ballot: "◇", counted: "◆", interjection: "●", pause: "‖", asked: "?", answered: "✓", absent: "!", verdict: "★" };
const [MIDDLE, LABEL] = [11, 27];

/** @param {{phases: Phase[], moments: Moment[]}} chapters @param {number} length @param {Places} places */
export function trackShapes({ phases, moments }, length, places) {
  return [
    ...phases.map((phase, index) => band(phase, index, length, places)),
    ...moments.filter(({ kind }) => kind in SIGNS).map((moment) => mark(moment, length, places)),
  ];
}

/** @param {Phase} phase @param {number} index @param {number} length @param {Places} places */
function band(phase, index, length, places) {
  const width = percent((phase.to ?? length) - phase.from, length);
  const text = titleOf(phase, places);
  return shape("svg", { class: "track-phase", x: percent(phase.from, length), y: 0, width, height: "100%", "data-odd": String(index % 2 === 1) }, [
    shape("title", {}, [text]),
    shape("rect", { width: "100%", height: "100%" }),
    shape("text", { x: 6, y: LABEL }, [text]),
  ]);
}

/** @param {Moment} moment @param {number} length @param {Places} places */
function mark(moment, length, places) {
  const x = percent(moment.at, length);
  return shape("g", { class: "track-mark", "data-kind": moment.kind }, [
    shape("title", {}, [momentText(moment, places)]),
    shape("line", { x1: x, x2: x, y1: 0, y2: "100%" }),
    shape("text", { x, y: MIDDLE, "text-anchor": "middle", "dominant-baseline": "middle" }, [SIGNS[/** @type {keyof typeof SIGNS} */ (moment.kind)]]),
  ]);
}
