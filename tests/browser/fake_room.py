"""The real pages before a server that does what a test says: for moments that no rehearsal can give.

``python -m tests.browser.fake_room`` serves it with a debate that never ends, to work on the page by hand.
"""

import contextlib
import json
import logging
import threading
import time
from copy import deepcopy
from pathlib import Path
from socket import SHUT_RDWR
from typing import Any

from flask import Flask, jsonify, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed
from werkzeug.serving import make_server

from council.errors import NotFound
from council.meeting.revisions import difference
from council.web.pages import blueprint
from tests.browser.fake_meeting import DEBATE, SEATS, VOTE, FakeMeeting

ROOT = Path(__file__).parents[2]


ESTIMATE = {
    case: {
        "calls": calls,
        "input_tokens": 800 * calls,
        "output_tokens": 400 * calls,
        "usd": usd,
        "unknown_price_tokens": 0,
        "seconds": 20.5 * calls,
    }
    for case, calls, usd in (("low", 3, 0.01), ("expected", 3, 0.02), ("worst", 6, 0.4))
} | {
    "nodes": [],
    "agents": [],
    "warnings": [{"code": "high_cost", "message": "This may cost more than 0.30 USD."}],
}


WITH_SEATS = DEBATE | {
    "nodes": {
        node_id: node | {"properties": {"agent_id": SEATS[node_id][0]} if node_id in SEATS else {}}
        for node_id, node in DEBATE["nodes"].items()
    }
}


