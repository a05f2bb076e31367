// <council-controls>: Pause, Resume and Stop; each only where it can do something.

import { sentenceOf } from "../lib/refusal.js";
import { part, showText } from "../lib/templates.js";
import { RoomElement } from "./room_element.js";

/** @typedef {import("../reducer.js").State} State */

class Controls extends RoomElement {
  /** @type {import("../commands.js").Commands | null} */ #commands = null;
  #session_id = "";
  #connected = false;
  #busy = false;

  /** @param {import("./room_element.js").RoomParts} parts */
  join({ commands }) {
    this.#commands = commands;
    this.#button("pause").addEventListener("click", () => this.#perform("pause_session"));
    this.#button("resume").addEventListener("click", () => this.#perform("resume_session"));
    this.#button("stop").addEventListener("click", () => this.#dialog.showModal());
    this.#dialog.addEventListener("close", () => {
      if (this.#dialog.returnValue === "stop") this.#perform("stop_session");
      this.#dialog.returnValue = "";
    });
  }

  /** @param {State} state @param {State} previous */
  show({ session_id, status }, previous) {
    this.#session_id = session_id;
    if (status !== previous.status) this.#busy = false;
    const focused = this.contains(document.activeElement);
    this.#button("pause").hidden = status !== "running";
    this.#button("resume").hidden = status !== "paused";
    this.#button("stop").hidden = !["pending", "running", "paused"].includes(status);
    this.#enable();
    if (focused) this.#keepFocus();
  }

  /** @param {import("../connection.js").Link} link */
  showLink({ status }) {
    this.#connected = status === "connected";
    if (!this.#connected) this.#busy = false;
    this.#enable();
  }

  /** @param {string} cmd */
  async #perform(cmd) {
    this.#busy = true;
    this.#enable();
    showText(part(this, "error"), null);
    try {
      await this.#commands?.perform(cmd, { session_id: this.#session_id });
    } catch (refusal) {
      showText(part(this, "error"), sentenceOf(refusal));
    }
    this.#busy = false;
    this.#enable();
  }

  #enable() {
    for (const name of ["pause", "resume", "stop"]) this.#button(name).disabled = !this.#connected || this.#busy;
  }

  /** A button that vanished under the reader's finger gives its focus to the one that came. */
  #keepFocus() {
    if (document.activeElement instanceof HTMLElement && !document.activeElement.hidden) return;
    const visible = ["pause", "resume", "stop"].map((name) => this.#button(name)).find(({ hidden }) => !hidden);
    visible?.focus();
  }

  /** @param {string} name */
  #button(name) {
    return /** @type {HTMLButtonElement} */ (part(this, name));
  }

  get #dialog() {
    return /** @type {HTMLDialogElement} */ (part(this, "dialog"));
  }
}

customElements.define("council-controls", Controls);
