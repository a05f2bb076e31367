"""What can be read of meetings, by whoever may: each answer from one transaction."""

import base64
import binascii
from collections.abc import Collection
from typing import Any

from council.errors import Invalid, NotFound
from council.events import EVERYTHING, session_channel
from council.store import channels, sessions
from council.store import snapshot as snapshots
from council.store.channels import Position
from council.store.engine import Store


class Archive:
    """Reads only. Thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def snapshot(self, session_id: str) -> dict[str, Any]:
        """Raises NotFound."""
        with self._store.read() as connection:
            return snapshots.snapshot(connection, session_id)

    def sessions(
        self,
        *,
        status: str | None = None,
        words: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> dict[str, Any]:
        """A page of meetings, newest first: ``{"items": [...], "next": cursor or None}``."""
        with self._store.read() as connection:
            found = sessions.listed(
                connection, status=status, words=words, limit=limit + 1, before=_parse_cursor(cursor)
            )
        items = found[:limit]
        return {"items": items, "next": _cursor_after(items[-1]) if len(found) > limit else None}

    def messages(self, session_id: str, after: int, limit: int) -> dict[str, Any]:
        """A page of messages; ``next`` is the number to go on after."""
        with self._store.read() as connection:
            sessions.get(connection, session_id)
            found = snapshots.message_page(connection, session_id, after, limit + 1)
        items = found[:limit]
        return {"items": items, "next": items[-1]["seq"] if len(found) > limit else None}

    def usage(self, session_id: str) -> dict[str, Any]:
        """Tokens and money: the totals, and each call."""
        with self._store.read() as connection:
            row = sessions.get(connection, session_id)
            calls = channels.of_kind(connection, session_channel(session_id), "token_usage")
        return {"totals": snapshots.totals(row), "items": calls, "next": None}

    def position(self, session_id: str) -> Position:
        """Where a meeting's log stands. Raises NotFound."""
        with self._store.read() as connection:
            found = channels.position(connection, session_channel(session_id))
        if found is None:
            raise NotFound(f"There is no session {session_id}.")
        return found

    def events(self, channel: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Up to ``limit`` events that follow ``after``, as (seq, envelope)."""
        with self._store.read() as connection:
            return channels.read(connection, channel, after, limit)

    def newest(self, names: Collection[str]) -> dict[str, int]:
        """The newest number of each of these channels; ``*`` stands for the ones that are in use now."""
        with self._store.read() as connection:
            found = channels.newest(connection, [name for name in names if name != EVERYTHING])
            return found | channels.in_use(connection) if EVERYTHING in names else found


def _cursor_after(item: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(f"{item['created_at']}|{item['session_id']}".encode()).decode()


def _parse_cursor(cursor: str | None) -> tuple[str, str] | None:
    if cursor is None:
        return None
    try:
        created_at, session_id = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
    except (ValueError, binascii.Error) as problem:
        raise Invalid(
            "cursor: it is not one of ours.", hint="Send the value of next, or leave it out."
        ) from problem
    return created_at, session_id
