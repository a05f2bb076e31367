"""Who may hear what happens: asked for each batch that a live feed of all meetings might get.

Publishers ask, so that answers are kept for a moment: a share that is taken back is heard for at most so long.
"""

import threading
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from council import clock
from council.events import session_of
from council.people.who import Who
from council.store import shares
from council.store.engine import Store
from council.store.shares import EVERYBODY

KEPT_SECONDS = 2.0
MOST_KEPT = 1_000


class Audience:
    """Thread-safe. The store is read without the lock: two who ask at once may read twice."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()  # Guards _kept.
        self._kept: dict[str, tuple[float, frozenset[str]]] = {}  # Channel -> until when, and whose.

    def hears(self, who: Who, channel: str) -> bool:
        """Whether what happens on the channel is for them."""
        if who.is_admin or who.user_id is None:
            return True
        allowed = self._allowed(channel)
        return who.user_id in allowed or EVERYBODY in allowed

    def forget(self) -> None:
        """Somebody's rights have changed."""
        with self._lock:
            self._kept.clear()

    def _allowed(self, channel: str) -> frozenset[str]:
        """As it was known last where the store does not answer: nobody else waits for it."""
        now = clock.monotonic()
        with self._lock:
            until, allowed = self._kept.get(channel, (0.0, frozenset()))
        if until > now:
            return allowed
        with suppress(SQLAlchemyError):
            allowed = self._read(channel)
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[channel] = (now + KEPT_SECONDS, allowed)
        return allowed

    def _read(self, channel: str) -> frozenset[str]:
        session_id = session_of(channel)
        if session_id is None:
            return frozenset()
        with self._store.read() as connection:
            _exists, owner = shares.owner(connection, "session", session_id)
            others = shares.listed(connection, "session", session_id)
        return frozenset({row["user_id"] for row in others} | ({owner} if owner else set()))
