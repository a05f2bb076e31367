"""One message while it is spoken: it gathers what the model says into few events."""

import threading

from council import clock
from council.events import TokenStream
from council.live.journal import Journal


class MessageStream:
    """Gathers pieces: the first of each kind goes out at once, then whatever a tick or a full buffer finds.

    ``add`` is the speaker's, ``flush`` the committer's too.
    """

    def __init__(
        self,
        journal: Journal,
        channel: str,
        *,
        fence: int,
        node_id: str,
        agent_id: str | None,
        message_id: str,
        gather_characters: int,
    ) -> None:
        self.message_id = message_id
        self._journal = journal
        self._channel = channel
        self._fence = fence
        self._node_id = node_id
        self._agent_id = agent_id
        self._limit = gather_characters
        self._lock = (
            threading.Lock()
        )  # Guards what is below. The journal's lock may be taken inside, never outside.
        self._buffer: list[str] = []
        self._size = 0
        self._is_thinking = False
        self.first_at: float | None = None  # When the first piece of it came.
        self._said: dict[bool, list[str]] = {False: [], True: []}
        self._offsets = {False: 0, True: 0}
        journal.open(self)

    def add(self, text: str, is_thinking: bool) -> None:
        """Another piece of the answer or of the thinking. Blocks while the database is far behind."""
        with self._lock:
            if is_thinking is not self._is_thinking:
                self._record(urgent=False)
                self._is_thinking = is_thinking
            self._buffer.append(text)
            self._size += len(text)
            first = self._offsets[is_thinking] == 0
            if not (first or self._size >= self._limit):
                return
            self._record(urgent=first)
        self._journal.make_room()

    def flush(self) -> None:
        """Record what is gathered."""
        with self._lock:
            self._record(urgent=False)

    def close(self) -> tuple[str, str]:
        """Record the rest; the whole answer and the whole thinking."""
        self._journal.shut(self)
        self.flush()
        return "".join(self._said[False]), "".join(self._said[True])

    def _record(self, *, urgent: bool) -> None:
        """Requires holding _lock."""
        assert self._lock.locked()
        if not self._size:
            return
        self.first_at = self.first_at or clock.monotonic()
        chunk, self._buffer, self._size = "".join(self._buffer), [], 0
        kind = self._is_thinking
        event = TokenStream(
            node_id=self._node_id,
            agent_id=self._agent_id,
            message_id=self.message_id,
            offset=self._offsets[kind],
            chunk=chunk,
            is_thinking=kind,
        )
        self._said[kind].append(chunk)
        self._offsets[kind] += len(chunk)
        self._journal.piece(self._channel, event, fence=self._fence, urgent=urgent)
