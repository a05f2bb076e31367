// <council-question>: a member's question for a missing fact.

import { part } from "../lib/templates.js";
import { AskForm } from "./ask_form.js";

class QuestionForm extends AskForm {
  /** @param {import("../protocol.js").Review} review @param {import("./ask_form.js").AskParts} parts */
  begin(review, parts) {
    super.begin(review, parts);
    const standard = review.default ?? null;
    part(this, "default").hidden = standard === null;
    part(this, "default-text").textContent = standard ?? "";
    part(this, "use-default").addEventListener("click", () => this.#answer(standard ?? ""));
    part(this, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#answer(this.#box.value);
    });
  }

  /** @param {string} content */
  #answer(content) {
    if (content.trim() === "") return this.#box.focus();
    this.perform("user_input", { content });
  }

  get #box() {
    return /** @type {HTMLTextAreaElement} */ (part(this, "answer"));
  }
}

customElements.define("council-question", QuestionForm);
