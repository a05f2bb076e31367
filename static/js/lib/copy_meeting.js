// The conversation as text in the clipboard, when there is nowhere else to get it from.

/** Whether the browser let us; it may ask for a gesture or refuse. @returns {Promise<boolean>} */
export async function copyMeeting() {
  const text = [document.title, ...[...document.querySelectorAll("article.message, council-verdict, .note, .round")].map(words)];
  try {
    await navigator.clipboard.writeText(text.filter(Boolean).join("\n\n"));
    return true;
  } catch {
    return false;
  }
}

/** What can be read, without what can be pressed. @param {Element} element */
function words(element) {
  const copy = /** @type {HTMLElement} */ (element.cloneNode(true));
  for (const control of copy.querySelectorAll("button, [hidden], [aria-hidden]")) control.remove();
  return (copy.textContent ?? "").replace(/[ \t]*\n\s*/g, "\n").trim();
}
