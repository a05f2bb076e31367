import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Connection } from "../../static/js/connection.js";
import { FakeSocket, FakeTime } from "./surroundings.js";

const SECOND = 1000;
const hello = (recovered = true) => ({
  event: "hello",
  data: { channels: { "session:s": { epoch: "e", since: 0, seq: 0, recovered } } },
});

beforeEach(() => {
  FakeSocket.all = [];
});

function line({ random = 0.5, recover = async () => {} } = {}) {
  const time = new FakeTime();
  const links = [];
  const frames = [];
  const connection = new Connection(
    {
      address: () => "ws://here/ws",
      onFrame: (frame) => frames.push(frame),
      onLink: (link) => links.push(link.status),
      recover,
    },
    { WebSocket: FakeSocket, setTimeout: time.setTimeout, clearTimeout: time.clearTimeout, now: () => time.now, random: () => random },
  );
  const greet = () => {
    FakeSocket.all.at(-1).open();
    FakeSocket.all.at(-1).say(hello());
  };
  return { connection, time, links, frames, greet, socket: () => FakeSocket.all.at(-1) };
}

test("it is connected when the server has said hello, not before", () => {
  const { connection, links, socket } = line();
  connection.connect();
  socket().open();
  assert.deepEqual(links, ["connecting"]);
  socket().say(hello());
  assert.deepEqual(links, ["connecting", "connected"]);
});

test("connect() does nothing while open or connecting", () => {
  const { connection, greet } = line();
  connection.connect();
  connection.connect();
  greet();
  connection.connect();
  assert.equal(FakeSocket.all.length, 1);
});

test("a lost connection comes back after 1, 2, 4, 8 and 16 s; then it says so and waits to be asked", () => {
  const { connection, time, links, socket } = line();
  connection.connect();
  for (const seconds of [1, 2, 4, 8, 16]) {
    socket().end(1006);
    const sockets = FakeSocket.all.length;
    time.pass(seconds * SECOND - 1);
    assert.equal(FakeSocket.all.length, sockets);
    time.pass(1);
    assert.equal(FakeSocket.all.length, sockets + 1);
  }
  socket().end(1006);
  assert.equal(links.at(-1), "disconnected");
  assert.equal(connection.link.ending, "unreachable");
  time.pass(3600 * SECOND);
  assert.equal(FakeSocket.all.length, 6);
  connection.retry();
  assert.equal(FakeSocket.all.length, 7);
});

test("waits are spread a quarter to both sides", () => {
  for (const [random, first] of [[0, 750], [1, 1250]]) {
    const { connection, time, socket } = line({ random });
    connection.connect();
    socket().end(1012);
    assert.equal(connection.link.retryAt, time.now + first);
  }
});

test("a hello starts the count anew", () => {
  const { connection, time, greet, socket } = line();
  connection.connect();
  socket().end(1006);
  time.pass(SECOND);
  socket().end(1006);
  time.pass(2 * SECOND);
  greet();
  socket().end(1001);
  assert.equal(connection.link.retryAt, time.now + SECOND);
});

test("a reason to be careful means to come back slowly", () => {
  for (const code of [1002, 1003, 1007, 1008]) {
    const { connection, time, greet, socket } = line();
    connection.connect();
    greet();
    socket().end(code);
    assert.equal(connection.link.retryAt, time.now + 16 * SECOND);
  }
});

test("some answers are final, and asking again is no use", () => {
  for (const [code, ending] of [[4401, "sign_in"], [4403, "forbidden"], [4404, "missing"]]) {
    const { connection, time, greet, socket } = line();
    connection.connect();
    greet();
    socket().end(code);
    const sockets = FakeSocket.all.length;
    connection.retry();
    time.pass(60 * SECOND);
    assert.equal(connection.link.ending, ending);
    assert.equal(FakeSocket.all.length, sockets);
  }
});

test("a clean end stays an end until somebody asks", () => {
  const { connection, time, greet, socket } = line();
  connection.connect();
  greet();
  socket().end(1000);
  time.pass(60 * SECOND);
  assert.equal(FakeSocket.all.length, 1);
  connection.retry();
  assert.equal(FakeSocket.all.length, 2);
});

