// <council-group-knowledge>: what a group knows: searched on the server, promoted, written, changed and deleted here.

import { get, post, put, remove } from "../lib/api.js";
import { formatMoment, formatShare } from "../lib/format.js";
import { sentenceOf } from "../lib/refusal.js";
import { copyTemplate, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { confirmed } from "../panel/confirm.js";
import { Sheet } from "../panel/sheet.js";

/** @typedef {import("../panel/types.js").Knowledge} Knowledge */
/** @typedef {import("../lib/api.js").Problem} Problem */

const TYPING_MS = 250;
const PAGE = 20;

export class GroupKnowledge extends HTMLElement {
  #path = "";
  #mayChange = true;
  #asked = 0;
  /** @type {string | null} */ #next = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #typing;

  /** @param {string} group_id @param {boolean} mayChange */
  begin(group_id, mayChange) {
    this.#mayChange = mayChange;
    part(this, "add").hidden = !mayChange;
    this.#path = `/groups/${encodeURIComponent(group_id)}/knowledge`;
    part(this, "search").addEventListener("input", () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#look(), TYPING_MS);
    });
    part(this, "layers").addEventListener("change", () => this.#look());
    part(this, "add").addEventListener("click", () => this.#write(null));
    part(this, "older").addEventListener("click", () => this.#more());
    part(this, "retry").addEventListener("click", () => this.#look());
    this.#look();
  }

  /** The first page of what fits. */
  async #look() {
    this.#next = null;
    await this.#fetch((rows) => part(this, "rows").replaceChildren(...rows));
  }

  async #more() {
    await this.#fetch((rows) => part(this, "rows").append(...rows));
  }

  /** An answer that comes late does not overwrite that to a later question. @param {(rows: HTMLElement[]) => void} show */
  async #fetch(show) {
    const turn = ++this.#asked;
    part(this, "wait").hidden = false;
    try {
      const page = await get(`${this.#path}?${this.#query}`);
      if (turn !== this.#asked) return;
      show(page.items.map((/** @type {Knowledge} */ item) => this.#row(item)));
      this.#next = page.next;
      this.#tell(null);
    } catch (problem) {
      if (turn === this.#asked) this.#tell(/** @type {Problem} */ (problem));
    }
    part(this, "wait").hidden = true;
  }

  /** @param {Problem | null} problem */
  #tell(problem) {
    const none = part(this, "rows").childElementCount === 0;
    const looking = this.#words !== "" || this.#layer !== "";
    part(this, "older").hidden = this.#next === null;
    part(this, "empty").hidden = !none || looking || problem !== null;
    part(this, "nothing").hidden = !none || !looking || problem !== null;
    part(this, "failed").hidden = problem === null;
    showText(part(this, "reason"), problem && (problem.code === "unreachable" ? t("The server cannot be reached.") : sentenceOf(problem)));
  }

  get #query() {
    return new URLSearchParams({
      limit: String(PAGE),
      ...(this.#words && { q: this.#words }),
      ...(this.#layer && { layer: this.#layer }),
      ...(this.#next && { cursor: this.#next }),
    });
  }

  get #words() {
    return /** @type {HTMLInputElement} */ (part(this, "search")).value.trim();
  }

  get #layer() {
    return this.querySelector("input[name=layer]:checked")?.getAttribute("value") ?? "";
  }

  /** @param {Knowledge} item */
  #row(item) {
    const row = copyTemplate("knowledge-row");
    const working = item.layer === "working";
    row.dataset.knowledgeId = String(item.knowledge_id);
    part(row, "title").textContent = item.title;
    part(row, "content").textContent = item.content;
    part(row, "kind").textContent = kindText(item.kind);
    part(row, "layer").textContent = working ? t("working memory") : t("long-term memory");
    showText(part(row, "confidence"), item.confidence === null ? null : t("confidence {share}", { share: formatShare(item.confidence) }));
    part(row, "time").textContent = formatMoment(item.created_at);
    showText(part(row, "expires"), item.expires_at && t("forgotten {moment}", { moment: formatMoment(item.expires_at) }));
    const from = /** @type {HTMLAnchorElement} */ (part(row, "from"));
    from.hidden = item.session_id === null;
    from.href = `/meetings/${encodeURIComponent(item.session_id ?? "")}`;
    part(row, "promote").hidden = !working || !this.#mayChange;
    part(row, "edit").hidden = working || !this.#mayChange;
    part(row, "remove").hidden = !this.#mayChange;
    part(row, "promote").setAttribute("aria-label", t("Keep {name}", { name: item.title }));
    part(row, "edit").setAttribute("aria-label", t("Edit {name}", { name: item.title }));
    part(row, "remove").setAttribute("aria-label", t("Delete {name}", { name: item.title }));
    part(row, "promote").addEventListener("click", () => this.#do(() => post(`${this.#path}/${item.knowledge_id}/promote`, {}), t("It is kept now."), item.knowledge_id));
    part(row, "edit").addEventListener("click", () => this.#write(item));
    part(row, "remove").addEventListener("click", () => this.#remove(item));
    return row;
  }

  /** @param {Knowledge} item */
  async #remove({ knowledge_id, title }) {
    const question = { title: t("Forget this?"), text: title, action: t("Delete") };
    if (await confirmed(question)) await this.#do(() => remove(`${this.#path}/${knowledge_id}`), t("It is forgotten."), null);
  }

  /** @param {() => Promise<unknown>} change @param {string} done @param {number | null} knowledge_id where the reader goes on */
  async #do(change, done, knowledge_id) {
    try {
      await change();
    } catch (problem) {
      return this.#tell(/** @type {Problem} */ (problem));
    }
    await this.#look();
    part(this, "note").textContent = done;
    const row = knowledge_id === null ? null : this.querySelector(`[data-knowledge-id="${knowledge_id}"]`);
    /** @type {HTMLElement} */ (row?.querySelector("button:not([hidden])") ?? part(this, "add")).focus();
  }

  /** A new note, or new words for a thing that is kept. @param {Knowledge | null} item */
  #write(item) {
    const dialog = /** @type {HTMLDialogElement} */ (copyTemplate("knowledge-editor"));
    const title = /** @type {HTMLInputElement} */ (part(dialog, "note-title"));
    const content = /** @type {HTMLTextAreaElement} */ (part(dialog, "content"));
    title.value = item?.title ?? "";
    content.value = item?.content ?? "";
    /** @type {Sheet} */
    const sheet = new Sheet(dialog, {
      read: () => ({ title: title.value, content: content.value }),
      check: () => [title, content].filter((field) => !field.value.trim() && sheet.refuse(field === title ? "title" : "content", t("This is needed."))).length === 0,
      save: (body) => (item ? put(`${this.#path}/${item.knowledge_id}`, body) : post(this.#path, body)),
      saved: (kept) => this.#do(async () => {}, t("It is kept now."), kept.knowledge_id),
    });
    sheet.open(item ? t("Change what it knows") : t("Tell the group something"));
    title.focus();
  }
}

/** @param {Knowledge["kind"]} kind */
function kindText(kind) {
  switch (kind) {
    case "verdict":
      return t("verdict");
    case "fact":
      return t("fact");
    case "note":
      return t("note");
  }
}

customElements.define("council-group-knowledge", GroupKnowledge);
