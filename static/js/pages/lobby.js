// The lobby: begin a meeting, or go to one.

import "../elements/document_field.js";
import "../elements/estimate.js";
import "../elements/group_choice.js";
import "../elements/session_lists.js";
import "../elements/start_form.js";
import "../elements/template_choice.js";
import { pageData } from "../lib/page_data.js";

export function open() {
  const lists = /** @type {any} */ (document.querySelector("council-sessions"));
  lists.begin(pageData("page-data").sessions);
}
