// Which agent sits where: each has a seat, and a seat is a colour, as in the room.

const COLOURS = 6;

/** The seat of every node at which an agent sits. @param {import("./types.js").Graph} graph @returns {Map<string, number>} */
export function seatsOf(graph) {
  /** @type {Map<string, number>} */
  const agents = new Map();
  /** @type {Map<string, number>} */
  const seats = new Map();
  for (const { node_id, properties } of Object.values(graph.nodes)) {
    const { agent_id } = properties;
    if (typeof agent_id !== "string" || agent_id === "") continue;
    if (!agents.has(agent_id)) agents.set(agent_id, (agents.size % COLOURS) + 1);
    seats.set(node_id, agents.get(agent_id) ?? 0);
  }
  return seats;
}
