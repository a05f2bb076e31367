// <council-past>: the meetings that are over: search, filter, page, compare two, delete one.

import { get } from "../lib/api.js";
import { groupList } from "../lib/group_list.js";
import { arrange, rowOf, showSession } from "../lib/session_row.js";
import { copyTemplate, part, showText } from "../lib/templates.js";
import { t, told } from "../lib/texts.js";
import { askToDelete } from "./delete_meeting.js";

/** @typedef {import("../protocol.js").SessionSummary} SessionSummary */
/** @typedef {import("../protocol.js").SessionPage} SessionPage */

const OVER = "completed,failed,cancelled";
const PAGE = 20;
const MOST = 1000;
const TYPING_MS = 300;

export class PastMeetings extends HTMLElement {
  /** @type {import("../lib/session_row.js").Templates} */ #templates = {};
  /** @type {SessionSummary[]} */ #sessions = [];
  /** @type {string | null} */ #older = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  #question = 0;
  #compared = "";

  /** @param {SessionPage} page what the server painted @param {import("../lib/session_row.js").Templates} templates */
  begin(page, templates) {
    this.#templates = templates;
    this.#take(page);
    part(this, "words").addEventListener("input", () => this.#search(TYPING_MS));
    for (const name of ["ended", "whose"]) part(this, name).addEventListener("change", () => this.#search(0));
    part(this, "reset").addEventListener("click", () => this.#reset());
    part(this, "older").addEventListener("click", () => this.#loadOlder());
    part(this, "rows").addEventListener("click", (event) => this.#act(event));
    document.addEventListener("meeting-over", () => this.#refresh());
    document.addEventListener("visibilitychange", () => document.hidden || this.#refresh());
    addEventListener("online", () => this.#refresh());
    this.#offerGroups();
  }

  async #offerGroups() {
    const groups = await groupList();
    part(this, "whose").append(...groups.map(({ group_id, name }) => new Option(told(name), group_id)));
    part(this, "whose").hidden = groups.length === 0;
  }

  // Asking

  /** @param {number} ms */
  #search(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refresh(PAGE), ms);
  }

  #reset() {
    for (const name of ["words", "ended", "whose"]) this.#field(name).value = "";
    this.#field("words").focus();
    this.#search(0);
  }

  /** As many as are shown, so that nothing that was paged to goes away. */
  async #refresh(limit = Math.min(MOST, Math.max(PAGE, this.#sessions.length))) {
    const page = await this.#ask({ limit: String(limit) });
    if (page) this.#take(page);
  }

  async #loadOlder() {
    const page = await this.#ask({ limit: String(PAGE), cursor: this.#older ?? "" });
    if (page) this.#take({ items: [...this.#sessions, ...page.items], next: page.next });
  }

  /** Nothing when it cannot be had, or when something else was asked meanwhile. @param {Record<string, string>} paging @returns {Promise<SessionPage | null>} */
  async #ask(paging) {
    const question = ++this.#question;
    this.setAttribute("aria-busy", "true");
    /** @type {SessionPage | null} */
    const page = await get(`/sessions?${new URLSearchParams({ ...this.#wanted, ...paging })}`).catch(() => null);
    if (question !== this.#question) return null;
    this.removeAttribute("aria-busy");
    showText(part(this, "error"), page ? null : t("Past meetings cannot be listed now; the server does not answer."));
    return page;
  }

  get #wanted() {
    const [words, ended, whose] = ["words", "ended", "whose"].map((name) => this.#field(name).value.trim());
    return { status: ended || OVER, ...(words && { q: words }), ...(whose && { group_id: whose }) };
  }

  get #narrowed() {
    return ["words", "ended", "whose"].some((name) => this.#field(name).value.trim() !== "");
  }

  // Showing

  /** @param {SessionPage} page */
  #take({ items, next }) {
    this.#sessions = items;
    this.#older = next;
    const list = part(this, "rows");
    arrange(list, items.map((session) => this.#row(list, session)));
    part(this, "older").hidden = next === null;
    part(this, "tools").hidden = items.length === 0 && !this.#narrowed;
    part(this, "empty").hidden = items.length > 0 || this.#narrowed;
    part(this, "nothing").hidden = items.length > 0 || !this.#narrowed;
    const count = items.length;
    showText(part(this, "count"), count === 0 ? null : next ? t("{count} shown, there are more", { count }) : t("{count} in all", { count }));
  }

  /** @param {HTMLElement} list @param {SessionSummary} session */
  #row(list, session) {
    const row = rowOf(list, session) ?? copyTemplate("past-template");
    showSession(row, session, this.#templates);
    const subject = part(row, "subject");
    subject.id = `past-${session.session_id}`;
    part(row, "compare").setAttribute("aria-pressed", String(session.session_id === this.#compared));
    part(row, "delete").hidden = (session.right ?? "own") !== "own";
    for (const name of ["compare", "delete"]) part(row, name).setAttribute("aria-describedby", subject.id);
    return row;
  }

  /** @param {Event} event */
  #act({ target }) {
    const button = /** @type {Element} */ (target).closest("button");
    const row = /** @type {HTMLElement | null | undefined} */ (button?.closest("[data-session-id]"));
    const session = this.#sessions.find(({ session_id }) => session_id === row?.dataset.sessionId);
    if (!session) return;
    if (button?.dataset.part === "compare") this.#compare(session);
    else askToDelete(session, () => this.#gone(session));
  }

  /** The second one that is chosen stands beside the first. @param {SessionSummary} session */
  #compare({ session_id, subject }) {
    const [first, second] = [this.#compared, session_id].map(encodeURIComponent);
    if (this.#compared && this.#compared !== session_id) return location.assign(`/meetings/${first}?beside=${second}`);
    this.#hold(this.#compared ? "" : session_id, subject || t("No subject"));
  }

  /** One of two to compare; none: "". @param {string} session_id @param {string} name */
  #hold(session_id, name) {
    this.#compared = session_id;
    showText(part(this, "compare-note"), session_id ? t("Choose another one to compare with “{name}”.", { name }) : null);
    for (const row of /** @type {Iterable<HTMLElement>} */ (part(this, "rows").children)) {
      part(row, "compare").setAttribute("aria-pressed", String(row.dataset.sessionId === this.#compared));
    }
  }

  /** @param {SessionSummary} session */
  #gone({ session_id }) {
    if (this.#compared === session_id) this.#hold("", "");
    this.#take({ items: this.#sessions.filter((other) => other.session_id !== session_id), next: this.#older });
    this.querySelector("h2")?.focus();
    this.#refresh();
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement} */ (part(this, name));
  }
}

customElements.define("council-past", PastMeetings);
