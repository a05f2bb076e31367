// The form of one node: its name and id, its properties by its type's schema, its links.

import { copyTemplate, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { placeOf } from "./fault_places.js";
import { makeField } from "./fields.js";
import { changeId, freshId, rename, setProperty, startAt } from "./graph_edits.js";
import { NextList } from "./next_list.js";
import { deleteSelected } from "./shortcuts.js";

/** @typedef {import("./workbench.js").Workbench} Workbench */

const RARE = ["max_tokens", "timeout_seconds", "retries"];
const ID = /^[A-Za-z0-9_.-]{1,128}$/;

export class NodeForm {
  /** @type {Map<string, import("./fields.js").Field>} */ #fields = new Map();
  #bench;
  #node_id;
  #next;

  /** @param {Workbench} bench @param {import("./words.js").Words} words @param {string} node_id */
  constructor(bench, words, node_id) {
    this.#bench = bench;
    this.#node_id = node_id;
    this.element = copyTemplate("node-form");
    const kind = words.kind(this.#node?.type ?? "");
    part(this.element, "kind").textContent = kind?.name ?? t("Unknown type");
    part(this.element, "explanation").textContent = kind?.explanation ?? this.#node?.type ?? "";
    this.element.querySelector("svg path")?.setAttribute("d", kind?.sign ?? "");
    this.#name.addEventListener("input", () => this.#rename());
    this.#id.addEventListener("change", () => this.#changeId());
    part(this.element, "delete").addEventListener("click", () => deleteSelected(bench));
    part(this.element, "start").addEventListener("click", () => bench.edit((graph) => startAt(graph, node_id)));
    this.#addFields(kind?.schema, words.agents);
    this.#next = new NextList(part(this.element, "next"), bench, node_id);
    for (const input of [this.#name, this.#id]) input.disabled = bench.locked;
  }

  get #node() {
    return this.#bench.graph.nodes[this.#node_id];
  }

  get #name() {
    return /** @type {HTMLInputElement} */ (part(this.element, "name"));
  }

  get #id() {
    return /** @type {HTMLInputElement} */ (part(this.element, "id"));
  }

  show() {
    const node = this.#node;
    if (!node) return;
    if (this.#name.value !== node.name) this.#name.value = node.name;
    if (document.activeElement !== this.#id) this.#id.value = node.node_id;
    const isStart = this.#bench.graph.start_node_id === node.node_id;
    part(this.element, "start").hidden = node.type !== "start" || isStart || this.#bench.locked;
    part(this.element, "delete").hidden = this.#bench.locked;
    for (const [name, field] of this.#fields) field.show(node.properties[name]);
    this.#next.show();
  }

  showFaults() {
    const ids = Object.keys(this.#bench.graph.nodes);
    /** @type {Map<string, string[]>} */
    const told = new Map();
    for (const fault of this.#bench.faults) {
      const { node_id, field } = placeOf(fault.path, ids);
      if (node_id === this.#node_id) told.set(field, [...(told.get(field) ?? []), [fault.reason, fault.suggestion].filter(Boolean).join(" ")]);
    }
    const take = (/** @type {string} */ field) => {
      const texts = told.get(field) ?? [];
      told.delete(field);
      return texts.join(" ") || null;
    };
    for (const [name, field] of this.#fields) field.showFault(take(name));
    showText(part(this.element, "name-error"), take("name"));
    showText(part(this.element, "next-error"), take("next_ids"));
    showText(part(this.element, "faults"), [...told.values()].flat().join(" ") || null);
  }

  /** @param {string} field */
  focusField(field) {
    const rare = part(this.element, "rare");
    if (RARE.includes(field)) /** @type {HTMLDetailsElement} */ (rare).open = true;
    const found = this.#fields.get(field);
    if (found) found.focus();
    else if (field === "next_ids") this.#next.focus();
    else this.#name.focus();
  }

  /** @param {import("./types.js").NodeType["schema"] | undefined} schema @param {import("./types.js").Agent[]} agents */
  #addFields(schema, agents) {
    const required = schema?.required ?? [];
    const names = Object.keys(schema?.properties ?? {});
    const sorted = [...required, ...names.filter((name) => !required.includes(name))];
    for (const name of sorted) {
      const about = /** @type {import("./types.js").FieldSchema} */ (schema?.properties[name]);
      const field = makeField({
        name,
        schema: about,
        agents,
        required: required.includes(name),
        locked: this.#bench.locked,
        onChange: (value) => this.#bench.edit((graph) => setProperty(graph, this.#node_id, name, value), `${this.#node_id} ${name}`),
      });
      this.#fields.set(name, field);
      part(this.element, RARE.includes(name) ? "rare-fields" : "fields").append(field.element);
    }
    part(this.element, "rare").hidden = !names.some((name) => RARE.includes(name));
  }

  #rename() {
    this.#bench.edit((graph) => rename(graph, this.#node_id, this.#name.value), `${this.#node_id} name`);
  }

  #changeId() {
    const id = this.#id.value.trim();
    const { graph } = this.#bench;
    if (id === this.#node_id) return showText(part(this.element, "id-error"), null);
    if (!ID.test(id)) return showText(part(this.element, "id-error"), t("Letters without accents, digits, “_”, “-” and “.”."));
    if (id in graph.nodes) return showText(part(this.element, "id-error"), t("Another node has it. {free} is free.", { free: freshId(graph, id) }));
    this.#bench.changeId((before) => changeId(before, this.#node_id, id), this.#node_id, id);
  }
}
