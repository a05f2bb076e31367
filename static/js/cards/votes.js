// Votes, outcomes and what people decided, in words.

import { t } from "../lib/texts.js";

/** @typedef {{vote_type: string, options: import("../protocol.js").Option[], voters: import("../protocol.js").Voter[]}} Asked */

/** @param {import("../protocol.js").Vote} vote @param {Asked} ballot */
export function voteText(vote, ballot) {
  if (Array.isArray(vote)) return vote.map((id) => optionText(id, ballot)).join(" › ");
  if (ballot.vote_type === "score_1_10") return t("{score} of 10", { score: vote });
  return optionText(String(vote), ballot);
}

/** An option in words: a member's draft by the member's name, which only the members may not know. @param {string} id @param {Asked} ballot */
export function optionText(id, { vote_type, options, voters }) {
  if (vote_type === "yes_no") return id === "yes" ? t("Yes") : id === "no" ? t("No") : id;
  const option = options.find(({ option_id }) => option_id === id);
  return voters.find(({ voter }) => voter === option?.author)?.name ?? option?.text ?? id;
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
