"""What an event changes in the rows, in the event's own transaction.

Every row of a meeting can be made again from its log; these are the rules.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from council import events
from council.events import Event
from council.meeting.money import nano_of
from council.meeting.recall import Finding, fact_findings, verdict_findings
from council.meeting.state import move
from council.store import knowledge, messages, sessions, waits


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
            agent_name=_name_of(connection, it.session_id, event.node_id, event.agent_id),
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
        agent_name=_name_of(connection, it.session_id, event.node_id, event.agent_id),
        role=event.role,
    )
    messages.finish(
        connection,
        event.message_id,
        content=event.content,
        thinking=event.thinking,
        html=event.html,
        finish=event.finish,
        round=event.round,
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


def _name_of(connection: Connection, session_id: str, node_id: str, agent_id: str | None) -> str | None:
    """Of who spoke there; it may have been the one who stands in for whoever sits there."""
    panel = sessions.columns(connection, session_id, "panel")["panel"]
    there = [seat for seat in panel["members"] if seat["node_id"] == node_id]
    names = [seat["name"] for seat in there if seat["agent_id"] == agent_id] or [s["name"] for s in there]
    return names[0] if names else None


# The session


_PATIENCE = ("status", "node_statuses", "waiting_for", "waiting_since", "waited_seconds")
_TOTALS = ("input_tokens", "output_tokens", "cost_nano_usd", "unknown_price_tokens")
_TIMES = ("started_at", "paused_at", "paused_seconds")


def _locked(connection: Connection, it: Numbered, *names: str) -> dict[str, Any]:
    """A part of the session's row, which nobody else changes before the transaction ends."""
    return sessions.columns(connection, it.session_id, *names, lock=True)


def _node_changed(connection: Connection, it: Numbered, event: events.NodeStateChange) -> None:
    row = _locked(connection, it, *_PATIENCE)
    changes: dict[str, Any] = {"node_statuses": row["node_statuses"] | {event.node_id: event.status}}
    if event.status in _NODE_IS_OVER and row["waiting_for"]:
        waits.close(connection, it.session_id, event.node_id)
        changes |= _waiting_without(row, "node_id", event.node_id)
    sessions.update(connection, it.session_id, **changes, **_patience(row | changes, it.at))


_NODE_IS_OVER = ("completed", "failed", "skipped")


def _tokens_used(connection: Connection, it: Numbered, event: events.TokenUsage) -> None:
    row = _locked(connection, it, *_TOTALS)
    changes: dict[str, Any] = {
        "input_tokens": row["input_tokens"] + event.input_tokens,
        "output_tokens": row["output_tokens"] + event.output_tokens,
    }
    if event.estimated_cost_usd is not None:
        changes["cost_nano_usd"] = (row["cost_nano_usd"] or 0) + nano_of(event.estimated_cost_usd)
    elif event.price == "unknown":
        changes["unknown_price_tokens"] = (
            row["unknown_price_tokens"] + event.input_tokens + event.output_tokens
        )
    sessions.update(connection, it.session_id, **changes)


def _budget_changed(connection: Connection, it: Numbered, event: events.Budget) -> None:
    sessions.update(connection, it.session_id, budget=event.data())


def _status_changed(connection: Connection, it: Numbered, event: Any) -> None:
    row = _locked(connection, it, *_PATIENCE, *_TIMES)
    move(row["status"], event.status)
    changes: dict[str, Any] = {"status": event.status, "reason": getattr(event, "reason", None)}
    if event.status == "running" and row["started_at"] is None:
        changes["started_at"] = it.at
    if event.status == "paused":
        changes["paused_at"] = it.at
    elif row["paused_at"] is not None:
        paused_seconds = _between(row["paused_at"], it.at)
        changes |= {"paused_at": None, "paused_seconds": row["paused_seconds"] + paused_seconds}
        changes |= _shifted(row, paused_seconds)
        waits.shift(connection, it.session_id, paused_seconds)
    if event.status in events.FINAL_STATUSES:
        changes |= {"ended_at": it.at, "owner": None, "lease_until": None, "waiting_for": None}
        waits.close_all(connection, it.session_id)
    sessions.update(connection, it.session_id, **changes, **_patience(row | changes, it.at))


