// Votes as bars, by option, with the line that one of them must reach.

import { formatDecimal, formatShare } from "../lib/format.js";
import { fillList, part } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {{vote_type: string, threshold: number, decision: string | null, label: (bar: import("../protocol.js").Bar) => string}} Drawn */

/** @param {HTMLElement} list @param {import("../protocol.js").Bar[]} bars @param {Drawn} drawn */
export function showBars(list, bars, { vote_type, threshold, decision, label }) {
  const shown = vote_type === "score_1_10" ? bars.filter(({ votes }) => votes > 0) : bars;
  const hasLine = vote_type === "yes_no" || vote_type === "choice";
  fillList(list, shown, (row, bar) => {
    row.dataset.won = String(bar.id === decision);
    part(row, "label").textContent = label(bar);
    part(row, "tally").textContent = tally(bar);
    row.querySelector("[data-bar]")?.setAttribute("width", String(bar.share * 100));
    const line = row.querySelector("[data-line]");
    line?.setAttribute("x1", String(threshold * 100));
    line?.setAttribute("x2", String(threshold * 100));
    line?.toggleAttribute("hidden", !hasLine);
  });
}

/** @param {import("../protocol.js").Bar} bar */
function tally({ votes, share, mean_rank }) {
  if (typeof mean_rank === "number") return t("mean rank {rank}", { rank: formatDecimal(mean_rank) });
  return `${votes} · ${formatShare(share)}`;
}
