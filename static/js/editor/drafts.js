// What is not saved yet, kept in this window.

/** @typedef {{template: import("./types.js").Template, updated_at: string | null, fresh?: boolean}} Draft `fresh`: nobody has edited it. */

const DRAFT = "council.draft.";

/** @param {string} key @returns {Draft | null} */
export function readDraft(key) {
  try {
    const draft = upToDate(JSON.parse(sessionStorage.getItem(DRAFT + key) ?? "null"));
    return draft?.template?.graph?.nodes ? draft : null;
  } catch {
    return null;
  }
}

/** An older page kept the places beside the template. @param {any} draft */
function upToDate(draft) {
  return draft?.state ? { ...draft, template: { ...draft.state.template, layout: {} } } : draft;
}

/** A full storage keeps nothing more; the page goes on without it. @param {string} key @param {Draft} draft */
export function keepDraft(key, draft) {
  try {
    sessionStorage.setItem(DRAFT + key, JSON.stringify(draft));
  } catch {
    forgetDraft(key);
  }
}

/** @param {string} key */
export function forgetDraft(key) {
  sessionStorage.removeItem(DRAFT + key);
}
