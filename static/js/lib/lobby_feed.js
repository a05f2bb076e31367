// News of all meetings from the live feed, while the page is seen. It says that something has changed, not what.

import { Connection } from "../connection.js";

const NEWS = /^(execution:|human_interaction|node_resumed$|node_state_change$|session_created$)/;

export class LobbyFeed {
  #connection;

  /** @param {{onNews: () => void, onLink: (live: boolean) => void}} listener */
  constructor({ onNews, onLink }) {
    this.#connection = new Connection({
      address: () => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/ws`,
      onFrame: ({ event }) => NEWS.test(event) && onNews(),
      onLink: ({ status }) => onLink(status === "connected"),
      recover: async () => {},
    });
  }

  /** From now on, whenever the page is seen. */
  listen() {
    document.addEventListener("visibilitychange", () => this.#follow());
    addEventListener("online", () => this.#connection.retry());
    addEventListener("pageshow", () => this.#follow());
    addEventListener("pagehide", () => this.#connection.disconnect());
    this.#follow();
  }

  #follow() {
    if (document.hidden) this.#connection.disconnect();
    else this.#connection.connect();
  }
}
