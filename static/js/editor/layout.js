// Where the nodes of a graph stand when nobody has moved them: layer below layer, as in the room.

import { CARD_HEIGHT, CARD_WIDTH } from "./links.js";

/** @typedef {import("./types.js").Graph} Graph */
/** @typedef {import("./types.js").Places} Places */
/** @typedef {Map<string, string[]>} Following */

const STEP_ACROSS = CARD_WIDTH + 36;
const STEP_DOWN = CARD_HEIGHT + 46;

/** The places of all nodes: those that were moved stay, new ones stand free beside what leads to them.
 * @param {Graph} graph @param {Places} moved @returns {Places} */
export function placesOf(graph, moved) {
  if (Object.keys(moved).length === 0) return layout(graph);
  /** @type {Places} */
  const places = {};
  for (const node_id of Object.keys(graph.nodes)) if (moved[node_id]) places[node_id] = moved[node_id];
  for (const node_id of Object.keys(graph.nodes)) places[node_id] ??= besideOthers(graph, places, node_id);
  return places;
}

/** @param {Graph} graph @param {Places} places @param {string} node_id */
function besideOthers(graph, places, node_id) {
  const source = Object.values(graph.nodes).find((node) => node.next_ids.includes(node_id) && places[node.node_id]);
  const near = places[source?.node_id ?? ""] ?? { x: 0, y: Math.max(0, ...Object.values(places).map(({ y }) => y)) };
  const place = { x: near.x, y: near.y + STEP_DOWN };
  const taken = Object.values(places);
  while (taken.some(({ x, y }) => Math.abs(x - place.x) < CARD_WIDTH && Math.abs(y - place.y) < CARD_HEIGHT)) place.x += STEP_ACROSS;
  return place;
}

/** @param {Graph} graph @returns {Places} */
export function layout(graph) {
  const following = followingOf(graph);
  const order = walk(graph, following);
  const layers = layersOf(order, following);
  /** @type {Places} */
  const places = {};
  /** @type {Map<string, number[]>} */
  const pulls = new Map(order.map((node_id) => [node_id, []]));
  layers.forEach((row, layer) => {
    const middle = (/** @type {string} */ node_id) => mean(pulls.get(node_id) ?? []);
    const sorted = row.toSorted((one, other) => middle(one) - middle(other));
    sorted.forEach((node_id, place) => {
      const x = (place - (row.length - 1) / 2) * STEP_ACROSS;
      places[node_id] = { x, y: layer * STEP_DOWN };
      for (const target of following.get(node_id) ?? []) pulls.get(target)?.push(x);
    });
  });
  return places;
}

/** What comes after each node in time: its links, but for the one with which a loop leads back, and in a sequence the next branch.
 * @param {Graph} graph @returns {Following} */
function followingOf({ nodes }) {
  const known = (/** @type {string[]} */ ids) => ids.filter((node_id) => node_id in nodes);
  /** @type {Following} */
  const following = new Map(
    Object.values(nodes).map(({ node_id, type, next_ids }) => [node_id, known(type === "loop" && next_ids.length > 1 ? next_ids.slice(1) : next_ids)]),
  );
  for (const { type, next_ids } of Object.values(nodes)) {
    if (type !== "sequence") continue;
    known(next_ids).forEach((branch, place, all) => place > 0 && following.get(all[place - 1] ?? "")?.push(branch));
  }
  return following;
}

/** All nodes, each after those that lead to it; links that close a circle are taken out of `following`.
 * @param {Graph} graph @param {Following} following */
function walk(graph, following) {
  /** @type {string[]} */
  const finished = [];
  const seen = new Set();
  const onPath = new Set();
  for (const root of [graph.start_node_id, ...Object.keys(graph.nodes)]) {
    if (seen.has(root) || !(root in graph.nodes)) continue;
    const path = [{ node_id: root, rest: [...(following.get(root) ?? [])] }];
    seen.add(root);
    onPath.add(root);
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const { node_id, rest } = step;
      const target = rest.pop();
      if (target === undefined) {
        path.pop();
        onPath.delete(node_id);
        finished.push(node_id);
      } else if (onPath.has(target)) {
        following.set(node_id, (following.get(node_id) ?? []).filter((other) => other !== target));
      } else if (!seen.has(target)) {
        seen.add(target);
        onPath.add(target);
        path.push({ node_id: target, rest: [...(following.get(target) ?? [])] });
      }
    }
  }
  return finished.reverse();
}

/** The nodes row by row, each below all that lead to it. @param {string[]} order @param {Following} following */
function layersOf(order, following) {
  const depth = new Map(order.map((node_id) => [node_id, 0]));
  /** @type {string[][]} */
  const layers = [];
  for (const node_id of order) {
    const own = depth.get(node_id) ?? 0;
    (layers[own] ??= []).push(node_id);
    for (const target of following.get(node_id) ?? []) depth.set(target, Math.max(depth.get(target) ?? 0, own + 1));
  }
  return layers;
}

/** @param {number[]} numbers */
function mean(numbers) {
  return numbers.length > 0 ? numbers.reduce((sum, each) => sum + each, 0) / numbers.length : 0;
}
