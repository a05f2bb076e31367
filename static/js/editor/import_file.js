// A template out of a YAML or JSON file, opened in the editor and not saved yet.

import { Problem, post } from "../lib/api.js";
import { decode } from "../lib/documents.js";
import { t } from "../lib/texts.js";
import { uuid } from "../lib/uuid.js";
import { keepDraft } from "./drafts.js";

const MAX_BYTES = 2_000_000;

/** Throws a Problem that says what is wrong with the file. @param {File} file */
export async function importFile(file) {
  if (file.size > MAX_BYTES) throw new Problem({ code: "too_large", message: t("{name} is too large for a template.", { name: file.name }) });
  const text = decode(await file.arrayBuffer());
  if (text === null) throw new Problem({ code: "malformed", message: t("{name} is not a text.", { name: file.name }) });
  openDraft((await post("/templates/yaml", asBody(text))).template);
}

/** A template that nobody has saved, in the editor. @param {import("./types.js").Template} template */
export function openDraft(template) {
  const draft = uuid();
  keepDraft(`new.${draft}`, { template, updated_at: null, fresh: true });
  location.assign(`/templates/new?draft=${draft}`);
}

/** @param {string} text */
function asBody(text) {
  try {
    const template = JSON.parse(text);
    if (template && typeof template === "object" && !Array.isArray(template)) return { template };
  } catch {
    // Not JSON: then it is YAML, or the server says why not.
  }
  return { yaml: text };
}
