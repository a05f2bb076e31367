// <council-transcript>: what was said, in rows; members who speak at the same time stand side by side.

import { stages } from "../lib/stages.js";
import { copyTemplate, part } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { MessageElement } from "./message.js";
import { RoomElement } from "./room_element.js";

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../lib/stages.js").Placed} Placed */

class Transcript extends RoomElement {
  /** @type {import("../protocol.js").Places} */ #places = {};
  /** @type {Map<string, HTMLElement>} */ #elements = new Map();
  #arranged = "";

  /** @param {import("./room_element.js").RoomParts} parts */
  join({ places }) {
    this.#places = places;
  }

  /** @param {State} state @param {State} previous */
  show(state, previous) {
    if (state === previous) this.#adopt(state);
    const entries = state.order.map((entry) => placed(state, entry));
    for (const entry of entries) this.#showEntry(entry, state);
    const arrangement = entries.map(({ id, status }) => (status === "discarded" ? `${id}?` : id)).join();
    if (arrangement !== this.#arranged) this.#arrange(entries);
    this.#arranged = arrangement;
  }

  /** The server painted what was said so far: these elements are taken as they are. @param {State} state */
  #adopt(state) {
    for (const element of this.querySelectorAll("council-message")) {
      const id = element.querySelector("article")?.dataset.messageId ?? "";
      const message = state.messages[id];
      if (!message || !(element instanceof MessageElement)) continue;
      element.adopt(message);
      this.#elements.set(id, element);
    }
  }

  /** @param {Placed} entry @param {State} state */
  #showEntry({ id, kind }, state) {
    const known = this.#elements.get(id) ?? this.#create(id, kind, state);
    const message = state.messages[id];
    if (known instanceof MessageElement && message) known.show(message, this.#places);
  }

  /** @param {string} id @param {string} kind @param {State} state */
  #create(id, kind, state) {
    const element = kind === "fault" ? this.#faultCard(id, state) : copyTemplate("message-template");
    const message = state.messages[id];
    if (element instanceof MessageElement && message) element.begin(message, this.#places);
    this.#elements.set(id, element);
    return element;
  }

  /** @param {string} id @param {State} state */
  #faultCard(id, state) {
    const card = copyTemplate("fault-template");
    const fault = state.faults[id];
    if (!fault) return card;
    const place = this.#places[fault.node_id ?? ""];
    card.dataset.seat = String(place?.seat ?? 0);
    card.dataset.code = fault.code;
    part(card, "title").textContent = place ? t("{name} is absent", { name: place.name }) : t("Something went wrong");
    part(card, "text").textContent = fault.error;
    part(card, "hint").textContent = [fault.hint, fault.can_retry ? t("It may work when tried again.") : ""].join(" ").trim();
    return card;
  }

  // Rows

  /** @param {Placed[]} entries */
  #arrange(entries) {
    const rows = stages(entries, this.#places);
    rows.forEach((row, index) => this.#fill(this.#row(index), row.entries));
    for (const surplus of [...this.children].slice(rows.length)) surplus.remove();
  }

  /** @param {number} index */
  #row(index) {
    const known = this.children[index];
    if (known instanceof HTMLElement) return known;
    const row = copyTemplate("stage-template");
    this.append(row);
    return row;
  }

  /** @param {HTMLElement} row @param {Placed[]} entries */
  #fill(row, entries) {
    const columns = part(row, "columns");
    entries.forEach(({ id }, index) => {
      const element = this.#elements.get(id);
      if (element && columns.children[index] !== element) columns.insertBefore(element, columns.children[index] ?? null);
    });
    for (const surplus of [...columns.children].slice(entries.length)) surplus.remove();
    row.dataset.columns = String(entries.length);
    const title = part(row, "title");
    title.hidden = entries.length < 2;
    title.textContent = t("{count} members in parallel", { count: entries.length });
  }
}

/** @param {State} state @param {import("../reducer.js").Entry} entry @returns {Placed} */
function placed(state, { kind, id }) {
  const message = state.messages[id];
  if (message) return { id, kind, node_id: message.node_id, status: message.status };
  return { id, kind, node_id: state.faults[id]?.node_id ?? null, status: "failed" };
}

customElements.define("council-transcript", Transcript);
