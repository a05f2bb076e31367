// Nobody is signed in any more: the way back, without losing what stands in the page.

import { get } from "./api.js";
import { loadSheet } from "./sheet.js";
import { t } from "./texts.js";

/** @type {Set<() => void>} */
const waiting = new Set();

/** The sign-in that leads back to this page. */
export function signInHref() {
  return `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
}

/** Calls back once this browser is signed in again, in whichever window. @param {() => void} back */
export function awaitSignIn(back) {
  if (waiting.size === 0) {
    document.addEventListener("visibilitychange", look);
    addEventListener("focus", look); // The other window may stand beside this one.
  }
  waiting.add(back);
}

/** A bar that says what happened and opens the sign-in in a window of its own: nothing typed here is lost. */
export async function offerSignIn() {
  if (document.querySelector(".signed-out, council-link [data-part=sign-in]:not([hidden])")) return;
  const bar = document.createElement("p");
  const way = document.createElement("a");
  bar.className = "signed-out";
  bar.setAttribute("role", "alert");
  way.className = "button";
  way.target = "_blank";
  way.href = signInHref();
  way.textContent = t("Sign in");
  ([...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body).append(bar); // Beside a dialog nothing can be reached.
  await loadSheet("signed_out").catch(() => {});
  bar.append(t("You are signed out. What you typed is still here."), way);
  awaitSignIn(() => bar.remove());
}

async function look() {
  if (document.hidden || !(await isBack())) return;
  document.removeEventListener("visibilitychange", look);
  removeEventListener("focus", look);
  await renewProof();
  for (const back of waiting) back();
  waiting.clear();
}

/** @returns {Promise<boolean>} */
function isBack() {
  return get("/me").then(() => true, () => false);
}

/** The new sign-in needs a new proof that requests come from this page. */
async function renewProof() {
  const page = await fetch("/people").then((answer) => answer.text());
  const token = new DOMParser().parseFromString(page, "text/html").querySelector("meta[name=csrf-token]")?.getAttribute("content");
  if (token) document.querySelector("meta[name=csrf-token]")?.setAttribute("content", token);
}
