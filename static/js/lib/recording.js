// A meeting as it was at any moment: its events in order, with a whole state kept every so often.

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../protocol.js").Snapshot} Snapshot */
/** @typedef {import("../protocol.js").MeetingEvent} MeetingEvent */
/** @typedef {import("../protocol.js").TokenStream} TokenStream */
/** @typedef {import("./meeting_log.js").Told} Told */
/** @typedef {{count: number, state: State}} Keyframe the state after so many events */

const KEYFRAME_EVENTS = 128;

export class Recording {
  /** @type {Told[]} */ #told = [];
  /** @type {Keyframe[]} */ #keyframes;
  /** @type {Keyframe} */ #end;
  /** @type {Keyframe} */ #latest;
  #reduce;

  /** @param {State} beginning before the first event @param {(state: State, event: MeetingEvent) => State} reduce */
  constructor(beginning, reduce) {
    this.#reduce = reduce;
    this.#end = this.#latest = { count: 0, state: beginning };
    this.#keyframes = [this.#end];
  }

  /** How long it is, in milliseconds. */
  get length() {
    return this.#told.at(-1)?.at ?? 0;
  }

  /** @param {Told[]} fresh */
  add(fresh) {
    this.#told.push(...fresh);
    while (this.#end.count < this.#told.length) {
      const boundary = (Math.floor(this.#end.count / KEYFRAME_EVENTS) + 1) * KEYFRAME_EVENTS;
      this.#end = this.#advance(this.#end, Math.min(boundary, this.#told.length));
      if (this.#end.count === boundary) this.#keyframes.push(this.#end);
    }
  }

  /** The state after everything that had happened by then. @param {number} at milliseconds since the beginning */
  at(at) {
    const count = this.#countUntil(at);
    this.#latest = this.#advance(this.#nearest(count), count);
    return this.#latest.state;
  }

  /** When the next event comes, if there is one. @param {number} at */
  next(at) {
    return this.#told[this.#countUntil(at)]?.at ?? null;
  }

  /** Pieces of a message that only other pieces part are told at once: each telling copies the list of messages. @param {Keyframe} from @param {number} count @returns {Keyframe} */
  #advance(from, count) {
    if (from.count === count) return from;
    let state = from.state;
    /** @type {Map<string, TokenStream>} */
    const pieces = new Map();
    const flush = () => {
      for (const piece of pieces.values()) state = this.#reduce(state, { ...piece, seq: state.seq + 1 });
      pieces.clear();
    };
    for (const { event } of this.#told.slice(from.count, count)) {
      if (event.event === "token_stream") {
        join(pieces, event);
      } else {
        flush();
        state = this.#reduce({ ...state, seq: event.seq - 1 }, event);
      }
    }
    flush();
    return { count, state: { ...state, seq: /** @type {Told} */ (this.#told[count - 1]).event.seq } };
  }

  /** The last known state that is not too late: a keyframe, or what was asked for before. @param {number} count */
  #nearest(count) {
    if (count >= this.#end.count) return this.#end;
    const keyframe = /** @type {Keyframe} */ (this.#keyframes[Math.floor(count / KEYFRAME_EVENTS)]);
    return this.#latest.count <= count && this.#latest.count > keyframe.count ? this.#latest : keyframe;
  }

  /** How many events had happened by then. @param {number} at */
  #countUntil(at) {
    let [low, high] = [0, this.#told.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (/** @type {Told} */ (this.#told[middle]).at <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** @param {Map<string, TokenStream>} pieces @param {TokenStream} event */
function join(pieces, event) {
  const key = `${event.data.message_id} ${event.data.is_thinking}`;
  const known = pieces.get(key);
  pieces.set(key, known ? { ...event, data: { ...known.data, chunk: known.data.chunk + event.data.chunk } } : event);
}

/** The same meeting before anything has happened: its graph, panel and documents. @param {Snapshot} snapshot @param {number} [seq] @returns {Snapshot} */
export function emptied(snapshot, seq = 0) {
  const lists = ["messages", "errors", "ballots", "fact_checks", "scores", "rounds", "files", "tools", "memory", "reviews"];
  return {
    ...snapshot,
    ...Object.fromEntries(lists.map((name) => [name, []])),
    seq,
    status: "pending",
    reason: null,
    detail: null,
    paused_at: null,
    node_statuses: {},
    node_rounds: {},
    totals: { input_tokens: 0, output_tokens: 0, cost_usd: null, unknown_price_tokens: 0, elapsed_seconds: 0 },
    budget: null,
    verdict: null,
  };
}