test("it pings every 30 s", () => {
  const { connection, time, greet, socket } = line();
  connection.connect();
  greet();
  for (let minute = 0; minute < 2; minute += 1) {
    time.pass(30 * SECOND);
    socket().say({ event: "pong", data: {} });
  }
  assert.deepEqual(socket().sent, [{ cmd: "ping" }, { cmd: "ping" }]);
});

test("45 s without a frame is a dead line, even if nobody closed it", () => {
  const { connection, time, greet, links, socket } = line();
  connection.connect();
  greet();
  time.pass(44 * SECOND);
  assert.equal(links.at(-1), "connected");
  const dead = socket();
  time.pass(SECOND);
  assert.equal(links.at(-1), "reconnecting");
  assert.equal(dead.readyState, 3);
  dead.end(1006);
  assert.equal(links.filter((status) => status === "reconnecting").length, 1);
});

test("when the browser says that the network is gone, the line counts as lost at once", () => {
  const { connection, time, links, greet } = line();
  connection.connect();
  greet();
  connection.doubt();
  connection.doubt();
  assert.equal(links.at(-1), "reconnecting");
  time.pass(SECOND);
  assert.equal(FakeSocket.all.length, 2);
});

test("a socket that never opens is given up after 45 s as well", () => {
  const { connection, time, links } = line();
  connection.connect();
  time.pass(45 * SECOND);
  assert.equal(links.at(-1), "reconnecting");
});

test("after a sleep the clock decides whether the line is dead", () => {
  const { connection, time, greet, links } = line();
  connection.connect();
  greet();
  time.sleep(600 * SECOND);
  connection.retry();
  assert.equal(links.at(-1), "reconnecting");
});

test("send() while not connected warns and does not throw", () => {
  const warn = mock.method(console, "warn", () => {});
  const { connection, greet, socket } = line();
  assert.equal(connection.send({ cmd: "x" }), false);
  connection.connect();
  assert.equal(connection.send({ cmd: "x" }), false);
  greet();
  assert.equal(connection.send({ cmd: "x" }), true);
  assert.deepEqual(socket().sent, [{ cmd: "x" }]);
  assert.equal(warn.mock.callCount(), 2);
  warn.mock.restore();
});

test("timers die with the connection", () => {
  const { connection, time, greet } = line();
  connection.connect();
  greet();
  connection.disconnect();
  assert.equal(time.waiting, 0);
  assert.equal(connection.link.status, "disconnected");
});

test("frames that are not JSON are left out", () => {
  const warn = mock.method(console, "warn", () => {});
  const { connection, frames, greet, socket } = line();
  connection.connect();
  greet();
  socket().say("{");
  socket().say({ event: "heartbeat", data: {} });
  assert.deepEqual(frames.map(({ event }) => event), ["hello", "heartbeat"]);
  warn.mock.restore();
});

test("recovered: false loads the snapshot and subscribes from its number", async () => {
  let loaded = 0;
  const { connection, links, frames, greet, socket } = line({ recover: async () => void (loaded += 1) });
  connection.connect();
  socket().open();
  socket().say(hello(false));
  socket().say({ event: "token_stream", seq: 99 });
  await settled();
  assert.equal(loaded, 1);
  assert.deepEqual(frames, []);
  assert.equal(FakeSocket.all.length, 2);
  greet();
  assert.equal(links.at(-1), "connected");
});

test("a log that is never recovered is asked for ever more slowly", async () => {
  const { connection, time, socket } = line();
  connection.connect();
  for (const seconds of [0, 0, 1, 2]) {
    time.pass(seconds * SECOND);
    socket().open();
    socket().say(hello(false));
    await settled();
  }
  const sockets = FakeSocket.all.length;
  time.pass(4 * SECOND - 1);
  assert.equal(FakeSocket.all.length, sockets);
});

test("a snapshot that cannot be loaded is a lost connection", async () => {
  const { connection, links, socket } = line({ recover: () => Promise.reject(new Error("down")) });
  connection.connect();
  socket().open();
  socket().say(hello(false));
  await settled();
  assert.equal(links.at(-1), "reconnecting");
});

const settled = () => new Promise((resolve) => setImmediate(resolve));
