// What was done between the words: tools that were used and files that were written, one line each.

import { refLink } from "../lib/refs.js";
import { fillList, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {import("../protocol.js").Places} Places */

/** @param {HTMLElement} card @param {{data: import("../reducer.js").Work[]}} note @param {Places} places */
export function workCard(card, { data }, places) {
  fillList(card, data, (row, { tool, file }) => {
    if (tool) showTool(row, tool, places);
    else if (file) showFile(row, file);
  });
}

/** @param {HTMLElement} row @param {import("../protocol.js").Tool} tool @param {Places} places */
function showTool(row, { node_id, tool, input, output, ok }, places) {
  row.dataset.ok = String(ok);
  part(row, "who").textContent = places[node_id]?.name ?? node_id;
  part(row, "what").textContent = toolText(tool);
  part(row, "about").textContent = String(input.path ?? input.query ?? "");
  showText(part(row, "fault"), ok ? null : t("failed"));
  part(row, "output").textContent = output;
  part(row, "more").hidden = output === "";
}

/** @param {HTMLElement} row @param {import("../protocol.js").File} file */
function showFile(row, { path, version, author, reason }) {
  row.dataset.ok = "true";
  part(row, "who").textContent = author;
  part(row, "what").textContent = t("wrote");
  part(row, "about").replaceChildren(refLink(path, t("{path}, version {version}", { path, version }), { version }));
  part(row, "output").textContent = reason;
  part(row, "more").hidden = reason === "";
}

/** @param {string} tool */
function toolText(tool) {
  switch (tool) {
    case "search":
      return t("search");
    case "read_file":
      return t("read a file");
    case "write_file":
      return t("write a file");
    default:
      return tool.replaceAll("_", " ");
  }
}
