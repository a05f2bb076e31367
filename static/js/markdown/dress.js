// What code and tables get beside their text: a box to scroll in, the language, a button that copies.

import { copyText } from "../lib/clipboard.js";
import { loadSheet } from "../lib/sheet.js";
import { t } from "../lib/texts.js";

const SAID_MS = 2500;

/** @param {HTMLElement} element with Markdown of the server in it */
export async function dress(element) {
  if (!element.querySelector("pre, table")) return;
  await loadSheet("code");
  for (const table of element.querySelectorAll("table")) box(table, "table-box", t("Table"));
  for (const pre of element.querySelectorAll("pre")) {
    if (!box(pre, "code-box", t("Code"))) continue;
    const language = /(?:^|\s)language-([\w+#.-]{1,30})/.exec(pre.querySelector("code")?.className ?? "")?.[1];
    if (language) pre.dataset.language = language;
    pre.after(copyButton(pre));
  }
}

/** A box of its own, reachable by keyboard; false when it has one. @param {HTMLElement} element @param {string} name @param {string} label */
function box(element, name, label) {
  if (element.parentElement?.className === name) return false;
  const around = document.createElement("div");
  around.className = name;
  element.replaceWith(around);
  around.append(element);
  const scroller = name === "code-box" ? element : around;
  scroller.tabIndex = 0;
  scroller.role = "group";
  scroller.ariaLabel = label;
  return true;
}

/** It has no text: what a member said is the only text in a message. @param {HTMLElement} pre */
function copyButton(pre) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "code-copy";
  button.ariaLabel = button.title = t("Copy the code");
  button.addEventListener("click", async () => {
    const isDone = await copyText(pre.textContent ?? "");
    button.dataset.done = String(isDone);
    const said = isDone ? t("Copied") : t("The browser does not allow copying here.");
    document.dispatchEvent(new CustomEvent("announce", { detail: said }));
    setTimeout(() => delete button.dataset.done, SAID_MS);
  });
  return button;
}
