// What is done with a group on more than one page.

import { remove } from "../lib/api.js";
import { sentenceOf } from "../lib/refusal.js";
import { t, told } from "../lib/texts.js";
import { confirmed, explained } from "./confirm.js";

/** @typedef {import("./types.js").Group} Group */

/** @param {string} group_id */
export function groupHref(group_id) {
  return `/groups?group=${encodeURIComponent(group_id)}`;
}

/** Asks first, and explains a refusal. Whether the group is gone. @param {Group} group */
export async function deleteGroup(group) {
  const name = told(group.name);
  const text = t("What it knows is forgotten with it. Its meetings stay.");
  if (!(await confirmed({ title: t("Delete {name}?", { name }), text, action: t("Delete") }))) return false;
  try {
    await remove(`/groups/${encodeURIComponent(group.group_id)}`);
    return true;
  } catch (problem) {
    const { code } = /** @type {import("../lib/api.js").Problem} */ (problem);
    if (code === "not_found") return true;
    const title = t("{name} cannot be deleted.", { name });
    const places = [{ text: t("To its meetings"), href: groupHref(group.group_id) }];
    if (code === "in_use") await explained({ title, text: t("One of its meetings is not over. Stop it first."), places });
    else await explained({ title, text: sentenceOf(problem) });
    return false;
  }
}
