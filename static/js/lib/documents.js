// Files as text: strict UTF-8 up to 5 MB, or a sentence that says why not.

import { t } from "./texts.js";

export const MAX_BYTES = 5 * 1024 * 1024;

/** @typedef {{name: string, content: string}} TextDocument */

/** @param {File} file @returns {Promise<TextDocument>} Rejects with an Error to be shown. */
export async function readDocument(file) {
  const { name } = file;
  if (file.size > MAX_BYTES) throw new Error(t("“{name}” is larger than 5 MB.", { name }));
  const content = decode(await file.arrayBuffer());
  if (content === null) {
    throw new Error(t("“{name}” is not a text file: it is not valid UTF-8. Choose a .md or .txt file.", { name }));
  }
  if (content.trim() === "") throw new Error(t("“{name}” is empty.", { name }));
  return { name, content };
}

/** The text, or null when these bytes are none. A NUL is valid UTF-8, but no text has one. @param {ArrayBuffer} bytes */
export function decode(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}
