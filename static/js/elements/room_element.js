// What all parts of the room have in common: they show the state and send commands.

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../connection.js").Link} Link */
/**
 * @typedef {object} RoomParts
 * @property {import("../commands.js").Commands} commands
 * @property {import("../protocol.js").Places} places
 * @property {import("../protocol.js").Snapshot} snapshot as it came with the page
 * @property {import("../lib/shown.js").Shown} shown
 * @property {(change: (state: State) => State) => void} change what the page knows of the meeting
 * @property {() => Promise<import("../lib/meeting_log.js").MeetingLog>} loadLog
 */

export class RoomElement extends HTMLElement {
  /** Called once, before anything is shown. @param {RoomParts} _parts */
  join(_parts) {}

  /** Called when the state changed; the first time with itself as the previous one. @param {State} _state @param {State} _previous */
  show(_state, _previous) {}

  /** Called when the connection changed. @param {Link} _link */
  showLink(_link) {}
}

/** All of them that are there; what is fetched later joins when it comes. */
export class Elements {
  /** @type {RoomElement[]} */ #joined = [];
  /** @type {Link | null} */ #link = null;
  #parts;

  /** @param {RoomParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @param {State} state */
  gather(state) {
    const all = [...document.querySelectorAll("*")].filter((element) => element instanceof RoomElement);
    for (const element of all.filter((one) => !this.#joined.includes(one))) {
      element.join(this.#parts);
      if (this.#link) element.showLink(this.#link);
      this.#joined.push(element);
    }
    this.show(state, state);
  }

  /** @param {State} state @param {State} previous */
  show(state, previous) {
    for (const element of this.#joined) element.show(state, previous);
  }

  /** @param {Link} link */
  showLink(link) {
    this.#link = link;
    for (const element of this.#joined) element.showLink(link);
  }
}
