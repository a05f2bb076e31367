// Changes to a graph, each a pure function: the graph that comes in stays as it is.

/** @typedef {import("./types.js").Graph} Graph */
/** @typedef {import("./types.js").PlanNode} PlanNode */

const BRANCHING = ["parallel", "sequence"];

/** An id that no node has yet, made of a word. @param {Graph} graph @param {string} word */
export function freshId(graph, word) {
  if (!(word in graph.nodes)) return word;
  let number = 2;
  while (`${word}_${number}` in graph.nodes) number += 1;
  return `${word}_${number}`;
}

/** @param {Graph} graph @param {PlanNode} node */
export function addNode(graph, node) {
  return { ...graph, nodes: { ...graph.nodes, [node.node_id]: node } };
}

/**
 * A new node where it will most likely be wanted: on the one link of the node before it (a loop leads back to that node),
 * or as one more branch.
 * @param {Graph} graph @param {PlanNode} node @param {string | null} after
 */
export function insertAfter(graph, node, after) {
  const before = after === null ? undefined : graph.nodes[after];
  if (!before || before.type === "end" || before.type === "loop" || before.node_id === node.node_id) return addNode(graph, node);
  if (BRANCHING.includes(before.type)) {
    const sibling = graph.nodes[before.next_ids[0] ?? ""];
    const next_ids = node.type === "end" ? [] : (sibling?.next_ids.slice(0, 1) ?? []);
    return connect(addNode(graph, { ...node, next_ids }), before.node_id, node.node_id);
  }
  if (before.next_ids.length !== 1 || node.type === "end") return connect(addNode(graph, node), before.node_id, node.node_id);
  const back = node.type === "loop" && before.type !== "start" ? [before.node_id] : [];
  const added = addNode(graph, { ...node, next_ids: [...back, ...before.next_ids] });
  return changed(added, before.node_id, { next_ids: [node.node_id] });
}

/** The graph without the node, and without the links from and to it. @param {Graph} graph @param {string} node_id */
export function removeNode(graph, node_id) {
  const rest = Object.values(graph.nodes).filter((node) => node.node_id !== node_id);
  const nodes = rest.map((node) => {
    const kept = node.next_ids.filter((target) => target !== node_id);
    return /** @type {[string, PlanNode]} */ ([node.node_id, kept.length === node.next_ids.length ? node : { ...node, next_ids: kept }]);
  });
  return { ...graph, nodes: Object.fromEntries(nodes) };
}

/** A link at the end of the source's; there is one between two nodes, and none from a node to itself.
 * @param {Graph} graph @param {string} source @param {string} target */
export function connect(graph, source, target) {
  const from = graph.nodes[source];
  if (!from || !(target in graph.nodes) || source === target || from.next_ids.includes(target)) return graph;
  return changed(graph, source, { next_ids: [...from.next_ids, target] });
}

/** @param {Graph} graph @param {string} source @param {string} target */
export function disconnect(graph, source, target) {
  const from = graph.nodes[source];
  if (!from?.next_ids.includes(target)) return graph;
  return changed(graph, source, { next_ids: from.next_ids.filter((other) => other !== target) });
}

/** A link earlier (-1) or later (1) among its node's: branches run in that order, and a loop's first one leads back.
 * @param {Graph} graph @param {string} source @param {string} target @param {number} by */
export function moveLink(graph, source, target, by) {
  const next_ids = [...(graph.nodes[source]?.next_ids ?? [])];
  const from = next_ids.indexOf(target);
  const to = from + by;
  if (from < 0 || to < 0 || to >= next_ids.length) return graph;
  next_ids.splice(to, 0, ...next_ids.splice(from, 1));
  return changed(graph, source, { next_ids });
}

/** @param {Graph} graph @param {string} node_id @param {string} name */
export function rename(graph, node_id, name) {
  return changed(graph, node_id, { name });
}

/** Another id, in every link as well; the node keeps its place in the order. @param {Graph} graph @param {string} from @param {string} to */
export function changeId(graph, from, to) {
  if (from === to || !(from in graph.nodes) || to in graph.nodes) return graph;
  const renamed = (/** @type {string} */ node_id) => (node_id === from ? to : node_id);
  const nodes = Object.values(graph.nodes).map((node) => {
    const next_ids = node.next_ids.includes(from) ? node.next_ids.map(renamed) : node.next_ids;
    return [renamed(node.node_id), { ...node, node_id: renamed(node.node_id), next_ids }];
  });
  return { start_node_id: renamed(graph.start_node_id), nodes: Object.fromEntries(nodes) };
}

/** A property's value; undefined takes it away, and all others stay. @param {Graph} graph @param {string} node_id
 * @param {string} field @param {any} value */
export function setProperty(graph, node_id, field, value) {
  const { [field]: _before, ...others } = graph.nodes[node_id]?.properties ?? {};
  if (value === undefined) return changed(graph, node_id, { properties: others });
  return changed(graph, node_id, { properties: { ...graph.nodes[node_id]?.properties, [field]: value } });
}

/** @param {Graph} graph @param {string} node_id */
export function startAt(graph, node_id) {
  return { ...graph, start_node_id: node_id };
}

/** @param {Graph} graph @param {string} node_id @param {Partial<PlanNode>} changes @returns {Graph} */
function changed(graph, node_id, changes) {
  const node = graph.nodes[node_id];
  return node ? { ...graph, nodes: { ...graph.nodes, [node_id]: { ...node, ...changes } } } : graph;
}
