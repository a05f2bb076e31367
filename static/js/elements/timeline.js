// <council-timeline>: plays the meeting again; what it shows goes through the same elements as the meeting itself.

import { setReplayedTime } from "../lib/clock.js";
import { nowText } from "../lib/moments.js";
import { sentenceOf } from "../lib/refusal.js";
import { loadSheet } from "../lib/sheet.js";
import { makeTape } from "../lib/tape.js";
import { copyTemplate, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { RoomElement } from "./room_element.js";
import { TimelineBar } from "./timeline_bar.js";

/** @typedef {import("./room_element.js").RoomParts} RoomParts */
/** @typedef {import("../lib/tape.js").Tape} Tape */

const OURS = /^#(t=|replay$)/;
const OPEN = ["pending", "running", "paused"];

class Timeline extends RoomElement {
  /** @type {RoomParts | null} */ #parts = null;
  /** @type {HTMLElement | null} */ #element = null;
  /** @type {TimelineBar | null} */ #bar = null;
  /** @type {Tape | null} */ #tape = null;
  /** @type {ReturnType<typeof setTimeout> | null} */ #remembering = null;
  /** @type {Element | null} */ #cameFrom = null;

  /** @param {RoomParts} parts */
  join(parts) {
    this.#parts = parts;
    addEventListener("hashchange", () => this.#followAddress());
    addEventListener("keydown", (event) => this.#key(event));
    parts.shown.watch(() => this.#tellNow());
    this.#followAddress();
  }

  // Opening and leaving

  /** #t=83 is a moment; #replay plays from the beginning. */
  async #followAddress() {
    const isReplay = location.hash === "#replay";
    const seconds = isReplay ? "0" : /^#t=(\d{1,7}(?:\.\d{1,3})?)$/.exec(location.hash)?.[1];
    if (seconds === undefined) return;
    if (!this.#element) await this.#open();
    this.#tape?.player.seek(Number(seconds) * 1000);
    if (isReplay) this.#tape?.player.play();
  }

  async #open() {
    const element = copyTemplate("timeline-template");
    this.#element = element;
    this.#cameFrom = document.activeElement;
    await loadSheet("timeline").catch(() => {}); // Without its sheet the bar is plain, but it works.
    this.replaceChildren(element);
    part(element, "leave").addEventListener("click", () => this.#leave());
    part(element, "retry").addEventListener("click", () => this.#load());
    this.#tellNow();
    await this.#load();
  }

  /** The whole record, with what has come so far of it. */
  async #load() {
    const element = this.#element;
    if (!element || !this.#parts) return;
    part(element, "retry").hidden = true;
    this.#tellLoading(0);
    try {
      this.#tape ??= await makeTape(this.#parts, {
        progress: (share) => this.#tellLoading(share),
        moved: () => this.#moved(),
        grown: (marked) => this.#bar?.grow(marked),
      });
      this.#start(element, this.#tape);
    } catch (problem) {
      showText(part(element, "loading-text"), sentenceOf(problem));
      part(element, "retry").hidden = false;
    }
  }

  /** @param {HTMLElement} element @param {Tape} tape */
  #start(element, { log, recording, chapters, player }) {
    if (element !== this.#element) return;
    for (const name of ["track", "tools"]) part(element, name).hidden = false;
    part(element, "loading").hidden = true;
    this.#bar = new TimelineBar(element, { player, recording, chapters, begun: log.begun, places: this.#parts?.places ?? {} });
    setInert(true);
    player.seek(player.position);
    part(element, "slider").focus();
  }

  #leave() {
    this.#tape?.player.pause();
    this.#element = this.#bar = null;
    this.replaceChildren();
    setInert(false);
    setReplayedTime(null);
    this.#parts?.shown.replay(null);
    if (OURS.test(location.hash)) history.replaceState(history.state, "", location.pathname + location.search);
    if (this.#cameFrom instanceof HTMLElement) this.#cameFrom.focus();
  }

  // While it is open

  #moved() {
    if (!this.#bar || !this.#tape) return;
    const { log, recording, player } = this.#tape;
    setReplayedTime(log.begun + player.position);
    this.#parts?.shown.replay(recording.at(player.position));
    this.#bar.show();
    this.#remembering ??= setTimeout(() => this.#remember(), 1000);
  }

  /** The address leads back to this moment, unless it leads to a document just now. */
  #remember() {
    this.#remembering = null;
    const isOurs = location.hash === "" || OURS.test(location.hash);
    if (this.#bar && isOurs) history.replaceState(history.state, "", `#t=${Math.floor((this.#tape?.player.position ?? 0) / 1000)}`);
  }

  /** Space plays and pauses, wherever it does nothing else. @param {KeyboardEvent} event */
  #key(event) {
    const { target, key } = event;
    if (!this.#bar || key !== " " || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const takesSpace = "button, a, summary, select, textarea, input:not([type=range]), [role=tab], [contenteditable]";
    if (target instanceof Element && target.closest(takesSpace)) return;
    event.preventDefault();
    this.#bar.toggle();
  }

  #tellNow() {
    const { live } = this.#parts?.shown ?? {};
    if (!this.#element || !live) return;
    showText(part(this.#element, "now"), nowText(live.status, this.#tape?.log.begun ?? null));
    const isOpen = OPEN.includes(live.status);
    part(this.#element, "leave").textContent = isOpen ? t("Back to live") : t("Leave the replay");
  }

  /** @param {number} share */
  #tellLoading(share) {
    if (!this.#element) return;
    showText(part(this.#element, "loading-text"), t("Fetching the record of this meeting."));
    /** @type {HTMLProgressElement} */ (part(this.#element, "progress")).value = Math.min(1, share);
  }
}

/** What was asked then cannot be answered now. @param {boolean} inert */
function setInert(inert) {
  document.body.dataset.replaying = String(inert);
  for (const element of document.querySelectorAll("council-composer, council-controls, council-people, council-hold")) {
    element.toggleAttribute("inert", inert);
  }
}

customElements.define("council-timeline", Timeline);
