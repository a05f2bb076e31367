// The controls of a replay: where it stands, how fast it goes, and where one can jump to.

import { formatClock, formatElapsed } from "../lib/format.js";
import { momentText } from "../lib/moments.js";
import { titleOf } from "../lib/sections.js";
import { copyTemplate, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { trackShapes } from "../lib/track.js";

/** @typedef {import("../lib/chapters.js").Chapters} Chapters */
/** @typedef {{player: import("../lib/player.js").Player, recording: import("../lib/recording.js").Recording, chapters: Chapters,
 *   begun: number, places: import("../protocol.js").Places}} Played */

const SAME_MS = 1_500;

export class TimelineBar {
  #element;
  #played;
  #slider;

  /** @param {HTMLElement} element @param {Played} played */
  constructor(element, played) {
    this.#element = element;
    this.#played = played;
    this.#slider = /** @type {HTMLInputElement} */ (part(element, "slider"));
    this.#listen(played.player);
    this.grow(true);
  }

  toggle() {
    const { player } = this.#played;
    if (player.playing) player.pause();
    else player.play();
  }

  /** The recording has become longer. @param {boolean} marked whether there is more to mark */
  grow(marked) {
    const { recording, chapters, places } = this.#played;
    const length = recording.length;
    this.#slider.max = String(Math.ceil(length / 100) / 10); // Up to a whole step: else the end could not be reached.
    part(this.#element, "length").textContent = formatElapsed(length / 1000);
    this.#element.querySelector("[data-part=marks]")?.replaceChildren(...trackShapes(chapters, length, places));
    if (marked) this.#listMoments(chapters);
    this.show();
  }

  /** Where it stands. */
  show() {
    const { player, begun } = this.#played;
    const seconds = player.position / 1000;
    const time = formatElapsed(seconds);
    const phase = this.#phase;
    if (Number(this.#slider.value) !== seconds) this.#slider.value = String(seconds);
    this.#slider.setAttribute("aria-valuetext", phase ? `${time}, ${phase}` : time);
    showText(part(this.#element, "phase"), phase);
    part(this.#element, "time").textContent = time;
    part(this.#element, "clock").textContent = formatClock(begun + player.position);
    const toggle = part(this.#element, "toggle");
    toggle.dataset.playing = String(player.playing);
    toggle.setAttribute("aria-label", player.playing ? t("Hold") : t("Play"));
  }

  get #phase() {
    const { player, chapters, places } = this.#played;
    const phase = chapters.phases.findLast(({ from, to }) => from <= player.position && (to === null || player.position < to));
    return phase ? titleOf(phase, places) : null;
  }

  // What the reader does

  /** @param {import("../lib/player.js").Player} player */
  #listen(player) {
    this.#slider.addEventListener("input", () => player.seek(Number(this.#slider.value) * 1000));
    this.#slider.addEventListener("keydown", (event) => this.#key(event));
    this.#onClick("toggle", () => this.toggle());
    this.#onClick("back", () => this.#jump(-1));
    this.#onClick("on", () => this.#jump(1));
    this.#onClick("copy", () => this.#copy());
    for (const input of this.#element.querySelectorAll("[name=replay-speed]")) {
      if (input instanceof HTMLInputElement && Number(input.value) === player.speed) input.checked = true;
      input.addEventListener("change", (event) => (player.speed = Number(/** @type {HTMLInputElement} */ (event.target).value)));
    }
    const skip = /** @type {HTMLInputElement} */ (part(this.#element, "skip"));
    skip.checked = player.skipsSilence;
    skip.addEventListener("change", () => (player.skipsSilence = skip.checked));
  }

  /** @param {string} name @param {() => void} act */
  #onClick(name, act) {
    part(this.#element, name).addEventListener("click", act);
  }

  /** Arrows move by a second, page keys by a phase. @param {KeyboardEvent} event */
  #key(event) {
    const { player } = this.#played;
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };
    const seconds = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (seconds) player.seek(player.position + seconds * 1000);
    else if (event.key === "PageUp") this.#jump(1);
    else if (event.key === "PageDown") this.#jump(-1);
    else return;
    event.preventDefault();
  }

  /** To the next phase, or back to the beginning of this one, or of the one before it. @param {1 | -1} direction */
  #jump(direction) {
    const { player, chapters, recording } = this.#played;
    const starts = chapters.phases.map(({ from }) => from);
    const next = starts.find((from) => from > player.position) ?? recording.length;
    const previous = starts.findLast((from) => from < player.position - SAME_MS) ?? 0;
    player.seek(direction > 0 ? next : previous);
  }

  async #copy() {
    const address = `${location.origin}${location.pathname}#t=${Math.floor(this.#played.player.position / 1000)}`;
    const copied = await navigator.clipboard?.writeText(address).then(() => true, () => false);
    showText(part(this.#element, "copied"), copied ? t("Copied.") : t("Copy it from the address bar."));
  }

  /** @param {Chapters} chapters */
  #listMoments({ moments }) {
    part(this.#element, "no-moments").hidden = moments.length > 0;
    part(this.#element, "moments").replaceChildren(...moments.map((moment) => {
      const row = copyTemplate("timeline-moment");
      part(row, "time").textContent = formatElapsed(moment.at / 1000);
      part(row, "label").textContent = momentText(moment, this.#played.places);
      row.addEventListener("click", () => this.#played.player.seek(moment.at));
      return row;
    }));
  }
}
