// The room: the snapshot in the page, what follows it on the socket, and the elements that show both.

import "../elements/composer.js";
import "../elements/controls.js";
import "../elements/facts.js";
import "../elements/files.js";
import "../elements/graph.js";
import "../elements/link.js";
import "../elements/members.js";
import "../elements/side.js";
import "../elements/transcript.js";
import { Commands } from "../commands.js";
import { Connection } from "../connection.js";
import { Elements } from "../elements/room_element.js";
import { get } from "../lib/api.js";
import { serverNow, setServerTime } from "../lib/clock.js";
import { Follow } from "../lib/follow.js";
import { Later } from "../lib/later.js";
import { pageData } from "../lib/page_data.js";
import { fromSnapshot, reduce } from "../reducer.js";
import { Router } from "../router.js";
import { Store } from "../store.js";

/** @typedef {import("../reducer.js").State} State */

export function open() {
  const { snapshot, places, server_time } = pageData("page-data");
  setServerTime(server_time);
  const store = new Store(fromSnapshot(snapshot, serverNow()), reduce);
  const connection = connect(store);
  const elements = new Elements({ commands: connection.commands, places });
  const follow = new Follow(/** @type {HTMLElement} */ (document.getElementById("follow")), isOpen(store.state));
  const later = new Later(() => gather());
  const gather = () => {
    elements.gather(store.state);
    follow.keep(isOpen(store.state));
  };
  const show = (/** @type {State} */ state, /** @type {State} */ previous) => {
    document.body.dataset.sessionStatus = state.status;
    later.look(state);
    elements.show(state, previous);
    follow.keep(isOpen(state));
  };
  connection.onLink = (link) => {
    document.body.dataset.connection = link.status;
    elements.showLink(link);
  };
  show(store.state, store.state);
  gather();
  store.subscribe(show);
  addEventListener("hashchange", () => later.look(store.state));
  document.addEventListener("again", (event) => runAgain(/** @type {CustomEvent} */ (event).detail, places));
  connection.listen();
}

/** @param {{session_id: string, node_id: string}} from @param {import("../protocol.js").Places} places */
async function runAgain(from, places) {
  const { openRerun } = await import("../elements/rerun.js");
  const { name = from.node_id, type = "agent" } = places[from.node_id] ?? {};
  openRerun(from, { name, type });
}

/** @param {State} state */
function isOpen({ status }) {
  return status === "pending" || status === "running" || status === "paused";
}

/** The socket with all that hangs on it. @param {Store<State, import("../protocol.js").MeetingEvent>} store */
function connect(store) {
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
  document.addEventListener("visibilitychange", () => document.hidden || retry());
  document.addEventListener("retry", () => connection.retry());
  connection.connect();
}

/** @param {State} state */
function address({ session_id, seq, epoch }) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const query = new URLSearchParams({ session_id, since: String(seq), epoch });
  return `${scheme}//${location.host}/api/v1/ws?${query}`;
}
