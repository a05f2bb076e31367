// The dialog that asks before a meeting is deleted.

import { remove } from "../lib/api.js";
import { sentenceOf } from "../lib/refusal.js";
import { copyTemplate, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {import("../lib/api.js").Problem} Problem */

/** @param {import("../protocol.js").SessionSummary} session @param {() => void} gone called when it is deleted */
export function askToDelete({ session_id, subject }, gone) {
  const dialog = /** @type {HTMLDialogElement} */ (copyTemplate("delete-template"));
  const button = /** @type {HTMLButtonElement} */ (part(dialog, "confirm"));
  part(dialog, "subject").textContent = subject || t("No subject");
  part(dialog, "keep").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  button.addEventListener("click", async () => {
    button.disabled = true;
    const problem = await remove(`/sessions/${encodeURIComponent(session_id)}`).catch((refusal) => /** @type {Problem} */ (refusal));
    button.disabled = false;
    if (problem && problem.code !== "not_found") return showText(part(dialog, "error"), sentenceOf(problem));
    dialog.close();
    gone();
  });
  document.body.append(dialog);
  dialog.showModal();
}
