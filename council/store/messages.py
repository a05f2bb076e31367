"""Messages of a meeting: who said what, in the order it began."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council.events import session_channel
from council.store import channels
from council.store.tables import messages


def begin(connection: Connection, **row: Any) -> None:
    """The first piece of a message came; harmless when it had begun already."""
    known = connection.scalar(sa.select(messages.c.seq).where(messages.c.message_id == row["message_id"]))
    if known is None:
        blank = {"content": "", "thinking": "", "html": "", "status": "streaming", "finish": None}
        connection.execute(sa.insert(messages).values(blank | row))


def finish(connection: Connection, message_id: str, **changes: Any) -> None:
    connection.execute(sa.update(messages).where(messages.c.message_id == message_id).values(changes))


def unfinished(connection: Connection, session_id: str) -> list[dict[str, Any]]:
    """Messages still streaming, each with what the log holds of it."""
    query = (
        sa.select(messages)
        .where(messages.c.session_id == session_id, messages.c.status == "streaming")
        .order_by(messages.c.seq)
    )
    return [_with_streamed_text(connection, dict(row)) for row in connection.execute(query).mappings().all()]


def listed(
    connection: Connection,
    session_id: str,
    *,
    after: int = 0,
    limit: int | None = None,
    ids: Collection[str] | None = None,
) -> list[dict[str, Any]]:
    """Messages in the order they began, those without an end with the text so far; all, or those ``ids``."""
    query = (
        sa.select(messages)
        .where(messages.c.session_id == session_id, messages.c.seq > after)
        .order_by(messages.c.seq)
        .limit(limit)
    )
    if ids is not None:
        query = query.where(messages.c.message_id.in_(ids))
    rows = [dict(row) for row in connection.execute(query).mappings().all()]
    return [_with_streamed_text(connection, row) if row["status"] == "streaming" else row for row in rows]


def said_by_people(connection: Connection, session_id: str) -> list[dict[str, Any]]:
    """What people put in, in order."""
    query = (
        sa.select(messages.c.message_id, messages.c.content)
        .where(messages.c.session_id == session_id, messages.c.role == "user")
        .order_by(messages.c.seq)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _with_streamed_text(connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
    channel = session_channel(row["session_id"])
    content, thinking = channels.streamed(connection, channel, row["message_id"], row["node_id"], row["seq"])
    return row | {"content": content, "thinking": thinking}
