// The groups, asked for once for the whole page.

import { get } from "./api.js";

/** @typedef {{group_id: string, name: string, description?: string,
 *   default_agents?: Record<string, Record<string, string>>}} Group */

/** @type {Promise<Group[]> | undefined} */
let asked;

/** None when they cannot be had. @returns {Promise<Group[]>} */
export function groupList() {
  asked ??= get("/groups").then(({ items }) => items, () => []);
  return asked;
}
