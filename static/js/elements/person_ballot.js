// <council-person-ballot>: the person's own ballot, sealed like every other.

import { copyTemplate, part } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { AskForm } from "./ask_form.js";

/** @typedef {import("../protocol.js").Review} Review */

class BallotForm extends AskForm {
  #type = "yes_no";

  /** @param {Review} review @param {import("./ask_form.js").AskParts} parts */
  begin(review, parts) {
    super.begin(review, parts);
    const { vote_type, options = [], question } = review.ballot ?? {};
    this.#type = vote_type ?? "yes_no";
    part(this, "question").textContent = question ?? "";
    part(this, "reason").hidden = review.reason === question;
    part(this, "choices").replaceChildren(...this.#choices(review.review_id, options));
    part(this, "ranking").hidden = this.#type !== "ranking";
    part(this, "rows").replaceChildren(...(this.#type === "ranking" ? options.map(rankRow) : []));
    part(this, "rows").addEventListener("click", (event) => this.#move(event));
    part(this, "abstain").addEventListener("click", () => this.#cast("abstain"));
    part(this, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#cast(this.#vote);
    });
  }

  /** @param {string} review_id @param {import("../protocol.js").Option[]} options */
  #choices(review_id, options) {
    return this.#answers(options).map(([value, label]) => {
      const choice = copyTemplate("ballot-choice");
      const input = /** @type {HTMLInputElement} */ (part(choice, "input"));
      input.name = `vote-${review_id}`;
      input.value = value;
      part(choice, "label").textContent = label;
      return choice;
    });
  }

  /** @param {import("../protocol.js").Option[]} options @returns {[string, string][]} */
  #answers(options) {
    switch (this.#type) {
      case "yes_no":
        return [["yes", t("Yes")], ["no", t("No")]];
      case "score_1_10":
        return Array.from({ length: 10 }, (_, index) => [String(index + 1), String(index + 1)]);
      case "choice":
        return options.map(({ option_id, text }) => [option_id, text]);
      default:
        return [];
    }
  }

  /** @returns {string | number | string[] | null} */
  get #vote() {
    if (this.#type === "ranking") {
      return [...part(this, "rows").children].map((row) => /** @type {HTMLElement} */ (row).dataset.option ?? "");
    }
    const value = /** @type {HTMLInputElement | null} */ (this.querySelector("input:checked"))?.value ?? null;
    return value !== null && this.#type === "score_1_10" ? Number(value) : value;
  }

  /** @param {string | number | string[] | null} vote */
  #cast(vote) {
    if (vote === null) return this.say(t("Choose first, or abstain."));
    const reason = /** @type {HTMLTextAreaElement} */ (part(this, "why")).value.trim();
    this.perform("user_input", { content: JSON.stringify({ vote, confidence: null, reason }) });
  }

  /** One place up or down; the button keeps its focus. @param {Event} event */
  #move({ target }) {
    const button = target instanceof Element ? target.closest("[data-move]") : null;
    const row = button?.closest("[data-option]");
    if (!(button instanceof HTMLElement) || !row) return;
    if (button.dataset.move === "up") row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    button.focus();
  }
}

/** @param {import("../protocol.js").Option} option */
function rankRow({ option_id, text }) {
  const row = copyTemplate("rank-row");
  row.dataset.option = option_id;
  part(row, "label").textContent = text;
  part(row, "up").setAttribute("aria-label", t("Move {option} up", { option: text }));
  part(row, "down").setAttribute("aria-label", t("Move {option} down", { option: text }));
  return row;
}

customElements.define("council-person-ballot", BallotForm);
