// <council-transcript>: what was said, section by section; members who speak at the same time stand side by side.

import { CARDS } from "../cards/registry.js";
import { entriesOf, isDiscarded, isEarlier, isReady, isSetAnew, placed, thingOf } from "../lib/entries.js";
import { jumpTo } from "../lib/jump.js";
import { copyTemplate } from "../lib/templates.js";
import { MessageElement } from "./message.js";
import { RoomElement } from "./room_element.js";
import { TranscriptLayout } from "./transcript_layout.js";

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../reducer.js").Message} Message */
/** @typedef {import("../lib/entries.js").Thing} Thing */

const SET_AT_ONCE = 1; // Texts that are set anew in a frame when they are finished, and none beside new entries: all in one would be felt.

class Transcript extends RoomElement {
  /** @type {import("../protocol.js").Places} */ #places = {};
  /** @type {TranscriptLayout | null} */ #layout = null;
  /** @type {Map<string, HTMLElement>} */ #elements = new Map();
  /** @type {Map<string, Thing>} */ #shown = new Map();
  /** @type {State | null} */ #state = null;
  #kinds = 0;
  #isBehind = false;
  #frame = 0;
  /** @type {Target | null} */ #wanted = null;

  /** @param {import("./room_element.js").RoomParts} parts */
  join({ places, commands }) {
    this.#places = places;
    this.#layout = new TranscriptLayout(this, places, (id) => this.#elements.get(id));
    this.addEventListener("click", (event) => this.#endTurn(event, commands));
    this.addEventListener("click", (event) => this.#runAgain(event));
    document.addEventListener("jump", (event) => this.#jump(/** @type {CustomEvent<Target>} */ (event).detail));
  }

  /** Any state may follow any other: a replay goes back as well. @param {State} state */
  show(state) {
    if (!this.#state) this.#adopt(state);
    if (this.#update(state)) this.#arrange(state);
    this.#state = state;
    if (this.#wanted) this.#jump(this.#wanted);
  }

  // What has changed

  /** Brings each entry that changed up to date. @param {State} state @returns {boolean} whether entries came, went or moved */
  #update(state) {
    const before = this.#state;
    const kinds = Object.keys(CARDS).length;
    const same = before && before.messages === state.messages && before.notes === state.notes && before.faults === state.faults;
    if (same && before.order === state.order && kinds === this.#kinds && !this.#isBehind) return false;
    let moved = before?.order !== state.order || kinds !== this.#kinds;
    this.#kinds = kinds;
    const entries = entriesOf(state);
    const most = before && entries.some(({ kind, id }) => isReady(kind) && !this.#shown.has(id)) ? 0 : SET_AT_ONCE;
    let waiting = 0;
    for (const { kind, id } of entries) {
      const thing = thingOf(state, id);
      const last = this.#shown.get(id);
      if (!thing || thing === last || !isReady(kind)) continue;
      if (last && isSetAnew(thing, last) && ++waiting > most) continue;
      if (!last || isDiscarded(last) !== isDiscarded(thing)) moved = true;
      this.#shown.set(id, thing);
      if (last && isEarlier(thing, last)) this.#renew(id, kind, thing);
      else this.#showThing(id, kind, thing);
    }
    this.#catchUp(waiting > most);
    return moved;
  }

  /** What did not fit into this frame comes with the next one. @param {boolean} isBehind */
  #catchUp(isBehind) {
    this.#isBehind = isBehind;
    if (!isBehind || this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#state) this.show(this.#state);
    });
  }

  /** @param {string} id @param {string} kind @param {Thing} thing */
  #showThing(id, kind, thing) {
    const element = this.#elements.get(id) ?? this.#create(id, kind, thing);
    if (element instanceof MessageElement) element.show(/** @type {Message} */ (thing), this.#places);
    else CARDS[kind]?.show(element, thing, this.#places);
  }

  /** @param {string} id @param {string} kind @param {Thing} thing */
  #create(id, kind, thing) {
    const element = copyTemplate(CARDS[kind]?.template ?? "message-template");
    if (element instanceof MessageElement) element.begin(/** @type {Message} */ (thing), this.#places);
    else element.dataset.entryId = id;
    this.#elements.set(id, element);
    return element;
  }

  /** What was said later must not shine through. @param {string} id @param {string} kind @param {Thing} thing */
  #renew(id, kind, thing) {
    const old = this.#elements.get(id);
    this.#elements.delete(id);
    this.#showThing(id, kind, thing);
    old?.replaceWith(/** @type {HTMLElement} */ (this.#elements.get(id)));
  }

  /** @param {State} state */
  #arrange(state) {
    const entries = entriesOf(state).flatMap((entry) => placed(state, entry));
    const kept = new Set(entries.map(({ id }) => id));
    this.#layout?.arrange(entries);
    for (const id of [...this.#elements.keys()].filter((known) => !kept.has(known))) {
      this.#elements.delete(id);
      this.#shown.delete(id);
    }
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

  // What a reader does

  /** Cuts one member short, and nobody else. @param {Event} event @param {import("../commands.js").Commands} commands */
  #endTurn({ target }, commands) {
    const button = target instanceof Element ? target.closest("[data-part=end-turn]") : null;
    const message = button?.closest("article");
    if (!(button instanceof HTMLButtonElement) || !message) return;
    button.disabled = true;
    const data = { session_id: this.#state?.session_id, node_id: message.dataset.nodeId };
    commands.perform("stop_session", data).catch(() => (button.disabled = false));
  }

  /** Another meeting from this node on: whoever hears it opens the dialog. @param {Event} event */
  #runAgain({ target }) {
    const button = target instanceof Element ? target.closest("[data-part=again]") : null;
    const node_id = button?.closest("article")?.dataset.nodeId;
    const session_id = this.#state?.session_id;
    if (node_id) this.dispatchEvent(new CustomEvent("again", { bubbles: true, detail: { session_id, node_id } }));
  }

  /** To a message, or to the newest one of a node; where its words have not come yet, as soon as they have. @param {Target} target */
  #jump(target) {
    const { order = [], messages = {}, notes = {}, faults = {} } = this.#state ?? {};
    const node_of = (/** @type {string} */ id) => (messages[id] ?? notes[id] ?? faults[id])?.node_id;
    const id = target.message_id ?? order.findLast((entry) => node_of(entry.id) === target.node_id)?.id;
    const element = this.#elements.get(id ?? "");
    this.#wanted = !element && messages[id ?? ""]?.absent ? target : null;
    if (element) jumpTo(element.querySelector("article") ?? element);
  }
}

/** @typedef {{message_id?: string, node_id?: string}} Target */

customElements.define("council-transcript", Transcript);
