// Which rows belong together under one heading: those of one phase of the meeting, in one round.
// council/web/stages.py holds the same rule for the first paint; tests/js/stages.json holds examples of both.

import { formatCount } from "./format.js";
import { t } from "./texts.js";

/** @typedef {import("../protocol.js").Places} Places */
/** @typedef {import("./stages.js").Stage} Stage */
/** @typedef {{key: string, phase: string | null, round: number, rows: Stage[]}} Section without a phase it has no heading */

/**
 * What belongs to no phase stays where it came; the end of a round stands alone.
 * @param {Stage[]} rows
 * @returns {Section[]}
 */
export function sections(rows) {
  /** @type {Section[]} */
  const found = [];
  /** @type {Map<string, number>} */
  const seen = new Map();
  for (const row of rows) {
    const last = found.at(-1);
    if (last && continues(row, last)) {
      last.rows.push(row);
      continue;
    }
    const name = `${row.phase ?? ""} ${row.round}`;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    found.push({ key: `${name} ${times}`, phase: row.phase, round: row.round, rows: [row] });
  }
  return found;
}

/** @param {Stage} row @param {Section} section */
function continues(row, section) {
  if (row.entries[0]?.kind === "round") return false;
  return row.phase === null || (row.phase === section.phase && row.round === section.round);
}

/** @param {{phase: string | null, round: number}} section @param {Places} places */
export function titleOf({ phase, round }, places) {
  if (phase === null) return "";
  const together = Object.values(places).filter((place) => place.phase === phase).length;
  const name = places[phase]?.name ?? t("{count} members in parallel", { count: formatCount(together) });
  return round > 1 ? t("{phase}, round {round}", { phase: name, round: formatCount(round) }) : name;
}
