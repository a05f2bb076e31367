// Why the room is not live any more and will not be by itself, and what its reader can do now.

import { get } from "../lib/api.js";
import { awaitSignIn, signInHref } from "../lib/signed_out.js";
import { part, showText } from "../lib/templates.js";
import { t } from "../lib/texts.js";

/** @typedef {import("../connection.js").Ending} Ending */

/** @param {HTMLElement} link @param {Ending} ending */
export function showEnding(link, ending) {
  switch (ending) {
    case "sign_in":
      return showSignedOut(link);
    case "forbidden":
      tell(link, t("Not shared with you any more"), t("Whoever shared this meeting took it back. What you see stays here until you leave the page."));
      part(link, "leave").hidden = false;
      return;
    case "missing":
      tell(link, t("Deleted"), t("This meeting was deleted. What you see stays here until you leave the page."));
      offerCopy(link);
      part(link, "leave").hidden = false;
      return;
    case "done":
      return showText(part(link, "explanation"), t("The connection was closed."));
    case "unreachable":
      askWhetherSignedOut(link);
  }
}

/** @param {HTMLElement} link */
function showSignedOut(link) {
  tell(link, t("Signed out"), t("Sign in to follow this meeting. What you typed stays here."));
  part(link, "retry").hidden = true;
  const way = /** @type {HTMLAnchorElement} */ (part(link, "sign-in"));
  way.href = signInHref();
  way.target = "_blank";
  way.hidden = false;
  awaitSignIn(() => link.dispatchEvent(new Event("retry", { bubbles: true })));
}

/** Whoever is signed out cannot open a socket, and no socket can say so. @param {HTMLElement} link */
async function askWhetherSignedOut(link) {
  const problem = await get("/me").catch((refusal) => refusal);
  if (problem.code === "sign_in_needed") showSignedOut(link);
}

/** What stands in the page is all there is left of it. @param {HTMLElement} link */
function offerCopy(link) {
  const button = part(link, "copy");
  button.hidden = false;
  button.onclick = async () => {
    const { copyMeeting } = await import("../lib/copy_meeting.js");
    showText(part(link, "explanation"), (await copyMeeting()) ? t("Copied.") : t("The browser does not let this page copy."));
  };
}

/** @param {HTMLElement} link @param {string} status @param {string} explanation */
function tell(link, status, explanation) {
  part(link, "status").textContent = status;
  showText(part(link, "explanation"), explanation);
}
