// Two meetings side by side: the server paints them anew as long as one of them runs.

import { statusText } from "../lib/status.js";

const REFRESH_MS = 3000;

export function open() {
  nameStatuses();
  const timer = setInterval(async () => {
    if (!isRunning()) clearInterval(timer);
    else if (!document.hidden) await repaint();
  }, REFRESH_MS);
}

function isRunning() {
  return document.querySelector("[data-side]:is([data-status=pending], [data-status=running], [data-status=paused])") !== null;
}

/** Only when something changed: what a reader has unfolded stays open until then. */
async function repaint() {
  const page = await fetch(location.href, { cache: "no-store" }).then((answer) => answer.text(), () => "");
  const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("main");
  const shown = document.querySelector("main");
  if (!fresh || !shown || fresh.dataset.seqs === shown.dataset.seqs) return;
  shown.replaceWith(document.importNode(fresh, true));
  nameStatuses();
}

function nameStatuses() {
  for (const status of document.querySelectorAll(".status[data-status]")) {
    const word = /** @type {HTMLElement} */ (status).dataset.status;
    status.textContent = statusText(/** @type {import("../protocol.js").SessionStatus} */ (word));
  }
}
