"""Who runs a meeting: owner, lease and fence on its row. The lease is the truth; all else only wakes people."""

import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council import clock
from council.store.tables import sessions

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_UNFINISHED = ("pending", "running", "paused")


@dataclass(frozen=True, slots=True)
class Claim:
    """A meeting that is ours now. ``crashed_in`` names the steps an owner died in; ``None``: it left in order."""

    fence: int
    crashed_in: str | None
    crashes: int  # In these very steps, one after another, this one included.


def claim(connection: Connection, session_id: str, owner: str, lease_seconds: float) -> Claim | None:
    """Take a meeting that nobody holds; ``None`` when somebody does, or when it is finished."""
    name, now = _read_clock(connection)
    query = sa.select(sessions).where(sessions.c.session_id == session_id).with_for_update()
    row = connection.execute(query).mappings().first()
    if row is None or row["status"] not in _UNFINISHED or _is_held(row, name, now):
        return None
    crashed_in = None if row["owner"] is None else _steps_under_way(row["node_statuses"])
    again = crashed_in is not None and crashed_in == row["crashed_in"]
    crashes = 0 if crashed_in is None else (row["crashes"] + 1 if again else 1)
    connection.execute(
        sa.update(sessions)
        .where(sessions.c.session_id == session_id)
        .values(
            owner=owner,
            lease_clock=name,
            lease_until=now + lease_seconds,
            fence=row["fence"] + 1,
            crashed_in=crashed_in,
            crashes=crashes,
            parked=False,
        )
    )
    return Claim(row["fence"] + 1, crashed_in, crashes)


def renew(connection: Connection, owner: str, session_ids: list[str], lease_seconds: float) -> None:
    """Hold on to these, as far as they are still ours."""
    name, now = _read_clock(connection)
    connection.execute(
        sa.update(sessions)
        .where(
            sessions.c.owner == owner, sessions.c.lease_clock == name, sessions.c.session_id.in_(session_ids)
        )
        .values(lease_until=now + lease_seconds)
    )


def release(connection: Connection, session_id: str, owner: str, fence: int) -> None:
    """Give a meeting back, if it is still ours."""
    ours = (sessions.c.session_id == session_id, sessions.c.owner == owner, sessions.c.fence == fence)
    connection.execute(sa.update(sessions).where(*ours).values(owner=None, lease_until=None))


def park(connection: Connection, session_id: str, owner: str, fence: int) -> None:
    """Give a meeting back that only waits for people, if it is still ours: it is no orphan until one answers."""
    ours = (sessions.c.session_id == session_id, sessions.c.owner == owner, sessions.c.fence == fence)
    connection.execute(sa.update(sessions).where(*ours).values(owner=None, lease_until=None, parked=True))


def orphans(connection: Connection) -> list[str]:
    """Meetings that should be running and that nobody holds, oldest first."""
    name, now = _read_clock(connection)
    ready = sa.and_(sessions.c.status.in_(("pending", "running")), sessions.c.parked.is_(sa.false()))
    wanted = sa.or_(ready, sa.and_(_stopping(), _unfinished()))
    free = sa.or_(sessions.c.owner.is_(None), sessions.c.lease_clock != name, sessions.c.lease_until < now)
    query = sa.select(sessions.c.session_id).where(wanted, free).order_by(sessions.c.created_at)
    return list(connection.scalars(query))


def first_end(connection: Connection, owner: str) -> float:
    """Seconds until the first lease that others hold runs out; infinite when there is none."""
    name, now = _read_clock(connection)
    others = (
        sessions.c.owner != owner,
        sessions.c.status.in_(_UNFINISHED),
        sessions.c.lease_clock == name,
        sessions.c.lease_until >= now,
    )
    ends = connection.scalar(sa.select(sa.func.min(sessions.c.lease_until)).where(*others))
    return math.inf if ends is None else ends - now


def wishes(connection: Connection, owner: str, session_ids: list[str]) -> dict[str, tuple[str, bool]]:
    """What people want of these meetings, as far as they are still ours: (status, stop requested)."""
    query = sa.select(sessions.c.session_id, sessions.c.status, sessions.c.stop_requested).where(
        sessions.c.owner == owner, sessions.c.session_id.in_(session_ids)
    )
    return {row.session_id: (row.status, row.stop_requested) for row in connection.execute(query)}


def fences(connection: Connection, session_ids: Iterable[str]) -> dict[str, int]:
    """The fence of each session, locked until the transaction ends: a run with another one may not write."""
    wanted = list(session_ids)
    query = sa.select(sessions.c.session_id, sessions.c.fence).with_for_update()
    query = query.where(
        sessions.c.session_id == wanted[0] if len(wanted) == 1 else sessions.c.session_id.in_(wanted)
    )
    return {session_id: fence for session_id, fence in connection.execute(query)}


def _is_held(row: Any, clock_name: str, now: float) -> bool:
    """A lease read from another boot's clock is over: that process is gone."""
    return row["owner"] is not None and row["lease_clock"] == clock_name and row["lease_until"] >= now


def _steps_under_way(node_statuses: dict[str, str]) -> str:
    return ",".join(sorted(node_id for node_id, status in node_statuses.items() if status == "running"))


def _stopping() -> sa.ColumnElement[bool]:
    return sessions.c.stop_requested.is_(sa.true())


def _unfinished() -> sa.ColumnElement[bool]:
    return sessions.c.status.in_(_UNFINISHED)


def _read_clock(connection: Connection) -> tuple[str, float]:
    """The clock leases are read from: the database server's, or with SQLite this machine's monotonic one."""
    if connection.dialect.name == "sqlite":
        return _boot_id(), clock.monotonic()
    seconds = connection.scalar(sa.text("SELECT extract(epoch FROM clock_timestamp())"))
    return "database", float(seconds or 0)


@functools.cache
def _boot_id() -> str:
    return _BOOT_ID.read_text().strip() if _BOOT_ID.exists() else "this-boot"
