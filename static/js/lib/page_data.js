// Data the server put into the page, in <script type="application/json" id="…">: never executed.

/** @param {string} id @returns {any} */
export function pageData(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "{}");
}
