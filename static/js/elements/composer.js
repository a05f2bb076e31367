// <council-composer>: the input box. What was typed stays until the server has it.

import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { RoomElement } from "./room_element.js";

class Composer extends RoomElement {
  /** @type {import("../commands.js").Commands | null} */ #commands = null;
  #session_id = "";
  #waiting = false;

  /** @param {import("./room_element.js").RoomParts} parts */
  join({ commands }) {
    this.#commands = commands;
    part(this, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    this.#box.addEventListener("input", () => this.#enable());
  }

  /** @param {import("../reducer.js").State} state */
  show({ session_id, status }) {
    this.#session_id = session_id;
    this.hidden = !["pending", "running", "paused"].includes(status);
    this.#enable();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  async #send() {
    const content = this.#box.value;
    if (content.trim() === "" || this.#waiting) return;
    this.#wait(true, t("Sending; waiting for the server to confirm."));
    try {
      await this.#commands?.perform("user_input", { session_id: this.#session_id, content });
      if (this.#box.value === content) this.#box.value = "";
      this.#wait(false, null);
    } catch (refusal) {
      this.#wait(false, sentence(/** @type {import("../commands.js").Refused} */ (refusal)));
    }
  }

  /** @param {boolean} waiting @param {string | null} note */
  #wait(waiting, note) {
    this.#waiting = waiting;
    showText(part(this, "note"), note);
    this.#enable();
  }

  #enable() {
    const button = /** @type {HTMLButtonElement} */ (part(this, "send"));
    button.disabled = this.#waiting;
  }

  get #box() {
    return /** @type {HTMLTextAreaElement} */ (part(this, "box"));
  }
}

/** @param {import("../commands.js").Refused} refusal */
function sentence({ code, message, hint }) {
  if (code === "not_connected") return t("Not connected: nothing was sent, your text is still here.");
  return `${message} ${hint}`.trim();
}

customElements.define("council-composer", Composer);
