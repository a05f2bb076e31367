// A ballot: sealed slots that fill, then all votes at once with the server's count.

import { formatDecimal, formatShare } from "../lib/format.js";
import { fillList, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { optionText, outcomeText, voteText, whyText } from "./votes.js";

/** @typedef {import("../protocol.js").Ballot} Ballot */
/** @typedef {import("../protocol.js").BallotClosed} BallotClosed */

/** @param {HTMLElement} card @param {{node_id: string, data: Ballot}} note @param {import("../protocol.js").Places} places */
export function ballotCard(card, { node_id, data: { opened, cast, closed } }, places) {
  const { question, threshold, quorum, voters, secret } = opened;
  card.dataset.outcome = closed?.outcome ?? "open";
  card.dataset.nodeId = node_id;
  part(card, "title").textContent = places[node_id]?.name ?? t("Ballot");
  part(card, "question").textContent = question;
  const rules = { threshold: formatShare(threshold), quorum: formatShare(quorum) };
  part(card, "rules").textContent = t("Needs {threshold} of the votes that count; quorum {quorum}.", rules);
  showText(part(card, "outcome"), closed && outcomeText(closed.outcome));
  const state = secret ? t("Sealed: {cast} of {voters} are in.", count()) : t("{cast} of {voters} are in.", count());
  showText(part(card, "state"), closed ? null : state);
  fillList(part(card, "slots"), closed ? [] : voters, (slot, voter) => {
    const vote = cast.findLast((one) => one.voter === voter.voter);
    slot.dataset.cast = String(vote !== undefined);
    part(slot, "name").textContent = nameOf(voter, places);
    const shown = vote && vote.vote !== null ? voteText(vote.vote, opened) : t("sealed");
    part(slot, "vote").textContent = vote ? shown : t("waiting");
  });
  part(card, "count").hidden = closed === null;
  if (closed) showCount(card, opened, closed, places);

  function count() {
    return { cast: cast.length, voters: voters.length };
  }
}

/** @param {HTMLElement} card @param {Ballot["opened"]} opened @param {BallotClosed} closed @param {import("../protocol.js").Places} places */
function showCount(card, opened, closed, places) {
  showBars(card, opened, closed);
  const { counted, voters, why, mean } = closed.count;
  part(card, "quorum").textContent = t("{counted} of {voters} votes count.", { counted, voters });
  showText(part(card, "mean"), typeof mean === "number" ? t("Mean score: {mean}.", { mean: formatDecimal(mean) }) : null);
  showText(part(card, "why"), why ? whyText(why) : null);
  const isAbstention = (/** @type {{vote: unknown}} */ { vote }) => vote === null;
  /** @param {HTMLElement} row @param {import("../protocol.js").CastBallot} ballot */
  const show = (row, { voter, vote, reason, why: because }) => {
    part(row, "name").textContent = nameOf(opened.voters.find((one) => one.voter === voter) ?? { voter }, places);
    part(row, "vote").textContent = vote === null ? t("abstained") : voteText(vote, opened);
    showText(part(row, "reason"), [vote === null ? because : "", reason].filter(Boolean).join(" ") || null);
  };
  fillList(part(card, "votes"), closed.ballots.filter((ballot) => !isAbstention(ballot)), show);
  fillList(part(card, "abstentions"), closed.ballots.filter(isAbstention), show);
}

/** Bars by option, with the line that one of them must reach. @param {HTMLElement} card @param {Ballot["opened"]} opened @param {BallotClosed} closed */
function showBars(card, opened, { count: { bars }, decision }) {
  const { vote_type, threshold } = opened;
  const drawn = vote_type === "score_1_10" ? (bars ?? []).filter(({ votes }) => votes > 0) : (bars ?? []);
  const hasLine = vote_type === "yes_no" || vote_type === "choice";
  fillList(part(card, "bars"), drawn, (row, { id, votes, share, mean_rank }) => {
    row.dataset.won = String(id === decision);
    part(row, "label").textContent = optionText(id, opened);
    const rank = typeof mean_rank === "number" ? t("mean rank {rank}", { rank: formatDecimal(mean_rank) }) : null;
    part(row, "tally").textContent = rank ?? `${votes} · ${formatShare(share)}`;
    row.querySelector("[data-bar]")?.setAttribute("width", String(share * 100));
    const line = row.querySelector("[data-line]");
    line?.setAttribute("x1", String(threshold * 100));
    line?.setAttribute("x2", String(threshold * 100));
    line?.toggleAttribute("hidden", !hasLine);
  });
}

/** @param {import("../protocol.js").Voter} voter @param {import("../protocol.js").Places} places */
function nameOf({ voter, name }, places) {
  if (voter === "human" || voter === "person") return name ?? t("You");
  return name ?? places[voter]?.name ?? voter;
}
