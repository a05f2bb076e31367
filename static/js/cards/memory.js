// What the group knew already, as it was given to the members.

import { fillList, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @param {HTMLElement} card @param {{data: import("../protocol.js").Memory}} note */
export function memoryCard(card, { data: { items, note } }) {
  const count = items.length;
  part(card, "title").textContent =
    count === 0 ? note || t("The group's memory holds nothing on this.") : t("From the group's memory: {count}", { count });
  fillList(part(card, "items"), items, (row, { title, content, text, session_id }) => {
    part(row, "name").textContent = title ?? "";
    showText(part(row, "detail"), content ?? text ?? "");
    const source = /** @type {HTMLAnchorElement} */ (part(row, "source"));
    source.hidden = !session_id;
    source.href = `/meetings/${encodeURIComponent(session_id ?? "")}`;
  });
}
