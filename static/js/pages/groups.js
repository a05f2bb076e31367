// The groups' page: all of them, or one with what it knows and where it has met.

import "../elements/group_page.js";
import "../elements/group_shelf.js";
import { pageData } from "../lib/page_data.js";

export function open() {
  const { group, known } = pageData("page-data");
  const element = /** @type {any} */ (document.querySelector("council-groups, council-group"));
  element.begin(group ?? known);
}
