// <council-sessions>: the meetings that run and those that are over, kept up to date while the page is seen.

import { get } from "../lib/api.js";
import { formatMoment } from "../lib/format.js";
import { copyTemplate, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { statusText } from "../lib/status.js";

/** @typedef {import("../protocol.js").SessionSummary} SessionSummary */
/** @typedef {import("../protocol.js").SessionPage} SessionPage */

const REFRESH_MS = 4000;
const RUNNING = new Set(["pending", "running", "paused"]);

class SessionLists extends HTMLElement {
  /** @type {Map<string, SessionSummary>} */ #sessions = new Map();
  /** @type {Map<string, HTMLElement>} */ #rows = new Map();
  /** @type {string | null} */ #older = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #timer;

  connectedCallback() {
    this.#timer = setInterval(() => document.hidden || this.#refresh(), REFRESH_MS);
    document.addEventListener("visibilitychange", () => document.hidden || this.#refresh());
    addEventListener("pageshow", (event) => event.persisted && this.#refresh());
    part(this, "older").addEventListener("click", () => this.#loadOlder());
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  /** The page the server painted. @param {SessionPage} page */
  begin(page) {
    this.#older = page.next;
    this.#take(page.items);
  }

  async #refresh() {
    try {
      const page = /** @type {SessionPage} */ (await get("/sessions?limit=50"));
      showText(part(this, "error"), null);
      this.#take(page.items);
    } catch {
      showText(part(this, "error"), t("The list cannot be brought up to date; the server does not answer."));
    }
  }

  async #loadOlder() {
    const page = await get(`/sessions?limit=50&cursor=${encodeURIComponent(this.#older ?? "")}`).catch(() => null);
    if (page) this.begin(page);
  }

  /** @param {SessionSummary[]} items */
  #take(items) {
    for (const session of items) this.#sessions.set(session.session_id, session);
    const sorted = [...this.#sessions.values()].sort((one, other) => other.created_at.localeCompare(one.created_at));
    this.#show("running", sorted.filter(({ status }) => RUNNING.has(status)));
    this.#show("past", sorted.filter(({ status }) => !RUNNING.has(status)));
    part(this, "older").hidden = this.#older === null;
  }

  /** @param {string} name @param {SessionSummary[]} sessions */
  #show(name, sessions) {
    const list = part(this, name);
    sessions.forEach((session, index) => {
      const row = this.#row(session);
      if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
    });
    for (const surplus of [...list.children].slice(sessions.length)) surplus.remove();
    part(this, `${name}-empty`).hidden = sessions.length > 0;
  }

  /** @param {SessionSummary} session */
  #row(session) {
    const row = this.#rows.get(session.session_id) ?? this.#painted(session) ?? copyTemplate("session-template");
    this.#rows.set(session.session_id, row);
    row.dataset.sessionId = session.session_id;
    row.dataset.status = session.status;
    row.querySelector("a")?.setAttribute("href", `/meetings/${encodeURIComponent(session.session_id)}`);
    part(row, "subject").textContent = session.subject || t("No subject");
    part(row, "status").textContent = statusText(session.status);
    part(row, "template").textContent = session.template_id.replaceAll("_", " ");
    const time = part(row, "time");
    time.setAttribute("datetime", session.created_at);
    time.textContent = formatMoment(session.created_at);
    return row;
  }

  /** @param {SessionSummary} session @returns {HTMLElement | null} */
  #painted({ session_id }) {
    return this.querySelector(`[data-session-id="${CSS.escape(session_id)}"]`);
  }
}

customElements.define("council-sessions", SessionLists);
