// The server's time, as well as this page knows it: events carry it, and the two clocks may differ.

let aheadMs = 0;

/** @param {string | undefined} serverTime as the server just said */
export function setServerTime(serverTime) {
  const at = Date.parse(serverTime ?? "");
  if (!Number.isNaN(at)) aheadMs = at - Date.now();
}

export function serverNow() {
  return Date.now() + aheadMs;
}
