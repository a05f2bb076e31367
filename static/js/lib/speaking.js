// Who spoke when, and how long each was waited for.

/** @typedef {import("./meeting_log.js").Told} Told */
/** @typedef {{node_id: string, agent_id: string | null, asked: number | null, from: number, to: number | null}} Turn in milliseconds since the beginning */
/** @typedef {{node_id: string, agent_id: string | null, turns: Turn[], spoken: number, waited: number | null}} Speaker */

export class Speaking {
  /** @type {Map<string, Turn>} */ #turns = new Map();
  /** @type {Map<string, number>} */ #asked = new Map();

  /** @param {Told[]} fresh */
  add(fresh) {
    for (const { event, at } of fresh) {
      if (event.event === "node_state_change" && event.data.status === "running") this.#asked.set(event.data.node_id, at);
      else if (event.event === "token_stream") this.#begin(event.data, at);
      else if (event.event === "message_completed" || event.event === "message_discarded") this.#end(event.data, at);
    }
  }

  /** Each member once, in the order they began; what is not over yet lasts until then. @param {number} until @returns {Speaker[]} */
  speakers(until) {
    /** @type {Map<string, Turn[]>} */
    const turns = new Map();
    for (const turn of this.#turns.values()) {
      if (turn.from > until) continue;
      const key = turn.agent_id ?? turn.node_id;
      turns.set(key, [...(turns.get(key) ?? []), { ...turn, to: Math.min(turn.to ?? until, until) }]);
    }
    return [...turns.values()].map(speaker);
  }

  /** The first word of a turn; later ones change nothing. @param {{message_id: string, node_id: string, agent_id: string | null}} data @param {number} at */
  #begin({ message_id, node_id, agent_id }, at) {
    if (this.#turns.has(message_id)) return;
    this.#turns.set(message_id, { node_id, agent_id, asked: this.#asked.get(node_id) ?? null, from: at, to: null });
  }

  /** What came at once, without a stream, took no time to say. @param {{message_id: string}} data @param {number} at */
  #end({ message_id }, at) {
    const turn = this.#turns.get(message_id);
    if (turn && turn.to === null) turn.to = at;
  }
}

/** @param {Turn[]} turns @returns {Speaker} */
function speaker(turns) {
  const { node_id, agent_id } = /** @type {Turn} */ (turns[0]);
  const waits = turns.flatMap(({ asked, from }) => (asked === null ? [] : [from - asked])).sort((one, other) => one - other);
  const spoken = turns.reduce((sum, { from, to }) => sum + (to ?? from) - from, 0);
  return { node_id, agent_id, turns, spoken, waited: waits[waits.length >> 1] ?? null };
}
