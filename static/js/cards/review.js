// What a person was asked and what came of it: it stays in the record when the form is gone.

import { askedFor, authorName } from "../lib/author.js";
import { diffNodes } from "../lib/diff_view.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { actionText } from "./votes.js";

/** @param {HTMLElement} card @param {{data: import("../protocol.js").Review}} note @param {import("../protocol.js").Places} places */
export function reviewCard(card, { data: { node_id, kind, reason, answer, expired } }, places) {
  card.dataset.open = String(answer === null && expired === null);
  part(card, "title").textContent = places[node_id]?.name ?? kindText(kind);
  part(card, "reason").textContent = askedFor(reason);
  const action = answer?.action ?? expired;
  const by = answer?.by ?? "timeout";
  part(card, "outcome").textContent = action === null ? t("waits for a person") : outcome(action, by);
  showText(part(card, "feedback"), answer?.feedback || null);
  const diff = part(card, "diff");
  diff.hidden = !answer?.diff;
  if (answer?.diff) part(diff, "lines").replaceChildren(...diffNodes(answer.diff.split("\n")));
}

/** @param {string} action @param {string} by */
function outcome(action, by) {
  const did = actionText(action);
  return by === "timeout" ? t("Nobody came in time: {action}", { action: did }) : t("{action}, by {by}", { action: did, by: authorName(by) });
}

/** @param {string} kind */
function kindText(kind) {
  if (kind === "question") return t("Question");
  return kind === "ballot" ? t("Ballot") : t("Review");
}
