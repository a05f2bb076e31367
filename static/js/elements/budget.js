// <council-budget>: what was spent, what is reserved and what nobody knows: three numbers, and the cap as a bar.

import { formatCount, formatUsd } from "../lib/format.js";
import { loadSheet } from "../lib/sheet.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";
import { RoomElement } from "./room_element.js";

class BudgetElement extends RoomElement {
  /** @param {import("../reducer.js").State} state @param {import("../reducer.js").State} previous */
  show({ budget, cap: first }, previous) {
    if (this.dataset.shown && budget === previous.budget) return;
    this.dataset.shown = "true";
    const cap = budget?.cap ?? first;
    this.hidden = !budget && !cap;
    if (this.hidden) return;
    const { spent_usd = 0, reserved_usd = 0, unknown = 0, spent_tokens = 0, reserved_tokens = 0 } = budget ?? {};
    part(this, "spent").textContent = formatUsd(spent_usd);
    part(this, "reserved").textContent = formatUsd(reserved_usd);
    part(this, "unknown").textContent = t("{count} tokens", { count: formatCount(unknown) });
    this.#showBar("usd", cap?.usd, spent_usd, reserved_usd, formatUsd);
    this.#showBar("tokens", cap?.tokens, spent_tokens, reserved_tokens, (count) => t("{count} tokens", { count: formatCount(count) }));
    showText(part(this, "time"), cap?.seconds ? t("At most {minutes} minutes.", { minutes: Math.round(cap.seconds / 6) / 10 }) : null);
    showText(part(this, "none"), cap?.usd || cap?.tokens || cap?.seconds ? null : t("No cap."));
  }

  /**
   * @param {string} name
   * @param {number | null | undefined} cap
   * @param {number} spent
   * @param {number} reserved
   * @param {(amount: number) => string} format
   */
  #showBar(name, cap, spent, reserved, format) {
    const row = part(this, name);
    row.hidden = !cap;
    if (!cap) return;
    const share = (/** @type {number} */ amount) => String(Math.min(100, (amount / cap) * 100));
    row.querySelector("[data-bar=spent]")?.setAttribute("width", share(spent));
    row.querySelector("[data-bar=reserved]")?.setAttribute("width", share(spent + reserved));
    part(row, "cap").textContent = t("{spent} of {cap}", { spent: format(spent), cap: format(cap) });
  }
}

await loadSheet("deliberation"); // It is never seen without it.
customElements.define("council-budget", BudgetElement);
