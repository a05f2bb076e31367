// Who wrote a version of a document: a member by its name, or a person.

import { t } from "./texts.js";

/** @param {string} author */
export function authorName(author) {
  return author === "person" ? t("a person") : author;
}
