"""One meeting that does what a test says: its log, its snapshot, and whoever listens."""

import contextlib
import json
import threading
import uuid
from datetime import timedelta
from typing import Any

from simple_websocket import ConnectionClosed

from council import clock
from council.store import chronicle


def node(node_id: str, kind: str, name: str, *next_ids: str) -> dict[str, Any]:
    return {"node_id": node_id, "type": kind, "name": name, "next_ids": list(next_ids), "properties": {}}


def graph(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {"start_node_id": nodes[0]["node_id"], "nodes": {node["node_id"]: node for node in nodes}}


DEBATE = graph(
    node("start", "start", "Start", "opening"),
    node("opening", "parallel", "Opening", "affirmative", "negative"),
    node("affirmative", "agent", "Value Defender", "adjudicator"),
    node("negative", "agent", "Risk Auditor", "adjudicator"),
    node("adjudicator", "agent", "Chief Justice", "end"),
    node("end", "end", "End"),
)
VOTE = graph(
    node("start", "start", "Start", *(f"opinion_{seat}" for seat in "abcd")),
    *(node(f"opinion_{seat}", "agent", f"Member {seat.upper()}", "ballot") for seat in "abcd"),
    node("ballot", "vote", "Sealed ballots", "again"),
    node("again", "loop", "Again?", "opinion_a", "chair"),
    node("chair", "agent", "Chair", "end"),
    node("end", "end", "End"),
)
SEATS = {
    "affirmative": ("value_defender", "Value Defender"),
    "negative": ("risk_auditor", "Risk Auditor"),
    "adjudicator": ("chief_justice", "Chief Justice"),
}
PANEL = {
    "members": [
        {
            "node_id": node_id,
            "agent_id": agent_id,
            "name": name,
            "provider": "fake",
            "model": f"model-{place}",
        }
        for place, (node_id, (agent_id, name)) in enumerate(SEATS.items(), start=1)
    ],
    "diverse": True,
    "rehearsal": False,
}
STATUS_AFTER = {"stop": "completed", "length": "completed", "cut": "cut", "error": "failed"}


class FakeMeeting:
    """One meeting: its log, its snapshot, and whoever listens."""

    def __init__(
        self, subject: str = "Should the page be built first?", graph: dict[str, Any] = DEBATE
    ) -> None:
        self.session_id = str(uuid.uuid4())
        self.epoch = "e1"
        self.at_seconds: float | None = None  # When things happen, for tests that set the clock themselves.
        self._born = clock.now()
        self.log: list[str] = []
        self.acknowledges = True
        self.refuses: dict[str, str] = {}  # Commands that are answered with an error, and its sentence.
        self.obeyed: list[dict[str, Any]] = []
        self.files: dict[str, list[dict[str, Any]]] = {}
        self.close_code: int | None = None
        self._sockets: set[Any] = set()
        self._lock = threading.Lock()  # Guards log, sockets and snapshot: listeners get every event once.
        self._snapshot: dict[str, Any] = {
            "session_id": self.session_id, "project_id": None, "template_id": "council_debate", "subject": subject,
            "status": "running", "reason": None, "waiting_for": None, "created_at": clock.timestamp(),
            "started_at": clock.timestamp(), "ended_at": None, "graph": graph, "node_statuses": {},
            "node_rounds": {}, "messages": [],
            "cap": None, "estimate": None, "rerun_of": None, "group_id": None, "verdict": None, "panel": PANEL,
            "objective": "Ship something people trust.", "documents": [{"name": "plan.md", "characters": 4821}],
            "totals": {"input_tokens": 0, "output_tokens": 0, "cost_usd": None, "unknown_price_tokens": 0,
                       "elapsed_seconds": 0.0},
        }  # fmt: skip

    # What a test does

    def emit(self, event: str, **data: Any) -> None:
        with self._lock:
            envelope = {
                "event": event, "session_id": self.session_id, "project_id": None, "node_id": data.get("node_id"),
                "seq": len(self.log) + 1, "timestamp": self._now(),
                "data": data,
            }  # fmt: skip
            _fold(self._snapshot, envelope)
            self.log.append(json.dumps(envelope))
            for socket in self._sockets:
                with contextlib.suppress(ConnectionClosed, OSError):  # It may have left by itself.
                    socket.send(self.log[-1])

    def _now(self) -> str:
        return clock.timestamp(
            None if self.at_seconds is None else self._born + timedelta(seconds=self.at_seconds)
        )

    def node(self, node_id: str, status: str) -> None:
        self.emit("node_state_change", node_id=node_id, status=status)

    def say(self, node_id: str, text: str, *, thinking: bool = False, message_id: str | None = None) -> None:
        """One chunk more of what the member says in this turn."""
        message_id = message_id or f"m-{node_id}"
        known = next((m for m in self._snapshot["messages"] if m["message_id"] == message_id), None)
        before = (known["thinking"] if thinking else known["content"]) if known else ""
        self.emit(
            "token_stream", node_id=node_id, agent_id=_agent(node_id), message_id=message_id,
            offset=len(before), chunk=text, is_thinking=thinking,
        )  # fmt: skip

    def finish(
        self, node_id: str, *, html: str = "", finish: str = "stop", message_id: str | None = None
    ) -> None:
        message_id = message_id or f"m-{node_id}"
        message = next(m for m in self._snapshot["messages"] if m["message_id"] == message_id)
        self.emit(
            "message_completed", message_id=message_id, node_id=node_id, agent_id=_agent(node_id), role="agent",
            content=message["content"], thinking=message["thinking"], html=html, finish=finish,
        )  # fmt: skip

    def drop_everybody(self, code: int = 1012) -> None:
        with self._lock:
            sockets, self._sockets = self._sockets, set()
        for socket in sockets:
            with contextlib.suppress(ConnectionClosed, OSError):  # It may have left by itself.
                socket.close(code)

    def snapshot(self) -> dict[str, Any]:
        with self._lock:
            events = [json.loads(frame) for frame in self.log]
            told = chronicle.told(
                [(e["event"], e["data"] | {"seq": e["seq"]}) for e in events if e["event"] in chronicle.KINDS]
            )
            told.pop("receipts")
            more = {"epoch": self.epoch, "seq": len(self.log), "paused_at": None}
            return json.loads(json.dumps(self._snapshot | told | more))

    def write(self, path: str, content: str, *, author: str = "System Surgeon", reason: str = "") -> None:
        """A new version of a file, and the event that says so."""
        versions = self.files.setdefault(path, [])
        versions.append({
            "path": path, "version": len(versions) + 1, "author": author, "reason": reason,
            "created_at": clock.timestamp(), "characters": len(content), "content": content,
        })  # fmt: skip
        if len(versions) > 1 or author != "person":  # What a meeting is given is no event.
            self.emit(
                "file_written", node_id="adjudicator", path=path, version=len(versions), author=author,
                reason=reason, characters=len(content),
            )  # fmt: skip

    # What its server does

    def listen(self, socket: Any, since: int, epoch: str | None) -> None:
        channel = f"session:{self.session_id}"
        with self._lock:
            recovered = epoch in (None, self.epoch) and since <= len(self.log)
            position = {"epoch": self.epoch, "since": since, "seq": len(self.log), "recovered": recovered}
            hello = {"protocol": "council.v1", "heartbeat_seconds": 25, "channels": {channel: position}}
            socket.send(json.dumps({"event": "hello", "data": hello}))
            for frame in self.log[since:] if recovered else ():
                socket.send(frame)
            if recovered:
                self._sockets.add(socket)

    def hear(self, socket: Any) -> None:
        """For a feed of all meetings: from now on, without a word of what was."""
        with self._lock:
            self._sockets.add(socket)

    def leave(self, socket: Any) -> None:
        with self._lock:
            self._sockets.discard(socket)

    def obey(self, socket: Any, command: dict[str, Any]) -> None:
        cmd = command["cmd"]
        if cmd == "ping":
            socket.send(json.dumps({"event": "pong", "data": {"server_time": clock.timestamp()}}))
            return
        self.obeyed.append(command)
        if not self.acknowledges:
            return
        if cmd in self.refuses:
            fault = {"code": "illegal_transition", "error": self.refuses[cmd], "hint": "", "can_retry": False}
            socket.send(json.dumps({"event": "error", "data": {"id": command.get("id"), **fault}}))
            return
        socket.send(json.dumps({"event": "ack", "data": {"id": command.get("id"), "cmd": cmd}}))
        match cmd:
            case "pause_session":
                self.emit("execution:paused", status="paused", reason="user")
            case "resume_session":
                self.emit("execution:resumed", status="running")
            case "stop_session" if "node_id" not in command["data"]:
                self.emit("execution:cancelled", status="cancelled", reason="stopped")
            case "user_input" if "node_id" not in command["data"]:
                self.emit(
                    "user_message", message_id=str(uuid.uuid4()), content=command["data"]["content"], by="you"
                )


def _agent(node_id: str | None) -> str | None:
    return SEATS[node_id][0] if node_id in SEATS else None


def _fold(snapshot: dict[str, Any], envelope: dict[str, Any]) -> None:
    """As much of the server's own rule as the page needs on a reload."""
    event, data = envelope["event"], envelope["data"]
    messages = {message["message_id"]: message for message in snapshot["messages"]}
    match event:
        case "token_stream":
            message = messages.get(data["message_id"]) or _begin(snapshot, envelope)
            message["thinking" if data["is_thinking"] else "content"] += data["chunk"]
        case "message_completed":
            message = messages.get(data["message_id"]) or _begin(snapshot, envelope)
            message |= {key: data[key] for key in ("content", "thinking", "html", "finish")}
            message["status"] = STATUS_AFTER[data["finish"]]
        case "message_discarded":
            messages[data["message_id"]]["status"] = "discarded"
        case "user_message":
            message = _begin(snapshot, envelope)
            message |= {
                "agent_name": data["by"],
                "role": "user",
                "content": data["content"],
                "status": "completed",
            }
        case "node_state_change":
            snapshot["node_statuses"][data["node_id"]] = data["status"]
            snapshot["node_rounds"][data["node_id"]] = data.get("round", 1)
        case "token_usage":
            totals = snapshot["totals"]
            totals["input_tokens"] += data["input_tokens"]
            totals["output_tokens"] += data["output_tokens"]
            if data["estimated_cost_usd"] is not None:
                totals["cost_usd"] = (totals["cost_usd"] or 0) + data["estimated_cost_usd"]
            if data["price"] == "unknown":
                totals["unknown_price_tokens"] += data["input_tokens"] + data["output_tokens"]
        case "verdict":
            snapshot["verdict"] = data
        case "human_interaction_required":
            snapshot["waiting_for"] = [data]
        case "node_resumed":
            snapshot["waiting_for"] = None
        case _ if event.startswith("execution:"):
            snapshot |= {"status": data["status"], "reason": data.get("reason")}


def _begin(snapshot: dict[str, Any], envelope: dict[str, Any]) -> dict[str, Any]:
    data = envelope["data"]
    node_id = data.get("node_id")
    name = SEATS[node_id][1] if node_id in SEATS else None
    message = {
        "message_id": data["message_id"], "node_id": node_id, "agent_id": data.get("agent_id"), "agent_name": name,
        "role": "agent", "content": "", "thinking": "", "html": None, "status": "streaming", "finish": None,
        "round": snapshot["node_rounds"].get(node_id, 1), "seq": envelope["seq"],
    }  # fmt: skip
    snapshot["messages"].append(message)
    return message
