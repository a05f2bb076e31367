// <council-document-pane>: one of the documents, with line numbers, its versions and what each changed.

import { get, post } from "../lib/api.js";
import { authorName } from "../lib/author.js";
import { diffNodes } from "../lib/diff_view.js";
import { linesOf } from "../lib/diff.js";
import { lineRows, pageAround } from "../lib/line_rows.js";
import { parseRef } from "../lib/refs.js";
import { sentenceOf } from "../lib/refusal.js";
import { loadSheet } from "../lib/sheet.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { RoomElement } from "./room_element.js";

/** @typedef {import("../lib/refs.js").Ref} Ref */
/** @typedef {{path: string, version: number, author: string, reason: string, content?: string, diff?: string | null}} Version */

await Promise.all([loadSheet("pane"), loadSheet("deliberation")]);

class DocumentPane extends RoomElement {
  #session_id = "";
  #isOver = false;
  /** @type {Version[]} */ #versions = [];
  /** @type {Version | null} */ #shown = null;
  #files = 0;
  /** @type {Element | null} The link that led here from elsewhere. */ #from = null;

  /** @param {import("./room_element.js").RoomParts} _parts */
  join(_parts) {
    document.addEventListener("click", (event) => this.#follow(event));
    addEventListener("hashchange", () => this.#open(parseRef(location.hash)));
    this.addEventListener("keydown", (event) => this.#escape(event));
    part(this, "back").addEventListener("click", () => this.#back());
    part(this, "all").addEventListener("click", () => this.#close());
    part(this, "version").addEventListener("change", () => this.#turnTo(Number(this.#select.value)));
    part(this, "changes").addEventListener("click", () => this.#toggleChanges());
    part(this, "restore").addEventListener("click", () => this.#restore());
    this.addEventListener("click", ({ target }) => {
      const page = target instanceof HTMLElement ? target.dataset.page : undefined;
      if (page) this.#showLines(Number(page), null);
    });
  }

  /** @param {import("../reducer.js").State} state */
  show(state) {
    const isFirst = this.#session_id === "";
    this.#session_id = state.session_id;
    this.#isOver = ["completed", "failed", "cancelled"].includes(state.status);
    this.#showRestore();
    if (isFirst) this.#open(parseRef(location.hash));
    const isNewer = state.files.slice(this.#files).some(({ path }) => path === this.#shown?.path);
    this.#files = state.files.length;
    if (isNewer && this.#shown && !this.hidden) this.#update(this.#shown);
  }

  /** There is a newer version: whoever read the newest one goes on with it. @param {Version} shown */
  #update({ path, version }) {
    const isNewest = version === this.#versions.at(-1)?.version;
    this.#load({ path, from: null, to: null, version: isNewest ? null : version });
  }

  /** A reference that is followed again leads there again, although the address stays. @param {Event} event */
  #follow(event) {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#ref="]') : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    history.replaceState(null, "", link.hash);
    this.#open(parseRef(link.hash));
  }

  /** The document takes the place of the list, and the focus; the way back leads to where one came from. @param {Ref | null} ref */
  async #open(ref) {
    if (!ref) return;
    const link = document.activeElement?.closest('a[href^="#ref="]') ?? null;
    if (this.hidden || link) this.#from = link;
    this.hidden = false;
    this.dispatchEvent(new Event("reveal", { bubbles: true }));
    const inPanel = this.parentElement?.contains(this.#from ?? this);
    part(this, "back").hidden = inPanel ?? true;
    part(this, "lines").focus({ preventScroll: true }); // Before the lines are there: Escape may be quicker.
    await this.#load(ref);
    part(this, "place").textContent = placeOf(ref);
  }

  /** @param {KeyboardEvent} event */
  #escape(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    this.#back();
  }

  /** To where one came from: the panes as they were, the link that led here. */
  #back() {
    this.#close();
    this.dispatchEvent(new Event("unreveal", { bubbles: true }));
    if (!this.#from?.isConnected) return;
    this.#from.dispatchEvent(new Event("reveal", { bubbles: true }));
    /** @type {HTMLElement} */ (this.#from).focus();
  }

  /** To the list of all documents. */
  #close() {
    this.hidden = true;
    if (location.hash.startsWith("#ref=")) history.replaceState(null, "", location.pathname + location.search);
    /** @type {HTMLElement | null | undefined} */ (this.parentElement?.querySelector("council-files a"))?.focus();
  }

  /** @param {Ref} ref */
  async #load({ path, from, to, version }) {
    showText(part(this, "note"), null);
    part(this, "title").textContent = path;
    this.#versions = await this.#history(path);
    const options = this.#versions.map((one) => new Option(nameOf(one), String(one.version)));
    this.#select.replaceChildren(...options.reverse());
    part(this, "version").hidden = options.length < 2;
    await this.#turnTo(version, path, from, to);
  }

  /** Every version, oldest first; of one that cannot be asked for there is none. @param {string} path @returns {Promise<Version[]>} */
  async #history(path) {
    const found = [];
    for (let after = 0; after !== null; ) {
      const query = new URLSearchParams({ path, after: String(after), limit: "100" });
      const page = await get(`/sessions/${this.#session_id}/files/history?${query}`).catch(() => ({ items: [], next: null }));
      found.push(...page.items);
      after = page.next;
    }
    return found;
  }

  /** @param {number | null} version @param {string} [path] @param {number | null} [from] @param {number | null} [to] */
  async #turnTo(version, path = this.#shown?.path ?? "", from = null, to = null) {
    const query = new URLSearchParams(version ? { path, version: String(version) } : { path });
    try {
      this.#shown = await get(`/sessions/${this.#session_id}/files?${query}`);
    } catch (problem) {
      this.#shown = null;
      part(this, "lines").replaceChildren();
      return showText(part(this, "note"), sentenceOf(problem));
    }
    this.#select.value = String(this.#shown?.version);
    showText(part(this, "about"), this.#shown && aboutText(this.#shown));
    part(this, "changes").setAttribute("aria-pressed", "false");
    part(this, "changes").hidden = !this.#changes;
    this.#showRestore();
    this.#showLines(pageAround(from), from === null ? null : { from, to: to ?? from });
  }

  // What is in it

  /** @param {number} page @param {{from: number, to: number} | null} marked */
  #showLines(page, marked) {
    const rows = lineRows(linesOf(this.#shown?.content ?? ""), page, marked);
    part(this, "lines").replaceChildren(...rows);
    const first = part(this, "lines").querySelector("[data-marked]");
    if (first) first.scrollIntoView({ block: "center" });
    else part(this, "lines").scrollTop = 0;
  }

  /** What this version changed, if it changed something. */
  get #changes() {
    return this.#versions.find(({ version }) => version === this.#shown?.version)?.diff || null;
  }

  #toggleChanges() {
    const pressed = part(this, "changes").getAttribute("aria-pressed") !== "true";
    part(this, "changes").setAttribute("aria-pressed", String(pressed));
    if (pressed) part(this, "lines").replaceChildren(...diffNodes(this.#changes?.split("\n") ?? []));
    else this.#showLines(1, null);
  }

  // Going back

  #showRestore() {
    const newest = this.#versions.at(-1)?.version ?? 1;
    const button = part(this, "restore");
    button.hidden = this.#isOver || !this.#shown || this.#shown.version === newest;
    button.textContent = t("Go back to version {version}", { version: this.#shown?.version ?? 1 });
  }

  /** An old version becomes the newest one; nothing is overwritten. */
  async #restore() {
    const { path, version } = this.#shown ?? {};
    await post(`/sessions/${this.#session_id}/files/rollback`, { path, version }).catch((problem) =>
      showText(part(this, "note"), sentenceOf(problem)),
    );
  }

  get #select() {
    return /** @type {HTMLSelectElement} */ (part(this, "version"));
  }
}

/** @param {Version} version */
function nameOf({ version, author }) {
  return author ? t("Version {version}, {author}", { version, author: authorName(author) }) : t("Version {version}", { version });
}

/** Where a reference leads, for those who do not see it. @param {Ref} ref */
function placeOf({ path, from, to }) {
  if (from === null) return t("{path} is open.", { path });
  return from === to ? t("{path}, line {from}, is marked.", { path, from }) : t("{path}, lines {from} to {to}, are marked.", { path, from, to: to ?? from });
}

/** Who wrote a version, and why. @param {Version} version */
function aboutText({ author, reason }) {
  if (author === "person" && reason === "given") return t("given to the meeting");
  return [authorName(author), reason].filter(Boolean).join(": ");
}

customElements.define("council-document-pane", DocumentPane);
