// The server's time, as well as this page knows it: events carry it, and the two clocks may differ.

let aheadMs = 0;
let replayed = /** @type {number | null} */ (null);

/** @param {string | undefined} serverTime as the server just said */
export function setServerTime(serverTime) {
  const at = Date.parse(serverTime ?? "");
  if (!Number.isNaN(at)) aheadMs = at - Date.now();
}

export function serverNow() {
  return Date.now() + aheadMs;
}

/** The moment a replay stands at; null while the meeting itself is shown. @param {number | null} at the server's milliseconds */
export function setReplayedTime(at) {
  replayed = at;
}

/** The time of what is shown: now, or then. */
export function shownNow() {
  return replayed ?? serverNow();
}
