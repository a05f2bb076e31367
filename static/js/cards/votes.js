// Votes, outcomes and what people decided, in words.

import { t } from "../lib/texts.js";

/** @param {import("../protocol.js").Vote} vote @param {{vote_type: string, options: import("../protocol.js").Option[]}} ballot */
export function voteText(vote, { vote_type, options }) {
  const name = (/** @type {string | number} */ id) => options.find(({ option_id }) => option_id === id)?.text ?? String(id);
  if (Array.isArray(vote)) return vote.map(name).join(" › ");
  if (vote_type === "score_1_10") return t("{score} of 10", { score: vote });
  if (vote_type === "yes_no") return vote === "yes" ? t("Yes") : vote === "no" ? t("No") : String(vote);
  return name(vote);
}

/** @param {string} outcome */
export function outcomeText(outcome) {
  switch (outcome) {
    case "passed":
      return t("Passed");
    case "rejected":
      return t("Rejected");
    case "impasse":
      return t("Impasse");
    default:
      return t("No quorum");
  }
}

/** @param {string} why */
export function whyText(why) {
  switch (why) {
    case "nobody_voted":
      return t("Nobody voted.");
    case "below_quorum":
      return t("Too few votes count: the quorum was missed.");
    case "too_few_options":
      return t("There was nothing to choose between.");
    case "tie":
      return t("A tie.");
    case "below_threshold":
      return t("No side reached the threshold.");
    default:
      return why;
  }
}

/** @param {string} action */
export function actionText(action) {
  switch (action) {
    case "approve":
      return t("Approve");
    case "reject":
      return t("Reject");
    case "modify":
      return t("Modify");
    case "continue":
      return t("Continue");
    case "apply":
      return t("Apply");
    case "rollback":
      return t("Roll back");
    case "exit":
      return t("Exit");
    case "skip":
      return t("Skip");
    default:
      return action.replaceAll("_", " ");
  }
}
