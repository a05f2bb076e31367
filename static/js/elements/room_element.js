// What all parts of the room have in common: they show the state and send commands.

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../connection.js").Link} Link */
/** @typedef {{commands: import("../commands.js").Commands, places: import("../protocol.js").Places}} RoomParts */

export class RoomElement extends HTMLElement {
  /** Called once, before anything is shown. @param {RoomParts} _parts */
  join(_parts) {}

  /** Called when the state changed; the first time with itself as the previous one. @param {State} _state @param {State} _previous */
  show(_state, _previous) {}

  /** Called when the connection changed. @param {Link} _link */
  showLink(_link) {}
}

/** @param {ParentNode} page @returns {RoomElement[]} */
export function roomElements(page) {
  return [...page.querySelectorAll("*")].filter((element) => element instanceof RoomElement);
}
