// <council-transcript>: what was said, in rows; members who speak at the same time stand side by side.

import { stages } from "../lib/stages.js";
import { CARDS } from "../cards/registry.js";
import { copyTemplate, part } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { MessageElement } from "./message.js";
import { RoomElement } from "./room_element.js";

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../lib/stages.js").Placed} Placed */

class Transcript extends RoomElement {
  /** @type {import("../protocol.js").Places} */ #places = {};
  /** @type {Map<string, HTMLElement>} */ #elements = new Map();
  /** @type {Map<string, object>} */ #shown = new Map();
  #arranged = "";
  #session_id = "";
  #adopted = false;

  /** @param {import("./room_element.js").RoomParts} parts */
  join({ places, commands }) {
    this.#places = places;
    this.addEventListener("click", (event) => this.#endTurn(event, commands));
    this.addEventListener("click", (event) => this.#runAgain(event));
  }

  /** Cuts one member short, and nobody else. @param {Event} event @param {import("../commands.js").Commands} commands */
  #endTurn({ target }, commands) {
    const button = target instanceof Element ? target.closest("[data-part=end-turn]") : null;
    const message = button?.closest("article");
    if (!(button instanceof HTMLButtonElement) || !message) return;
    button.disabled = true;
    const data = { session_id: this.#session_id, node_id: message.dataset.nodeId };
    commands.perform("stop_session", data).catch(() => (button.disabled = false));
  }

  /** @param {State} state */
  show(state) {
    this.#session_id = state.session_id;
    if (!this.#adopted) this.#adopt(state);
    const entries = state.order.filter(isKnown).map((entry) => placed(state, entry));
    for (const entry of entries) this.#showEntry(entry, state);
    const arrangement = entries.map(({ id, status }) => (status === "discarded" ? `${id}?` : id)).join();
    if (arrangement !== this.#arranged) this.#arrange(entries);
    this.#arranged = arrangement;
  }

  /** Another meeting from this node on: whoever hears it opens the dialog. @param {Event} event */
  #runAgain({ target }) {
    const button = target instanceof Element ? target.closest("[data-part=again]") : null;
    const node_id = button?.closest("article")?.dataset.nodeId;
    if (node_id) this.dispatchEvent(new CustomEvent("again", { bubbles: true, detail: { session_id: this.#session_id, node_id } }));
  }

  /** The server painted what was said so far: these elements are taken as they are. @param {State} state */
  #adopt(state) {
    this.#adopted = true;
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
    else this.#showCard(known, id, state);
  }

  /** A note that has not changed since is left alone: an open <details> in it stays open. @param {HTMLElement} card @param {string} id @param {State} state */
  #showCard(card, id, state) {
    const note = state.notes[id] ?? state.faults[id];
    if (!note || this.#shown.get(id) === note) return;
    this.#shown.set(id, note);
    CARDS["kind" in note ? note.kind : "fault"]?.show(card, note, this.#places);
  }

  /** @param {string} id @param {string} kind @param {State} state */
  #create(id, kind, state) {
    const element = copyTemplate(CARDS[kind]?.template ?? "message-template");
    const message = state.messages[id];
    if (element instanceof MessageElement && message) element.begin(message, this.#places);
    this.#elements.set(id, element);
    return element;
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
    const speakers = entries.filter(({ kind }) => kind === "message" || kind === "fault").length;
    title.hidden = speakers < 2;
    title.textContent = t("{count} members in parallel", { count: speakers });
  }
}

/** Notes wait for their cards. @param {import("../reducer.js").Entry} entry */
function isKnown({ kind }) {
  return kind === "message" || kind in CARDS;
}

/** @param {State} state @param {import("../reducer.js").Entry} entry @returns {Placed} */
function placed(state, { kind, id }) {
  const message = state.messages[id];
  if (message) return { id, kind, node_id: message.node_id, status: message.status };
  const fault = state.faults[id];
  if (fault) return { id, kind, node_id: fault.node_id, status: "failed" };
  return { id, kind, node_id: state.notes[id]?.node_id ?? null, status: "completed" };
}

customElements.define("council-transcript", Transcript);
