// Words about people: who wrote or decided something, and what one is asked.

import { t } from "./texts.js";

/** A member by its name, or a person. @param {string} author */
export function authorName(author) {
  return author === "person" ? t("a person") : author;
}

/** What the server asks by itself in the reader's language, and what a template says as it stands there. @param {string} reason */
export function askedFor(reason) {
  return reason === "Please review this." ? t("Please review this.") : reason;
}
