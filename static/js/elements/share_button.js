// Buttons with `data-share` open the dialog that says who may see a thing; it is fetched when one is pressed.

document.addEventListener("click", async ({ target }) => {
  const button = target instanceof Element ? target.closest("[data-share]") : null;
  if (!(button instanceof HTMLElement)) return;
  const { openShare } = await import("./share.js");
  openShare(button.dataset.share ?? "", button.dataset.right === "own");
});

export {};
