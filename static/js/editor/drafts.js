// What is not saved yet, kept in this window; and where somebody has put the nodes, kept in this browser.

/** @typedef {import("./types.js").State} State */
/** @typedef {{state: State, updated_at: string | null, fresh?: boolean}} Draft `fresh`: nobody has edited it. */

const DRAFT = "council.draft.";
const PLACES = "council.places.";
const MOST_PLACES = 30;

/** @param {string} key @returns {Draft | null} */
export function readDraft(key) {
  const draft = read(sessionStorage, DRAFT + key);
  return draft?.state?.template?.graph?.nodes ? draft : null;
}

/** @param {string} key @param {Draft} draft */
export function keepDraft(key, draft) {
  write(sessionStorage, DRAFT + key, draft);
}

/** @param {string} key */
export function forgetDraft(key) {
  sessionStorage.removeItem(DRAFT + key);
}

/** @param {string} template_id @returns {import("./types.js").Places} */
export function readPlaces(template_id) {
  return read(localStorage, PLACES + template_id)?.places ?? {};
}

/** None at all means that nobody has moved a node. @param {string} template_id @param {import("./types.js").Places} places */
export function keepPlaces(template_id, places) {
  if (Object.keys(places).length === 0) return localStorage.removeItem(PLACES + template_id);
  write(localStorage, PLACES + template_id, { places, at: Date.now() });
  const kept = Object.keys(localStorage).filter((key) => key.startsWith(PLACES));
  const age = (/** @type {string} */ key) => read(localStorage, key)?.at ?? 0;
  const oldest = kept.sort((one, other) => age(other) - age(one)).slice(MOST_PLACES);
  for (const key of oldest) localStorage.removeItem(key);
}

/** @param {Storage} storage @param {string} key */
function read(storage, key) {
  try {
    return JSON.parse(storage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** A full storage keeps nothing more; the page goes on without it. @param {Storage} storage @param {string} key @param {object} value */
function write(storage, key, value) {
  try {
    storage.setItem(key, JSON.stringify(value));
  } catch {
    storage.removeItem(key);
  }
}
