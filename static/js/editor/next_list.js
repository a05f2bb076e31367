// What comes after a node, in order: move a link up or down, take it away, connect to another node.

import { copyTemplate, part } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { connect, disconnect, moveLink } from "./graph_edits.js";
import { labelOf } from "./links.js";

/** @typedef {import("./workbench.js").Workbench} Workbench */

export class NextList {
  #shown = "";
  #element;
  #bench;
  #node_id;

  /** @param {HTMLElement} element @param {Workbench} bench @param {string} node_id */
  constructor(element, bench, node_id) {
    this.#element = element;
    this.#bench = bench;
    this.#node_id = node_id;
    this.#select.addEventListener("change", () => this.#connect());
    part(element, "connect-field").hidden = bench.locked || bench.graph.nodes[node_id]?.type === "end";
  }

  get #select() {
    return /** @type {HTMLSelectElement} */ (part(this.#element, "connect"));
  }

  focus() {
    this.#select.focus();
  }

  show() {
    const { nodes } = this.#bench.graph;
    const node = nodes[this.#node_id];
    if (!node) return;
    const names = Object.values(nodes).map((each) => [each.node_id, each.name || each.node_id]);
    const text = JSON.stringify([node.next_ids, node.type, names]);
    if (text === this.#shown) return;
    this.#shown = text;
    part(this.#element, "rows").replaceChildren(...node.next_ids.map((target, place) => this.#row(node, target, place)));
    part(this.#element, "none").hidden = node.next_ids.length > 0;
    const others = names.filter(([id]) => id !== this.#node_id && !node.next_ids.includes(id ?? ""));
    this.#select.replaceChildren(new Option(t("Connect to…"), ""), ...others.map(([id, name]) => new Option(name, id)));
  }

  /** @param {import("./types.js").PlanNode} node @param {string} target @param {number} place */
  #row(node, target, place) {
    const { nodes } = this.#bench.graph;
    const row = copyTemplate("next-row");
    const name = nodes[target]?.name || target;
    const go = part(row, "go");
    go.textContent = name;
    go.addEventListener("click", () => this.#bench.select(this.#node_id, target));
    part(row, "role").textContent = labelOf(node, place);
    this.#button(row, "up", t("{name}: earlier", { name }), place > 0, () => this.#move(target, -1, "up"));
    this.#button(row, "down", t("{name}: later", { name }), place < node.next_ids.length - 1, () => this.#move(target, 1, "down"));
    this.#button(row, "remove", t("Delete the link to {name}", { name }), true, () => this.#bench.edit((graph) => disconnect(graph, this.#node_id, target)));
    row.dataset.target = target;
    return row;
  }

  /** @param {HTMLElement} row @param {string} name @param {string} label @param {boolean} enabled @param {() => void} act */
  #button(row, name, label, enabled, act) {
    const button = /** @type {HTMLButtonElement} */ (part(row, name));
    button.setAttribute("aria-label", label);
    button.disabled = !enabled;
    button.hidden = this.#bench.locked;
    button.addEventListener("click", act);
  }

  /** The button that was pressed keeps the focus, so that it can be pressed again. @param {string} target @param {number} by @param {string} button */
  #move(target, by, button) {
    this.#bench.edit((graph) => moveLink(graph, this.#node_id, target, by));
    const row = [...this.#element.querySelectorAll("li")].find((each) => each.dataset.target === target);
    if (row) part(row, button).focus();
  }

  #connect() {
    const target = this.#select.value;
    this.#bench.edit((graph) => connect(graph, this.#node_id, target));
    this.#select.value = "";
    this.#bench.say(t("Connected."));
  }
}
