// <council-hold>: why the meeting stands still by itself, and what a person can do: raise the cap, or say why it may go on.

import { post } from "../lib/api.js";
import { sentenceOf } from "../lib/refusal.js";
import { loadSheet } from "../lib/sheet.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { holdText } from "./hold_words.js";
import { RoomElement } from "./room_element.js";

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../protocol.js").Cap} Cap */

class Hold extends RoomElement {
  #session_id = "";
  #kind = "";
  #about = "";

  /** @param {import("./room_element.js").RoomParts} _parts */
  join(_parts) {
    part(this, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#resume();
    });
  }

  /** @param {State} state */
  show({ session_id, status, reason, detail, budget, cap }) {
    this.#session_id = session_id;
    const kind = status === "paused" && (reason === "budget" || reason === "breaker") ? reason : "";
    const about = `${kind} ${detail}`;
    if (about === this.#about) return;
    this.#about = about;
    this.#kind = kind;
    this.hidden = kind === "";
    this.dataset.kind = kind;
    if (kind === "") return;
    part(this, "title").textContent = kind === "budget" ? t("The cap is reached.") : t("The circuit breaker paused this meeting.");
    showText(part(this, "detail"), holdText(detail));
    part(this, "caps").hidden = kind !== "budget";
    part(this, "word").hidden = kind !== "breaker";
    part(this, "submit").textContent = kind === "budget" ? t("Raise the cap") : t("Let it go on");
    showText(part(this, "error"), null);
    this.#fill(budget?.cap ?? cap ?? {}, budget?.needs ?? {});
  }

  /** Only what has a cap can be raised; each starts at twice what it was, or at what is needed. @param {Cap} cap @param {Record<string, number>} needs */
  #fill({ usd, tokens, seconds }, needs) {
    const minutes = seconds ? seconds / 60 : null;
    for (const [name, value] of Object.entries({ usd, tokens, minutes })) {
      const needed = name === "minutes" ? (needs.seconds ?? 0) / 60 : (needs[name] ?? 0);
      part(this, `${name}-field`).hidden = !value;
      this.#input(name).value = value ? String(roundedUp(Math.max(value * 2, needed))) : "";
    }
  }

  async #resume() {
    const button = /** @type {HTMLButtonElement} */ (part(this, "submit"));
    const note = this.#input("note").value.trim();
    if (this.#kind === "breaker" && !note) {
      showText(part(this, "error"), t("Say why it may go on: your word is kept in the record."));
      return this.#input("note").focus();
    }
    button.disabled = true;
    showText(part(this, "error"), null);
    try {
      const more = this.#kind === "budget" ? { budget: this.#cap } : { note };
      await post(`/sessions/${this.#session_id}/control`, { action: "resume", ...more });
      this.#input("note").value = "";
    } catch (problem) {
      showText(part(this, "error"), sentenceOf(problem));
    }
    button.disabled = false;
  }

  /** @returns {Cap} */
  get #cap() {
    const value = (/** @type {string} */ name) => (part(this, `${name}-field`).hidden ? 0 : Number(this.#input(name).value));
    const [usd, tokens, minutes] = [value("usd"), value("tokens"), value("minutes")];
    return { ...(usd && { usd }), ...(tokens && { tokens: Math.round(tokens) }), ...(minutes && { seconds: minutes * 60 }) };
  }

  /** @param {string} name */
  #input(name) {
    return /** @type {HTMLInputElement} */ (part(this, name));
  }
}

/** @param {number} value */
function roundedUp(value) {
  return Math.ceil(value * 1e4) / 1e4;
}

await loadSheet("people"); // It is never seen without it.
customElements.define("council-hold", Hold);
