// What is worth finding again in a meeting: its phases, and the moments at which something was decided.

/** @typedef {import("./meeting_log.js").Told} Told */
/** @typedef {import("../protocol.js").Places} Places */
/** @typedef {{phase: string, round: number, from: number, to: number | null}} Phase as the room has it: see sections.js */
/** @typedef {"ballot" | "counted" | "interjection" | "pause" | "resumed" | "asked" | "answered" | "absent" | "verdict" | "end"} MomentKind */
/** @typedef {{kind: MomentKind, at: number, who: string | null}} Moment */

const WAYPOINTS = new Set(["start", "end", "parallel", "sequence", "loop"]);

export class Chapters {
  /** @type {Phase[]} */ phases = [];
  /** @type {Moment[]} */ moments = [];
  #places;

  /** @param {Places} places */
  constructor(places) {
    this.#places = places;
  }

  /** @param {Told[]} fresh @returns {boolean} whether there is anything new to show */
  add(fresh) {
    const before = this.#size;
    for (const told of fresh) {
      this.#follow(told);
      const moment = momentOf(told);
      if (moment) this.moments.push(moment);
      if (moment?.kind === "end") this.#close(told.at);
    }
    return this.#size !== before;
  }

  get #size() {
    return this.phases.length + this.moments.length;
  }

  /** @param {Told} told */
  #follow({ event, at }) {
    const { event: name, data } = /** @type {{event: string, data: any}} */ (event);
    if (name === "node_state_change" && data.status === "running") this.#enter(data.node_id, data.round ?? 1, at);
  }

  /** Members who speak at the same time are one phase. @param {string} node_id @param {number} round @param {number} at */
  #enter(node_id, round, at) {
    const place = this.#places[node_id];
    if (!place || WAYPOINTS.has(place.type)) return;
    const current = this.phases.at(-1);
    if (current?.phase === place.phase && current.round === round && current.to === null) return;
    this.#close(at);
    this.phases.push({ phase: place.phase, round, from: at, to: null });
  }

  /** @param {number} at */
  #close(at) {
    const current = this.phases.at(-1);
    if (current && current.to === null) current.to = at;
  }
}

/** @param {Told} told @returns {Moment | null} */
function momentOf({ event, at }) {
  switch (event.event) {
    case "ballot_opened":
      return { kind: "ballot", at, who: event.data.node_id };
    case "ballot_closed":
      return { kind: "counted", at, who: event.data.node_id };
    case "user_message":
      return { kind: "interjection", at, who: event.data.by };
    case "execution:paused":
      return { kind: "pause", at, who: null };
    case "execution:resumed":
      return { kind: "resumed", at, who: null };
    case "human_interaction_required":
      return { kind: "asked", at, who: event.data.node_id };
    case "node_resumed":
      return { kind: "answered", at, who: event.data.by };
    case "error":
      return { kind: "absent", at, who: event.data.node_id };
    case "verdict":
      return { kind: "verdict", at, who: null };
    case "execution:completed":
    case "execution:failed":
    case "execution:cancelled":
      return { kind: "end", at, who: null };
    default:
      return null;
  }
}
