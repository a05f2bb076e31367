// Which control a property's JSON Schema asks for.

/** @typedef {import("./types.js").FieldSchema} FieldSchema */
/** @typedef {"text" | "area" | "lines" | "number" | "whole" | "switch" | "choice" | "choices" | "agent" | "agents" | "json"} Kind */

/** @param {FieldSchema} schema @returns {Kind} */
export function kindOf(schema) {
  const plain = plainOf(schema);
  const { format } = schema;
  if (plain.type === "array") {
    if (format === "agent") return "agents";
    return plain.items?.enum ? "choices" : plain.items?.type === "string" ? "lines" : "json";
  }
  if (plain.enum) return "choice";
  if (format === "agent") return "agent";
  if (plain.type === "string") return format === "multiline" ? "area" : "text";
  if (plain.type === "integer") return "whole";
  if (plain.type === "number") return "number";
  return plain.type === "boolean" ? "switch" : "json";
}

/** The schema of a value that is there. @param {FieldSchema} schema @returns {FieldSchema} */
export function plainOf(schema) {
  const inner = schema.anyOf?.find(({ type }) => type !== "null");
  return inner ? { ...schema, ...inner } : schema;
}

/** What was typed as the number it is; as the text it is where it is none, so that its fault can be told. @param {string} typed */
export function numberOf(typed) {
  const text = typed.trim().replace(",", ".");
  if (text === "") return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : typed;
}
