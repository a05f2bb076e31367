// <council-message>: one article; its text grows while the member speaks.

import { authorName } from "../lib/author.js";
import { formatCount } from "../lib/format.js";
import { GrowingText } from "../lib/growing_text.js";
import { markdownNodes } from "../lib/markdown.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {import("../reducer.js").Message} Message */
/** @typedef {import("../protocol.js").Places} Places */

const LONG = { characters: 4000, lines: 40 }; // As in templates/room/message.html.

export class MessageElement extends HTMLElement {
  /** @type {Message | null} */ #shown = null;
  /** @type {{show: (text: string) => void} | null} */ #text = null;
  /** @type {GrowingText | null} */ #thought = null;
  #isStyled = false;

  connectedCallback() {
    this.addEventListener("click", act);
    this.addEventListener("mousedown", keepSelection);
  }

  /** What it shows; nothing before the first `show`. */
  get message() {
    return this.#shown;
  }

  /** The server painted this message already, exactly as it is. @param {Message} message */
  adopt(message) {
    this.#text = new GrowingText(part(this, "text"), message.content);
    this.#thought = new GrowingText(part(this, "thought"), message.thinking);
    dress(part(this, "text"));
  }

  /** A new message, in the seat of its member. @param {Message} message @param {Places} places */
  begin(message, places) {
    const place = places[message.node_id ?? ""];
    const name = place ? (message.agent_name ?? place.name) : authorName(message.agent_name ?? t("You"));
    this.dataset.seat = String(place?.seat ?? 0);
    part(this, "initials").textContent = place?.initials ?? name.slice(0, 1).toUpperCase();
    part(this, "name").textContent = name;
    part(this, "turn").textContent = place && place.name !== name ? place.name : "";
    part(this, "model").textContent = place?.model ?? "";
    this.#text = new GrowingText(part(this, "text"));
    this.#thought = new GrowingText(part(this, "thought"));
  }

  /** @param {Message} message @param {Places} places */
  show(message, places) {
    if (message === this.#shown) return;
    this.#describe(message);
    this.#showThinking(message);
    this.#showText(message);
    showText(part(this, "state"), stateOf(message));
    showText(part(this, "note"), noteOn(message));
    showText(part(this, "read"), readersOf(message, places));
    part(this, "read").dataset.unread = String(message.read_by.length === 0);
    this.#shown = message;
  }

  /** @param {Message} message */
  #describe(message) {
    const article = /** @type {HTMLElement} */ (this.querySelector("article"));
    const { dataset } = article;
    article.id = `message-${message.message_id}`;
    part(this, "link").setAttribute("href", `#${article.id}`);
    dataset.messageId = message.message_id;
    dataset.nodeId = message.node_id ?? "";
    dataset.agentId = message.agent_id ?? "";
    dataset.role = message.role;
    dataset.status = message.status;
    dataset.finish = message.finish ?? "";
    this.dataset.covered = String(message.covered);
    part(this, "end-turn").hidden = message.status !== "streaming";
    part(this, "again").hidden = message.role !== "agent" || message.status === "streaming";
    if (message.status === "streaming" || dataset.folded || !isLong(message.content)) return;
    dataset.folded = "false"; // Nobody is reading a text that is folded under their eyes.
    showFold(this, false);
  }

  /** @param {Message} message */
  #showThinking(message) {
    if (message.thinking === this.#shown?.thinking && message.status === this.#shown.status && this.#shown.content !== "") return;
    part(this, "thinking").hidden = message.thinking === "";
    part(this, "thinking").dataset.live = String(message.status === "streaming" && message.content === "");
    part(this, "thinking-length").textContent = t("{count} characters", { count: formatCount(message.thinking_length) });
    this.#thought?.show(message.thinking);
  }

  /** @param {Message} message */
  #showText(message) {
    const element = part(this, "text");
    const isMarkup = message.html !== null && message.html !== "";
    if (!isMarkup) {
      if (message.role !== "user") this.#style(element);
      this.#text?.show(message.content);
      if (message.away) element.replaceChildren(); // What came whole was never shown as it grew.
    } else if (element.dataset.markup !== "true" || (this.#shown !== null && this.#shown.html !== message.html)) {
      element.replaceChildren(markdownNodes(message.html ?? ""));
      dress(element);
    }
    element.dataset.markup = isMarkup ? "true" : this.#isStyled ? "live" : "false";
  }

  /** From the next piece on it shows its Markdown, once there is who reads that. @param {HTMLElement} element */
  #style(element) {
    if (!this.#isStyled && streamed) this.#text = new streamed(element);
    this.#isStyled ||= streamed !== null;
    if (!this.#isStyled) fetchStreamed().then(() => this.#restyle(), () => {});
  }

  #restyle() {
    const message = this.#shown;
    if (message && !this.#isStyled) this.#showText(message);
  }
}

// Fetched with the first words that come while somebody looks.

/** @type {typeof import("../markdown/streamed_text.js").StreamedText | null} */
let streamed = null;

async function fetchStreamed() {
  streamed ??= (await import("../markdown/live.js")).StreamedText;
}

/** Code and tables get what they need beside their text. @param {HTMLElement} element */
async function dress(element) {
  if (!element.querySelector("pre, table")) return;
  (await import("../markdown/dress.js")).dress(element);
}

/** @param {Event} event */
async function act({ target, currentTarget }) {
  const button = target instanceof Element ? target.closest("[data-act]") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  (await import("./message_actions.js")).act(button, /** @type {MessageElement} */ (currentTarget));
}

/** A button that quotes a selection must not undo it. @param {Event} event */
function keepSelection(event) {
  if (event.target instanceof Element && event.target.closest("[data-act]")) event.preventDefault();
}

/** @param {HTMLElement} element @param {boolean} isFolded */
export function showFold(element, isFolded) {
  const button = /** @type {HTMLElement} */ (element.querySelector("[data-act=fold]"));
  button.hidden = false;
  button.ariaExpanded = String(!isFolded);
  button.textContent = isFolded ? t("Show all") : t("Show less");
}

/** @param {string} text */
function isLong(text) {
  return text.length > LONG.characters || text.split("\n", LONG.lines + 2).length > LONG.lines + 1;
}

/** @param {Message} message */
function stateOf({ status, finish }) {
  if (status === "cut") return t("cut");
  if (status === "failed") return t("failed");
  if (status === "discarded") return t("starts again");
  return finish === "length" ? t("truncated") : null;
}

/** @param {Message} message */
function noteOn({ status, finish, fault }) {
  if (status === "discarded") return t("This turn was interrupted and is taken again.");
  if (status === "cut") return t("Cut off before its end.");
  if (status === "failed") return fault ?? t("The answer broke off: this is not a full opinion.");
  return finish === "length" ? t("The model reached its length limit: this is not a full opinion.") : null;
}

/** @param {Message} message @param {Places} places */
function readersOf({ role, read_by }, places) {
  if (read_by.length === 0) return role === "user" ? t("Waits to be read: each member reads it at its next turn.") : null;
  return t("Read by {names}", { names: read_by.map((node_id) => places[node_id]?.name ?? node_id).join(", ") });
}

customElements.define("council-message", MessageElement);
