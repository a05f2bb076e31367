// The list of templates: search, copy, delete, import, generate.

import { copyAndEdit } from "../editor/copying.js";
import { openGenerate } from "../editor/generate.js";
import { importFile } from "../editor/import_file.js";
import "../elements/share_button.js";
import { remove } from "../lib/api.js";
import { formatCount } from "../lib/format.js";
import { sentenceOf } from "../lib/refusal.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {import("../lib/api.js").Problem} Problem */

export function open() {
  const list = byId("cards");
  const search = /** @type {HTMLInputElement} */ (byId("search"));
  const filter = () => showFitting(cardsOf(list), search.value);
  search.addEventListener("input", filter);
  list.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("button") : null;
    const card = /** @type {HTMLElement | null} */ (button?.closest("[data-template]"));
    if (!card || !button) return;
    if (button.dataset.part === "copy") tried(button, copyAndEdit(idOf(card)));
    else if (button.dataset.part === "delete") askToDelete(card, filter);
  });
  if (document.getElementById("generate-open")) offerNew();
  filter();
}

/** Who may look on only makes none. */
function offerNew() {
  byId("generate-open").addEventListener("click", openGenerate);
  const file = /** @type {HTMLInputElement} */ (byId("import-file"));
  file.addEventListener("change", () => {
    if (file.files?.[0]) tried(null, importFile(file.files[0]));
    file.value = "";
  });
}

/** @param {HTMLElement[]} cards @param {string} wanted */
function showFitting(cards, wanted) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  for (const card of cards) {
    const text = `${idOf(card)} ${card.textContent}`.toLowerCase();
    card.hidden = !words.every((word) => text.includes(word));
  }
  const count = cards.filter((card) => !card.hidden).length;
  byId("none").hidden = count > 0;
  byId("count").textContent = count === cards.length ? t("{count} templates", { count: formatCount(count) }) : t("{count} of {all} templates", { count, all: cards.length });
}

/** @param {HTMLElement} card @param {() => void} removed */
function askToDelete(card, removed) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("delete-dialog"));
  const [keep, go] = [part(dialog, "keep"), /** @type {HTMLButtonElement} */ (part(dialog, "delete"))];
  part(dialog, "title").textContent = t("Delete “{name}”?", { name: card.dataset.name ?? "" });
  showText(part(dialog, "error"), null);
  keep.onclick = () => dialog.close();
  go.disabled = false;
  go.onclick = async () => {
    go.disabled = true;
    const problem = await remove(`/templates/${encodeURIComponent(idOf(card))}`).catch((/** @type {Problem} */ refused) => refused);
    go.disabled = false;
    if (problem && problem.code !== "not_found") return showText(part(dialog, "error"), sentenceOf(problem));
    dialog.close();
    card.remove();
    removed();
    byId("search").focus();
  };
  dialog.showModal();
  keep.focus();
}

/** What went wrong stands above the cards. @param {HTMLButtonElement | null} button @param {Promise<void>} work */
async function tried(button, work) {
  showText(byId("page-error"), null);
  if (button) button.disabled = true;
  await work.catch((problem) => showText(byId("page-error"), sentenceOf(problem)));
  if (button) button.disabled = false;
}

/** @param {HTMLElement} list */
function cardsOf(list) {
  return /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-template]")]);
}

/** @param {HTMLElement} card */
function idOf(card) {
  return card.dataset.template ?? "";
}

/** @param {string} id */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
