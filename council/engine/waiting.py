"""How a node waits for a person: the question is stored, the thread is given back, the answer is a step."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.engine import Connection

from council import clock
from council.engine.turn import Turn
from council.errors import NobodyAnswered, Suspended, Unavailable
from council.events import (
    Event,
    HumanInteractionExpired,
    HumanInteractionReminder,
    HumanInteractionRequired,
    NodeResumed,
    NodeStateChange,
    session_channel,
)
from council.live.journal import Journal
from council.live.records import Decide, Decision
from council.meeting.review import FAIL
from council.store import sessions, steps, waits
from council.store.waits import Due

PERSON = "person"  # The part of a visit that a person's answer is recorded as.


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person is asked. ``otherwise`` is recorded when nobody comes in time; its action ``fail`` fails the node.

    An answer is a dict with ``action`` and ``by``: a review's is ``meeting.review.Reviewed``; a question's has
    ``content``; a ballot's has ``vote`` and ``reason``. 0 minutes is for ever.
    """

    kind: Literal["review", "question", "ballot"]
    reason: str
    otherwise: dict[str, Any]
    timeout_minutes: float
    reminder_minutes: float = 5
    actions: tuple[str, ...] = ()
    allow_skip: bool = False
    draft: str | None = None
    default: str | None = None
    ballot: dict[str, Any] | None = None
    score: dict[str, Any] | None = None
    files: tuple[dict[str, Any], ...] = ()


def ask_person(turn: Turn, asked: Asked, *, part: str = PERSON) -> dict[str, Any]:
    """The person's answer. Asks once, whatever crashes; raises Suspended until the answer is there.

    Raises NobodyAnswered when the time is over and nothing else was to be done then.
    """
    answer = answer_of(turn, part)
    if answer is None:
        answer = turn.minutes.decide(_opening(turn, asked, part))
    if answer is None:
        raise Suspended("The node waits for a person.")
    return _checked(answer)


def answer_of(turn: Turn, part: str = PERSON) -> dict[str, Any] | None:
    """The answer, if it was there when the turn began. Raises NobodyAnswered as above."""
    answer = turn.recorded(part)
    return None if answer is None else _checked(answer)


def take(connection: Connection, wait: dict[str, Any], answer: dict[str, Any]) -> tuple[Event, ...]:
    """Store the answer to an open wait; the events that tell of it."""
    waits.answer(connection, wait, answer)
    asked = wait["request"]["asked"]
    return (
        NodeResumed(
            node_id=wait["node_id"],
            review_id=wait["review_id"],
            action=answer["action"],
            by=answer["by"],
            feedback=answer.get("feedback", ""),
            diff=answer.get("diff", ""),
        ),
        NodeStateChange(node_id=wait["node_id"], status="pending", round=asked["round"]),
    )


def keep_time(journal: Journal, due: Iterable[Due], seconds: float) -> list[Due]:
    """Remind of what is due, and answer for people whose time is over; those that were answered so.

    Each happens once, however many processes look at the same time. Waits for the database as long as told.
    """
    tickets = [(each, journal.decide(session_channel(each.session_id), _timely(each))) for each in due]
    deadline = clock.Deadline(seconds)
    answered = []
    for each, ticket in tickets:
        try:
            if ticket.wait(deadline.remaining()):
                answered.append(each)
        except Unavailable:  # It is looked at again.
            continue
    return answered


# Asking


def _opening(turn: Turn, asked: Asked, part: str) -> Decide:
    """Begin to wait, unless this very question is waited for, or was answered since the turn began."""

    def decide(connection: Connection) -> Decision:
        session_id, node_id, step_key = turn.record.session_id, turn.node.node_id, f"{turn.key}/{part}"
        known = steps.find(connection, session_id, step_key)
        if known is not None:
            return Decision(result=known)
        times = waits.times(clock.now(), asked.timeout_minutes, asked.reminder_minutes)
        event = _question(turn, asked, times["expires_at"])
        row = {
            "session_id": session_id,
            "node_id": node_id,
            "step_key": step_key,
            "review_id": event.review_id,
            "kind": asked.kind,
            "request": {"asked": event.data(), "otherwise": asked.otherwise},
        }
        opened = waits.open_once(connection, row | times)
        suspended = sessions.get(connection, session_id)["node_statuses"].get(node_id) == "suspended"
        waiting = NodeStateChange(node_id=node_id, status="suspended", round=turn.round)
        return Decision((*([event] if opened else []), *([] if suspended else [waiting])))

    return decide


def _question(turn: Turn, asked: Asked, expires_at: str | None) -> HumanInteractionRequired:
    return HumanInteractionRequired(
        node_id=turn.node.node_id,
        review_id=str(uuid.uuid4()),
        kind=asked.kind,
        reason=asked.reason,
        timeout=asked.timeout_minutes or None,
        expires_at=expires_at,
        draft=asked.draft,
        actions=asked.actions,
        allow_skip=asked.allow_skip,
        round=turn.round,
        default=asked.default,
        ballot=asked.ballot,
        score=asked.score,
        files=asked.files,
    )


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    if answer["action"] == FAIL:
        raise NobodyAnswered("Nobody answered in time.")
    return answer


# Time


def _timely(due: Due) -> Decide:
    """What is due, if it still is: another process may have been quicker, or a person."""

    def decide(connection: Connection) -> Decision:
        row = sessions.find(connection, due.session_id, lock=True)
        wait = waits.get(connection, due.session_id, due.node_id)
        if row is None or row["status"] != "running" or wait is None or wait["review_id"] != due.review_id:
            return Decision(result=False)
        if due.what == "reminder":
            return _remind(connection, wait)
        return _expire(connection, wait)

    return decide


def _remind(connection: Connection, wait: dict[str, Any]) -> Decision:
    if not _is_past(wait["remind_at"]):
        return Decision(result=False)
    waits.reminded(connection, wait["session_id"], wait["node_id"])
    reminder = HumanInteractionReminder(
        node_id=wait["node_id"], review_id=wait["review_id"], expires_at=wait["expires_at"]
    )
    return Decision((reminder,), result=False)


def _expire(connection: Connection, wait: dict[str, Any]) -> Decision:
    if not _is_past(wait["expires_at"]):
        return Decision(result=False)
    answer = wait["request"]["otherwise"]
    expired = HumanInteractionExpired(
        node_id=wait["node_id"], review_id=wait["review_id"], action=answer["action"]
    )
    return Decision((expired, *take(connection, wait, answer)), result=True)


def _is_past(moment: str | None) -> bool:
    return moment is not None and moment <= clock.timestamp()
