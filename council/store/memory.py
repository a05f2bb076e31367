"""What people see and change of what a group knows: each call is one transaction."""

from contextlib import suppress
from typing import Any

from sqlalchemy.exc import OperationalError

from council import clock
from council.store import knowledge, sessions
from council.store.engine import Store
from council.store.knowledge import Item, Layer
from council.store.library import Library
from council.store.paging import cursor_of, numbered

Page = dict[str, Any]


class Memory:
    """Thread-safe. Every call raises NotFound for a group that does not exist."""

    def __init__(self, store: Store, library: Library) -> None:
        self._store = store
        self._library = library

    def of_group(
        self, group_id: str, *, words: str = "", layer: Layer | None = None, limit: int, cursor: str | None
    ) -> Page:
        """A page of what the group knows, newest first. Raises Invalid for too long a query."""
        self._library.group(group_id)
        return self._page(group_id, words=words, layer=layer, limit=limit, cursor=cursor)

    def counts(self) -> dict[str, int]:
        """How many things each group knows; a group that knows nothing is not among them."""
        with self._store.read() as connection:
            return knowledge.counts(connection, at=clock.timestamp())

    def of_session(
        self, session_id: str, *, words: str = "", layer: Layer | None = None, limit: int, cursor: str | None
    ) -> Page:
        """A page of what came of this meeting; nothing for a meeting without a group. Raises NotFound."""
        with self._store.read() as connection:
            group_id = sessions.get(connection, session_id)["group_id"]
        if group_id is None:
            return {"items": [], "next": None}
        return self._page(
            group_id, words=words, layer=layer, limit=limit, cursor=cursor, session_id=session_id
        )

    def add(self, group_id: str, *, title: str, content: str) -> Item:
        """A note by hand, for the long term."""
        self._library.group(group_id)
        now = clock.timestamp()
        with self._store.write() as connection:
            return knowledge.add(connection, group_id, title=title, content=content, at=now)

    def read(self, group_id: str, knowledge_id: int) -> Item:
        self._library.group(group_id)
        with self._store.read() as connection:
            return knowledge.get(connection, group_id, knowledge_id, at=clock.timestamp())

    def promote(self, group_id: str, knowledge_id: int) -> Item:
        self._library.group(group_id)
        with self._store.write() as connection:
            return knowledge.promote(connection, group_id, knowledge_id, at=clock.timestamp())

    def change(self, group_id: str, knowledge_id: int, **changes: str) -> Item:
        """Raises Conflict for working memory."""
        self._library.group(group_id)
        with self._store.write() as connection:
            return knowledge.change(connection, group_id, knowledge_id, at=clock.timestamp(), **changes)

    def delete(self, group_id: str, knowledge_id: int) -> None:
        self._library.group(group_id)
        with self._store.write() as connection:
            knowledge.delete(connection, group_id, knowledge_id, at=clock.timestamp())

    def sweep(self) -> None:
        """Throw away what has expired; nobody reads it, so that a busy database may keep it for another time."""
        with suppress(OperationalError), self._store.write() as connection:
            knowledge.sweep(connection, clock.timestamp())

    def _page(
        self,
        group_id: str,
        *,
        words: str,
        layer: Layer | None,
        limit: int,
        cursor: str | None,
        session_id: str | None = None,
    ) -> Page:
        with self._store.read() as connection:
            found = knowledge.listed(
                connection,
                group_id,
                at=clock.timestamp(),
                limit=limit + 1,
                words=words,
                layer=layer,
                session_id=session_id,
                before=numbered(cursor),
            )
        items = found[:limit]
        more = len(found) > limit
        return {
            "items": items,
            "next": cursor_of(items[-1]["created_at"], items[-1]["knowledge_id"]) if more else None,
        }
