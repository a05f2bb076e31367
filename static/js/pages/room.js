// The room: the snapshot in the page, what follows it on the socket, and the elements that show both.

import "../elements/facts.js";
import "../elements/link.js";
import "../elements/transcript.js";
import { Commands } from "../commands.js";
import { Connection } from "../connection.js";
import { Elements } from "../elements/room_element.js";
import { get } from "../lib/api.js";
import { serverNow, setServerTime } from "../lib/clock.js";
import { Early } from "../lib/early.js";
import { Follow } from "../lib/follow.js";
import { Later } from "../lib/later.js";
import { pageData } from "../lib/page_data.js";
import { Shown } from "../lib/shown.js";
import { fromSnapshot, reduceAll } from "../reducer.js";
import { Router } from "../router.js";
import { Store } from "../store.js";

/** @typedef {import("../reducer.js").State} State */

export function open() {
  const { snapshot, places, server_time } = pageData("page-data");
  setServerTime(server_time);
  const store = new Store(fromSnapshot(snapshot, serverNow()), reduceAll);
  const log = logOf(snapshot.session_id);
  const connection = connect(store, log.take);
  const shown = new Shown(store.state, (state, previous) => show(state, previous));
  const change = (/** @type {(state: State) => State} */ made) => store.replace(made(store.state));
  const elements = new Elements({ commands: connection.commands, places, snapshot, shown, change, loadLog: log.load });
  const parts = { button: byId("follow"), scroller: byId("main"), content: byId("conversation") };
  const follow = new Follow(parts, isOpen(store.state));
  const early = new Early();
  const later = new Later(() => gather());
  const gather = () => {
    elements.gather(shown.state);
    follow.keep(isOpen(shown.state), shown.state.order.length);
    early.perform();
  };
  const show = (/** @type {State} */ state, /** @type {State} */ previous) => {
    document.body.dataset.sessionStatus = state.status;
    later.look(state);
    elements.show(state, previous);
    follow.keep(isOpen(state), state.order.length);
  };
  connection.onLink = (link) => {
    document.body.dataset.connection = link.status;
    elements.showLink(link);
    if (link.status === "connected") later.look(shown.state);
  };
  show(shown.state, shown.state);
  gather();
  store.subscribe((state) => shown.follow(state));
  addEventListener("hashchange", () => later.look(shown.state));
  document.addEventListener("tabopen", () => later.look(shown.state));
  document.getElementById("replay")?.addEventListener("click", () => (location.hash = "#replay"));
  document.addEventListener("again", async (event) => {
    (await import("../elements/rerun.js")).openRerun(/** @type {CustomEvent} */ (event).detail, places);
  });
  connection.listen();
  const rest = document.getElementById("rest");
  if (rest) import("../lib/rest.js").then(({ fetchRest }) => fetchRest(store, snapshot, rest));
}

/** @param {string} id */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {State} state */
function isOpen({ status }) {
  return status === "pending" || status === "running" || status === "paused";
}

/** The log is fetched when it is first asked for; from then on it takes what arrives. @param {string} session_id */
function logOf(session_id) {
  /** @type {Promise<import("../lib/meeting_log.js").MeetingLog> | null} */
  let log = null;
  return {
    load: () => (log ??= import("../lib/meeting_log.js").then(({ MeetingLog }) => new MeetingLog(session_id))),
    take: (/** @type {object} */ frame) => log?.then((one) => one.take(frame)),
  };
}

/**
 * The socket with all that hangs on it.
 * @param {Store<State, import("../protocol.js").MeetingEvent>} store
 * @param {(frame: object) => void} heard called with each frame, after it counts
 */
function connect(store, heard) {
  const line = {
    commands: new Commands((message) => connection.send(message)),
    onLink: /** @param {import("../connection.js").Link} _link */ (_link) => {},
    listen: () => listen(connection),
  };
  const router = new Router({ store, commands: line.commands, resync: () => connection.resync() });
  const connection = new Connection({
    address: () => address(store.state),
    onLink: (link) => line.onLink(link),
    onFrame: (frame) => {
      if (frame.event === "hello") line.commands.repeat();
      if (frame.event === "pong") setServerTime(frame.data?.server_time);
      router.route(frame);
      heard(frame);
    },
    recover: async () => {
      const snapshot = await get(`/sessions/${store.state.session_id}`);
      store.replace(fromSnapshot(snapshot, serverNow()));
    },
  });
  return line;
}

/** @param {Connection} connection */
function listen(connection) {
  const retry = () => {
    if (connection.link.ending !== "done") connection.retry();
  };
  addEventListener("online", retry);
  addEventListener("offline", () => connection.doubt());
  document.addEventListener("visibilitychange", () => document.hidden || retry());
  document.addEventListener("retry", () => connection.retry(true));
  connection.connect();
}

/** @param {State} state */
function address({ session_id, seq, epoch }) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const query = new URLSearchParams({ session_id, since: String(seq), epoch });
  return `${scheme}//${location.host}/api/v1/ws?${query}`;
}
