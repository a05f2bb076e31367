// What all forms for people have in common: why they are there, how long, and an answer that stays until it was taken.

import { askedFor } from "../lib/author.js";
import { shownNow } from "../lib/clock.js";
import { sentenceOf } from "../lib/refusal.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { formatLeft } from "../lib/time_left.js";

/** @typedef {import("../protocol.js").Review} Review */
/** @typedef {import("./room_element.js").RoomParts & {session_id: string}} AskParts */

export class AskForm extends HTMLElement {
  /** @type {ReturnType<typeof setInterval> | undefined} */ #ticking;
  /** @type {string | null} */ #expires_at = null;
  /** @type {AskParts | null} */ #parts = null;
  #node_id = "";

  connectedCallback() {
    this.#ticking = setInterval(() => this.#tick(), 1000);
  }

  disconnectedCallback() {
    clearInterval(this.#ticking);
  }

  /** Called once. @param {Review} review @param {AskParts} parts */
  begin(review, parts) {
    this.#parts = parts;
    this.#node_id = review.node_id;
    this.dataset.reviewId = review.review_id;
    this.dataset.nodeId = review.node_id;
    part(this, "title").textContent = parts.places[review.node_id]?.name ?? review.node_id;
    showText(part(this, "reason"), askedFor(review.reason));
    if (document.body.dataset.right === "read") this.say(t("Who takes part in this meeting answers; you may look on."));
  }

  /** @param {Review} review */
  show({ expires_at, reminded }) {
    this.#expires_at = expires_at;
    this.dataset.reminded = String(reminded);
    this.#tick();
  }

  /** Resolves to whether the server took it; what was typed stays until then. @param {string} cmd @param {object} data */
  async perform(cmd, data) {
    this.#enable(false);
    showText(part(this, "note"), t("Sending; waiting for the server to confirm."));
    try {
      await this.#parts?.commands.perform(cmd, { session_id: this.#parts.session_id, node_id: this.#node_id, ...data });
      showText(part(this, "note"), null);
      return true;
    } catch (refusal) {
      this.say(sentenceOf(refusal));
      return false;
    } finally {
      this.#enable(true);
    }
  }

  /** @param {string | null} note */
  say(note) {
    showText(part(this, "note"), note);
  }

  /** @param {boolean} enabled */
  #enable(enabled) {
    for (const button of this.querySelectorAll("button")) button.disabled = !enabled;
  }

  #tick() {
    const left = this.#expires_at === null ? null : (Date.parse(this.#expires_at) - shownNow()) / 1000;
    const time = formatLeft(left ?? 0);
    const text = this.dataset.reminded === "true" ? t("Reminder: time left {time}.", { time }) : t("Time left: {time}", { time });
    showText(part(this, "expiry"), left === null ? null : text);
  }
}
