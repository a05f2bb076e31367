// <council-providers>: the model servers, where each is set, and those that are entered here.

import { get, post, put, remove } from "../lib/api.js";
import { formatCount } from "../lib/format.js";
import { sentenceOf } from "../lib/refusal.js";
import { copyTemplate, fillList, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { confirmed } from "../panel/confirm.js";
import { Sheet } from "../panel/sheet.js";

/**
 * @typedef {object} Endpoint
 * @property {string} provider_id
 * @property {string} name
 * @property {string} base_url
 * @property {string[]} models
 * @property {"environment" | "file" | "page"} source
 * @property {string | null} set_by
 * @property {boolean} has_key
 * @property {string | null} key_end
 * @property {boolean} needs_key
 */
/** @typedef {{models: string[], fault: string | null, milliseconds: number}} Tried */

const PATH = "/llm/endpoints";
const SHOWN_MODELS = 4;

export class ProviderList extends HTMLElement {
  /** @type {Endpoint[]} */ #items = [];

  /** @param {Endpoint[]} items */
  begin(items) {
    this.#show(items);
    part(this, "add").addEventListener("click", () => this.#edit(null));
    part(this, "rows").addEventListener("click", ({ target }) => this.#act(/** @type {Element} */ (target)));
  }

  /** @param {Element} target */
  #act(target) {
    const row = /** @type {HTMLElement | null} */ (target.closest("li"));
    const item = this.#items[Number(row?.dataset.index)];
    const name = /** @type {HTMLElement | null} */ (target.closest("button"))?.dataset.part;
    if (!row || !item) return;
    if (name === "try") this.#try(row, item);
    else if (name === "edit") this.#edit(item);
    else if (name === "remove") this.#remove(item);
  }

  /** @param {HTMLElement} row @param {Endpoint} item */
  async #try(row, item) {
    const button = /** @type {HTMLButtonElement} */ (part(row, "try"));
    button.disabled = true;
    showText(part(row, "tried"), t("Asking which models there are"));
    try {
      showText(part(row, "tried"), toldOf(await post(`${pathOf(item)}/try`, {})));
    } catch (problem) {
      showText(part(row, "tried"), sentenceOf(problem));
    } finally {
      button.disabled = false;
    }
  }

  /** @param {Endpoint | null} item */
  #edit(item) {
    const dialog = /** @type {HTMLDialogElement} */ (copyTemplate("provider-editor"));
    const input = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (part(dialog, name));
    if (item) fill(dialog, item);
    /** @type {Sheet} */
    const sheet = new Sheet(dialog, {
      read: () => ({
        name: input("name").value,
        base_url: input("base_url").value,
        key: input("no-key").checked ? "" : input("key").value || null,
        models: input("models").value.split(",").map((name) => name.trim()).filter(Boolean),
      }),
      save: (body) => (item ? put(pathOf(item), body) : post(PATH, body)),
      saved: ({ name }) => this.#refresh(t("{name} is saved.", { name })),
      solve: (problem) => sheet.refuse(fieldOf(problem), sentenceOf(problem)),
    });
    sheet.open(item ? t("Change {name}", { name: item.name }) : t("Add a server"));
    input("name").focus();
  }

  /** @param {Endpoint} item */
  async #remove(item) {
    const { name } = item;
    const text = t("Its key is forgotten. Agents that ask for it get the server that is used by default.");
    if (!(await confirmed({ title: t("Delete {name}?", { name }), text, action: t("Delete") }))) return;
    try {
      await remove(pathOf(item));
      await this.#refresh(t("{name} is deleted.", { name }));
    } catch (problem) {
      showText(part(this, "error"), sentenceOf(problem));
    }
    this.querySelector("h2")?.focus();
  }

  /** @param {string} said */
  async #refresh(said) {
    showText(part(this, "note"), said);
    showText(part(this, "error"), null);
    const page = await get(PATH).catch((problem) => showText(part(this, "error"), sentenceOf(problem)));
    if (page) this.#show(page.items);
  }

  /** @param {Endpoint[]} items */
  #show(items) {
    this.#items = items;
    part(this, "none").hidden = items.length > 0;
    fillList(part(this, "providers"), items, showItem);
  }
}

/** @param {HTMLElement} row @param {Endpoint} item @param {number} index */
function showItem(row, item, index) {
  const { name, source, models } = item;
  row.dataset.index = String(index);
  part(row, "name").textContent = name;
  part(row, "source").textContent = source === "page" ? t("entered here") : (item.set_by ?? "");
  part(row, "locked").hidden = !item.needs_key;
  part(row, "address").textContent = item.base_url;
  part(row, "key").textContent = keyText(item);
  part(row, "models").textContent = models.length ? models.join(", ") : t("the server says which");
  part(row, "edit").hidden = source !== "page";
  part(row, "remove").hidden = source !== "page";
  part(row, "try").setAttribute("aria-label", t("Try {name}", { name }));
  part(row, "edit").setAttribute("aria-label", t("Change {name}", { name }));
  part(row, "remove").setAttribute("aria-label", t("Delete {name}", { name }));
}

/** @param {HTMLElement} dialog @param {Endpoint} item */
function fill(dialog, item) {
  const input = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (part(dialog, name));
  input("name").value = item.name;
  input("base_url").value = item.base_url;
  input("models").value = item.models.join(", ");
  input("key").placeholder = item.has_key ? keyText(item) : "";
  part(dialog, "key-choice").hidden = !item.has_key;
}

/** @param {Endpoint} item */
function keyText({ has_key, key_end }) {
  if (!has_key) return t("none");
  return key_end ? `…${key_end}` : t("set");
}

/** @param {Tried} tried */
function toldOf({ models, fault, milliseconds }) {
  if (fault) return fault;
  const shown = models.slice(0, SHOWN_MODELS).join(", ") + (models.length > SHOWN_MODELS ? " …" : "");
  return t("It answers, in {milliseconds} ms: {models}", { milliseconds: formatCount(milliseconds), models: shown });
}

/** The server names the field at the beginning of its sentence. @param {{message: string, code: string}} problem */
function fieldOf({ message, code }) {
  if (code === "conflict") return "name";
  if (code === "model_refused") return "key";
  return ["name", "base_url", "key", "models"].find((name) => message.startsWith(name)) ?? "";
}

/** @param {Endpoint} item */
function pathOf({ provider_id }) {
  return `${PATH}/${encodeURIComponent(provider_id)}`;
}

customElements.define("council-providers", ProviderList);
