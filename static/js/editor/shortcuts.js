// The keys that work everywhere on the page: undo, redo, save, delete what is selected.

import { t } from "../lib/texts.js";
import { disconnect, removeNode } from "./graph_edits.js";

/** @typedef {import("./workbench.js").Workbench} Workbench */

/** @param {Workbench} bench @param {() => void} save */
export function listenForShortcuts(bench, save) {
  document.addEventListener("keydown", (event) => {
    const { key, shiftKey, target } = event;
    if (document.querySelector("dialog[open]")) return;
    const isTyping = target instanceof Element && target.matches("input:not([type=checkbox]), textarea");
    if (event.ctrlKey || event.metaKey) {
      const letter = key.toLowerCase();
      if (letter === "s") save();
      else if (isTyping) return;
      else if (letter === "z" && !shiftKey) undo(bench);
      else if (letter === "y" || letter === "z") redo(bench);
      else return;
    } else if ((key === "Delete" || key === "Backspace") && !isTyping && bench.selection.node_id !== null) deleteSelected(bench);
    else return;
    event.preventDefault();
  });
}

/** @param {Workbench} bench */
export function undo(bench) {
  if (bench.history.canUndo) bench.say(t("Undone."));
  bench.undo();
}

/** @param {Workbench} bench */
export function redo(bench) {
  if (bench.history.canRedo) bench.say(t("Done again."));
  bench.redo();
}

/** The node with its links, or the link. @param {Workbench} bench */
export function deleteSelected(bench) {
  const { node_id, target } = bench.selection;
  if (node_id === null || bench.locked) return;
  bench.edit((graph) => (target === null ? removeNode(graph, node_id) : disconnect(graph, node_id, target)));
  bench.say(target === null ? t("Node deleted. Ctrl+Z brings it back.") : t("Link deleted. Ctrl+Z brings it back."));
}
