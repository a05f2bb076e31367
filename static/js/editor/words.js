// What nodes, types and agents are called.

import { t } from "../lib/texts.js";

/** @typedef {import("./types.js").NodeType} NodeType */
/** @typedef {import("./types.js").PlanNode} PlanNode */

export class Words {
  #types;
  #agents;

  /** @param {NodeType[]} types @param {import("./types.js").Agent[]} agents */
  constructor(types, agents) {
    this.types = types;
    this.agents = agents;
    this.#types = new Map(types.map((each) => [each.type, each]));
    this.#agents = new Map(agents.map(({ agent_id, name }) => [agent_id, name]));
  }

  /** @param {string} type */
  kind(type) {
    return this.#types.get(type);
  }

  /** @param {string} agent_id */
  agent(agent_id) {
    return this.#agents.get(agent_id) ?? agent_id;
  }

  /** Who sits at the node; empty when nobody does. @param {PlanNode} node */
  agentAt({ properties }) {
    const { agent_id } = properties;
    return typeof agent_id === "string" && agent_id !== "" ? this.agent(agent_id) : "";
  }

  /** A node as one sentence, for those who do not see the drawing. @param {PlanNode} node @param {import("./types.js").Graph} graph @param {number} faults */
  told(node, graph, faults) {
    const name = node.name || node.node_id;
    const kind = this.kind(node.type)?.name ?? node.type;
    const next = node.next_ids.map((node_id) => graph.nodes[node_id]?.name || node_id).join(", ");
    const values = { name, kind, next, count: faults };
    if (faults > 0) return next ? t("{name}: {kind}, leads to {next}; faults: {count}", values) : t("{name}: {kind}; faults: {count}", values);
    return next ? t("{name}: {kind}, leads to {next}", values) : t("{name}: {kind}", values);
  }
}
