// <council-analytics>: cost, time, scores and changed minds of the meeting, until the moment that is shown.

import { get } from "../lib/api.js";
import { Chapters } from "../lib/chapters.js";
import { sentenceOf } from "../lib/refusal.js";
import { loadSheet } from "../lib/sheet.js";
import { Speaking } from "../lib/speaking.js";
import { spenders } from "../lib/spending.js";
import { copyTemplate, part, showText } from "../lib/templates.js";
import { showMinds, showPhases, showScores, showSpeaking, showSpending } from "./analytics_parts.js";
import { RoomElement } from "./room_element.js";

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../lib/meeting_log.js").Told} Told */

const REST_MS = 700;
const ASK_AGAIN_MS = 3_000;

class Analytics extends RoomElement {
  /** @type {import("./room_element.js").RoomParts | null} */ #parts = null;
  /** @type {State | null} */ #state = null;
  /** @type {import("../lib/spending.js").Call[] | null} */ #calls = null;
  /** @type {State["totals"] | null} */ #counted = null;
  /** @type {Told[]} */ #told = [];
  /** @type {ReturnType<typeof setTimeout> | null} */ #resting = null;
  #asking = false;
  #hasLog = false;
  #speaking = new Speaking();
  #chapters = new Chapters({});

  /** @param {import("./room_element.js").RoomParts} parts */
  join(parts) {
    this.#parts = parts;
    this.#chapters = new Chapters(parts.places);
    this.replaceChildren(copyTemplate("analytics-template"));
    document.addEventListener("tabopen", () => this.#soon());
    loadSheet("analytics").catch(() => {}); // Without its sheet it is plain, but all there.
    this.#fetchLog(parts);
  }

  /** Pictures may lag behind the words a little: they are drawn again when the last drawing has rested. @param {State} state */
  show(state) {
    this.#state = state;
    this.#soon();
  }

  #soon() {
    if (this.#resting !== null) return;
    this.#draw();
    this.#resting = setTimeout(() => {
      this.#resting = null;
      this.#draw();
    }, REST_MS);
  }

  /** Only what is known: a part whose numbers are on their way is not told as if there were none. */
  #draw() {
    const [state, parts] = [this.#state, this.#parts];
    if (!state || !parts || !this.checkVisibility()) return;
    this.#askUsage(state.session_id, parts.shown.live.totals);
    const until = this.#until(state.seq);
    const { places } = parts;
    if (this.#calls) showSpending(part(this, "spending"), spenders(this.#calls.filter(({ seq }) => seq <= state.seq)), state, places);
    showScores(part(this, "scores"), state.scores, targetOf(parts.snapshot));
    showMinds(part(this, "minds"), state, places);
    if (!this.#hasLog && this.#told.length === 0) return;
    showSpeaking(part(this, "speaking"), this.#speaking.speakers(until), until, state, places);
    showPhases(part(this, "phases"), this.#chapters.phases, until, places);
  }

  /** When the last event was that counts in this state. @param {number} seq */
  #until(seq) {
    const first = this.#told[0]?.event.seq ?? 1;
    return this.#told[Math.min(seq - first, this.#told.length - 1)]?.at ?? 0;
  }

  /** @param {import("./room_element.js").RoomParts} parts */
  async #fetchLog({ loadLog }) {
    const log = await loadLog();
    const take = (/** @type {Told[]} */ fresh) => {
      this.#speaking.add(fresh);
      this.#chapters.add(fresh);
      this.#soon();
    };
    this.#told = log.told;
    take(log.told);
    log.subscribe(take);
    await log.load().then(() => this.#say(null), (problem) => this.#say(sentenceOf(problem)));
    this.#hasLog = true;
    this.#soon();
  }

  /** Only the server knows each call's price. @param {string} session_id @param {State["totals"]} totals */
  async #askUsage(session_id, totals) {
    if (totals === this.#counted || this.#asking) return;
    this.#counted = totals;
    this.#asking = true;
    setTimeout(() => {
      this.#asking = false;
      this.#soon();
    }, ASK_AGAIN_MS);
    try {
      this.#calls = (await get(`/sessions/${session_id}/usage`)).items;
      this.#soon();
    } catch (problem) {
      this.#counted = null;
      this.#say(sentenceOf(problem));
    }
  }

  /** @param {string | null} problem */
  #say(problem) {
    showText(part(this, "problem"), problem);
  }
}

/** The score at which a loop lets the meeting go on, if one does. @param {import("../protocol.js").Snapshot} snapshot @returns {number | null} */
function targetOf({ graph }) {
  const nodes = Object.values(graph?.nodes ?? {});
  return nodes.map(({ properties }) => properties?.exit_on_score).find((score) => typeof score === "number" && score > 0) ?? null;
}

customElements.define("council-analytics", Analytics);
