// All types of nodes to choose from; the one that is chosen is added after the selected node.

import { copyTemplate, part } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { freshId, insertAfter } from "./graph_edits.js";

/** @typedef {import("./workbench.js").Workbench} Workbench */
/** @typedef {import("./types.js").NodeType} NodeType */

export class Palette {
  #dialog;
  #bench;
  #agents;
  #added;

  /** @param {HTMLDialogElement} dialog @param {Workbench} bench @param {import("./words.js").Words} words @param {(node_id: string) => void} added */
  constructor(dialog, bench, words, added) {
    this.#dialog = dialog;
    this.#bench = bench;
    this.#agents = words.agents;
    this.#added = added;
    part(dialog, "types").append(...words.types.map((kind) => this.#choice(kind)));
  }

  open() {
    const { node_id } = this.#bench.selection;
    const name = this.#bench.graph.nodes[node_id ?? ""]?.name;
    part(this.#dialog, "where").textContent = name ? t("After “{name}”", { name }) : t("Select a node first to add one after it.");
    this.#dialog.showModal();
  }

  /** @param {NodeType} kind */
  #choice(kind) {
    const item = copyTemplate("palette-choice");
    item.querySelector("svg path")?.setAttribute("d", kind.sign);
    part(item, "name").textContent = kind.name;
    part(item, "explanation").textContent = kind.explanation;
    const button = /** @type {HTMLButtonElement} */ (item.querySelector("button"));
    button.dataset.type = kind.type;
    button.addEventListener("click", () => this.#add(kind));
    return item;
  }

  /** @param {NodeType} kind */
  #add(kind) {
    this.#dialog.close();
    const { graph, selection } = this.#bench;
    const node_id = freshId(graph, kind.type);
    const node = { node_id, type: kind.type, name: kind.name, next_ids: [], properties: this.#beginning(kind) };
    this.#bench.edit((before) => insertAfter(before, node, selection.node_id));
    this.#bench.select(node_id);
    this.#bench.say(t("{name} added.", { name: kind.name }));
    this.#added(node_id);
  }

  /** What cannot be left out, as far as anybody can guess it. @param {NodeType} kind */
  #beginning({ schema }) {
    const agent_id = this.#agents[0]?.agent_id ?? "";
    const guesses = { agent_id, agent_ids: this.#agents.slice(0, 3).map((agent) => agent.agent_id), tool: "read_file" };
    const required = schema.required ?? [];
    return Object.fromEntries(Object.entries(guesses).filter(([name]) => required.includes(name)));
  }
}
