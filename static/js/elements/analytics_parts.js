// The parts of the analytics: each fills its section, or says that there is nothing yet.

import { optionText } from "../cards/votes.js";
import { bar, lane, scoreLines } from "../lib/charts.js";
import { formatCost, formatCount, formatDecimal, formatElapsed } from "../lib/format.js";
import { changes } from "../lib/minds.js";
import { titleOf } from "../lib/sections.js";
import { cost, tokens } from "../lib/spending.js";
import { copyTemplate, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { stanceText } from "./verdict_parts.js";

/** @typedef {import("../reducer.js").State} State */
/** @typedef {import("../protocol.js").Places} Places */
/** @typedef {{node_id: string, agent_id: string | null}} Who */

/** @param {HTMLElement} section @param {import("../lib/spending.js").Spender[]} spenders @param {State} state @param {Places} places */
export function showSpending(section, spenders, state, places) {
  const hasCost = spenders.some((spender) => cost(spender) > 0);
  const size = hasCost ? cost : tokens;
  const most = Math.max(0, ...spenders.map(size));
  showText(part(section, "about"), spenders.length ? (hasCost ? t("Bars show cost.") : t("Bars show tokens.")) : null);
  showRows(section, spenders, (row, spender) => {
    nameRow(row, spender, state, places);
    part(row, "value").textContent = formatCost(spender.totals, state.panel.rehearsal);
    part(row, "picture").append(bar(size(spender), most));
    const { input_tokens, output_tokens } = spender.totals;
    const counted = t("{input} in, {output} out", { input: formatCount(input_tokens), output: formatCount(output_tokens) });
    const calls = spender.calls === 1 ? t("1 call") : t("{count} calls", { count: formatCount(spender.calls) });
    const guessed = spender.estimated ? t("partly estimated") : null;
    part(row, "detail").textContent = [t("{count} tokens", { count: formatCount(tokens(spender)) }), counted, calls, guessed].filter(Boolean).join(" · ");
  });
}

/** @param {HTMLElement} section @param {import("../lib/speaking.js").Speaker[]} speakers @param {number} until @param {State} state @param {Places} places */
export function showSpeaking(section, speakers, until, state, places) {
  part(section, "axis").hidden = speakers.length === 0;
  part(section, "end").textContent = formatElapsed(until / 1000);
  showRows(section, speakers, (row, speaker) => {
    nameRow(row, speaker, state, places);
    part(row, "value").textContent = formatElapsed(speaker.spoken / 1000);
    part(row, "picture").append(lane(speaker.turns, until));
    const count = speaker.turns.length;
    const turns = count === 1 ? t("1 turn") : t("{count} turns", { count: formatCount(count) });
    const waited = speaker.waited === null ? null : t("first word after {seconds} s", { seconds: formatDecimal(speaker.waited / 1000) });
    part(row, "detail").textContent = [turns, waited].filter(Boolean).join(" · ");
  });
}

/** @param {HTMLElement} section @param {State["scores"]} scores @param {number | null} target */
export function showScores(section, scores, target) {
  part(section, "empty").hidden = scores.length > 0;
  part(section, "figure").hidden = part(section, "table").hidden = scores.length === 0;
  const totals = scores.map(({ weighted_total }) => weighted_total);
  const [baseline = 0, current = 0] = [totals[0], totals.at(-1)];
  showText(part(section, "about"), totals.length > 1 ? changeText(baseline, current) : null);
  if (scores.length === 0) return;
  part(section, "figure").replaceChildren(scoreLines(totals, { baseline: totals.length > 1 ? baseline : null, target }));
  part(section, "rows").replaceChildren(...scores.map(({ round, weighted_total, parts }, index) => {
    const before = totals[index - 1];
    const change = before === undefined ? "–" : signed(weighted_total - before);
    return tableRow([formatCount(round), formatDecimal(weighted_total), change, ...["strategic", "practical", "consistency"].map((name) => inPlaces(parts[name]))]);
  }));
}

/** @param {HTMLElement} section @param {State} state @param {Places} places */
export function showMinds(section, state, places) {
  const ballots = Object.values(state.notes).flatMap((note) => (note.kind === "ballot" ? [note.data.opened] : []));
  const words = (/** @type {string} */ stance) => (ballots[0] && !["for", "against", "undecided"].includes(stance) ? optionText(stance, ballots[0]) : stanceText(stance || null));
  showRows(section, changes(state), (row, { who, name, round, before, after, whom, reason, kind }) => {
    row.dataset.kind = kind;
    nameRow(row, { node_id: who, agent_id: who }, state, places, name);
    part(row, "before").textContent = words(before);
    part(row, "after").textContent = words(after);
    part(row, "round").textContent = t("Round {round}", { round: formatCount(round) });
    const because = whom ? t("Because of {whom}.", { whom: memberName(whom, state) }) : null;
    const claimed = kind === "claimed" ? t("It said so; its positions do not show it.") : null;
    showText(part(row, "detail"), [claimed, because, reason].filter(Boolean).join(" ") || null);
  }, "mind-row");
}

/** @param {HTMLElement} section @param {import("../lib/chapters.js").Phase[]} phases @param {number} until @param {Places} places */
export function showPhases(section, phases, until, places) {
  const begun = phases.filter(({ from }) => from <= until);
  const lasted = begun.map(({ from, to }) => Math.min(to ?? until, until) - from);
  const longest = Math.max(0, ...lasted);
  showRows(section, begun, (row, phase, index) => {
    part(row, "name").textContent = titleOf(phase, places);
    part(row, "value").textContent = formatElapsed((lasted[index] ?? 0) / 1000);
    part(row, "picture").append(bar(lasted[index] ?? 0, longest));
    part(row, "detail").remove();
  });
}

/**
 * @template Item
 * @param {HTMLElement} section
 * @param {Item[]} items
 * @param {(row: HTMLElement, item: Item, index: number) => void} fill
 * @param {string} [template]
 */
function showRows(section, items, fill, template = "numbers-row") {
  part(section, "empty").hidden = items.length > 0;
  part(section, "rows").replaceChildren(...items.map((item, index) => {
    const row = copyTemplate(template);
    fill(row, item, index);
    return row;
  }));
}

/** @param {HTMLElement} row @param {Who} who @param {State} state @param {Places} places @param {string | null} [name] */
function nameRow(row, { node_id, agent_id }, { panel }, places, name = null) {
  const member = panel.members.find((one) => one.agent_id === agent_id) ?? panel.members.find((one) => one.node_id === node_id);
  row.dataset.seat = String(places[node_id]?.seat || places[member?.node_id ?? ""]?.seat || 0);
  part(row, "name").textContent = name ?? member?.name ?? places[node_id]?.name ?? node_id;
}

/** @param {string} who @param {State} state */
function memberName(who, { panel }) {
  return panel.members.find(({ agent_id }) => agent_id === who)?.name ?? who;
}

/** @param {string[]} cells */
function tableRow(cells) {
  const row = document.createElement("tr");
  row.append(...cells.map((text, index) => {
    const cell = document.createElement(index === 0 ? "th" : "td");
    if (index === 0) cell.setAttribute("scope", "row");
    cell.textContent = text;
    return cell;
  }));
  return row;
}

/** @param {number} baseline @param {number} current */
function changeText(baseline, current) {
  const values = { baseline: formatDecimal(baseline), current: formatDecimal(current), change: signed(current - baseline) };
  return t("From {baseline} to {current} ({change}).", values);
}

/** @param {number} change */
function signed(change) {
  return change > 0 ? `+${formatDecimal(change)}` : formatDecimal(change);
}

/** @param {number | undefined} value */
function inPlaces(value) {
  return value === undefined ? "–" : formatDecimal(value);
}
