// The template on the bench: its states, what is selected, and what is wrong with it. Tells everybody when one of those changes.

import { History } from "./history.js";
import { layoutOf, placesOf } from "./layout.js";

/** @typedef {import("./types.js").Template} Template */
/** @typedef {import("./types.js").Graph} Graph */
/** @typedef {import("./types.js").Places} Places */
/** @typedef {{node_id: string | null, target: string | null}} Selection A link is selected by its source and its target. */

const NOTHING = Object.freeze({ node_id: null, target: null });

/** Events: "state", "selection", "faults", "saved", and "said" with a text for those who listen to the page. */
export class Workbench extends EventTarget {
  /** @type {History<Template>} */ #history;
  /** @type {Selection} */ #selection = NOTHING;
  /** @type {import("./types.js").Fault[]} */ #faults = [];
  /** @type {Places | null} */ #places = null;
  #saved;

  /** @param {{template: Template, saved: Template, locked: boolean, isNew: boolean}} begin */
  constructor({ template, saved, locked, isNew }) {
    super();
    this.#history = new History(template);
    this.#saved = JSON.stringify(saved);
    this.locked = locked;
    this.isNew = isNew;
  }

  get template() {
    return this.#history.present;
  }

  get graph() {
    return this.template.graph;
  }

  /** Where every node stands. */
  get places() {
    return (this.#places ??= placesOf(this.graph, this.template.layout));
  }

  get isDirty() {
    return JSON.stringify(this.template) !== this.#saved;
  }

  get history() {
    return this.#history;
  }

  // Changes

  /** @param {Partial<Template>} changes @param {string | null} [topic] changes with the same topic are undone at once */
  change(changes, topic = null) {
    this.#push({ ...this.template, ...changes }, topic);
  }

  /** @param {(graph: Graph) => Graph} edit @param {string | null} [topic] */
  edit(edit, topic = null) {
    const graph = edit(this.graph);
    if (graph !== this.graph) this.change({ graph }, topic);
  }

  /** What is moved stays there; the other nodes are laid out by themselves. @param {Places} moved @param {string | null} [topic] */
  move(moved, topic = null) {
    this.change({ layout: { ...this.template.layout, ...moved } }, topic);
  }

  /** Another id for a node, which stays where it stands. @param {(graph: Graph) => Graph} edit @param {string} from @param {string} to */
  changeId(edit, from, to) {
    const moved = Object.entries(this.template.layout).map(([node_id, place]) => [node_id === from ? to : node_id, place]);
    this.#selection = { node_id: to, target: null };
    this.change({ graph: edit(this.graph), layout: Object.fromEntries(moved) });
    this.#tell("selection");
  }

  tidy() {
    this.change({ layout: {} });
  }

  undo() {
    if (!this.locked && this.#history.undo()) this.#changed();
  }

  redo() {
    if (!this.locked && this.#history.redo()) this.#changed();
  }

  /** @param {Template} template @param {string | null} topic */
  #push(template, topic) {
    if (this.locked) return;
    this.#history.push({ ...template, layout: layoutOf(template) }, topic);
    this.#changed();
  }

  #changed() {
    this.#places = null;
    const { node_id, target } = this.#selection;
    const node = this.graph.nodes[node_id ?? ""];
    if (node_id !== null && !node) this.select(null);
    else if (target !== null && !node?.next_ids.includes(target)) this.select(node_id);
    this.#tell("state");
  }

  // What is selected, wrong, and saved

  get selection() {
    return this.#selection;
  }

  /** @param {string | null} node_id @param {string | null} [target] */
  select(node_id, target = null) {
    if (this.#selection.node_id === node_id && this.#selection.target === target) return;
    this.#selection = { node_id, target };
    this.#tell("selection");
  }

  get faults() {
    return this.#faults;
  }

  set faults(faults) {
    this.#faults = faults;
    this.#tell("faults");
  }

  /** @param {Template} template */
  hasSaved(template) {
    this.#saved = JSON.stringify(template);
    this.isNew = false;
    this.#tell("saved");
  }

  /** @param {string} text */
  say(text) {
    this.dispatchEvent(new CustomEvent("said", { detail: text }));
  }

  /** @param {"state" | "selection" | "faults" | "saved"} what */
  #tell(what) {
    this.dispatchEvent(new Event(what));
  }
}
