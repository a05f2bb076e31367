// <council-first-run>: what happens in a meeting, and one button that shows it.

import { beginMeeting } from "../lib/begin.js";
import { sentenceOf } from "../lib/refusal.js";
import { part, showText } from "../lib/templates.js";
import { uuid } from "../lib/uuid.js";

/** @typedef {import("../lib/api.js").Problem} Problem */

export class FirstRun extends HTMLElement {
  /** @param {Record<string, any> | null} sample the meeting that is shown */
  begin(sample) {
    const button = /** @type {HTMLButtonElement} */ (part(this, "watch"));
    const session_id = uuid(); // Pressed again after a lost answer, it starts nothing twice.
    addEventListener("pageshow", () => (button.disabled = false));
    button.addEventListener("click", async () => {
      button.disabled = true;
      showText(part(this, "watch-error"), null);
      try {
        await beginMeeting({ ...sample, session_id });
      } catch (problem) {
        showText(part(this, "watch-error"), sentenceOf(problem));
        button.disabled = false;
      }
    });
  }
}

customElements.define("council-first-run", FirstRun);
