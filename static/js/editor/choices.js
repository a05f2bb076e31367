// Controls that choose among what there is: one of a list, some of a list, an agent.

import { copyTemplate, part } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { plainOf } from "./field_kinds.js";

/** @typedef {import("./fields.js").FieldWish} FieldWish */
/** @typedef {import("./fields.js").Control} Control */

/** @param {HTMLElement} element @param {FieldWish} wish @returns {Control} */
export function choiceControl(element, wish) {
  const { schema, required } = wish;
  const choices = Object.entries(plainOf(schema)["x-labels"] ?? {});
  const isOptional = !required && (schema.default ?? null) === null;
  return selectControl(element, wish, isOptional ? [["", t("none")], ...choices] : choices);
}

/** @param {HTMLElement} element @param {FieldWish} wish @returns {Control} */
export function agentControl(element, wish) {
  const choices = /** @type {[string, string][]} */ (wish.agents.map(({ agent_id, name }) => [agent_id, name]));
  return selectControl(element, wish, [["", wish.required ? t("Choose an agent") : t("nobody")], ...choices]);
}

/** @param {HTMLElement} element @param {FieldWish} wish @param {[string, string][]} choices @returns {Control} */
function selectControl(element, { schema, onChange }, choices) {
  const select = /** @type {HTMLSelectElement} */ (element.querySelector("select"));
  select.replaceChildren(...choices.map(([value, label]) => new Option(label, value)));
  select.addEventListener("change", () => onChange(select.value === "" ? undefined : select.value));
  return {
    show(value) {
      const wanted = String(value ?? schema.default ?? "");
      if (![...select.options].some((option) => option.value === wanted)) select.add(new Option(wanted, wanted));
      select.value = wanted;
    },
  };
}

/** Some of them, in the order they were chosen. @param {HTMLElement} element @param {FieldWish} wish @param {[string, string][]} choices @returns {Control} */
export function checkControl(element, { schema, onChange }, choices) {
  const list = part(element, "choices");
  /** @type {string[]} */
  let chosen = [];
  const row = (/** @type {string} */ value, /** @type {string} */ label) => {
    const item = copyTemplate("field-check");
    const box = /** @type {HTMLInputElement} */ (item.querySelector("input"));
    box.value = value;
    part(item, "label").textContent = label;
    box.addEventListener("change", () => {
      chosen = box.checked ? [...chosen, value] : chosen.filter((other) => other !== value);
      onChange(chosen);
    });
    return item;
  };
  list.append(...choices.map(([value, label]) => row(value, label)));
  return {
    show(value) {
      chosen = (Array.isArray(value) ? value : (schema.default ?? [])).map(String);
      const known = new Set([...list.querySelectorAll("input")].map((box) => box.value));
      list.append(...chosen.filter((each) => !known.has(each)).map((each) => row(each, each)));
      for (const box of list.querySelectorAll("input")) box.checked = chosen.includes(box.value);
    },
  };
}
