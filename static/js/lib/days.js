// A day as people read it.

/** @param {string} timestamp */
export function formatDay(timestamp) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium" }).format(new Date(timestamp));
}
