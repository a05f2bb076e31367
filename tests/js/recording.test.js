import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Chapters } from "../../static/js/lib/chapters.js";
import { MeetingLog } from "../../static/js/lib/meeting_log.js";
import { Player } from "../../static/js/lib/player.js";
import { emptied, Recording } from "../../static/js/lib/recording.js";
import { Shown } from "../../static/js/lib/shown.js";
import { fromSnapshot, reduce } from "../../static/js/reducer.js";
import { chunk, completed, numbered, randomness, snapshot } from "./events.js";

/** A second between events, as `numbered` gives them. */
const told = (events, first = 1) => events.map((event, index) => ({ event, at: (first - 1 + index) * 1000 }));
const beginning = (from = snapshot()) => fromSnapshot(emptied(from), 0);
const words = (count) => Array.from({ length: count }, (_, index) => chunk("m-1", index * 2, "a "));

function recorded(events) {
  const recording = new Recording(beginning(), reduce);
  recording.add(told(numbered(events)));
  return recording;
}

describe("a recording", () => {
  test("shows at any moment what had happened until then", () => {
    const events = numbered(words(1000));
    const recording = new Recording(beginning(), reduce);
    recording.add(told(events));
    const random = randomness(7);
    for (let tries = 0; tries < 200; tries++) {
      const second = Math.floor(random() * 1000);
      const expected = events.slice(0, second + 1).reduce(reduce, beginning());
      assert.deepEqual(recording.at(second * 1000 + 500), expected);
    }
    assert.equal(recording.length, 999_000);
  });

  test("tells pieces of several voices together, and each comes out whole", () => {
    const pieces = Array.from({ length: 400 }, (_, index) => {
      const [voice, said] = [index % 3, Math.floor(index / 6)];
      return chunk(`m-${voice}`, said * 2, "🙂 ", Math.floor(index / 3) % 2 === 1, "affirmative");
    });
    const events = numbered([...pieces.slice(0, 200), completed("m-1", "🙂 cut"), ...pieces.slice(200).filter(([, { message_id }]) => message_id !== "m-1")]);
    const recording = new Recording(beginning(), reduce);
    recording.add(told(events));
    for (let second = 0; second < events.length; second += 7) {
      assert.deepEqual(recording.at(second * 1000), events.slice(0, second + 1).reduce(reduce, beginning()));
    }
  });

  test("begins empty, whatever the meeting has become, and keeps its panel", () => {
    const over = snapshot({ status: "completed", seq: 9, node_statuses: { affirmative: "completed" }, reason: "stopped" });
    const state = beginning(over);
    assert.deepEqual([state.status, state.seq, state.node_statuses, state.order], ["pending", 0, {}, []]);
    assert.equal(state.panel, over.panel);
    assert.equal(over.status, "completed");
  });

  test("never changes a state it has given away", () => {
    const recording = recorded([...words(300), completed("m-1", "done")]);
    const early = recording.at(10_000);
    const text = early.messages["m-1"].content;
    recording.at(300_000);
    recording.at(5_000);
    recording.at(200_000);
    assert.equal(early.messages["m-1"].content, text);
    assert.equal(early.messages["m-1"].status, "streaming");
  });

  test("gives the same state again while nothing happens", () => {
    const recording = recorded(words(300));
    assert.equal(recording.at(150_100), recording.at(150_900));
    assert.equal(recording.at(999_999), recording.at(299_000));
  });

  test("grows while it is watched", () => {
    const events = numbered([...words(3), completed("m-1", "a a a ")]);
    const recording = new Recording(beginning(), reduce);
    recording.add(told(events.slice(0, 3)));
    assert.equal(recording.at(9_000).messages["m-1"].status, "streaming");
    assert.equal(recording.next(2_000), null);
    recording.add(told(events.slice(3), 4));
    assert.equal(recording.next(2_000), 3_000);
    assert.equal(recording.at(9_000).messages["m-1"].status, "completed");
  });

  test("asks little of the reader's machine: a jump applies few events", () => {
    let applied = 0;
    const counting = (state, event) => (applied++, reduce(state, event));
    const recording = new Recording(beginning(), counting);
    recording.add(told(numbered(words(5000))));
    applied = 0;
    for (const second of [4000, 17, 2500, 2499, 4998]) recording.at(second * 1000);
    assert.ok(applied < 5 * 128, `${applied} events for five jumps`);
  });
});

