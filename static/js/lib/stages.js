// Which entries stand side by side: the rows of the room.
// council/web/stages.py holds the same rule for the first paint; tests/js/stages.json holds examples of both.

/** @typedef {import("../protocol.js").Places} Places */
/** @typedef {{id: string, kind: string, node_id: string | null, status: string, round: number | null}} Placed `round`: null where none is known */
/**
 * One row. What belongs to no node has neither layer nor phase, and a row for itself.
 * @typedef {object} Stage
 * @property {string} id of the entry that opened it
 * @property {number | null} layer
 * @property {string | null} phase
 * @property {number} round
 * @property {Placed[]} entries
 */

/**
 * @param {Placed[]} entries
 * @param {Places} places
 * @returns {Stage[]}
 */
export function stages(entries, places) {
  /** @type {Stage[]} */
  const rows = [];
  let round = 1;
  for (const entry of entries) {
    round = entry.round ?? round;
    const place = entry.node_id === null ? undefined : places[entry.node_id];
    let row = place && openRow(rows, entry.node_id, place);
    if (!row) {
      row = { id: entry.id, layer: place?.layer ?? null, phase: place?.phase ?? null, round, entries: [] };
      rows.push(row);
    }
    row.entries = [...row.entries.filter((other) => !isReplaced(other, entry)), entry];
    if (place) row.entries.sort((one, other) => column(one, places) - column(other, places));
  }
  return rows;
}

/**
 * The last row of the node's layer, unless the node or one that comes after it has spoken since, or a round was closed.
 * @param {Stage[]} rows
 * @param {string | null} node_id
 * @param {import("../protocol.js").Place} place
 */
function openRow(rows, node_id, place) {
  for (let at = rows.length - 1; at >= 0; at--) {
    const row = /** @type {Stage} */ (rows[at]);
    if (row.entries[0]?.kind === "round") return;
    const speakers = row.entries.filter(({ status }) => status !== "discarded").map((entry) => entry.node_id);
    if (speakers.some((speaker) => speaker === node_id || (speaker !== null && place.later.includes(speaker)))) return;
    if (row.layer === place.layer) return row;
  }
}

/** Side by side as they are drawn. @param {Placed} entry @param {Places} places */
function column({ node_id }, places) {
  return places[node_id ?? ""]?.column ?? 0;
}

/** @param {Placed} old @param {Placed} fresh */
function isReplaced(old, fresh) {
  return old.status === "discarded" && old.node_id === fresh.node_id;
}
