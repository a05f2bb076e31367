// The keys that belong to no element: the list of all keys, and the way to the input box.

import { loadSheet } from "../lib/sheet.js";

document.addEventListener("keydown", (event) => {
  const { target, key, ctrlKey, metaKey, altKey } = event;
  if (ctrlKey || metaKey || altKey || (target instanceof Element && target.closest("input, textarea, select, dialog"))) return;
  if (key === "?") showKeys();
  else if (key === "/") enterBox(event);
});

document.addEventListener("click", ({ target }) => {
  if (target instanceof Element && target.closest("[data-keys]")) showKeys();
});

async function showKeys() {
  await loadSheet("keys").catch(() => {}); // Without its sheet it is plain, but all there.
  const dialog = document.getElementById("keys");
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

/** @param {KeyboardEvent} event */
function enterBox(event) {
  const box = document.getElementById("say");
  if (!box?.checkVisibility()) return;
  event.preventDefault();
  box.dispatchEvent(new Event("reveal", { bubbles: true }));
  box.focus();
}
