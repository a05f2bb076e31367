// What faults say, and which node and which field each is about: paths are nodes.{node_id}.properties.{field} and the like.

/** @typedef {{node_id: string, field: string}} FaultPlace `node_id` is empty for the template itself. */

/** @param {string} path @param {string[]} nodeIds ids may have dots in them @returns {FaultPlace} */
export function placeOf(path, nodeIds) {
  const inside = path.startsWith("nodes.") ? path.slice("nodes.".length) : null;
  if (inside === null) return { node_id: "", field: path };
  const fits = nodeIds.filter((node_id) => inside === node_id || inside.startsWith(`${node_id}.`));
  const node_id = fits.sort((one, other) => other.length - one.length)[0] ?? "";
  const parts = inside.slice(node_id.length + 1).split(".");
  return { node_id, field: (parts[0] === "properties" ? parts[1] : parts[0]) ?? "" };
}

/** In the reader's language. @param {import("./types.js").Fault[]} faults */
export async function toldFaults(faults) {
  if (document.documentElement.lang === "en" || faults.length === 0) return faults;
  const { toldFault } = await import("./fault_words.js");
  return faults.map(toldFault);
}

/** How many faults each node has. @param {import("./types.js").Fault[]} faults @param {string[]} nodeIds */
export function faultsByNode(faults, nodeIds) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { path } of faults) {
    const { node_id } = placeOf(path, nodeIds);
    if (node_id) counts.set(node_id, (counts.get(node_id) ?? 0) + 1);
  }
  return counts;
}
