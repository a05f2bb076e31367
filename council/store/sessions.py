"""Meetings: their rows and their documents."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council.errors import NotFound
from council.events import FINAL_STATUSES, session_channel
from council.meeting.state import MOVES, is_final
from council.store import files, knowledge, shares
from council.store.tables import channels, commands, documents, events, messages, sessions, steps
from council.store.tables import files as versions


def insert(connection: Connection, row: dict[str, Any], texts: list[dict[str, Any]]) -> None:
    connection.execute(sa.insert(sessions).values(row))
    if texts:
        connection.execute(
            sa.insert(documents),
            [{"session_id": row["session_id"], "position": at, **text} for at, text in enumerate(texts)],
        )
    files.give(connection, row["session_id"], texts, row["created_at"])


def find(connection: Connection, session_id: str, *, lock: bool = False) -> dict[str, Any] | None:
    """The row, or ``None``. With ``lock`` nobody else changes it before the transaction ends."""
    query = sa.select(sessions).where(sessions.c.session_id == session_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return dict(row) if row else None


def get(connection: Connection, session_id: str, *, lock: bool = False) -> dict[str, Any]:
    """The row. Raises NotFound."""
    row = find(connection, session_id, lock=lock)
    if row is None:
        raise NotFound(f"There is no session {session_id}.")
    return row


def columns(connection: Connection, session_id: str, *names: str, lock: bool = False) -> dict[str, Any]:
    """A part of the row: reading the whole one costs as much as its graph is long. Raises NotFound."""
    query = sa.select(*(sessions.c[name] for name in names)).where(sessions.c.session_id == session_id)
    query = query.with_for_update() if lock else query
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"There is no session {session_id}.")
    return dict(row)


def count_by_status(connection: Connection) -> dict[str, int]:
    """How many meetings have each status, those left out that none has."""
    query = sa.select(sessions.c.status, sa.func.count()).group_by(sessions.c.status)
    return {status: count for status, count in connection.execute(query)}


def update(connection: Connection, session_id: str, **changes: Any) -> None:
    connection.execute(sa.update(sessions).where(sessions.c.session_id == session_id).values(changes))


def documents_of(connection: Connection, session_id: str) -> list[dict[str, Any]]:
    """The documents as they were given, as ``insert`` takes them."""
    return [{"name": name, "content": content} for name, content in texts(connection, session_id)]


def texts(connection: Connection, session_id: str) -> list[tuple[str, str]]:
    """The meeting's documents as (name, content), in their order."""
    query = (
        sa.select(documents.c.name, documents.c.content)
        .where(documents.c.session_id == session_id)
        .order_by(documents.c.position)
    )
    return [(row.name, row.content) for row in connection.execute(query)]


def listed(
    connection: Connection,
    *,
    statuses: Collection[str],
    group_id: str | None,
    words: str | None,
    limit: int,
    before: tuple[str, str] | None,
    seen: sa.ColumnElement[bool],
) -> list[dict[str, Any]]:
    """Newest first, those for which ``seen`` holds; ``before`` is (created_at, session_id) of the last one that was
    told. No ``statuses``: any."""
    columns = (
        "session_id", "template_id", "group_id", "subject", "status", "created_at", "started_at", "ended_at",
        "waiting_for", "node_statuses",
    )  # fmt: skip
    query = sa.select(*(sessions.c[name] for name in columns)).where(seen)
    if statuses:
        query = query.where(sessions.c.status.in_(statuses))
    if group_id is not None:
        query = query.where(sessions.c.group_id == group_id)
    if words:
        query = query.where(sessions.c.subject.icontains(words, autoescape=True))
    if before is not None:
        query = query.where(sa.tuple_(sessions.c.created_at, sessions.c.session_id) < sa.tuple_(*before))
    query = query.order_by(sessions.c.created_at.desc(), sessions.c.session_id.desc()).limit(limit)
    return [_as_listed(dict(row)) for row in connection.execute(query).mappings()]


def unfinished_of(connection: Connection, user_id: str) -> int:
    """How many meetings of theirs are not over."""
    query = sa.select(sa.func.count()).where(
        sessions.c.owned_by == user_id, sessions.c.status.in_(sorted(MOVES.keys() - FINAL_STATUSES))
    )
    return connection.scalar(query) or 0


def _as_listed(row: dict[str, Any]) -> dict[str, Any]:
    """Where its nodes are matters as long as it runs."""
    return row | {"node_statuses": {}} if is_final(row["status"]) else row


def delete(connection: Connection, session_id: str) -> None:
    """Forget a meeting and everything that was said in it."""
    channel = session_channel(session_id)
    knowledge.forget_session(connection, session_id)
    shares.remove(connection, "session", session_id)
    for table in (events, channels):
        connection.execute(sa.delete(table).where(table.c.channel == channel))
    for table in (steps, messages, documents, versions, commands, sessions):
        connection.execute(sa.delete(table).where(table.c.session_id == session_id))
