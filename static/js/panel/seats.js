// The seats of templates: the nodes at which an agent sits.

import { t, told } from "../lib/texts.js";

/** @typedef {import("./types.js").Template} Template */

export const EVERY = "*";

/** Node ids of one template, or of all. @param {Template[]} templates @param {string} template_id */
export function seatsIn(templates, template_id) {
  return new Set(seatsOf(templates, template_id).map(([node_id]) => node_id));
}

/** Node ids with their names; a node of all templates is told by its id alone. @param {Template[]} templates @param {string} template_id @returns {[string, string][]} */
export function seatsOf(templates, template_id) {
  const nodes = templates
    .filter((each) => template_id === EVERY || each.template_id === template_id)
    .flatMap(({ graph }) => Object.entries(graph.nodes).filter(([, { properties }]) => properties.agent_id));
  if (template_id !== EVERY) return nodes.map(([node_id, { name }]) => [node_id, told(name) || node_id]);
  return [...new Set(nodes.map(([node_id]) => node_id))].sort().map((node_id) => [node_id, node_id]);
}

/** @param {Template[]} templates @param {string} template_id */
export function templateText(templates, template_id) {
  if (template_id === EVERY) return t("Every template");
  return told(templates.find((each) => each.template_id === template_id)?.name ?? template_id);
}
