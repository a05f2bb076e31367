"""What can be read of meetings, by whoever may: each answer from one transaction."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from council.errors import NotFound
from council.events import EVERYTHING, SessionStatus, session_channel
from council.store import channels, files, sessions
from council.store import snapshot as snapshots
from council.store.channels import Position
from council.store.engine import Store
from council.store.paging import cursor_of, parts_of


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
        statuses: Collection[str] = (),
        group_id: str | None = None,
        words: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
        seen: sa.ColumnElement[bool] | None = None,
    ) -> dict[str, Any]:
        """A page of meetings for which ``seen`` holds, newest first: ``{"items": [...], "next": cursor or None}``."""
        with self._store.read() as connection:
            found = sessions.listed(
                connection,
                statuses=statuses,
                group_id=group_id,
                words=words,
                limit=limit + 1,
                before=parts_of(cursor),
                seen=sa.true() if seen is None else seen,
            )
        items = found[:limit]
        more = len(found) > limit
        return {
            "items": items,
            "next": cursor_of(items[-1]["created_at"], items[-1]["session_id"]) if more else None,
        }

    def status(self, session_id: str) -> SessionStatus:
        """Raises NotFound."""
        with self._store.read() as connection:
            found: SessionStatus = sessions.columns(connection, session_id, "status")["status"]
        return found

    def messages(
        self, session_id: str, after: int, limit: int, ids: Collection[str] | None = None
    ) -> dict[str, Any]:
        """A page of messages, of those ``ids`` if they are named; ``next`` is the number to go on after."""
        with self._store.read() as connection:
            sessions.get(connection, session_id)
            found = snapshots.message_page(connection, session_id, after, limit + 1, ids)
        items = found[:limit]
        return {"items": items, "next": items[-1]["seq"] if len(found) > limit else None}

    def files(self, session_id: str, after: str, limit: int) -> dict[str, Any]:
        """A page of a meeting's files in their newest versions; ``next`` is the path to go on after."""
        with self._store.read() as connection:
            sessions.get(connection, session_id)
            found = files.latest(connection, session_id, after=after, limit=limit + 1)
        items = found[:limit]
        return {"items": items, "next": items[-1]["path"] if len(found) > limit else None}

    def file(self, session_id: str, path: str, version: int | None) -> dict[str, Any]:
        """One version of a file, the newest unless one is named. Raises NotFound."""
        with self._store.read() as connection:
            sessions.get(connection, session_id)
            return files.read(connection, session_id, path, version)

    def file_history(self, session_id: str, path: str, after: int, limit: int) -> dict[str, Any]:
        """A page of a file's versions, each with its difference; ``next`` is the version to go on after."""
        with self._store.read() as connection:
            sessions.get(connection, session_id)
            found = files.history(connection, session_id, path, after=after, limit=limit + 1)
        items = found[:limit]
        return {"items": items, "next": items[-1]["version"] if len(found) > limit else None}

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

    def statuses(self) -> dict[str, int]:
        """How many meetings have each status."""
        with self._store.read() as connection:
            return sessions.count_by_status(connection)

    def newest(self, names: Collection[str]) -> dict[str, int]:
        """The newest number of each of these channels; ``*`` stands for the ones that are in use now."""
        with self._store.read() as connection:
            found = channels.newest(connection, [name for name in names if name != EVERYTHING])
            return found | channels.in_use(connection) if EVERYTHING in names else found
