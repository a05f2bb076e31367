// What both lists of meetings show of one: its subject, how it stands, how it runs and since when.

import { formatMoment } from "./format.js";
import { statusText } from "./status.js";
import { part } from "./templates.js";
import { t } from "./texts.js";

/** @typedef {import("../protocol.js").SessionSummary} SessionSummary */
/** @typedef {Record<string, {name: string, nodes: Record<string, string>}>} Templates */

/** @param {HTMLElement} row @param {SessionSummary} session @param {Templates} templates */
export function showSession(row, session, templates) {
  row.dataset.sessionId = session.session_id;
  row.dataset.status = session.status;
  row.querySelector("a")?.setAttribute("href", `/meetings/${encodeURIComponent(session.session_id)}`);
  part(row, "subject").textContent = session.subject || t("No subject");
  part(row, "status").textContent = statusText(session.status);
  part(row, "template").textContent = templates[session.template_id]?.name ?? session.template_id.replaceAll("_", " ");
  const time = part(row, "time");
  time.setAttribute("datetime", session.created_at);
  time.textContent = formatMoment(session.created_at);
}

/**
 * The list with these rows in this order; rows that stay are not touched, so that the focus stays too.
 * @param {HTMLElement} list
 * @param {HTMLElement[]} rows
 */
export function arrange(list, rows) {
  rows.forEach((row, index) => {
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
  });
  for (const surplus of [...list.children].slice(rows.length)) surplus.remove();
}

/** The row of a meeting that is in the list already. @param {HTMLElement} list @param {SessionSummary} session @returns {HTMLElement | null} */
export function rowOf(list, { session_id }) {
  return list.querySelector(`[data-session-id="${CSS.escape(session_id)}"]`);
}
