"""What an event changes in the rows, in the event's own transaction.

Every row of a meeting can be made again from its log; these are the rules.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.engine import Connection

from council import events
from council.events import Event
from council.meeting.state import move
from council.store import messages, sessions

NANO = 10**9


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event with its place in the log."""

    session_id: str
    seq: int
    at: str
    event: Event


def apply(connection: Connection, it: Numbered) -> None:
    """Carry the event into the rows. Raises IllegalTransition for a move the session may not make."""
    change = _CHANGES.get(type(it.event))
    if change is not None:
        change(connection, it, it.event)


# Messages


def _piece_came(connection: Connection, it: Numbered, event: events.TokenStream) -> None:
    if event.offset == 0:
        messages.begin(
            connection,
            message_id=event.message_id,
            session_id=it.session_id,
            seq=it.seq,
            node_id=event.node_id,
            agent_id=event.agent_id,
            agent_name=_name_of(connection, it.session_id, event.node_id),
            role="agent",
        )


def _message_ended(connection: Connection, it: Numbered, event: events.MessageCompleted) -> None:
    messages.begin(
        connection,
        message_id=event.message_id,
        session_id=it.session_id,
        seq=it.seq,
        node_id=event.node_id,
        agent_id=event.agent_id,
        agent_name=_name_of(connection, it.session_id, event.node_id),
        role=event.role,
    )
    messages.finish(
        connection,
        event.message_id,
        content=event.content,
        thinking=event.thinking,
        html=event.html,
        finish=event.finish,
        status=_STATUS_AFTER[event.finish],
    )


_STATUS_AFTER = {"stop": "completed", "length": "completed", "cut": "cut", "error": "failed"}


def _message_discarded(connection: Connection, it: Numbered, event: events.MessageDiscarded) -> None:
    messages.finish(connection, event.message_id, status="discarded")


def _person_spoke(connection: Connection, it: Numbered, event: events.UserMessage) -> None:
    messages.begin(
        connection,
        message_id=event.message_id,
        session_id=it.session_id,
        seq=it.seq,
        node_id=None,
        agent_id=None,
        agent_name=event.by,
        role="user",
        content=event.content,
        status="completed",
    )


def _name_of(connection: Connection, session_id: str, node_id: str) -> str | None:
    panel = sessions.get(connection, session_id)["panel"]
    return next((seat["name"] for seat in panel["members"] if seat["node_id"] == node_id), None)


# The session


def _node_changed(connection: Connection, it: Numbered, event: events.NodeStateChange) -> None:
    row = sessions.get(connection, it.session_id, lock=True)
    sessions.update(
        connection, it.session_id, node_statuses=row["node_statuses"] | {event.node_id: event.status}
    )


def _tokens_used(connection: Connection, it: Numbered, event: events.TokenUsage) -> None:
    row = sessions.get(connection, it.session_id, lock=True)
    changes: dict[str, Any] = {
        "input_tokens": row["input_tokens"] + event.input_tokens,
        "output_tokens": row["output_tokens"] + event.output_tokens,
    }
    if event.estimated_cost_usd is not None:
        spent = int(Decimal(str(event.estimated_cost_usd)) * NANO)
        changes["cost_nano_usd"] = (row["cost_nano_usd"] or 0) + spent
    elif event.price == "unknown":
        changes["unknown_price_tokens"] = (
            row["unknown_price_tokens"] + event.input_tokens + event.output_tokens
        )
    sessions.update(connection, it.session_id, **changes)


def _status_changed(connection: Connection, it: Numbered, event: Any) -> None:
    row = sessions.get(connection, it.session_id, lock=True)
    move(row["status"], event.status)
    changes: dict[str, Any] = {"status": event.status, "reason": getattr(event, "reason", None)}
    if event.status == "running" and row["started_at"] is None:
        changes["started_at"] = it.at
    if event.status == "paused":
        changes["paused_at"] = it.at
    elif row["paused_at"] is not None:
        changes |= {
            "paused_at": None,
            "paused_seconds": row["paused_seconds"] + _between(row["paused_at"], it.at),
        }
    if event.status in events.FINAL_STATUSES:
        changes |= {"ended_at": it.at, "owner": None, "lease_until": None}
    sessions.update(connection, it.session_id, **changes)


def _between(earlier: str, later: str) -> float:
    """Seconds from one timestamp to another; never negative, whatever the wall clock did."""
    return max(0.0, (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds())


def _verdict_given(connection: Connection, it: Numbered, event: events.Verdict) -> None:
    sessions.update(connection, it.session_id, verdict=event.data())


_CHANGES: dict[type[Event], Callable[[Connection, Numbered, Any], None]] = {
    events.TokenStream: _piece_came,
    events.MessageCompleted: _message_ended,
    events.MessageDiscarded: _message_discarded,
    events.UserMessage: _person_spoke,
    events.NodeStateChange: _node_changed,
    events.TokenUsage: _tokens_used,
    events.Verdict: _verdict_given,
    events.ExecutionStarted: _status_changed,
    events.ExecutionPaused: _status_changed,
    events.ExecutionResumed: _status_changed,
    events.ExecutionCompleted: _status_changed,
    events.ExecutionFailed: _status_changed,
    events.ExecutionCancelled: _status_changed,
}
