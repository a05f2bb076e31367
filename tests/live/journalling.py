"""What the tests of the journal and of messages share: a store with sessions, a journal, and who listens."""

import json
import threading
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from council.events import ErrorHappened
from council.live.journal import Journal
from council.store.archive import Archive
from council.store.engine import Store
from council.store.migrations import migrate
from tests.support.rows import add_session


class Recorder:
    """Listens to a journal, and reads the store whenever it is told of something."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._lock = threading.Lock()  # Guards what is below.
        self.batches: dict[str, list[tuple[int, list[bytes]]]] = defaultdict(list)
        self.too_early: list[tuple[str, int]] = []

    def __call__(self, channel: str, first_seq: int, envelopes: list[bytes]) -> None:
        last_seq = first_seq + len(envelopes) - 1
        stored = self._archive.events(channel, first_seq - 1, len(envelopes))
        with self._lock:
            if [envelope for _seq, envelope in stored] != envelopes:
                self.too_early.append((channel, last_seq))
            self.batches[channel].append((first_seq, envelopes))

    def seqs(self, channel: str) -> list[int]:
        """The numbers that were published, in the order of publishing."""
        with self._lock:
            return [first + at for first, batch in self.batches[channel] for at in range(len(batch))]


class Desk:
    """A journal on a database of its own."""

    def __init__(self, folder: Path, *, gather_seconds: float = 0.05) -> None:
        self.store = Store(f"sqlite:///{folder}/council.db")
        migrate(self.store)
        self.archive = Archive(self.store)
        self.published = Recorder(self.archive)
        self.fenced: list[tuple[str, int]] = []
        self.journal = Journal(self.store, self.published, gather_seconds=gather_seconds)

    def start(self) -> None:
        self.journal.start(lambda session_id, fence: self.fenced.append((session_id, fence)))

    def session(self, session_id: str, *, fence: int = 1, **values: Any) -> str:
        return add_session(self.store, session_id, fence=fence, status="running", **values)

    def close(self) -> None:
        self.journal.close()
        self.store.close()

    def log(self, channel: str) -> list[dict[str, Any]]:
        """The stored events, decoded."""
        return [json.loads(envelope) for _seq, envelope in self.archive.events(channel, 0, 1_000_000)]

    def words(self, channel: str) -> list[str]:
        return [event["data"]["error"] for event in self.log(channel) if event["event"] == "error"]


MakeDesk = Callable[..., Desk]


def note(text: str) -> ErrorHappened:
    """An event that changes no row."""
    return ErrorHappened(node_id=None, error=text, code="note", hint="", can_retry=False)