def _between(earlier: str, later: str) -> float:
    """Seconds from one timestamp to another; never negative, whatever the wall clock did."""
    return max(0.0, (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds())


# Waiting for people


def _person_asked(connection: Connection, it: Numbered, event: events.HumanInteractionRequired) -> None:
    row = _locked(connection, it, *_PATIENCE)
    asked = {name: getattr(event, name) for name in _OF_A_WAIT} | {"since": it.at}
    others = _waiting_without(row, "node_id", event.node_id)["waiting_for"] or []
    changes = {"waiting_for": [*others, asked]}
    sessions.update(connection, it.session_id, **changes, **_patience(row | changes, it.at))


_OF_A_WAIT = ("node_id", "review_id", "kind", "reason", "round", "actions", "expires_at")


def _person_answered(connection: Connection, it: Numbered, event: events.NodeResumed) -> None:
    row = _locked(connection, it, *_PATIENCE, "group_id")
    changes = _waiting_without(row, "review_id", event.review_id)
    sessions.update(connection, it.session_id, **changes, **_patience(row | changes, it.at))
    if event.action == "reject" and row["group_id"] is not None:
        knowledge.forget_verdicts(connection, row["group_id"], it.session_id)


def _waiting_without(row: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    left = [asked for asked in row["waiting_for"] or () if asked[name] != value]
    return {"waiting_for": left or None}


def _shifted(row: dict[str, Any], seconds: float) -> dict[str, Any]:
    """A pause takes nobody's time away."""
    found = row["waiting_for"] or ()
    moved = [asked | {"expires_at": waits.later(asked["expires_at"], seconds)} for asked in found]
    return {"waiting_for": moved or None}


def _patience(row: dict[str, Any], at: str) -> dict[str, Any]:
    """The time during which a running meeting does nothing but wait for people."""
    busy = "running" in row["node_statuses"].values()
    waits_only = row["status"] == "running" and bool(row["waiting_for"]) and not busy
    since = row["waiting_since"]
    if waits_only == (since is not None):
        return {}
    if since is None:
        return {"waiting_since": at}
    return {"waiting_since": None, "waited_seconds": row["waited_seconds"] + _between(since, at)}


def _verdict_given(connection: Connection, it: Numbered, event: events.Verdict) -> None:
    verdict = event.data()
    sessions.update(connection, it.session_id, verdict=verdict)
    row = sessions.columns(connection, it.session_id, "session_id", "group_id", "subject")
    if row["group_id"] is not None:
        knowledge.forget_verdicts(connection, row["group_id"], it.session_id)
        _remember(
            connection, it, row["group_id"], event.node_id, verdict_findings(_about(connection, row), verdict)
        )


def _about(connection: Connection, row: dict[str, Any]) -> str:
    """What the meeting is about, in a few words."""
    names = ", ".join(name for name, _text in sessions.texts(connection, row["session_id"]))
    return str(row["subject"] or names)


def _facts_checked(connection: Connection, it: Numbered, event: events.FactCheck) -> None:
    group_id = sessions.columns(connection, it.session_id, "group_id")["group_id"]
    if group_id is not None:
        _remember(connection, it, group_id, event.node_id, fact_findings(event.claims))


def _remember(
    connection: Connection, it: Numbered, group_id: str, node_id: str, findings: Iterable[Finding]
) -> None:
    knowledge.remember(connection, group_id, findings, session_id=it.session_id, node_id=node_id, at=it.at)


_CHANGES: dict[type[Event], Callable[[Connection, Numbered, Any], None]] = {
    events.TokenStream: _piece_came,
    events.MessageCompleted: _message_ended,
    events.MessageDiscarded: _message_discarded,
    events.UserMessage: _person_spoke,
    events.NodeStateChange: _node_changed,
    events.HumanInteractionRequired: _person_asked,
    events.NodeResumed: _person_answered,
    events.TokenUsage: _tokens_used,
    events.Budget: _budget_changed,
    events.Verdict: _verdict_given,
    events.FactCheck: _facts_checked,
    events.ExecutionStarted: _status_changed,
    events.ExecutionPaused: _status_changed,
    events.ExecutionResumed: _status_changed,
    events.ExecutionCompleted: _status_changed,
    events.ExecutionFailed: _status_changed,
    events.ExecutionCancelled: _status_changed,
}
