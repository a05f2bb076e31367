// <council-attention>: calls back a reader who looks elsewhere: by the title, the icon, and a notification if wanted.

import { serverNow } from "../lib/clock.js";
import { Notices } from "../lib/notices.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { formatLeft } from "../lib/time_left.js";
import { waiting } from "../reduce/people.js";
import { RoomElement } from "./room_element.js";

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../protocol.js").Review} Review */

class Attention extends RoomElement {
  #title = document.title;
  #notices = new Notices();
  /** @type {Map<string, Review>} */ #asked = new Map();
  /** @type {State | null} */ #live = null;
  #unseen = false;

  /** @param {import("./room_element.js").RoomParts} parts */
  join({ shown }) {
    part(this, "notify").addEventListener("click", () => this.#choose());
    part(this, "notify").addEventListener("blur", () => showText(part(this, "note"), null));
    document.addEventListener("visibilitychange", () => this.#mark());
    this.#showChoice();
    shown.watch((live) => this.#look(live));
  }

  /** The meeting itself went on, whatever is shown. @param {State} live */
  #look(live) {
    const before = this.#live;
    this.#live = live;
    const open = asked(live);
    const isNew = before !== null;
    for (const review of open) this.#tell(review, isNew);
    for (const [id] of this.#asked) if (!open.some(({ review_id }) => review_id === id)) this.#close(id, live);
    if (isNew && live.status !== before.status) this.#turned(live);
    this.#mark();
  }

  /** A request is told once, and once more as a reminder. @param {Review} review @param {boolean} isNew since the page was opened */
  #tell(review, isNew) {
    const known = this.#asked.get(review.review_id);
    this.#asked.set(review.review_id, review);
    if (!isNew || (known && known.reminded === review.reminded)) return;
    const left = review.expires_at ? formatLeft((Date.parse(review.expires_at) - serverNow()) / 1000) : "";
    const text = known ? t("Reminder: time left {time}.", { time: left }) : t("The meeting waits for you.");
    this.#say(text);
    this.#notices.show(this.#subject, { body: review.reason ? `${text}\n${review.reason}` : text, tag: review.review_id });
  }

  /** @param {string} id @param {State} live */
  #close(id, { notes }) {
    this.#asked.delete(id);
    this.#notices.close(id);
    const note = notes[id];
    if (note?.kind === "review" && note.data.expired) this.#say(t("Nobody came in time."));
  }

  /** @param {State} live */
  #turned({ session_id, status, reason }) {
    const isOver = ["completed", "failed", "cancelled"].includes(status);
    this.#unseen = isOver && document.hidden;
    const text = isOver ? t("The meeting is over.") : status === "paused" && reason !== "user" ? t("The meeting stands still.") : null;
    if (text) this.#notices.show(this.#subject, { body: text, tag: session_id });
  }

  #mark() {
    if (!document.hidden) this.#unseen = false;
    const mark = markOf(this.#live, this.#unseen, this.#title);
    if (document.title !== mark.title) document.title = mark.title;
    const icon = document.querySelector("link[rel=icon]");
    const address = mark.calls ? "/static/img/favicon-waits.svg" : "/static/img/favicon.svg";
    if (icon && icon.getAttribute("href") !== address) icon.setAttribute("href", address);
  }

  get #subject() {
    return this.#live?.subject || this.#title;
  }

  async #choose() {
    const note = await this.#notices.toggle();
    showText(part(this, "note"), note);
    this.#showChoice();
  }

  #showChoice() {
    part(this, "notify").setAttribute("aria-pressed", String(this.#notices.wanted));
  }

  /** @param {string} text */
  #say(text) {
    part(this, "said").textContent = text;
  }
}

/** Nobody waits for those who may look on only. @param {State} live */
function asked(live) {
  return document.body.dataset.right === "read" ? [] : waiting(live);
}

/** @param {State | null} live @param {boolean} unseen whether it ended behind the reader's back @param {string} title */
function markOf(live, unseen, title) {
  if (live && asked(live).length > 0) return { calls: true, title: t("(!) Waits for you – {title}", { title }) };
  if (live?.status === "paused" && live.reason !== "user") return { calls: true, title: t("(!) Paused – {title}", { title }) };
  return { calls: false, title: unseen ? t("✓ {title}", { title }) : title };
}

customElements.define("council-attention", Attention);
