// <council-people>: what the meeting waits for a person to say: one form for each, until somebody has answered.

import { loadSheet } from "../lib/sheet.js";
import { copyTemplate } from "../lib/templates.js";
import { waiting } from "../reduce/people.js";
import { AskForm } from "./ask_form.js";
import "./person_ballot.js";
import "./person_question.js";
import "./person_review.js";
import { RoomElement } from "./room_element.js";

/** @typedef {import("../protocol.js").Review} Review */

const TEMPLATES = { review: "person-review-template", question: "person-question-template", ballot: "person-ballot-template" };

class People extends RoomElement {
  /** @type {Map<string, AskForm>} */ #forms = new Map();
  /** @type {import("./room_element.js").RoomParts | null} */ #parts = null;

  /** @param {import("./room_element.js").RoomParts} parts */
  join(parts) {
    this.#parts = parts;
  }

  /** @param {import("../reducer.js").State} state */
  show(state) {
    const open = waiting(state);
    for (const review of open) this.#form(review, state).show(review);
    const ids = new Set(open.map(({ review_id }) => review_id));
    for (const [id, form] of this.#forms) if (!ids.has(id)) this.#close(id, form);
  }

  /** @param {Review} review @param {import("../reducer.js").State} state */
  #form(review, { session_id }) {
    const known = this.#forms.get(review.review_id);
    if (known) return known;
    const form = /** @type {AskForm} */ (copyTemplate(TEMPLATES[review.kind] ?? TEMPLATES.review));
    this.#forms.set(review.review_id, form);
    this.append(form);
    if (this.#parts) form.begin(review, { ...this.#parts, session_id });
    return form;
  }

  /** Somebody has answered, here or elsewhere. A reader who was in the form is not left nowhere. @param {string} id @param {AskForm} form */
  #close(id, form) {
    const hadFocus = form.contains(document.activeElement);
    this.#forms.delete(id);
    form.remove();
    if (hadFocus) document.getElementById("main")?.focus();
  }
}

await Promise.all([loadSheet("people"), loadSheet("deliberation")]); // It is never seen without them.
customElements.define("council-people", People);
