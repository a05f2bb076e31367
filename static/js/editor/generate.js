// A template from a sentence: asked of a model, shown, and opened in the editor unsaved.

import { post } from "../lib/api.js";
import { formatCount } from "../lib/format.js";
import { pageData } from "../lib/page_data.js";
import { sentenceOf } from "../lib/refusal.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { Canvas } from "./canvas.js";
import { toldFaults } from "./fault_places.js";
import { openDraft } from "./import_file.js";
import { Words } from "./words.js";
import { Workbench } from "./workbench.js";

/** @typedef {import("./types.js").Template} Template */
/** @typedef {import("./types.js").Fault} Fault */
/** @typedef {{input_tokens: number, output_tokens: number, model: string}} Usage */
/** @typedef {{template: Template | null, faults: Fault[], attempts: number, usage: Usage | null}} Drafted */

const TICK_MS = 1000;
let asked = 0;
/** @type {Template | null} */
let draft = null;

export function openGenerate() {
  const { dialog, form, wish } = parts();
  form.onsubmit = (event) => {
    event.preventDefault();
    ask();
  };
  part(dialog, "cancel").onclick = () => dialog.close();
  part(dialog, "open").onclick = () => draft && openDraft(draft);
  dialog.onclose = () => {
    asked += 1;
    busy(false);
  };
  dialog.showModal();
  wish.focus();
}

async function ask() {
  const { dialog, wish } = parts();
  const description = wish.value.trim();
  showDraft(null);
  showText(part(dialog, "error"), description ? null : t("Say what the meeting should be like."));
  if (!description) return wish.focus();
  const own = (asked += 1);
  busy(true);
  try {
    const drafted = await post("/templates/generate", { description });
    if (own === asked) showDraft({ ...drafted, faults: await toldFaults(drafted.faults) });
  } catch (problem) {
    if (own === asked) await explain(/** @type {import("../lib/api.js").Problem} */ (problem));
  }
  if (own === asked) busy(false);
}

/** A faulty draft is shown as far as it can be drawn. @param {import("../lib/api.js").Problem} problem */
async function explain(problem) {
  const { code, details } = problem;
  showText(part(parts().dialog, "error"), sentenceOf(problem));
  if (code !== "faulty_draft") return;
  const { draft: raw, faults, attempts, usage } = details;
  const template = raw ? await post("/templates/yaml", { template: raw }).then((answer) => answer.template, () => null) : null;
  showDraft({ template, faults: await toldFaults(faults), attempts, usage });
}

/** @param {Drafted | null} drafted */
function showDraft(drafted) {
  const { dialog } = parts();
  const template = drafted?.template ? { ...drafted.template, layout: {} } : null;
  draft = template;
  part(dialog, "draft").hidden = drafted === null;
  part(dialog, "open").hidden = template === null;
  part(dialog, "submit").textContent = drafted ? t("Generate again") : t("Generate");
  part(dialog, "submit").dataset.look = template ? "" : "primary";
  showText(part(dialog, "name"), template?.name ?? null);
  showText(part(dialog, "description"), template?.description ?? null);
  const faults = part(dialog, "faults");
  faults.hidden = !drafted?.faults.length;
  faults.replaceChildren(...(drafted?.faults ?? []).map(faultRow));
  showText(part(dialog, "spent"), spent(drafted?.usage ?? null));
  paint(template);
}

/** @param {Fault} fault */
function faultRow({ path, reason, suggestion }) {
  const row = document.createElement("li");
  row.textContent = [`${path}:`, reason, suggestion].filter(Boolean).join(" ");
  return row;
}

/** @param {Usage | null} usage */
function spent(usage) {
  if (!usage) return null;
  return t("{model}: {tokens} tokens", { model: usage.model, tokens: formatCount(usage.input_tokens + usage.output_tokens) });
}

/** @param {Template | null} template */
function paint(template) {
  const svg = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.getElementById("draft-canvas")));
  svg.replaceChildren();
  (/** @type {HTMLElement} */ (/** @type {unknown} */ (svg.parentElement))).hidden = template === null;
  if (!template) return;
  const { node_types, agents } = pageData("page-data");
  const bench = new Workbench({ template, saved: template, locked: true, isNew: false });
  new Canvas(svg, bench, new Words(node_types, agents), () => {}).fit();
  for (const card of svg.querySelectorAll("[tabindex]")) for (const name of ["tabindex", "role", "aria-pressed"]) card.removeAttribute(name);
}

/** @type {ReturnType<typeof setInterval> | undefined} */
let clock;

/** Says how long it has taken so far. @param {boolean} isBusy */
function busy(isBusy) {
  const { dialog } = parts();
  const button = /** @type {HTMLButtonElement} */ (part(dialog, "submit"));
  button.disabled = isBusy;
  clearInterval(clock);
  const began = Date.now();
  const tell = () => showText(part(dialog, "progress"), t("The model is drafting: {seconds} s", { seconds: Math.round((Date.now() - began) / 1000) }));
  if (!isBusy) return showText(part(dialog, "progress"), null);
  tell();
  clock = setInterval(tell, TICK_MS);
}

function parts() {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("generate-dialog"));
  const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
  return { dialog, form, wish: /** @type {HTMLTextAreaElement} */ (document.getElementById("wish")) };
}
