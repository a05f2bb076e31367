"""One meeting as it stands, with the number of the last event that is in it: all read in one transaction."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from council import clock
from council.errors import NotFound
from council.events import session_channel
from council.meeting.money import NANO
from council.store import channels, chronicle, messages, sessions
from council.store.words import version_of

_AS_THEY_ARE = (
    "session_id", "template_id", "subject", "status", "reason", "waiting_for",
    "created_at", "started_at", "ended_at", "graph", "node_statuses", "panel", "verdict",
    "group_id", "cap", "estimate", "rerun_of",
)  # fmt: skip
_OF_A_MESSAGE = (
    "message_id", "node_id", "agent_id", "agent_name", "role", "content", "thinking", "html", "status", "finish",
    "seq", "round",
)  # fmt: skip


def snapshot(connection: Connection, session_id: str) -> dict[str, Any]:
    """The snapshot of ``GET /sessions/{id}``: what follows it is ``since=seq``. Raises NotFound."""
    row = sessions.get(connection, session_id)
    position = channels.position(connection, session_channel(session_id))
    if position is None:
        raise NotFound(f"There is no session {session_id}.")
    channel = session_channel(session_id)
    told = chronicle.read(connection, channel)
    told["reviews"] = chronicle.as_they_stand(told["reviews"], row["waiting_for"] or ())
    readers = _readers(told.pop("receipts"))
    fields = {name: row[name] for name in _AS_THEY_ARE} | told
    return fields | {
        "project_id": None,
        "epoch": position.epoch,
        "seq": position.seq,
        "messages": [
            _message(m) | _round_of(m, told["node_rounds"]) | {"read_by": readers.get(m["message_id"], [])}
            for m in messages.listed(connection, session_id)
        ],
        "totals": totals(row),
        "objective": row["objective"],
        "documents": [
            {"name": name, "characters": len(text)} for name, text in sessions.texts(connection, session_id)
        ],
        "detail": told["detail"] if row["status"] == "paused" else None,
        "paused_at": row["paused_at"],
        "prompts_version": version_of(row["prompts"]) if row["prompts"] else None,
        "review": next((review for review in told["reviews"] if review["open"]), None),
    }


def totals(row: dict[str, Any]) -> dict[str, Any]:
    """Tokens, money and time of a session so far. ``cost_usd`` is null until a price was known."""
    cost = row["cost_nano_usd"]
    return {
        "input_tokens": row["input_tokens"],
        "output_tokens": row["output_tokens"],
        "cost_usd": None if cost is None else cost / NANO,
        "unknown_price_tokens": row["unknown_price_tokens"],
        "elapsed_seconds": _elapsed(row),
    }


def message_page(
    connection: Connection, session_id: str, after: int, limit: int, ids: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """A page of messages that began after that number, of those ``ids`` if they are named."""
    return [_message(m) for m in messages.listed(connection, session_id, after=after, limit=limit, ids=ids)]


def _readers(receipts: list[dict[str, Any]]) -> dict[str, list[str]]:
    """For each message of a person, the nodes that confirmed it."""
    readers: dict[str, list[str]] = {}
    for receipt in receipts:
        readers.setdefault(receipt["message_id"], []).append(receipt["node_id"])
    return readers


def _round_of(row: dict[str, Any], node_rounds: dict[str, int]) -> dict[str, int]:
    """An unfinished message belongs to the round its node is in; a finished one says so itself."""
    return {"round": node_rounds.get(row["node_id"], 1)} if row["status"] == "streaming" else {}


def _message(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _OF_A_MESSAGE}


def _elapsed(row: dict[str, Any]) -> float:
    """Seconds the meeting has run; neither pauses count nor the time in which nobody but a person was missing."""
    if row["started_at"] is None:
        return 0.0
    until = row["ended_at"] or row["paused_at"] or row["waiting_since"] or clock.timestamp()
    passed = (datetime.fromisoformat(until) - datetime.fromisoformat(row["started_at"])).total_seconds()
    idle_seconds: float = row["paused_seconds"] + row["waited_seconds"]
    return round(max(0.0, passed - idle_seconds), 3)
