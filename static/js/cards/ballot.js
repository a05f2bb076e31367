// A ballot: sealed slots that fill, then all votes at once with the server's count.

import { formatDecimal, formatShare } from "../lib/format.js";
import { fillList, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { showBars } from "./bars.js";
import { optionText, outcomeText, voteText, whyText } from "./votes.js";

/** @typedef {import("../protocol.js").Ballot} Ballot */
/** @typedef {import("../protocol.js").BallotClosed} BallotClosed */
/** @typedef {import("../protocol.js").CastBallot} CastBallot */
/** @typedef {import("../protocol.js").Places} Places */

/** @param {HTMLElement} card @param {{node_id: string, data: Ballot}} note @param {Places} places */
export function ballotCard(card, { node_id, data: { opened, cast, closed } }, places) {
  const { question, threshold, quorum, secret } = opened;
  if (closed && card.dataset.outcome === "open") card.dataset.opening = "true"; // Under the reader's eyes.
  card.dataset.outcome = closed?.outcome ?? "open";
  card.dataset.nodeId = node_id;
  part(card, "title").textContent = places[node_id]?.name ?? t("Ballot");
  part(card, "question").textContent = question;
  const rules = { threshold: formatShare(threshold), quorum: formatShare(quorum) };
  part(card, "rules").textContent = t("Needs {threshold} of the votes that count; quorum {quorum}.", rules);
  showText(part(card, "outcome"), closed && outcomeText(closed.outcome));
  const count = { cast: cast.length, voters: opened.voters.length };
  const state = secret ? t("Sealed: {cast} of {voters} are in.", count) : t("{cast} of {voters} are in.", count);
  showText(part(card, "state"), closed ? null : state);
  showSlots(card, opened, closed ? null : cast, places);
  part(card, "count").hidden = closed === null;
  if (closed) showCount(card, opened, closed, places);
}

/** One for each voter; only those filled since the last look move. @param {HTMLElement} card @param {Ballot["opened"]} opened @param {Ballot["cast"] | null} cast @param {Places} places */
function showSlots(card, opened, cast, places) {
  const known = (card.dataset.cast ?? "").split(" ");
  fillList(part(card, "slots"), cast ? opened.voters : [], (slot, voter) => {
    const vote = cast?.findLast((one) => one.voter === voter.voter);
    slot.dataset.cast = String(vote !== undefined);
    slot.dataset.fresh = String(vote !== undefined && card.dataset.cast !== undefined && !known.includes(voter.voter));
    part(slot, "name").textContent = nameOf(voter, places);
    const shown = vote && vote.vote !== null ? voteText(vote.vote, opened) : t("sealed");
    part(slot, "vote").textContent = vote ? shown : t("waiting");
  });
  card.dataset.cast = (cast ?? []).map(({ voter }) => voter).join(" ");
}

/** @param {HTMLElement} card @param {Ballot["opened"]} opened @param {BallotClosed} closed @param {Places} places */
function showCount(card, opened, closed, places) {
  const { counted, voters, why, mean, bars } = closed.count;
  const { vote_type, threshold } = opened;
  /** @param {HTMLElement} row @param {CastBallot} ballot */
  const show = (row, ballot) => showVote(row, ballot, opened, places);
  fillList(part(card, "papers"), closed.ballots, (row, ballot) => {
    row.dataset.vote = ballot.vote === null ? "none" : vote_type === "yes_no" ? String(ballot.vote) : "other";
    showVote(row, ballot, opened, places);
  });
  showBars(part(card, "bars"), bars ?? [], { vote_type, threshold, decision: closed.decision, label: ({ id }) => optionText(id, opened) });
  part(card, "quorum").textContent = t("{counted} of {voters} votes count.", { counted, voters });
  showText(part(card, "mean"), typeof mean === "number" ? t("Mean score: {mean}.", { mean: formatDecimal(mean) }) : null);
  showText(part(card, "why"), why ? whyText(why) : null);
  showText(part(card, "undecided"), undecidedText(closed.outcome));
  fillList(part(card, "votes"), closed.ballots.filter(({ vote }) => vote !== null), show);
  fillList(part(card, "abstentions"), closed.ballots.filter(({ vote }) => vote === null), show);
}

/** @param {HTMLElement} row @param {CastBallot} ballot @param {Ballot["opened"]} opened @param {Places} places */
function showVote(row, { voter, vote, reason, why }, opened, places) {
  part(row, "name").textContent = nameOf(opened.voters.find((one) => one.voter === voter) ?? { voter }, places);
  part(row, "vote").textContent = vote === null ? t("abstained") : voteText(vote, opened);
  const said = row.querySelector("[data-part=reason]");
  if (said instanceof HTMLElement) showText(said, [vote === null ? why : "", reason].filter(Boolean).join(" ") || null);
}

/** What must not be taken for a decision says so. @param {BallotClosed["outcome"]} outcome */
function undecidedText(outcome) {
  if (outcome === "impasse") return t("No decision: nothing was passed and nothing was rejected.");
  return outcome === "no_quorum" ? t("No decision: too few took part.") : null;
}

/** @param {import("../protocol.js").Voter} voter @param {Places} places */
function nameOf({ voter, name }, places) {
  if (voter === "human" || voter === "person") return name ?? t("You");
  return name ?? places[voter]?.name ?? voter;
}
