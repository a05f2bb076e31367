// Run a meeting again from one of its nodes: with another agent there, or another task.

import { get, post } from "../lib/api.js";
import { sentenceOf } from "../lib/refusal.js";
import { loadSheet } from "../lib/sheet.js";
import { copyTemplate, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { uuid } from "../lib/uuid.js";

await loadSheet("people"); // It is never seen without it.

/** @param {{session_id: string, node_id: string}} from @param {import("../protocol.js").Places} places */
export function openRerun({ session_id, node_id }, places) {
  const { name = node_id, type = "agent" } = places[node_id] ?? {};
  const dialog = /** @type {HTMLDialogElement} */ (copyTemplate("rerun-template"));
  const new_session_id = uuid(); // Sent again after a lost answer, it starts nothing twice.
  part(dialog, "title").textContent = t("Run again from {name}", { name });
  part(dialog, "task-field").hidden = type !== "agent" && type !== "llm"; // Nobody else can be told another task.
  part(dialog, "close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    begin(dialog, session_id, { node_id, new_session_id });
  });
  document.body.append(dialog);
  dialog.showModal();
  fillAgents(/** @type {HTMLSelectElement} */ (part(dialog, "agent")));
}

/** Whoever may sit there, once the list has come. @param {HTMLSelectElement} select */
async function fillAgents(select) {
  const { items } = await get("/agents").catch(() => ({ items: [] }));
  for (const { agent_id, name } of items) select.append(new Option(name, agent_id));
}

/** @param {HTMLElement} dialog @param {string} session_id @param {{node_id: string, new_session_id: string}} body */
async function begin(dialog, session_id, body) {
  const button = /** @type {HTMLButtonElement} */ (part(dialog, "submit"));
  const agent = /** @type {HTMLSelectElement} */ (part(dialog, "agent")).value;
  const task = /** @type {HTMLTextAreaElement} */ (part(dialog, "task")).value.trim();
  const agents = agent ? { agents: { [body.node_id]: agent } } : {};
  const tasks = task ? { tasks: { [body.node_id]: task } } : {};
  button.disabled = true;
  try {
    const again = await post(`/sessions/${session_id}/rerun`, { ...body, ...agents, ...tasks });
    location.assign(`/meetings/${encodeURIComponent(again.session_id)}`);
  } catch (problem) {
    showText(part(dialog, "error"), sentenceOf(problem));
    button.disabled = false;
  }
}
