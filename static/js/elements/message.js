// <council-message>: one article; its text grows while the member speaks.

import { GrowingText } from "../lib/growing_text.js";
import { markdownNodes } from "../lib/markdown.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {import("../reducer.js").Message} Message */
/** @typedef {import("../protocol.js").Places} Places */

export class MessageElement extends HTMLElement {
  /** @type {Message | null} */ #shown = null;
  /** @type {GrowingText | null} */ #text = null;
  /** @type {GrowingText | null} */ #thought = null;

  /** The server painted this message already, exactly as it is. @param {Message} message */
  adopt(message) {
    this.#text = new GrowingText(part(this, "text"), message.content);
    this.#thought = new GrowingText(part(this, "thought"), message.thinking);
  }

  /** A new message, in the seat of its member. @param {Message} message @param {Places} places */
  begin(message, places) {
    const place = places[message.node_id ?? ""];
    const name = message.agent_name ?? place?.name ?? t("You");
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
    this.#shown = message;
  }

  /** @param {Message} message */
  #describe(message) {
    const { dataset } = /** @type {HTMLElement} */ (this.querySelector("article"));
    dataset.messageId = message.message_id;
    dataset.nodeId = message.node_id ?? "";
    dataset.agentId = message.agent_id ?? "";
    dataset.role = message.role;
    dataset.status = message.status;
    dataset.finish = message.finish ?? "";
    this.dataset.covered = String(message.covered);
    part(this, "end-turn").hidden = message.status !== "streaming";
    part(this, "again").hidden = message.role !== "agent" || message.status === "streaming";
  }

  /** @param {Message} message */
  #showThinking(message) {
    part(this, "thinking").hidden = message.thinking === "";
    part(this, "thinking").dataset.live = String(message.status === "streaming" && message.content === "");
    this.#thought?.show(message.thinking);
  }

  /** @param {Message} message */
  #showText(message) {
    const element = part(this, "text");
    const isMarkup = message.html !== null && message.html !== "";
    if (!isMarkup) {
      this.#text?.show(message.content);
    } else if (element.dataset.markup !== "true" || (this.#shown !== null && this.#shown.html !== message.html)) {
      element.replaceChildren(markdownNodes(message.html ?? ""));
    }
    element.dataset.markup = String(isMarkup);
  }
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
  if (status === "cut") return t("Cut off when the meeting was stopped.");
  if (status === "failed") return fault ?? t("The answer broke off: this is not a full opinion.");
  return finish === "length" ? t("The model reached its length limit: this is not a full opinion.") : null;
}

/** @param {Message} message @param {Places} places */
function readersOf({ read_by }, places) {
  if (read_by.length === 0) return null;
  return t("Read by {names}", { names: read_by.map((node_id) => places[node_id]?.name ?? node_id).join(", ") });
}

customElements.define("council-message", MessageElement);
