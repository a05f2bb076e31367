// <council-review>: a draft, its score and the files that changed; a person decides.

import { difference } from "../lib/diff.js";
import { diffNodes } from "../lib/diff_view.js";
import { refLink } from "../lib/refs.js";
import { fillList, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { AskForm } from "./ask_form.js";

/** @typedef {import("../protocol.js").Review} Review */

class ReviewForm extends AskForm {
  #draft = "";

  /** @param {Review} review @param {import("./ask_form.js").AskParts} parts */
  begin(review, parts) {
    super.begin(review, parts);
    this.#draft = review.draft ?? "";
    this.#showDraft(review);
    showText(part(this, "score"), scoreText(review.score ?? null));
    fillList(part(this, "files"), review.files ?? [], showFile);
    for (const button of this.querySelectorAll("[data-action]")) {
      if (button instanceof HTMLButtonElement) this.#offer(button, review);
    }
    this.#content.addEventListener("input", () => this.#preview());
  }

  /** @param {Review} review */
  #showDraft({ draft, actions }) {
    part(this, "draft").hidden = !draft;
    this.#read(draft ?? "");
    part(this, "edit").hidden = !actions.includes("modify");
    this.#content.value = draft ?? "";
  }

  /** As Markdown once its reader is here. @param {string} draft */
  async #read(draft) {
    const element = part(this, "draft-text");
    element.textContent = draft;
    const { StreamedText } = await import("../markdown/live.js");
    element.dataset.markup = "true";
    new StreamedText(element).show(draft);
  }

  /** @param {HTMLButtonElement} button @param {Review} review */
  #offer(button, { actions, allow_skip }) {
    const action = button.dataset.action ?? "";
    button.hidden = !(actions.includes(action) || (action === "skip" && allow_skip));
    button.addEventListener("click", () => this.#decide(action));
  }

  /** @param {string} action */
  #decide(action) {
    const feedback = this.#feedback.value;
    if (action !== "modify") return this.perform("submit_review", { action, data: { feedback } });
    const content = this.#content.value;
    if (content === this.#draft || content.trim() === "") return this.#askForEdit();
    return this.perform("submit_review", { action, data: { feedback, content } });
  }

  /** Without a change there is nothing to modify: the editor opens, and nothing is sent. */
  #askForEdit() {
    /** @type {HTMLDetailsElement} */ (part(this, "edit")).open = true;
    this.say(t("Change the text first; then Modify sends it."));
    this.#content.focus();
  }

  #preview() {
    const lines = difference(this.#draft, this.#content.value);
    if (lines.length > 0) this.say(null);
    part(this, "preview").hidden = lines.length === 0;
    part(this, "preview").replaceChildren(...diffNodes(lines));
  }

  get #feedback() {
    return /** @type {HTMLTextAreaElement} */ (part(this, "feedback"));
  }

  get #content() {
    return /** @type {HTMLTextAreaElement} */ (part(this, "content"));
  }
}

/** @param {Record<string, any> | null} score */
function scoreText(score) {
  const now = score?.weighted_total ?? score?.score ?? score?.now;
  if (typeof now !== "number") return null;
  const change = score?.change ?? (typeof score?.before === "number" ? now - score.before : null);
  const values = { score: Math.round(now), points: Math.abs(Math.round(change ?? 0)) };
  if (change === null || Math.round(change) === 0) return t("Score {score} of 100", values);
  if (change < 0) return t("Score {score} of 100: it fell by {points}.", values);
  return t("Score {score} of 100: it rose by {points}.", values);
}

/** @param {HTMLElement} row @param {Record<string, any>} file */
function showFile(row, { path, version, diff }) {
  part(row, "name").replaceChildren(refLink(path, t("{path}, version {version}", { path, version }), { version }));
  const changes = part(row, "changes");
  changes.hidden = !diff;
  if (diff) part(row, "lines").replaceChildren(...diffNodes(String(diff).split("\n")));
}

customElements.define("council-review", ReviewForm);
