// <council-group-meetings>: the meetings of one group, newest first, page by page.

import { get } from "../lib/api.js";
import { formatMoment } from "../lib/format.js";
import { copyTemplate, part } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { statusText } from "../lib/status.js";

/** @typedef {import("../protocol.js").SessionPage} SessionPage */
/** @typedef {import("../protocol.js").SessionSummary} SessionSummary */

const PAGE = 10;

export class GroupMeetings extends HTMLElement {
  #group_id = "";
  /** @type {string | null} */ #next = null;

  /** @param {string} group_id */
  begin(group_id) {
    this.#group_id = group_id;
    part(this, "older").addEventListener("click", () => this.#more());
    part(this, "retry").addEventListener("click", () => this.#more());
    this.#more();
  }

  async #more() {
    const cursor = this.#next ? `&cursor=${encodeURIComponent(this.#next)}` : "";
    part(this, "wait").hidden = false;
    part(this, "failed").hidden = true;
    try {
      const page = /** @type {SessionPage} */ (await get(`/sessions?group_id=${encodeURIComponent(this.#group_id)}&limit=${PAGE}${cursor}`));
      this.#next = page.next;
      part(this, "rows").append(...page.items.map(row));
      part(this, "older").hidden = page.next === null;
      part(this, "empty").hidden = part(this, "rows").childElementCount > 0;
    } catch {
      part(this, "failed").hidden = false;
    }
    part(this, "wait").hidden = true;
  }
}

/** @param {SessionSummary} session */
function row({ session_id, subject, status, created_at }) {
  const element = copyTemplate("group-meeting");
  element.dataset.status = status;
  /** @type {HTMLAnchorElement} */ (element.querySelector("a")).href = `/meetings/${encodeURIComponent(session_id)}`;
  part(element, "subject").textContent = subject || t("No subject");
  part(element, "status").textContent = statusText(status);
  part(element, "time").textContent = formatMoment(created_at);
  return element;
}

customElements.define("council-group-meetings", GroupMeetings);
