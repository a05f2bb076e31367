// <council-composer>: the input box. What was typed stays until the server has it.

import { sentenceOf } from "../lib/refusal.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { RoomElement } from "./room_element.js";

/** @typedef {{name: string, text: string}} Quote whose words, and which */

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
    document.addEventListener("quote", (event) => this.#quote(/** @type {CustomEvent<Quote>} */ (event).detail));
  }

  /** Behind what is there already, with room to answer. @param {Quote} quote */
  #quote({ name, text }) {
    if (this.hidden) return;
    const lines = text.split("\n").map((line) => `> ${line}`.trimEnd());
    const said = [t("{name} said:", { name }), ...lines, "", ""].join("\n");
    const before = this.#box.value.trimEnd();
    this.#box.value = before ? `${before}\n\n${said}` : said;
    this.#box.focus();
    this.#box.setSelectionRange(this.#box.value.length, this.#box.value.length);
    this.#box.scrollTop = this.#box.scrollHeight;
    this.#enable();
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
      this.#wait(false, sentenceOf(refusal));
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

customElements.define("council-composer", Composer);
