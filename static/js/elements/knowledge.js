// <council-knowledge>: what the meeting's group knows, searched on the server, and what of it was recalled here.

import { get } from "../lib/api.js";
import { formatMoment, formatShare } from "../lib/format.js";
import { sentenceOf } from "../lib/refusal.js";
import { loadSheet } from "../lib/sheet.js";
import { copyTemplate, fillList, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { RoomElement } from "./room_element.js";

/** @typedef {Record<string, any>} Known */

const TYPING_MS = 250;
const PAGE = "50";

await loadSheet("knowledge");

class Knowledge extends RoomElement {
  /** @type {Known[]} */ #found = [];
  /** @type {string | null} */ #next = null;
  #question = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #typing;

  connectedCallback() {
    this.replaceChildren(copyTemplate("knowledge-template"));
    part(this, "no-group").hidden = this.#group !== "";
    part(this, "group").hidden = this.#group === "";
    if (!this.#group) return;
    part(this, "search").addEventListener("submit", (event) => event.preventDefault());
    part(this, "words").addEventListener("input", () => this.#type());
    part(this, "layer").addEventListener("change", () => this.#ask());
    part(this, "kind").addEventListener("change", () => this.#show());
    part(this, "more").addEventListener("click", () => this.#ask(this.#next));
    this.#ask();
  }

  /** @param {import("../reducer.js").State} state @param {import("../reducer.js").State} previous */
  show({ notes }, previous) {
    if (this.dataset.shown && notes === previous.notes) return;
    this.dataset.shown = "true";
    const recalled = Object.values(notes).flatMap((note) => (note.kind === "memory" ? note.data.items : []));
    fillList(part(this, "recalled"), recalled, showItem);
  }

  #type() {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#ask(), TYPING_MS);
  }

  /** Only the newest question is answered. @param {string | null} [cursor] */
  async #ask(cursor = null) {
    const question = ++this.#question;
    const query = new URLSearchParams({ limit: PAGE });
    for (const [name, value] of [["q", this.#value("words").trim()], ["layer", this.#value("layer")], ["cursor", cursor]]) {
      if (name && value) query.set(name, value);
    }
    part(this, "state").textContent = t("Searching.");
    try {
      const page = await get(`/groups/${encodeURIComponent(this.#group)}/knowledge?${query}`);
      if (question !== this.#question) return;
      this.#found = cursor ? [...this.#found, ...page.items] : page.items;
      this.#next = page.next;
      this.#show();
    } catch (problem) {
      if (question === this.#question) part(this, "state").textContent = sentenceOf(problem);
    }
  }

  /** Kinds are sorted out here, for the server knows no such question. */
  #show() {
    const kind = this.#value("kind");
    const items = this.#found.filter((item) => !kind || item.kind === kind);
    fillList(part(this, "found"), items, showItem);
    part(this, "more").hidden = this.#next === null;
    part(this, "state").textContent = items.length ? t("Found: {count}", { count: items.length }) : t("Nothing was found.");
  }

  /** @param {string} name */
  #value(name) {
    return /** @type {HTMLInputElement | HTMLSelectElement} */ (part(this, name)).value;
  }

  get #group() {
    return this.dataset.group ?? "";
  }
}

/** @param {HTMLElement} row @param {Known} item */
function showItem(row, { title, content, text, kind, layer, confidence, created_at, session_id }) {
  part(row, "name").textContent = title ?? "";
  part(row, "about").textContent = [KINDS[kind]?.(), LAYERS[layer]?.(), sureness(confidence), created_at && formatMoment(created_at)]
    .filter(Boolean)
    .join(" · ");
  showText(part(row, "detail"), content ?? text ?? "");
  const source = /** @type {HTMLAnchorElement} */ (part(row, "source"));
  source.hidden = !session_id;
  source.href = `/meetings/${encodeURIComponent(session_id ?? "")}`;
}

/** @type {Record<string, () => string>} */
const KINDS = { verdict: () => t("Verdict"), fact: () => t("Fact"), note: () => t("Note") };
/** @type {Record<string, () => string>} */
const LAYERS = { working: () => t("Working memory"), long_term: () => t("Long-term memory") };

/** @param {number | null | undefined} confidence */
function sureness(confidence) {
  return typeof confidence === "number" ? t("confidence {share}", { share: formatShare(confidence) }) : null;
}

customElements.define("council-knowledge", Knowledge);
