import assert from "node:assert/strict";
import { test } from "node:test";

import { Commands, Refused } from "../../static/js/commands.js";

function desk(connected = true) {
  const sent = [];
  const commands = new Commands((message) => connected && sent.push(message) > 0);
  return { commands, sent };
}

test("a command is done when its ack has come, and not before", async () => {
  const { commands, sent } = desk();
  const done = commands.perform("user_input", { content: "hm" });
  commands.settle({ event: "ack", data: { id: "somebody else's" } });
  commands.settle({ event: "ack", data: { id: sent[0].id, seq: 7 } });
  assert.equal((await done).seq, 7);
});

test("a refusal carries the server's words", async () => {
  const { commands, sent } = desk();
  const done = commands.perform("pause_session", {});
  commands.settle({ event: "error", data: { id: sent[0].id, code: "illegal_transition", error: "No.", hint: "Look." } });
  await assert.rejects(done, (reason) => reason instanceof Refused && reason.code === "illegal_transition" && reason.hint === "Look.");
});

test("while not connected nothing is kept to be sent behind the reader's back", async () => {
  const { commands, sent } = desk(false);
  await assert.rejects(commands.perform("user_input", {}), { code: "not_connected" });
  commands.repeat();
  assert.deepEqual(sent, []);
});

test("what was not answered before a reconnect is asked again under the same id", async () => {
  const { commands, sent } = desk();
  const done = commands.perform("user_input", { content: "hm" });
  commands.repeat();
  assert.deepEqual(sent[0], sent[1]);
  commands.settle({ event: "ack", data: { id: sent[0].id } });
  await done;
  commands.repeat();
  assert.equal(sent.length, 2);
});
