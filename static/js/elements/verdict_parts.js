// What a verdict must not hide: the count beside the chair's words, the best first draft, who changed their mind.

import { showBars } from "../cards/bars.js";
import { claimText } from "../cards/facts.js";
import { actionText, optionText, outcomeText, whyText } from "../cards/votes.js";
import { markdownNodes } from "../lib/markdown.js";
import { formatCount, formatUsd } from "../lib/format.js";
import { fillList, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {Record<string, any>} Data */
/** @typedef {(id: string | undefined) => string} NameOf */
/** @typedef {import("../cards/votes.js").Asked} Asked */

/** @param {string} reason */
export function weakText(reason) {
  switch (reason) {
    case "same_model":
      return t("All who agreed are the same model: one model agreed with itself.");
    case "shared_model":
      return t("Some of those who agreed are the same model.");
    case "no_evidence":
      return t("Nobody cited evidence.");
    default:
      return reason;
  }
}

/** What the members decided, in the words of the ballot. @param {Data} verdict @param {Asked | null} opened */
export function decisionText({ decision }, opened) {
  if (!decision) return null;
  return t("The members decided: {decision}", { decision: opened ? optionText(decision, opened) : decision });
}

/** What the person said who was asked last. @param {Data | null} person */
export function personText(person) {
  if (!person) return null;
  const decided = t("A person decided: {action}", { action: actionText(person.action) });
  return person.feedback ? `${decided} – ${person.feedback}` : decided;
}

/** Who ruled, where that is not as one expects. @param {Data | null} chair */
export function chairText(chair) {
  if (!chair) return null;
  const { name, is_member, instead_of, reason } = chair;
  const said = [];
  if (instead_of) said.push(t("{name} ruled instead of {chair}: {reason}", { name, chair: instead_of, reason: reason ?? "" }));
  if (is_member) said.push(t("{name}, who ruled, is one of the members.", { name }));
  return said.join(" ") || null;
}

/** @param {HTMLElement} element @param {Data | null} ballots @param {Asked | null} opened */
export function showCount(element, ballots, opened) {
  const count = ballots?.count;
  element.hidden = !count;
  if (!ballots || !count) return;
  element.dataset.outcome = ballots.outcome;
  part(element, "outcome").textContent = ballots.outcome ? outcomeText(ballots.outcome) : "";
  showBars(part(element, "bars"), count.bars ?? [], {
    vote_type: count.vote_type ?? "",
    threshold: count.threshold ?? 0,
    decision: ballots.decision,
    label: ({ id, label }) => (opened ? optionText(id, opened) : label),
  });
  part(element, "counted").textContent = t("{counted} of {voters} votes count.", { counted: count.counted ?? 0, voters: count.voters ?? 0 });
  showText(part(element, "abstained"), count.abstained ? t("Abstained: {count}.", { count: count.abstained }) : null);
  showText(part(element, "why"), count.why ? whyText(count.why) : null);
}

/** @param {HTMLElement} list @param {Data[]} changes @param {NameOf} name */
export function showChanges(list, changes, name) {
  fillList(list, changes, (row, { member, round, kind, before, after, influence, because_of, reason }) => {
    const whom = influence ? name(influence) : because_of;
    const values = { name: name(member), round, before: stanceText(before), after: stanceText(after), whom };
    row.dataset.kind = kind;
    showStance(part(row, "before"), before);
    part(row, "when").textContent = t("Round {round}", { round });
    showStance(part(row, "after"), after);
    part(row, "name").textContent =
      kind === "claimed"
        ? t("{name} said in round {round} that it moved; its positions do not show it.", values)
        : t("{name} moved from {before} to {after} in round {round}.", values);
    const because = whom ? t("Because of {whom}.", values) : kind === "unexplained" ? t("It gave no reason.") : "";
    showText(part(row, "detail"), [because, reason].filter(Boolean).join(" ") || null);
  });
}

/** @param {HTMLElement} element @param {string | null} stance */
function showStance(element, stance) {
  element.dataset.stance = stance ?? "none";
  element.textContent = stanceText(stance);
}

/** @param {string | null} stance */
export function stanceText(stance) {
  switch (stance) {
    case "for":
      return t("for");
    case "against":
      return t("against");
    case "undecided":
      return t("undecided");
    default:
      return stance ?? t("no position");
  }
}

/** @param {HTMLElement} element @param {Data | null} best @param {NameOf} name */
export function showBestDraft(element, best, name) {
  element.hidden = !best;
  if (!best) return;
  const { member, text, html, why, changed_answer, extra_rounds, chosen_by } = best;
  part(element, "name").textContent = member ? t("Best first draft: {name}", { name: name(member) }) : t("Best first draft");
  showText(part(element, "chosen"), member ? chosenText(chosen_by) : noDraftText(why));
  showText(part(element, "changed"), changed_answer === null || changed_answer === undefined ? null : changedText(changed_answer));
  showText(part(element, "extra"), extra_rounds ? extraText(extra_rounds) : null);
  part(element, "draft").hidden = !text;
  part(element, "draft-text").dataset.markup = String(Boolean(html));
  part(element, "draft-text").replaceChildren(html ? markdownNodes(html) : (text ?? ""));
}

/** @param {boolean} changed */
function changedText(changed) {
  return changed
    ? t("The council changed the answer: most first opinions stood elsewhere.")
    : t("The council did not change the answer: most first opinions stood there already.");
}

/** @param {string | null} by */
function chosenText(by) {
  if (by === "ranking") return t("Ranked first by the others.");
  return by === "position" ? t("The surest of those who stood there from the beginning.") : null;
}

/** @param {string | null} why */
function noDraftText(why) {
  switch (why) {
    case "nobody_held_it":
      return t("Nobody stood there at the beginning.");
    case "tie":
      return t("There is none: the first drafts are tied.");
    default:
      return t("There is none.");
  }
}

/** @param {{tokens: number, usd: number | null}} extra */
function extraText({ tokens, usd }) {
  const values = { tokens: formatCount(tokens), usd: usd === null ? t("unknown") : formatUsd(usd) };
  if (usd === 0) return t("What came after the first opinions cost {tokens} tokens.", values);
  return t("What came after the first opinions cost {tokens} tokens ({usd}).", values);
}

/** Sentences of the ruling, each with the status of the claim in it. @param {HTMLElement} list @param {Data[]} sentences */
export function showSentences(list, sentences) {
  fillList(list, sentences, (row, { sentence, status }) => {
    row.dataset.claim = status ?? "none";
    part(row, "status").textContent = status ? claimText(status) : t("not checked");
    part(row, "name").textContent = sentence;
  });
}
