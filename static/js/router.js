// Where each frame goes: answers to whoever asked, numbered events to the store, gaps to the connection.

import { place } from "./reducer.js";

/** @typedef {import("./reducer.js").State} State */
/** @typedef {import("./protocol.js").MeetingEvent} MeetingEvent */

export class Router {
  #store;
  #commands;
  #resync;

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
  }

  /** @param {any} frame */
  route(frame) {
    if (typeof frame.seq === "number") this.#numbered(frame);
    else if (frame.event === "ack" || frame.event === "error") this.#commands.settle(frame);
    else if (frame.event === "heartbeat" || frame.event === "pong") this.#compare(frame.data?.channels ?? {});
  }

  /** @param {MeetingEvent} event */
  #numbered(event) {
    const { state } = this.#store;
    if (event.session_id !== state.session_id) return;
    if (place(state, event) === "gap") this.#resync();
    else this.#store.dispatch(event);
  }

  /** What the server says is the newest number, against ours. @param {Record<string, number>} channels */
  #compare(channels) {
    const { session_id, seq } = this.#store.state;
    if ((channels[`session:${session_id}`] ?? 0) > seq) this.#resync();
  }
}

