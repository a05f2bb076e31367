// <council-verdict>: what the council came to. Who was missing stands above it.

import { optionText } from "../cards/votes.js";
import { markdownNodes } from "../lib/markdown.js";
import { loadSheet } from "../lib/sheet.js";
import { copyTemplate, fillList, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { dress } from "../markdown/dress.js";
import { RoomElement } from "./room_element.js";
import { chairText, decisionText, personText, showBestDraft, showChanges, showCount, showSentences, weakText } from "./verdict_parts.js";
import { absenceText, deviationText, wordText } from "./verdict_words.js";

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../protocol.js").Verdict} Verdict */
/** @typedef {import("../protocol.js").Places} Places */

class VerdictElement extends RoomElement {
  /** @type {Places} */ #places = {};
  /** @type {Verdict | null} */ #shown = null;
  /** @type {State["panel"] | null} */ #panel = null;
  #wasLed = false;

  /** @param {import("./room_element.js").RoomParts} parts */
  join({ places }) {
    this.#places = places;
  }

  /** @param {State} state */
  show({ verdict, messages, notes, panel }) {
    if (verdict === this.#shown) return;
    this.#shown = verdict;
    if (!verdict) return this.replaceChildren();
    this.#panel = panel;
    const card = copyTemplate("verdict-template");
    card.dataset.outcome = verdict.outcome;
    part(card, "title").textContent = title(verdict.outcome);
    showText(part(card, "word"), verdict.outcome === "decided" ? wordText(verdict.word) : null);
    this.#showPresence(card, verdict);
    const ballot = notes[verdict.ballots?.ballot_id ?? ""];
    const opened = ballot?.kind === "ballot" ? ballot.data.opened : null;
    showText(part(card, "round"), (verdict.round ?? 1) > 1 ? t("Round {round}", { round: verdict.round ?? 1 }) : null);
    showText(part(card, "decision"), verdict.outcome === "partial" ? null : decisionText(verdict, opened));
    const named = (/** @type {string} */ decision) => (opened ? optionText(decision, opened) : decision);
    showText(part(card, "deviates"), deviationText(verdict.chair_deviates, named));
    part(card, "chair-deviates").hidden = !verdict.chair_deviates;
    fillList(part(card, "weak"), verdict.weak_evidence ?? [], (item, reason) => item.append(weakText(reason)));
    showText(part(card, "person"), personText(verdict.person ?? null));
    showText(part(card, "chair"), chairText(verdict.chair ?? null));
    showCount(part(card, "count"), verdict.ballots ?? null, opened);
    showScore(part(card, "score"), verdict);
    showProse(part(card, "text"), verdict);
    const isSaidAbove = Object.values(messages).some(({ node_id }) => node_id === verdict.node_id);
    /** @type {HTMLDetailsElement} */ (part(card, "words")).open = !isSaidAbove;
    this.#showLists(card, verdict);
    this.replaceChildren(card);
    this.#leadHere();
  }

  /** An address that names the verdict, sent by somebody, was opened before there was a card to scroll to. */
  #leadHere() {
    const [entry] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
    const title = this.querySelector("h2");
    if (location.hash === `#${title?.id}` && entry?.type === "navigate" && !this.#wasLed) title?.scrollIntoView();
    this.#wasLed = true;
  }

  /** @param {HTMLElement} card @param {Verdict} verdict */
  #showPresence(card, { outcome, partial_reason, absences, quorum }) {
    const count = absences.length;
    part(card, "presence").dataset.complete = String(count === 0);
    showText(part(card, "quorum"), count === 0 ? t("All members took part.") : t("Absent: {count}", { count }));
    showText(part(card, "present"), quorum ? t("{full} of {due} gave a full opinion.", quorum) : null);
    showText(part(card, "below"), outcome === "partial" ? noVerdict(partial_reason) : null);
    fillList(part(card, "absences"), absences, (item, { node_id, reason }) => {
      part(item, "name").textContent = this.#name(node_id);
      part(item, "detail").textContent = absenceText(reason);
    });
  }

  /** @param {HTMLElement} card @param {Verdict} verdict */
  #showLists(card, { disputes, orders, dissent, best_draft, changes, sentences }) {
    const name = (/** @type {string | undefined} */ id) => this.#name(id);
    fillList(part(card, "disputes"), disputes, (item, { claim, evidence, html }) => {
      part(item, "name").textContent = claim;
      part(item, "detail").dataset.markup = String(Boolean(html));
      part(item, "detail").replaceChildren(html ? markdownNodes(html) : evidence);
    });
    fillList(part(card, "orders"), orders, (item, order) => {
      part(item, "detail").textContent = order;
    });
    fillList(part(card, "dissent"), dissent ?? [], (item, { node_id, member, text, reason }) => {
      part(item, "name").textContent = name(member ?? node_id);
      part(item, "detail").textContent = text || reason || t("No reason was given.");
    });
    showSentences(part(card, "sentences"), sentences ?? []);
    showChanges(part(card, "changes"), changes ?? [], name);
    showBestDraft(part(card, "best"), best_draft ?? null, name);
  }

  /** Of a node or of a member. @param {string | undefined} id */
  #name(id) {
    const member = this.#panel?.members.find(({ agent_id }) => agent_id === id);
    return this.#places[id ?? ""]?.name ?? member?.name ?? id ?? "";
  }
}

/** @param {Verdict["outcome"]} outcome */
function title(outcome) {
  switch (outcome) {
    case "decided":
      return t("Verdict");
    case "partial":
      return t("Partial result");
    case "impasse":
      return t("Impasse");
  }
}

/** @param {Verdict["partial_reason"]} reason */
function noVerdict(reason) {
  return reason === "chair_cut" || reason === "unreadable"
    ? t("The chair's ruling could not be read in full: what follows is not a verdict.")
    : t("Below quorum: what follows is not a verdict.");
}

/** @param {HTMLElement} element @param {Verdict} verdict */
function showProse(element, { html, text }) {
  element.dataset.markup = String(Boolean(html));
  if (html) element.replaceChildren(markdownNodes(html));
  else element.textContent = text;
  dress(element);
}

/** A ring for the whole, a bar for each part; parts count 0 to 100. @param {HTMLElement} element @param {Verdict} verdict */
function showScore(element, { score, parts }) {
  element.hidden = score === null;
  if (score === null) return;
  part(element, "total").textContent = String(Math.round(score));
  element.querySelector("[data-ring]")?.setAttribute("stroke-dasharray", `${score} 100`);
  for (const name of ["strategic", "practical", "consistency"]) {
    const value = parts?.[name];
    part(element, name).hidden = value === undefined;
    part(part(element, name), "value").textContent = String(Math.round(value ?? 0));
    element.querySelector(`[data-bar="${name}"]`)?.setAttribute("width", String(value ?? 0));
  }
}

await Promise.all([loadSheet("verdict"), loadSheet("deliberation")]); // It is never seen without them.
customElements.define("council-verdict", VerdictElement);
