// To a place in the page: into its pane, into view, with the focus, and marked for a moment.

const FLASH_MS = 2000;

/** @param {HTMLElement} element */
export function jumpTo(element) {
  element.dispatchEvent(new Event("reveal", { bubbles: true }));
  element.scrollIntoView({ block: "start", behavior: "instant" });
  if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  element.dataset.flash = "true";
  setTimeout(() => delete element.dataset.flash, FLASH_MS);
}
