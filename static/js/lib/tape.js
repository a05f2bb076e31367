// All that a replay needs, made from the whole log of a meeting; it grows with what arrives.

import { fromSnapshot, reduce } from "../reducer.js";
import { Chapters } from "./chapters.js";
import { Player } from "./player.js";
import { emptied, Recording } from "./recording.js";

/** @typedef {{log: import("./meeting_log.js").MeetingLog, recording: Recording, chapters: Chapters, player: Player}} Tape */
/** @typedef {{progress: (share: number) => void, moved: () => void, grown: (marked: boolean) => void}} Hearers */

const SLICE = 512;

/** Rejects with the reason when the log cannot be fetched. @param {import("../elements/room_element.js").RoomParts} parts @param {Hearers} hearers @returns {Promise<Tape>} */
export async function makeTape({ snapshot, places, loadLog, shown }, { progress, moved, grown }) {
  const log = await loadLog();
  const done = log.subscribe(() => progress(log.seq / Math.max(1, shown.live.seq) / 2));
  await log.load().finally(done);
  const first = log.told[0]?.event.seq ?? 1;
  const recording = new Recording(fromSnapshot(emptied(snapshot, first - 1), log.begun), reduce);
  const chapters = new Chapters(places);
  for (let from = 0; from < log.told.length; from += SLICE) {
    const slice = log.told.slice(from, from + SLICE);
    recording.add(slice);
    chapters.add(slice);
    progress(0.5 + from / log.told.length / 2);
    await new Promise((resume) => setTimeout(resume));
  }
  log.subscribe((fresh) => {
    recording.add(fresh);
    grown(chapters.add(fresh));
  });
  return { log, recording, chapters, player: new Player(recording, moved) };
}
