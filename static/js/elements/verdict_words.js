// Sentences of the verdict that the server says in English: said here in the reader's language, where it is known what they mean.

import { t } from "../lib/texts.js";

const DEVIATES = /^The chair says (['"])(.*)\1; the count says (['"])(.*)\3\.$/s;

/** What the chair says against the count. @param {string | null | undefined} sentence @param {(decision: string) => string} nameOf a decision in words */
export function deviationText(sentence, nameOf) {
  const [, , word, , counted] = DEVIATES.exec(sentence ?? "") ?? [];
  if (word === undefined || counted === undefined) return sentence ?? null;
  const said = wordText(word) ?? word;
  if (counted === "no decision") return t("The chair says “{said}”; by the count there is no decision.", { said });
  return t("The chair says “{said}”; the count says “{counted}”.", { said, counted: nameOf(counted) });
}

/** What the chair recommends, in a word. @param {string | null | undefined} word */
export function wordText(word) {
  switch (word) {
    case "pass":
      return t("pass");
    case "refine":
      return t("refine");
    case "improve":
      return t("improve");
    case "rework":
      return t("rework");
    case "reject":
      return t("reject");
    default:
      return word ?? null;
  }
}

/** @param {string} reason why a member gave no full opinion */
export function absenceText(reason) {
  switch (reason) {
    case "":
      return t("No reason was given.");
    case "did not speak":
      return t("did not speak");
    case "its answer was cut off at the token limit":
      return t("its answer was cut off at the token limit");
    case "it was stopped before it had finished":
      return t("it was stopped before it had finished");
    case "its answer broke off":
      return t("its answer broke off");
    default:
      return reason;
  }
}
