// The log of a meeting, from its first event on: fetched page by page, then growing with what arrives.

import { get } from "./api.js";

/** @typedef {import("../protocol.js").MeetingEvent} MeetingEvent */
/** @typedef {{event: MeetingEvent, at: number}} Told an event, and the milliseconds since the first one */

const PAGE = 5_000;

export class MeetingLog {
  /** @type {Told[]} */ told = [];
  /** @type {MeetingEvent[]} */ #early = [];
  /** @type {Promise<void> | null} */ #loading = null;
  /** @type {Set<(fresh: Told[]) => void>} */ #listeners = new Set();
  #session_id;
  #get;
  #begun = 0;

  /** @param {string} session_id @param {typeof get} [ask] */
  constructor(session_id, ask = get) {
    this.#session_id = session_id;
    this.#get = ask;
  }

  /** The number of the last event that is in here. */
  get seq() {
    return this.told.at(-1)?.event.seq ?? 0;
  }

  /** When the first event was, in the server's milliseconds. */
  get begun() {
    return this.#begun;
  }

  /** Resolves when all there is has been fetched; after a failure it can be called again and goes on. */
  load() {
    this.#loading ??= this.#fetch().finally(() => (this.#loading = null));
    return this.#loading;
  }

  /** What has just arrived. Events that were missed are fetched. @param {any} frame */
  take(frame) {
    if (typeof frame.seq !== "number" || frame.seq <= this.seq) return;
    if (this.#loading) this.#early.push(frame);
    else if (frame.seq === this.seq + 1 && this.told.length) this.#add([frame]);
    else if (this.told.length) this.load().catch(() => {}); // The next event that arrives asks again.
  }

  /**
   * @param {(fresh: Told[]) => void} listener called with all that is new, never with an empty list
   * @returns {() => void} ends the subscription
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #fetch() {
    for (let after = /** @type {number | null} */ (this.seq); after !== null; ) {
      const { events, next } = await this.#get(`/sessions/${this.#session_id}/events?after=${after}&limit=${PAGE}`);
      this.#add(events);
      after = next;
    }
    const early = this.#early.filter(({ seq }) => seq > this.seq);
    this.#early = [];
    this.#add(early.filter(({ seq }, index) => seq === this.seq + 1 + index));
  }

  /** Clocks may step back; what was written later was not earlier. @param {MeetingEvent[]} events */
  #add(events) {
    if (events.length === 0) return;
    if (this.told.length === 0) this.#begun = Date.parse(events[0]?.timestamp ?? "");
    let last = this.told.at(-1)?.at ?? 0;
    const fresh = events.map((event) => {
      last = Math.max(last, Date.parse(event.timestamp) - this.#begun);
      return { event, at: last };
    });
    this.told.push(...fresh);
    for (const listener of this.#listeners) listener(fresh);
  }
}