class FakeServer:
    """The pages, REST and sockets of some fake meetings on a port of their own."""

    def __init__(self, *, rehearsal: bool = True) -> None:
        self.meetings: dict[str, FakeMeeting] = {}
        self.rehearsal = rehearsal
        self.log_page = 10_000
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.estimate: dict[str, Any] | None = deepcopy(ESTIMATE)
        self.groups: list[dict[str, Any]] = []
        self.agents: list[dict[str, Any]] | None = [
            {"agent_id": agent_id, "name": name} for agent_id, name in SEATS.values()
        ]
        self.listed: list[dict[str, str]] = []
        self.tells_news = True  # Whether the feed of all meetings can be had.
        self._feeds: set[Any] = set()
        self.started: list[dict[str, Any]] = []
        self.refusal: tuple[int, dict[str, Any]] | None = None
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        self._server = make_server("127.0.0.1", 0, self._app(), threaded=True)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="fake-server")
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def add(self, meeting: FakeMeeting) -> str:
        """The meeting's address."""
        self.meetings[meeting.session_id] = meeting
        for feed in tuple(self._feeds):
            meeting.hear(feed)
        if self._feeds:
            meeting.emit("session_created", status="running")
        return f"{self.url}/meetings/{meeting.session_id}"

    def close(self) -> None:
        for meeting in self.meetings.values():
            meeting.drop_everybody(1001)
        self.drop_feeds()
        self._server.shutdown()
        self._thread.join()

    def drop_feeds(self) -> None:
        for socket in tuple(self._feeds):
            with contextlib.suppress(ConnectionClosed, OSError):  # It may have left by itself.
                socket.close(1012)

    def _app(self) -> Flask:
        app = Flask("fake", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
        app.register_blueprint(blueprint(self._lobby, self._snapshot))
        app.add_url_rule("/api/v1/sessions", view_func=self._sessions)
        app.add_url_rule("/api/v1/sessions", view_func=self._start, methods=["POST"], endpoint="start")
        app.add_url_rule("/api/v1/sessions/<session_id>", view_func=self._snapshot, endpoint="session")
        session = "/api/v1/sessions/<session_id>"
        app.add_url_rule(session, view_func=self._delete, methods=["DELETE"])
        app.add_url_rule(f"{session}/messages", view_func=self._messages)
        app.add_url_rule(f"{session}/events", view_func=self._events)
        app.add_url_rule(f"{session}/usage", view_func=self._usage)
        app.add_url_rule(f"{session}/files", view_func=self._files)
        app.add_url_rule(f"{session}/files/history", view_func=self._history)
        app.add_url_rule(f"{session}/files/rollback", view_func=self._rollback, methods=["POST"])
        app.add_url_rule(f"{session}/control", view_func=self._control, methods=["POST"])
        app.add_url_rule(f"{session}/rerun", view_func=self._rerun, methods=["POST"])
        app.add_url_rule(
            "/api/v1/groups", view_func=lambda: {"items": self.groups, "next": None}, endpoint="groups"
        )
        app.add_url_rule("/api/v1/agents", view_func=self._agents)
        app.add_url_rule("/api/v1/templates/estimate", view_func=self._estimate, methods=["POST"])
        Sock(app).route("/api/v1/ws")(self._socket)
        return app

    def _lobby(self) -> dict[str, Any]:
        provider = "rehearsal" if self.rehearsal else "openai"
        return {
            "templates": [
                {
                    "template_id": "council_debate", "name": "Council debate", "category": "debate",
                    "graph": WITH_SEATS, "description": "One member speaks for it, one against, apart from each other. "
                    "A chief justice weighs both, scores and says what must be mended.",
                },
                {
                    "template_id": "deliberate_and_vote", "name": "Deliberate and vote", "category": "custom",
                    "description": "Blind opinions, one anonymous round, sealed ballots, a chair.", "graph": VOTE,
                },
            ],
            "providers": [{"provider_id": provider, "name": provider, "local": False, "models": ["m"], "reason": ""}],
            "running": self._listed(status="pending,running,paused"),
            "past": self._listed(status="completed,failed,cancelled", limit="20"),
        }  # fmt: skip

    def _sessions(self) -> dict[str, Any]:
        self.listed.append(dict(request.args))
        return self._listed(**request.args)

    def _listed(
        self, status: str = "", q: str = "", group_id: str = "", limit: str = "50", cursor: str = "0"
    ) -> dict[str, Any]:
        """As the server lists them: the newest first, narrowed, page by page."""
        found = [meeting.snapshot() for meeting in reversed(self.meetings.values())]
        found = [
            row
            for row in found
            if (not status or row["status"] in status.split(","))
            and q.lower() in row["subject"].lower()
            and group_id in ("", row["group_id"])
        ]
        end = int(cursor) + int(limit)
        return {"items": found[int(cursor) : end], "next": str(end) if len(found) > end else None}

    def _delete(self, session_id: str) -> Any:
        if self.refusal:
            return jsonify(error=self.refusal[1]), self.refusal[0]
        del self.meetings[session_id]
        return "", 204

    def _start(self) -> Any:
        if self.refusal:
            return jsonify(error=self.refusal[1]), self.refusal[0]
        body = request.get_json()
        self.started.append(body)
        meeting = FakeMeeting(body["subject"])
        meeting.session_id = meeting._snapshot["session_id"] = body["session_id"]
        self.add(meeting)
        return {"session_id": meeting.session_id, "status": "running", "links": {}}, 202

    # What the pages ask beside

    def _events(self, session_id: str) -> dict[str, Any]:
        after, limit = int(request.args["after"]), min(int(request.args["limit"]), self.log_page)
        log = self.meetings[session_id].log
        page = [json.loads(frame) for frame in log[after : after + limit]]
        return {"events": page, "next": after + limit if after + limit < len(log) else None}

    def _usage(self, session_id: str) -> dict[str, Any]:
        events = [json.loads(frame) for frame in self.meetings[session_id].log]
        calls = [event["data"] | {"seq": event["seq"]} for event in events if event["event"] == "token_usage"]
        return {"totals": self.meetings[session_id].snapshot()["totals"], "items": calls, "next": None}

    def _messages(self, session_id: str) -> dict[str, Any]:
        after, limit = int(request.args.get("after", 0)), int(request.args["limit"])
        ids = request.args["ids"].split(",") if "ids" in request.args else None
        said = self.meetings[session_id].snapshot()["messages"]
        found = [m for m in said if m["seq"] > after and (ids is None or m["message_id"] in ids)]
        return {"items": found[:limit], "next": found[limit - 1]["seq"] if len(found) > limit else None}

    def _files(self, session_id: str) -> Any:
        versions = self.meetings[session_id].files.get(request.args["path"], [])
        number = int(request.args.get("version", len(versions)))
        if not 0 < number <= len(versions):
            return jsonify(error={"code": "not_found", "message": "There is no such file.", "hint": ""}), 404
        return versions[number - 1]

    def _history(self, session_id: str) -> dict[str, Any]:
        path = request.args["path"]
        versions = self.meetings[session_id].files.get(path, [])
        texts = [None, *(version["content"] for version in versions)]
        diffs = [None if old is None else difference(old, new["content"], path=path).text
                 for old, new in zip(texts, versions, strict=False)]  # fmt: skip
        return {"items": [v | {"diff": diff} for v, diff in zip(versions, diffs, strict=True)], "next": None}

    def _rollback(self, session_id: str) -> dict[str, Any]:
        body = request.get_json()
        self.posted.append(("rollback", body))
        meeting = self.meetings[session_id]
        old = meeting.files[body["path"]][body["version"] - 1]["content"]
        meeting.write(body["path"], old, author="person", reason=f"rollback to version {body['version']}")
        return {"path": body["path"], "version": len(meeting.files[body["path"]])}

    def _control(self, session_id: str) -> dict[str, Any]:
        self.posted.append(("control", request.get_json()))
        self.meetings[session_id].emit("execution:resumed", status="running", by="you", note=None)
        return {"session_id": session_id, "status": "running", "action": "resume"}

    def _rerun(self, session_id: str) -> Any:
        body = request.get_json()
        self.posted.append(("rerun", body))
        again = FakeMeeting(self.meetings[session_id].snapshot()["subject"])
        again._snapshot["rerun_of"] = {"session_id": session_id, "node_id": body["node_id"]}
        self.add(again)
        return {"session_id": again.session_id}, 202

    def _agents(self) -> Any:
        if self.agents is None:
            return jsonify(error={"code": "unavailable", "message": "Not now.", "hint": ""}), 503
        return {"items": self.agents, "next": None}

    def _estimate(self) -> Any:
        self.posted.append(("estimate", request.get_json()))
        if self.estimate is None:
            return jsonify(error={"code": "not_found", "message": "Not here.", "hint": ""}), 404
        return self.estimate

    def _snapshot(self, session_id: str) -> dict[str, Any]:
        if session_id not in self.meetings:
            raise NotFound(f"There is no session {session_id}.")
        return self.meetings[session_id].snapshot()

    def _socket(self, socket: Any) -> None:
        try:
            self._serve(socket)
        finally:
            # The development server writes an HTTP answer after the last frame; browsers take it for a broken one.
            with contextlib.suppress(OSError):  # The browser may be gone already.
                request.environ["werkzeug.socket"].shutdown(SHUT_RDWR)

    def _serve_feed(self, socket: Any) -> None:
        if not self.tells_news:
            socket.close(1012)
            return
        self._feeds.add(socket)
        for meeting in tuple(self.meetings.values()):
            meeting.hear(socket)
        # Last: whoever is greeted misses nothing from then on.
        hello = {"protocol": "council.v1", "heartbeat_seconds": 25, "channels": {}}
        socket.send(json.dumps({"event": "hello", "data": hello}))
        try:
            while True:
                socket.receive()
        except ConnectionClosed:
            self._feeds.discard(socket)
            for meeting in tuple(self.meetings.values()):
                meeting.leave(socket)

    def _serve(self, socket: Any) -> None:
        if "session_id" not in request.args:
            self._serve_feed(socket)
            return
        meeting = self.meetings.get(request.args["session_id"])
        if meeting is None or meeting.close_code:
            socket.close(meeting.close_code if meeting and meeting.close_code else 4404)
            return
        meeting.listen(socket, int(request.args.get("since", 0)), request.args.get("epoch"))
        try:
            while True:
                meeting.obey(socket, json.loads(socket.receive()))
        except ConnectionClosed:
            meeting.leave(socket)


def main() -> None:
    server = FakeServer()
    meeting = FakeMeeting()
    print(server.add(meeting))
    while True:
        for word in ("Every", "reader", "sees", "the", "same", "words", "in", "the", "same", "order.\n"):
            meeting.say("affirmative", f"{word} ")
            meeting.say("negative", f"{word} ")
            time.sleep(0.05)


if __name__ == "__main__":
    main()
