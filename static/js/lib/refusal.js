// Why something was not done, in the reader's language. The server says it exactly, but in English only.

import { t } from "./texts.js";

/** @typedef {{code: string, message: string, hint?: string}} Refusal a Problem of REST or a Refused command */

/** @param {unknown} refusal what was thrown */
export function sentenceOf(refusal) {
  const { code, message, hint = "" } = /** @type {Refusal} */ (refusal);
  if (code === "not_connected") return t("Not connected: nothing was sent, your text is still here.");
  if (code === "unreachable") return message;
  if (code === "sign_in_needed") return t("You are signed out.");
  const said = `${message} ${hint}`.trim();
  if (document.documentElement.lang === "en") return said;
  return t("{what} (The server: {said})", { what: meaningOf(code), said });
}

/** What a code means, for readers who may not read English. @param {string} code */
function meaningOf(code) {
  switch (code) {
    case "invalid":
    case "malformed":
    case "bad_path":
      return t("Something that was filled in is not valid.");
    case "not_found":
    case "unknown_template":
    case "unknown_group":
      return t("It does not exist, or not any more.");
    case "conflict":
      return t("It was changed elsewhere in the meantime.");
    case "illegal_transition":
    case "not_waiting":
    case "not_speaking":
      return t("The meeting has moved on: this is not possible now.");
    case "budget_reached":
      return t("The cap is reached.");
    case "needs_word":
      return t("Say why it may go on: your word is kept in the record.");
    case "unknown_price":
      return t("A cap in USD needs models whose prices are known.");
    case "built_in":
      return t("It comes with Council and stays as it is: copy it.");
    case "in_use":
      return t("Something else needs it.");
    case "invalid_graph":
    case "faulty_draft":
      return t("The template has faults.");
    case "too_large":
      return t("It is too large.");
    case "rate_limited":
    case "unavailable":
      return t("The server is busy. Try again in a moment.");
    case "forbidden":
    case "foreign_origin":
    case "level_too_low":
      return t("You may not do this.");
    case "not_yours":
      return t("It is not yours: ask its owner, or an admin.");
    case "csrf":
      return t("This page is too old: load it again.");
    case "wrong_password":
      return t("That is not your password.");
    case "last_admin":
      return t("Somebody else has to be an admin first.");
    case "not_available":
      return t("This does not exist in this version, or a package for it is not installed.");
    default:
      return isOfModel(code) ? t("The model failed.") : t("It was not done.");
  }
}

/** @param {string} code */
function isOfModel(code) {
  return code.startsWith("model_") || ["context_too_long", "stream_broken", "empty_answer"].includes(code);
}
