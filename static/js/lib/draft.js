// A form that was not sent yet, kept for this tab: it survives a reload, and nobody else sees it.

const KEY = "council-draft";

/** @returns {Record<string, any> | null} */
export function readDraft() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

/** What is too large to be kept is kept without its files. @param {Record<string, any>} draft */
export function keepDraft(draft) {
  if (!write(draft)) write({ ...draft, files: [] });
}

export function forgetDraft() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Storage may be forbidden: there is nothing to forget then.
  }
}

/** Whether there was room. @param {Record<string, any>} draft */
function write(draft) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}
