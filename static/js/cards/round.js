// The end of a round: again or out, and why; with the scores of all rounds so far.

import { scoreChart } from "../lib/score_chart.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @param {HTMLElement} card @param {{data: import("../protocol.js").RoundClosed}} note */
export function roundCard(card, { data: { round, decision, reason, scores } }) {
  card.dataset.decision = decision;
  const about = { round, next: round + 1 };
  part(card, "title").textContent =
    decision === "again" ? t("Round {next}", about) : t("Out of the loop after round {round}", about);
  part(card, "why").textContent = reasonText(reason, decision);
  const chart = part(card, "chart");
  chart.hidden = scores.length < 2;
  if (scores.length > 1) chart.replaceChildren(scoreChart(scores));
  const last = scores.at(-1);
  showText(part(card, "score"), last === undefined ? null : t("Score {score} of 100", { score: Math.round(last) }));
}

/** @param {string} reason @param {string} decision */
function reasonText(reason, decision) {
  switch (reason) {
    case "max_rounds":
      return t("All rounds are used up.");
    case "score":
      return t("The score is high enough.");
    case "agreement":
      return t("The members agree.");
    case "regression":
      return t("The score fell: another round would make it worse.");
    case "stasis":
      return t("The score stands still.");
    case "person":
      return decision === "again" ? t("A person wanted another round.") : t("A person ended it.");
    default:
      return t("Nothing is settled yet, so it goes round again.");
  }
}
