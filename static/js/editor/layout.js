// Where the nodes of a graph stand when nobody has moved them: layer below layer, as in the room.

import { CARD_HEIGHT, CARD_WIDTH } from "./links.js";

/** @typedef {import("./types.js").Graph} Graph */
/** @typedef {import("./types.js").Places} Places */
/** @typedef {import("./types.js").Point} Point */
/** @typedef {Map<string, string[]>} Following */

const STEP_ACROSS = CARD_WIDTH + 36;
const STEP_DOWN = CARD_HEIGHT + 46;
const FARTHEST = 100_000;

/** The places of all nodes: those that were moved stay, the others make room for them.
 * @param {Graph} graph @param {Places} moved @returns {Places} */
export function placesOf(graph, moved) {
  const places = { ...moved };
  const apart = Object.entries(layout(graph)).filter(([node_id]) => !Object.hasOwn(moved, node_id)); // An id may be "constructor".
  for (const [node_id, place] of apart) places[node_id] = free(place, Object.values(places));
  return places;
}

/** The place, or the next one to the right that is free. @param {Point} place @param {Point[]} taken @returns {Point} */
function free(place, taken) {
  const isTaken = taken.some(({ x, y }) => Math.abs(x - place.x) < CARD_WIDTH && Math.abs(y - place.y) < CARD_HEIGHT);
  return isTaken ? free({ ...place, x: place.x + STEP_ACROSS }, taken) : place;
}

/** What a template keeps of its places: those of nodes that exist, as whole numbers that a server takes.
 * @param {import("./types.js").Template} template @returns {Places} */
export function layoutOf({ graph, layout }) {
  const kept = Object.entries(layout).filter(([node_id]) => node_id in graph.nodes);
  return Object.fromEntries(kept.map(([node_id, { x, y }]) => [node_id, { x: bounded(x), y: bounded(y) }]));
}

/** @param {number} away */
function bounded(away) {
  return Math.max(-FARTHEST, Math.min(FARTHEST, Math.round(away)));
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
