"""What meetings wait for people to say: asked once, answered once, in time or by the clock.

A wait is open as long as its row is there. Its answer is a step, so that whoever walks the meeting again finds it.
Times are wall-clock times: people's time passes while no process runs, and stands still while the meeting is paused.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council import clock
from council.store import steps
from council.store.tables import sessions, waits


@dataclass(frozen=True, slots=True)
class Due:
    """A wait whose reminder or whose end is due."""

    session_id: str
    node_id: str
    review_id: str
    what: Literal["reminder", "expiry"]


def open_once(connection: Connection, row: dict[str, Any]) -> bool:
    """Begin to wait; False when this very question is waited for already."""
    known = get(connection, row["session_id"], row["node_id"])
    if known is not None and known["step_key"] == row["step_key"]:
        return False
    close(connection, row["session_id"], row["node_id"])
    connection.execute(sa.insert(waits).values(row))
    return True


def get(connection: Connection, session_id: str, node_id: str) -> dict[str, Any] | None:
    """What this node waits for, if it waits."""
    row = connection.execute(sa.select(waits).where(*_at(session_id, node_id))).mappings().first()
    return dict(row) if row else None


def waiting_nodes(connection: Connection, session_id: str) -> set[str]:
    """The nodes that nobody has answered yet."""
    return set(connection.scalars(sa.select(waits.c.node_id).where(waits.c.session_id == session_id)))


def answer(connection: Connection, wait: dict[str, Any], result: dict[str, Any]) -> None:
    """Record the answer; the meeting has something to do again."""
    close(connection, wait["session_id"], wait["node_id"])
    steps.record(connection, wait["session_id"], wait["step_key"], result)
    connection.execute(
        sa.update(sessions).where(sessions.c.session_id == wait["session_id"]).values(parked=False)
    )


def close(connection: Connection, session_id: str, node_id: str) -> None:
    """Wait no longer; harmless when nobody waits."""
    connection.execute(sa.delete(waits).where(*_at(session_id, node_id)))


def close_all(connection: Connection, session_id: str) -> None:
    """The meeting is over: nobody is waited for."""
    connection.execute(sa.delete(waits).where(waits.c.session_id == session_id))


# Time


def times(opened_at: datetime, timeout_minutes: float, reminder_minutes: float) -> dict[str, str | None]:
    """When a wait is opened, reminded of and ended; 0 minutes is for ever, and a reminder comes in between or not."""
    if timeout_minutes <= 0:
        return {"opened_at": clock.timestamp(opened_at), "remind_at": None, "expires_at": None}
    expires_at = opened_at + timedelta(minutes=timeout_minutes)
    reminds = 0 < reminder_minutes < timeout_minutes
    return {
        "opened_at": clock.timestamp(opened_at),
        "remind_at": clock.timestamp(expires_at - timedelta(minutes=reminder_minutes)) if reminds else None,
        "expires_at": clock.timestamp(expires_at),
    }


def due(connection: Connection, now: str) -> list[Due]:
    """What is due in meetings that run, the longest overdue first. Of one that has expired nobody is reminded."""
    running = waits.join(sessions, sessions.c.session_id == waits.c.session_id)
    ready = sa.or_(waits.c.expires_at <= now, waits.c.remind_at <= now)
    query = (
        sa.select(waits)
        .select_from(running)
        .where(sessions.c.status == "running", waits.c.expires_at.is_not(None), ready)
        .order_by(waits.c.expires_at)
    )
    return [
        Due(
            row["session_id"],
            row["node_id"],
            row["review_id"],
            "expiry" if row["expires_at"] <= now else "reminder",
        )
        for row in connection.execute(query).mappings()
    ]


def reminded(connection: Connection, session_id: str, node_id: str) -> None:
    """The reminder was given."""
    connection.execute(sa.update(waits).where(*_at(session_id, node_id)).values(remind_at=None))


def shift(connection: Connection, session_id: str, seconds: float) -> None:
    """The meeting was held for so long: nobody's time ran out meanwhile."""
    found = connection.execute(sa.select(waits).where(waits.c.session_id == session_id)).mappings().all()
    for row in found:
        moved = {name: later(row[name], seconds) for name in ("remind_at", "expires_at")}
        connection.execute(sa.update(waits).where(*_at(session_id, row["node_id"])).values(moved))


def later(moment: str | None, seconds: float) -> str | None:
    """The timestamp so much later; never stays never."""
    if moment is None:
        return None
    return clock.timestamp(datetime.fromisoformat(moment) + timedelta(seconds=seconds))


def _at(session_id: str, node_id: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return waits.c.session_id == session_id, waits.c.node_id == node_id
