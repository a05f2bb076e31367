// The messages that a long meeting's page began without: fetched when it stands, the nearest first, a few per pause.

import { fill } from "../reduce/words.js";
import { get } from "./api.js";
import { formatCount } from "./format.js";
import { part } from "./templates.js";
import { t } from "./texts.js";

/** @typedef {import("../protocol.js").SnapshotMessage} SnapshotMessage */
/** @typedef {import("../store.js").Store<import("../reducer.js").State, import("../protocol.js").MeetingEvent>} Store */

const PAGE = 200;
const AT_ONCE = 12; // What can be shown without a pause that somebody feels.

/**
 * Whatever was left out is on one side of what is there: before it while the meeting runs, after it else.
 * @param {Store} store
 * @param {import("../protocol.js").Snapshot} snapshot as it came with the page
 * @param {HTMLElement} note says how many are missing
 */
export function fetchRest(store, { session_id, messages }, note) {
  const isBefore = messages[0]?.absent === true;
  let missing = messages.filter(({ absent }) => absent);
  const again = part(note, "again");
  const go = async () => {
    again.hidden = true;
    try {
      while (missing.length) {
        tell(note, t("{count} more messages are on their way.", { count: formatCount(missing.length) }));
        const page = isBefore ? missing.slice(-PAGE) : missing.slice(0, PAGE);
        const { items } = await get(`/sessions/${session_id}/messages?after=${(page[0]?.seq ?? 1) - 1}&limit=${page.length}`);
        await show(store, isBefore ? items.toReversed() : items);
        missing = isBefore ? missing.slice(0, -PAGE) : missing.slice(PAGE);
      }
      note.hidden = true;
    } catch {
      tell(note, t("{count} more messages could not be fetched.", { count: formatCount(missing.length) }));
      again.hidden = false;
    }
  };
  again.addEventListener("click", go);
  go();
}

/** @param {Store} store @param {SnapshotMessage[]} items */
async function show(store, items) {
  for (let at = 0; at < items.length; at += AT_ONCE) {
    await pause();
    store.replace(fill(store.state, items.slice(at, at + AT_ONCE)));
  }
}

/** Until the page has nothing better to do. @returns {Promise<void>} */
function pause() {
  return new Promise((resolve) => requestIdleCallback(() => resolve(), { timeout: 500 }));
}

/** @param {HTMLElement} note @param {string} text */
function tell(note, text) {
  const line = part(note, "text");
  if (line.textContent !== text) line.textContent = text;
}
