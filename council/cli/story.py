"""A meeting as it is told in a terminal: what is said at this moment, and what is to be written down. Pure."""

from dataclasses import dataclass, field
from typing import Literal

from council.cli import telling
from council.cli.telling import Data, Telling

_SPEAKERS = ("agent", "start", "end", "parallel")  # Types of nodes that need no announcement.


@dataclass(slots=True)
class Speech:
    """A message that is being said."""

    who: str
    text: str = ""
    thinks: bool = True


@dataclass(slots=True)
class Story:
    """The fold of a meeting's events. ``open`` are messages by id, ``asked`` requests to people by id."""

    snapshot: Data
    status: str = "pending"
    reason: str = ""
    open: dict[str, Speech] = field(default_factory=dict)
    nodes: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Data] = field(default_factory=dict)
    ballot: Data | None = None
    tokens: int = 0
    spent_usd: float | None = None
    unknown_tokens: int = 0
    began: str | None = None
    at: str = ""
    verdict: Data | None = None
    said: str = ""  # The last message, which a chair's verdict is a part of.

    @property
    def over(self) -> bool:
        return self.status in ("completed", "failed", "cancelled")

    @property
    def cap_usd(self) -> float | None:
        cap = self.snapshot.get("cap") or {}
        return cap.get("usd")

    def who(self, node_id: str | None, agent_id: str | None = None) -> str:
        """Who sits there, or the name of the node."""
        there = [seat for seat in self.snapshot["panel"]["members"] if seat["node_id"] == node_id]
        named = [seat["name"] for seat in there if seat["agent_id"] == agent_id] or [s["name"] for s in there]
        return str(named[0]) if named else self.title(node_id)

    def title(self, node_id: str | None) -> str:
        node = self.snapshot["graph"]["nodes"].get(node_id) or {}
        return str(node.get("name") or node_id or "Council")

    def hear(self, event: Data) -> list[Telling]:
        """What there is to write down of this event; unknown ones are ignored."""
        data = event["data"]
        self.at = event["timestamp"]
        match event["event"]:
            case "token_stream":
                self._grow(data)
                return []
            case "message_completed":
                self.open.pop(data["message_id"], None)
                self.said = data["content"]
                return [Telling("speech", self.who(data["node_id"], data["agent_id"]), data["content"])]
            case "message_discarded":
                speech = self.open.pop(data["message_id"], None)
                who = speech.who if speech else self.who(data["node_id"])
                return [Telling("note", who, f"begins this turn again ({data['reason']})")]
            case "node_state_change":
                return self._move(data)
            case "token_usage":
                self._pay(data)
                return []
            case "budget":
                self.snapshot["cap"] = data["cap"]
                return []
            case "verdict":
                self.verdict = data
                told = telling.verdict(data, said=data["text"].strip() in self.said)
                return [Telling("verdict", self.title(data["node_id"]), told)]
            case name if name.startswith("execution:"):
                return self._change(data)
            case _:
                return self._note(event["event"], data)

    def _grow(self, data: Data) -> None:
        who = self.who(data["node_id"], data["agent_id"])
        speech = self.open.setdefault(data["message_id"], Speech(who))
        if not data["is_thinking"]:
            speech.thinks = False
            speech.text = speech.text[: data["offset"]] + data["chunk"]

    def _move(self, data: Data) -> list[Telling]:
        node_id, status = data["node_id"], data["status"]
        before, self.nodes[node_id] = self.nodes.get(node_id), status
        node = self.snapshot["graph"]["nodes"].get(node_id) or {}
        if status in ("failed", "skipped"):
            return [Telling("trouble" if status == "failed" else "note", self.who(node_id), status)]
        announced = status == "running" and before != "running" and node.get("type") not in _SPEAKERS
        return [Telling("phase", self.title(node_id), _round(data))] if announced else []

    def _pay(self, data: Data) -> None:
        self.tokens += data["input_tokens"] + data["output_tokens"]
        if data["estimated_cost_usd"] is not None:
            self.spent_usd = (self.spent_usd or 0.0) + data["estimated_cost_usd"]
        elif data["price"] == "unknown":
            self.unknown_tokens += data["input_tokens"] + data["output_tokens"]

    def _change(self, data: Data) -> list[Telling]:
        resumed = self.status == "paused"
        self.status, self.reason = data["status"], data.get("detail") or data.get("reason") or ""
        if self.status == "running" and self.began is None:
            self.began = self.at
        if self.over:
            self.open.clear()
            self.asked.clear()
        kind: Literal["trouble", "phase"] = "trouble" if self.status in ("failed", "paused") else "phase"
        word = (
            "The meeting goes on" if resumed and self.status == "running" else telling.STATUSES[self.status]
        )
        return [Telling(kind, word, self.reason)]

    def _note(self, name: str, data: Data) -> list[Telling]:
        match name:
            case "human_interaction_required":
                self.asked[data["review_id"]] = data
            case "human_interaction_expired" | "node_resumed":
                self.asked.pop(data["review_id"], None)
            case "ballot_opened":
                self.ballot = data | {"cast": 0}
            case "vote_cast" if self.ballot:
                self.ballot["cast"] += 1
            case "ballot_closed":
                told, self.ballot = telling.ballot_closed(self.ballot or {}, data), None
                return [Telling("ballot", self.title(data["node_id"]), told)]
        return telling.note(self, name, data)


def _round(data: Data) -> str:
    return f"round {data['round']}" if data.get("round", 1) > 1 else ""
