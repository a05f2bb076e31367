// One control for one property, made from its schema; it shows a value, tells of a new one, and has its fault right at it.

import { copyTemplate, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { agentControl, checkControl, choiceControl } from "./choices.js";
import { kindOf, numberOf, plainOf } from "./field_kinds.js";

/** @typedef {import("./types.js").FieldSchema} FieldSchema */
/** @typedef {{show: (value: any) => void}} Control `show` leaves alone what says the same already. */
/** @typedef {{element: HTMLElement, show: (value: any) => void, showFault: (text: string | null) => void, focus: () => void}} Field */
/** @typedef {{name: string, schema: FieldSchema, required: boolean, locked: boolean, agents: import("./types.js").Agent[],
 *   onChange: (value: any) => void}} FieldWish */

/** @param {FieldWish} wish @returns {Field} */
export function makeField(wish) {
  const kind = kindOf(wish.schema);
  const element = copyTemplate(`field-${TEMPLATES[kind]}`);
  const id = `field-${wish.name}`;
  element.dataset.field = wish.name;
  name(element, wish, id);
  const control = CONTROLS[kind](element, wish);
  const fault = part(element, "error");
  fault.id = `${id}-error`;
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (element.querySelectorAll("input, select, textarea"));
  for (const input of inputs) {
    input.setAttribute("aria-describedby", `${id}-help ${id}-error`);
    input.disabled = wish.locked;
  }
  return {
    element,
    show: control.show,
    focus: () => inputs[0]?.focus(),
    showFault(text) {
      showText(fault, text);
      for (const input of inputs) input.setAttribute("aria-invalid", String(text !== null));
    },
  };
}

/** @type {Record<import("./field_kinds.js").Kind, string>} */
const TEMPLATES = {
  text: "text",
  area: "area",
  lines: "area",
  json: "area",
  number: "text",
  whole: "text",
  switch: "switch",
  choice: "select",
  agent: "select",
  choices: "checks",
  agents: "checks",
};

/** @type {Record<import("./field_kinds.js").Kind, (element: HTMLElement, wish: FieldWish) => Control>} */
const CONTROLS = {
  text: (element, wish) => typed(element, wish, (text) => text, String),
  area: (element, wish) => typed(element, wish, (text) => text, String),
  lines: (element, wish) => typed(element, wish, linesOf, (lines) => (Array.isArray(lines) ? lines.join("\n") : String(lines))),
  number: (element, wish) => typed(element, wish, numberOf, String),
  whole: (element, wish) => typed(element, wish, numberOf, String),
  json: jsonControl,
  switch: switchControl,
  choice: choiceControl,
  agent: agentControl,
  choices: (element, wish) => checkControl(element, wish, Object.entries(plainOf(wish.schema)["x-labels"] ?? {})),
  agents: (element, wish) => checkControl(element, wish, wish.agents.map(({ agent_id, name }) => [agent_id, name])),
};

/** @param {HTMLElement} element @param {FieldWish} wish @param {string} id */
function name(element, { schema, required }, id) {
  const label = part(element, "label");
  label.textContent = schema.title;
  const input = element.querySelector("input, select, textarea");
  if (label instanceof HTMLLabelElement && input) [label.htmlFor, input.id] = [id, id];
  part(element, "optional").hidden = required || hasStandard(schema);
  const help = part(element, "help");
  help.id = `${id}-help`;
  showText(help, [schema.description, rangeOf(plainOf(schema))].filter(Boolean).join(" ") || null);
}

/** Whether there is something to go by when nothing is filled in. @param {FieldSchema} schema */
function hasStandard({ default: standard }) {
  return (standard ?? null) !== null && !(Array.isArray(standard) && standard.length === 0);
}

/** @param {FieldSchema} schema */
function rangeOf({ minimum, maximum, exclusiveMinimum, description }) {
  if (description) return "";
  if (minimum !== undefined && maximum !== undefined) return t("{least} to {most}", { least: minimum, most: maximum });
  return exclusiveMinimum === undefined ? "" : t("above {least}", { least: exclusiveMinimum });
}

/** What is typed; nothing typed is the default. @param {HTMLElement} element @param {FieldWish} wish
 * @param {(text: string) => any} read @param {(value: any) => string} write @returns {Control} */
function typed(element, { schema, onChange }, read, write) {
  const input = /** @type {HTMLInputElement} */ (element.querySelector("input, textarea"));
  if (hasStandard(schema)) input.placeholder = write(schema.default);
  if (["number", "whole"].includes(kindOf(schema))) input.inputMode = "decimal";
  input.addEventListener("input", () => onChange(input.value.trim() === "" ? undefined : read(input.value)));
  return {
    show(value) {
      const text = value === undefined || value === null ? "" : write(value);
      const same = JSON.stringify(input.value.trim() === "" ? null : read(input.value)) === JSON.stringify(value ?? null);
      if (!same) input.value = text;
    },
  };
}

/** @param {string} text */
function linesOf(text) {
  return text.split("\n").map((line) => line.trim()).filter(Boolean);
}

/** Anything that JSON can say. What is not JSON stays in the field, and the value as it was. @param {HTMLElement} element @param {FieldWish} wish @returns {Control} */
function jsonControl(element, { onChange }) {
  const input = /** @type {HTMLTextAreaElement} */ (element.querySelector("textarea"));
  input.classList.add("code");
  input.spellcheck = false;
  input.addEventListener("input", () => {
    const value = parsed(input.value);
    const bad = value === null;
    showText(part(element, "error"), bad ? t("This is not JSON yet.") : null);
    input.setAttribute("aria-invalid", String(bad));
    if (!bad) onChange(value);
  });
  return {
    show(value) {
      if (JSON.stringify(parsed(input.value)) !== JSON.stringify(value)) input.value = value === undefined ? "" : JSON.stringify(value, null, 2);
    },
  };
}

/** @param {string} text */
function parsed(text) {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {HTMLElement} element @param {FieldWish} wish @returns {Control} */
function switchControl(element, { schema, onChange }) {
  const input = /** @type {HTMLInputElement} */ (element.querySelector("input"));
  input.addEventListener("change", () => onChange(input.checked));
  return { show: (value) => (input.checked = Boolean(value ?? schema.default)) };
}
