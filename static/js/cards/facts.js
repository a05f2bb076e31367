// A fact check: each claim with what was found. Without evidence a claim is grey, never green.

import { formatShare } from "../lib/format.js";
import { refLink } from "../lib/refs.js";
import { showSaid } from "../lib/said.js";
import { fillList, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {import("../protocol.js").Claim} Claim */

/** @param {HTMLElement} card @param {{node_id: string, data: import("../protocol.js").FactCheck}} note @param {import("../protocol.js").Places} places */
export function factsCard(card, { node_id, data }, places) {
  card.dataset.verified = String(data.verified);
  card.dataset.nodeId = node_id;
  part(card, "title").textContent = places[node_id]?.name ?? t("Fact check");
  part(card, "outcome").textContent = data.verified ? t("Verified") : t("Not verified");
  part(card, "share").textContent = shareText(data);
  showText(part(card, "dropped"), data.dropped ? t("Left out, for nobody said so: {count}.", { count: data.dropped }) : null);
  fillList(part(card, "claims"), data.claims, showClaim);
}

/** @param {import("../protocol.js").FactCheck} data */
function shareText({ claims, share_supported, problem }) {
  if (problem) return problem;
  if (claims.length === 0 || share_supported === null) return t("No claim was found that could be checked.");
  return t("Supported by evidence: {share} of the claims.", { share: formatShare(share_supported) });
}

/** @param {HTMLElement} row @param {Claim} claim */
function showClaim(row, { claim, status, source, sources, reason }) {
  row.dataset.claim = status;
  part(row, "status").textContent = claimText(status);
  part(row, "name").textContent = claim;
  const found = sources?.length ? sources : source ? [source] : [];
  part(row, "source").replaceChildren(...found.flatMap((one) => [sourceNode(one), document.createTextNode(" ")]));
  showText(part(row, "detail"), reason || null);
  part(row, "said").addEventListener("click", () => leadTo(row, claim));
}

/** To the sentence the claim was taken from. @param {HTMLElement} row @param {string} claim */
function leadTo(row, claim) {
  const button = /** @type {HTMLButtonElement} */ (part(row, "said"));
  if (showSaid(claim)) return;
  button.disabled = true;
  button.textContent = t("Nobody said it in these very words.");
}

/** @param {string} status */
export function claimText(status) {
  switch (status) {
    case "supported":
      return t("supported");
    case "refuted":
      return t("refuted");
    default:
      return t("not checkable");
  }
}

/** Where it was found: lines of a document, an address, or a title. @param {import("../protocol.js").Source} source */
function sourceNode({ path, lines, url, title, text }) {
  const node = path ? refLink(path, [path, lines].filter(Boolean).join(" "), { lines }) : outside(url ?? "", title ?? "");
  node.title = text ?? "";
  return node;
}

/** @param {string} url @param {string} text @returns {HTMLElement} */
function outside(url, text) {
  const link = document.createElement("a");
  link.textContent = text || url;
  if (!/^https?:\/\//.test(url)) return link;
  link.href = url;
  link.rel = "noopener noreferrer nofollow";
  link.target = "_blank";
  return link;
}
