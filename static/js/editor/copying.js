// A copy of a template under a name of its own, opened in the editor.

import { post } from "../lib/api.js";
import { editAddress } from "./saving.js";

/** @param {string} template_id */
export async function copyAndEdit(template_id) {
  const copy = await post(`/templates/${encodeURIComponent(template_id)}/copy`, {});
  location.assign(editAddress(copy.template_id));
}
