// Replays an exported log through the page's own reducer, and compares it with the exported snapshot.

import { readFileSync } from "node:fs";

import { fromSnapshot, reduce } from "../../static/js/reducer.js";

const { session, events } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const LISTS = ["messages", "errors", "fact_checks", "scores", "rounds", "files", "tools", "memory", "ballots", "reviews"];
const totals = { input_tokens: 0, output_tokens: 0, cost_usd: null, unknown_price_tokens: 0, elapsed_seconds: 0 };
const blank = {
  ...session,
  ...Object.fromEntries(LISTS.map((name) => [name, []])),
  ...{ seq: 0, status: "pending", verdict: null, budget: null, node_rounds: {}, totals },
};
const whole = fromSnapshot(session, 0);
const replayed = events.reduce(reduce, fromSnapshot(blank, 0));
const said = ({ messages }) =>
  Object.values(messages)
    .map(({ message_id, content, html, status, finish }) => ({ message_id, content, html, status, finish }))
    .sort((one, other) => one.message_id.localeCompare(other.message_id));
const { input_tokens, output_tokens } = replayed.totals;
const compared = {
  seq: [replayed.seq, whole.seq],
  status: [replayed.status, whole.status],
  order: [replayed.order, whole.order],
  messages: [said(replayed), said(whole)],
  notes: [replayed.notes, whole.notes],
  verdict: [replayed.verdict, whole.verdict],
  scores: [replayed.scores, whole.scores],
  files: [replayed.files, whole.files],
  tokens: [[input_tokens, output_tokens], [whole.totals.input_tokens, whole.totals.output_tokens]],
};
const text = (value) => JSON.stringify(value, (_, each) => (each && typeof each === "object" && !Array.isArray(each) ? Object.fromEntries(Object.entries(each).sort()) : each));
console.log(JSON.stringify(Object.keys(compared).filter((name) => text(compared[name][0]) !== text(compared[name][1]))));
