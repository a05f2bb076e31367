// A fact check: each claim with what was found. Without evidence a claim is grey, never green.

import { refLink } from "../lib/refs.js";
import { formatShare } from "../lib/format.js";
import { fillList, part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {import("../protocol.js").Claim} Claim */

/** @param {HTMLElement} card @param {{node_id: string, data: import("../protocol.js").FactCheck}} note @param {import("../protocol.js").Places} places */
export function factsCard(card, { node_id, data: { claims, share_supported, verified } }, places) {
  card.dataset.verified = String(verified);
  card.dataset.nodeId = node_id;
  part(card, "title").textContent = places[node_id]?.name ?? t("Fact check");
  part(card, "outcome").textContent = verified ? t("Verified") : t("Not verified");
  const share = share_supported === null ? null : formatShare(share_supported);
  part(card, "share").textContent =
    claims.length === 0
      ? t("No claim was found that could be checked.")
      : share === null
        ? t("None of the claims could be checked.")
        : t("{share} of the claims that could be checked are supported.", { share });
  fillList(part(card, "claims"), claims, showClaim);
}

/** @param {HTMLElement} row @param {Claim} claim */
function showClaim(row, { claim, status, source, reason, why }) {
  row.dataset.claim = status;
  part(row, "status").textContent = claimText(status);
  part(row, "name").textContent = claim;
  part(row, "source").replaceChildren(...sourceNodes(source));
  showText(part(row, "detail"), reason ?? why ?? null);
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

/** Where it was found: lines of a document as a link into it, an address as a link, anything else in words. @param {any} source @returns {Node[]} */
function sourceNodes(source) {
  if (!source) return [];
  const { path, name, url, title, from_line, line, quote } = typeof source === "string" ? { title: source } : source;
  const document_ = path ?? name;
  const nodes = [];
  if (document_) {
    const from = from_line ?? line;
    nodes.push(refLink(document_, from ? `${document_}:${from}` : document_, { from }));
  } else if (typeof url === "string" && /^https?:\/\//.test(url)) nodes.push(outside(url, title ?? url));
  else if (title) nodes.push(document.createTextNode(title));
  if (quote) nodes.push(document.createTextNode(` “${quote}”`));
  return nodes;
}

/** @param {string} url @param {string} text */
function outside(url, text) {
  const link = document.createElement("a");
  link.href = url;
  link.rel = "noopener noreferrer nofollow";
  link.target = "_blank";
  link.textContent = text;
  return link;
}
