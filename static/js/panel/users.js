// Where agents sit: the templates and groups that name them.

import { get } from "../lib/api.js";
import { t, told } from "../lib/texts.js";

/** @typedef {{text: string, href: string}} Place */
/** @typedef {import("./types.js").Group} Group */
/** @typedef {import("./types.js").Template} Template */

/** By agent; groups first, since there are fewer of them. @returns {Promise<Map<string, Place[]>>} */
export async function usersOf() {
  const [groups, templates] = await Promise.all([get("/groups"), get("/templates")]);
  const users = new Map();
  for (const group of groups.items) note(users, seatedIn(group), placeOfGroup(group.group_id, told(group.name)));
  for (const template of templates.items) note(users, namedIn(template), placeOfTemplate(template.template_id, told(template.name)));
  return users;
}

/** What the server says uses a thing that it does not delete. @param {any} details @returns {Place[]} */
export function placesOf(details) {
  const groups = /** @type {string[]} */ (details?.groups ?? []).map((id) => placeOfGroup(id, id));
  const templates = /** @type {string[]} */ (details?.templates ?? []).map((id) => placeOfTemplate(id, id));
  return [...groups, ...templates];
}

/** Whose those are that use it; what is hidden from the reader is counted only. @param {any} details */
export function whyInUse(details) {
  if (!details?.others) return t("It sits in these; change or delete them first.");
  const count = String(details.others);
  if (placesOf(details).length) return t("It sits in these and in {count} of other people: change or delete them first.", { count });
  return t("It sits in {count} of other people: they or an admin can change those.", { count });
}

/** The agents of a group, each once. @param {Group} group */
export function seatedIn({ default_agents }) {
  return new Set(Object.values(default_agents).flatMap((seats) => Object.values(seats)));
}

/** @param {Template} template @returns {Set<string>} */
function namedIn({ graph }) {
  return new Set(Object.values(graph.nodes).flatMap(({ properties }) => properties.agent_id ?? []));
}

/** @param {Map<string, Place[]>} users @param {Set<string>} agents @param {Place} place */
function note(users, agents, place) {
  for (const agent_id of agents) users.set(agent_id, [...(users.get(agent_id) ?? []), place]);
}

/** @param {string} id @param {string} text @returns {Place} */
function placeOfGroup(id, text) {
  return { text, href: `/groups?group=${encodeURIComponent(id)}` };
}

/** @param {string} id @param {string} text @returns {Place} */
function placeOfTemplate(id, text) {
  return { text, href: `/templates/${encodeURIComponent(id)}/edit` };
}
