"""What people do with a meeting's files, besides reading them."""

from typing import Any

from sqlalchemy.engine import Connection

from council.errors import IllegalTransition
from council.events import session_channel
from council.live.journal import Journal
from council.live.records import Decision
from council.meeting.state import is_final
from council.store import files, receipts, sessions
from council.store.engine import Store
from council.store.files import Limits

ANSWER_SECONDS = 10.0  # How long a request waits for the database.
_CMD = "rollback_file"  # How the receipt of a request that must not have its effect twice is kept.


class Cabinet:
    """Thread-safe; every call blocks until the effect is stored."""

    def __init__(self, store: Store, journal: Journal, limits: Limits) -> None:
        self._store = store
        self._journal = journal
        self._limits = limits

    def roll_back(
        self, session_id: str, path: str, version: int, *, by: str = "person", command_id: str | None = None
    ) -> dict[str, Any]:
        """Make an old version of a file the newest one. The same ``command_id`` again does it once.

        Raises NotFound, Conflict, TooLarge, or IllegalTransition when the meeting is over.
        """

        def decide(connection: Connection) -> Decision:
            row = sessions.get(connection, session_id, lock=True)
            before = receipts.earlier(connection, session_id, command_id, _CMD)
            if before is not None:
                return Decision(result=before)
            if is_final(row["status"]):
                raise IllegalTransition("The files of a finished session stay as they are.")
            written = files.roll_back(connection, session_id, path, version, self._limits, author=by)
            result = written.data() | {"session_id": session_id}
            del result["node_id"]
            receipts.keep(connection, session_id, command_id, _CMD, result)
            return Decision((written,), result)

        with self._store.read() as connection:
            sessions.get(connection, session_id)  # Before anything waits in line.
        answer: dict[str, Any] = self._journal.decide(session_channel(session_id), decide).wait(
            ANSWER_SECONDS
        )
        return answer
