// <council-running>: the meetings that are not over, live: who speaks, how far they are, who waits for a person.

import { get } from "../lib/api.js";
import { LobbyFeed } from "../lib/lobby_feed.js";
import { arrange, rowOf, showSession } from "../lib/session_row.js";
import { copyTemplate, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {import("../protocol.js").SessionSummary} SessionSummary */
/** @typedef {import("../protocol.js").SessionPage} SessionPage */
/** @typedef {import("../lib/session_row.js").Templates} Templates */

const QUERY = "/sessions?status=pending,running,paused&limit=200";
const NEWS_MS = 250; // Many things happen at once.
const LIVE_MS = 20_000; // What a feed does not tell: a meeting that was deleted, or that another process runs.
const ALONE_MS = 4_000;

export class RunningMeetings extends HTMLElement {
  /** @type {Templates} */ #templates = {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  #dueAt = Infinity;
  #live = false;
  #reached = true;

  /** @param {SessionPage} page what the server painted @param {Templates} templates */
  begin(page, templates) {
    this.#templates = templates;
    this.#show(page.items);
    this.#look(ALONE_MS);
    document.addEventListener("visibilitychange", () => document.hidden || this.#look(0));
    addEventListener("pageshow", (event) => event.persisted && this.#look(0));
    for (const kind of ["online", "offline"]) addEventListener(kind, () => this.#look(0));
    new LobbyFeed({ onNews: () => this.#look(NEWS_MS), onLink: (live) => this.#tell(live) }).listen();
  }

  /** @param {boolean} live */
  #tell(live) {
    if (live !== this.#live) this.#look(live ? 0 : ALONE_MS); // What happened while nobody listened; and what nobody tells from now on.
    this.#live = live;
    this.#showLink();
  }

  /** Only what is so: neither live nor asked for while nobody answers. */
  #showLink() {
    this.dataset.live = String(this.#live && this.#reached);
    showText(part(this, "link"), this.#reached ? (this.#live ? t("Live") : t("Every few seconds")) : null);
  }

  /** Looks again in so many milliseconds, unless it does so earlier anyway. @param {number} ms */
  #look(ms) {
    const at = performance.now() + ms;
    if (at >= this.#dueAt) return;
    this.#dueAt = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refresh(), ms);
  }

  async #refresh() {
    this.#dueAt = Infinity;
    if (document.hidden) return; // Being seen again, it looks at once.
    /** @type {SessionPage | null} */
    const page = await get(QUERY).catch(() => null);
    this.#reached = page !== null;
    this.#showLink();
    showText(part(this, "error"), page ? null : t("The list cannot be brought up to date; the server does not answer."));
    if (page) this.#show(page.items);
    this.#look(page && this.#live ? LIVE_MS : ALONE_MS);
  }

  /** @param {SessionSummary[]} sessions */
  #show(sessions) {
    const list = part(this, "rows");
    const before = [...list.children].map((row) => /** @type {HTMLElement} */ (row).dataset.sessionId);
    arrange(list, sessions.map((session) => this.#row(list, session)));
    part(this, "empty").hidden = sessions.length > 0;
    const left = before.filter((session_id) => !sessions.some((session) => session.session_id === session_id));
    if (left.length > 0) this.dispatchEvent(new Event("meeting-over", { bubbles: true }));
  }

  /** @param {HTMLElement} list @param {SessionSummary} session */
  #row(list, session) {
    const row = rowOf(list, session) ?? copyTemplate("running-template");
    showSession(row, session, this.#templates);
    const statuses = Object.entries(session.node_statuses ?? {});
    const over = statuses.filter(([, status]) => status !== "pending" && status !== "running" && status !== "suspended");
    const bar = /** @type {HTMLProgressElement} */ (part(row, "bar"));
    part(row, "progress").hidden = over.length === 0;
    bar.max = Math.max(1, statuses.length);
    bar.value = over.length;
    bar.setAttribute("aria-label", t("{done} of {total} steps", { done: over.length, total: statuses.length }));
    part(row, "now").textContent = this.#speaking(session);
    part(row, "waits").hidden = !session.waiting_for;
    return row;
  }

  /** The names of the nodes that are at work. @param {SessionSummary} session */
  #speaking({ template_id, node_statuses, status }) {
    if (status !== "running") return "";
    const names = this.#templates[template_id]?.nodes ?? {};
    const running = Object.keys(node_statuses ?? {}).filter((node_id) => node_statuses?.[node_id] === "running");
    return running.map((node_id) => names[node_id] ?? node_id).join(", ");
  }
}

customElements.define("council-running", RunningMeetings);
