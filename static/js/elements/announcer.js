// <council-announcer>: says politely what has happened, for those who hear the page: who has finished, not what was said.

import { part } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { RoomElement } from "./room_element.js";

/** @typedef {import("../reducer.js").State} State */

const GATHER_MS = 800; // Members who end together are named together.

class Announcer extends RoomElement {
  /** @type {Set<string>} */ #speaking = new Set();
  /** @type {string[]} */ #finished = [];
  #known = 0;
  /** @type {Set<string>} */ #heard = new Set();
  #isDecided = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /** What has happened since the page was made is told, even if it was over when this was fetched; a replay is not. @param {import("./room_element.js").RoomParts} parts */
  join({ snapshot, shown }) {
    this.#isDecided = snapshot.verdict !== null;
    this.#heard = new Set(snapshot.messages.filter(({ status }) => status !== "streaming").map(({ message_id }) => message_id));
    document.addEventListener("announce", (event) => this.#say(/** @type {CustomEvent<string>} */ (event).detail));
    shown.watch((live) => this.#follow(live));
  }

  /** @param {State} state */
  #follow(state) {
    if (state.verdict && !this.#isDecided) this.#say(t("The verdict is in."));
    this.#isDecided = state.verdict !== null;
    for (const { id } of state.order.slice(this.#known)) {
      const message = state.messages[id];
      if (message?.role === "agent" && !this.#heard.has(id)) this.#speaking.add(id);
    }
    this.#known = state.order.length;
    for (const id of this.#speaking) {
      const message = state.messages[id];
      if (message?.status === "streaming") continue;
      this.#speaking.delete(id);
      if (message && message.status !== "discarded") this.#finish(message.agent_name ?? "");
    }
  }

  /** @param {string} name */
  #finish(name) {
    this.#finished.push(name);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), GATHER_MS);
  }

  #tell() {
    const names = new Intl.ListFormat(document.documentElement.lang).format(new Set(this.#finished));
    this.#say(this.#finished.length > 1 ? t("{names} have finished speaking.", { names }) : t("{name} has finished speaking.", { name: names }));
    this.#finished = [];
  }

  /** @param {string} text */
  #say(text) {
    const line = document.createElement("p");
    line.textContent = text;
    part(this, "said").replaceChildren(line);
  }
}

customElements.define("council-announcer", Announcer);