describe("a log", () => {
  const pages = (events, size) => async (path) => {
    const after = Number(new URL(path, "http://x").searchParams.get("after"));
    const page = events.filter(({ seq }) => seq > after).slice(0, size);
    return { events: page, next: page.at(-1)?.seq < events.at(-1)?.seq ? page.at(-1).seq : null };
  };

  test("is fetched page by page, and says what is new", async () => {
    const log = new MeetingLog("s", pages(numbered(words(10)), 4));
    const sizes = [];
    log.subscribe((fresh) => sizes.push(fresh.length));
    await log.load();
    assert.deepEqual(sizes, [4, 4, 2]);
    assert.deepEqual(log.told.map(({ at }) => at), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((second) => second * 1000));
  });

  test("takes each event once, those that arrived while it was fetched included", async () => {
    const events = numbered(words(6));
    const log = new MeetingLog("s", pages(events.slice(0, 4), 9));
    const loading = log.load();
    for (const event of events.slice(2, 6)) log.take(event);
    await loading;
    log.take(events[5]);
    assert.deepEqual(log.told.map(({ event }) => event.seq), [1, 2, 3, 4, 5, 6]);
  });

  test("fetches what it has missed", async () => {
    const events = numbered(words(6));
    const log = new MeetingLog("s", pages(events, 9));
    await log.load();
    events.push(...numbered(words(3), 7));
    log.take(events[8]);
    await log.load();
    assert.equal(log.seq, 9);
  });

  test("goes on where it was broken off", async () => {
    const serve = pages(numbered(words(6)), 3);
    let refusals = 1;
    const log = new MeetingLog("s", (path) => (path.includes("after=3") && refusals-- > 0 ? Promise.reject(new Error("gone")) : serve(path)));
    await assert.rejects(log.load(), /gone/);
    assert.equal(log.seq, 3);
    await log.load();
    assert.equal(log.seq, 6);
  });

  test("never runs backwards, though clocks may", async () => {
    const events = numbered(words(3));
    events[1].timestamp = "2026-11-21T04:59:00.000Z";
    const log = new MeetingLog("s", pages(events, 9));
    await log.load();
    assert.deepEqual(log.told.map(({ at }) => at), [0, 0, 2000]);
  });
});

describe("chapters", () => {
  const place = (type, phase) => ({ name: type, type, layer: 0, column: 0, later: [], phase, seat: 0, model: "", initials: "" });
  const places = { start: place("start", "start"), opening: place("parallel", "opening"), a: place("agent", "opening"), b: place("agent", "opening"), chair: place("agent", "chair") };
  const runs = (node_id, round = 1) => ["node_state_change", { node_id, status: "running", round }];

  test("members who speak at the same time are one phase, and each round is its own", () => {
    const chapters = new Chapters(places);
    chapters.add(told(numbered([runs("start"), runs("opening"), runs("a"), runs("b"), runs("chair"), runs("b", 2), runs("a", 2)])));
    assert.deepEqual(
      chapters.phases.map(({ phase, round, from, to }) => [phase, round, from / 1000, to && to / 1000]),
      [["opening", 1, 2, 4], ["chair", 1, 4, 5], ["opening", 2, 5, null]],
    );
  });

  test("what was decided is marked where it was, and the end closes the last phase", () => {
    const chapters = new Chapters(places);
    const events = numbered([
      runs("chair"),
      ["user_message", { message_id: "u", content: "Wait.", by: "you" }],
      ["execution:paused", { status: "paused", reason: "user" }],
      ["execution:resumed", { status: "running" }],
      ["verdict", { node_id: "chair" }],
      ["execution:completed", { status: "completed" }],
    ]);
    assert.equal(chapters.add(told(events)), true);
    assert.deepEqual(chapters.moments.map(({ kind, at }) => [kind, at / 1000]), [
      ["interjection", 1], ["pause", 2], ["resumed", 3], ["verdict", 4], ["end", 5],
    ]);
    assert.equal(chapters.phases[0].to, 5000);
    assert.equal(chapters.add([]), false);
  });
});

describe("a player", () => {
  /** Frames the test gives. */
  function played(times, changes = {}) {
    const frames = [];
    const recording = { length: times.at(-1), next: (at) => times.find((time) => time > at) ?? null };
    const player = Object.assign(new Player(recording, () => {}, (step) => frames.push(step)), changes);
    player.play();
    let now = 0;
    const pass = (ms) => frames.splice(0).forEach((step) => step((now += ms)));
    pass(0);
    return { player, pass };
  }

  test("moves as fast as the reader wants", () => {
    const { player, pass } = played([0, 1000, 2000, 3000, 4000, 5000, 6000], { speed: 2 });
    pass(1000);
    assert.equal(player.position, 2000);
    player.speed = 0.5;
    pass(1000);
    assert.equal(player.position, 2500);
  });

  test("shortens a long silence, or keeps it", () => {
    const short = played([0, 60_000]);
    short.pass(16);
    assert.equal(short.player.position, 59_216);
    const whole = played([0, 60_000], { skipsSilence: false });
    whole.pass(16);
    assert.equal(whole.player.position, 16);
  });

  test("stops at the end, and then begins again", () => {
    const { player, pass } = played([0, 1000]);
    pass(5000);
    assert.deepEqual([player.playing, player.position], [false, 1000]);
    player.play();
    assert.deepEqual([player.playing, player.position], [true, 0]);
  });

  test("never leaves the recording", () => {
    const { player } = played([0, 1000]);
    player.seek(-5);
    assert.equal(player.position, 0);
    player.seek(9e9);
    assert.equal(player.position, 1000);
  });
});

describe("what is shown", () => {
  test("is the recording while there is one, and what went on meanwhile afterwards", () => {
    const seen = [];
    const [first, second, old] = [{ seq: 1 }, { seq: 2 }, { seq: 0 }];
    const shown = new Shown(first, (state, previous) => seen.push([state.seq, previous.seq]));
    shown.replay(old);
    shown.follow(second);
    assert.deepEqual([shown.state, shown.live], [old, second]);
    shown.replay(null);
    assert.deepEqual(seen, [[0, 1], [2, 0]]);
  });
});
