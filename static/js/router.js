// Where each frame goes: answers to whoever asked, numbered events to the store, gaps to the connection.

import { place } from "./reducer.js";

/** @typedef {import("./reducer.js").State} State */
/** @typedef {import("./protocol.js").MeetingEvent} MeetingEvent */

export class Router {
  #store;
  #commands;
  #resync;
  #session_id;

  /**
   * @param {object} parts
   * @param {import("./store.js").Store<State, MeetingEvent>} parts.store
   * @param {import("./commands.js").Commands} parts.commands
   * @param {() => void} parts.resync called when events are missing
   */
  constructor({ store, commands, resync }) {
    this.#store = store;
    this.#commands = commands;
    this.#resync = resync;
    this.#session_id = store.state.session_id;
  }

  /** @param {any} frame */
  route(frame) {
    if (typeof frame.seq === "number") this.#numbered(frame);
    else if (frame.event === "ack" || frame.event === "error") this.#commands.settle(frame);
    else if (frame.event === "heartbeat" || frame.event === "pong") this.#compare(frame.data?.channels ?? {});
  }

  /** @param {MeetingEvent} event */
  #numbered(event) {
    if (event.session_id !== this.#session_id) return;
    const where = place(this.#newest, event);
    if (where === "gap") this.#resync();
    else if (where === "next") this.#store.dispatch(event);
  }

  /** What the server says is the newest number, against ours. @param {Record<string, number>} channels */
  #compare(channels) {
    if ((channels[`session:${this.#session_id}`] ?? 0) > this.#newest.seq) this.#resync();
  }

  /** What has the newest number we know: an event that waits for its frame, or the state. */
  get #newest() {
    return this.#store.newest ?? this.#store.state;
  }
}

