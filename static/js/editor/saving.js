// Saving, with what can come between: faults, somebody else who saved meanwhile, a template that is gone, a server that is.

import { get, post, put } from "../lib/api.js";
import { sentenceOf } from "../lib/refusal.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { forgetDraft } from "./drafts.js";
import { toldFaults } from "./fault_places.js";

/** @typedef {import("./workbench.js").Workbench} Workbench */
/** @typedef {import("./types.js").Template} Template */
/** @typedef {import("../lib/api.js").Problem} Problem */
/** @typedef {{bench: Workbench, check: () => Promise<import("./types.js").Fault[] | null>, showFaults: () => void,
 *   template_id: string | null, updated_at: string | null, draftKey: string}} SavingWish */

export class Saving {
  #wish;
  #bench;
  #busy = false;
  #again = false;

  /** @param {SavingWish} wish */
  constructor(wish) {
    this.#wish = wish;
    this.#bench = wish.bench;
    this.template_id = wish.template_id;
    this.updated_at = wish.updated_at;
    this.leaving = false;
    listen("conflict-dialog", { reload: () => this.#reload(), copy: () => this.openSaveAs() });
    listen("gone-dialog", { again: () => this.#addAgain() });
    listen("save-as-dialog", {});
    byId("save-as-dialog").querySelector("form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#saveAs();
    });
  }

  /** Under which name the draft is kept in this window. */
  get draftKey() {
    return this.template_id ?? this.#wish.draftKey;
  }

  /** What is being told while it is saved. @param {(text: string | null, isProblem: boolean) => void} tell */
  async save(tell) {
    if (this.#bench.locked) return;
    this.#again = this.#busy;
    if (this.#busy) return;
    this.#busy = true;
    tell(t("Saving"), false);
    const isSaved = await this.#saveChecked(tell);
    this.#busy = false;
    if (this.#again && isSaved && this.#bench.isDirty) await this.save(tell); // Changed, and saved again, meanwhile.
  }

  /** @param {(text: string | null, isProblem: boolean) => void} tell */
  async #saveChecked(tell) {
    const faults = await this.#wish.check();
    if (faults && faults.length > 0) {
      tell(t("Not saved: there are faults."), true);
      this.#wish.showFaults();
      return false;
    }
    try {
      await this.#send();
      tell(t("Saved."), false);
      return true;
    } catch (problem) {
      await this.#explain(/** @type {import("../lib/api.js").Problem} */ (problem), tell);
      return false;
    }
  }

  openSaveAs() {
    const dialog = byId("save-as-dialog");
    const { name, description } = this.#bench.template;
    field(dialog, "name").value = t("{name} (copy)", { name: name.slice(0, 110) });
    field(dialog, "description").value = description;
    showText(part(dialog, "error"), null);
    dialog.showModal();
    field(dialog, "name").select();
  }

  async #send() {
    const { template } = this.#bench;
    const kept = await (this.template_id === null
      ? post("/templates", template)
      : put(`/templates/${encodeURIComponent(this.template_id)}`, { ...template, ...(this.updated_at && { updated_at: this.updated_at }) }));
    forgetDraft(this.draftKey);
    this.template_id = kept.template_id;
    this.updated_at = kept.updated_at;
    history.replaceState(null, "", editAddress(kept.template_id));
    this.#bench.hasSaved(template);
  }

  /** @param {Problem} problem @param {(text: string | null, isProblem: boolean) => void} tell */
  async #explain(problem, tell) {
    tell(t("Not saved."), true);
    if (problem.code === "conflict" && this.template_id !== null) return byId("conflict-dialog").showModal();
    if (problem.code === "not_found") return byId("gone-dialog").showModal();
    if (problem.faults.length === 0) return tell(sentenceOf(problem), true);
    this.#bench.faults = await toldFaults(problem.faults);
    this.#wish.showFaults();
  }

  async #saveAs() {
    const dialog = byId("save-as-dialog");
    const template = { ...this.#bench.template, name: field(dialog, "name").value.trim(), description: field(dialog, "description").value };
    try {
      this.#leaveFor(await post("/templates", template));
    } catch (problem) {
      showText(part(dialog, "error"), sentenceOf(problem));
    }
  }

  /** The template was deleted under our eyes: it is kept once more, under an id of its own. */
  async #addAgain() {
    try {
      this.#leaveFor(await post("/templates", this.#bench.template));
    } catch (problem) {
      showText(part(byId("gone-dialog"), "error"), sentenceOf(problem));
    }
  }

  /** @param {{template_id: string}} kept */
  #leaveFor({ template_id }) {
    this.forget();
    location.assign(editAddress(template_id));
  }

  /** What the other has saved, instead of what is here. */
  async #reload() {
    await get(`/templates/${encodeURIComponent(this.template_id ?? "")}`).then(
      () => {
        this.forget();
        location.reload();
      },
      () => byId("gone-dialog").showModal(),
    );
  }

  /** What is not saved is given up. */
  forget() {
    this.leaving = true;
    forgetDraft(this.draftKey);
  }
}

/** @param {string} template_id */
export function editAddress(template_id) {
  return `/templates/${encodeURIComponent(template_id)}/edit`;
}

/** @param {string} id */
function byId(id) {
  return /** @type {HTMLDialogElement} */ (document.getElementById(id));
}

/** @param {HTMLElement} dialog @param {string} name */
function field(dialog, name) {
  return /** @type {HTMLInputElement} */ (part(dialog, name));
}

/** Every button of a dialog closes it, and does what it is for. @param {string} id @param {Record<string, () => void>} acts */
function listen(id, acts) {
  const dialog = byId(id);
  for (const button of dialog.querySelectorAll("[data-act]")) {
    button.addEventListener("click", () => {
      const act = /** @type {HTMLElement} */ (button).dataset.act ?? "";
      if (act !== "again") dialog.close();
      acts[act]?.();
    });
  }
}
