"""What waits for one connection, and who may write to it.

The right to write is free, a publisher's or the writer thread's. A free connection is written to by whoever
has something, with one send that never blocks; as soon as anything waits, everything waits, in the queue,
until the writer thread has sent it all.
"""

import enum
import queue

from council.clock import monotonic
from council.live.condition import ABNORMAL, Condition
from council.live.cursors import Cursors
from council.live.frames import NO_CODE, close_frame
from council.live.sink import Sink

QUEUE_BATCHES = 256


class Right(enum.Enum):
    """Who may write to the connection."""

    FREE = enum.auto()
    PUBLISHER = enum.auto()
    WRITER = enum.auto()


class State(enum.Enum):
    """Never goes back."""

    OPEN = enum.auto()
    CLOSING = enum.auto()  # The close frame is queued; nothing comes after it.
    GONE = enum.auto()


FREE, PUBLISHER, WRITER = Right
OPEN, CLOSING, GONE = State


class Outbox:
    """The half of a client that publishers share with its writer thread."""

    # Slots: an event passes through all clients, and each attribute dictionary would be one more cache miss.
    __slots__ = (
        "_code",
        "_cursors",
        "_emptied",
        "_filled",
        "_items",
        "_last_sent",
        "_mutex",
        "_right",
        "_send_nowait",
        "_sink",
        "_state",
        "_waiting",
        "frames",
        "octets",
        "queue",
        "reason",
    )

    def __init__(self, sink: Sink) -> None:
        self.reason = ""  # Why it is gone: closed, slow, stalled, broken or failed.
        self.octets = 0  # Sent so far; counted by whoever has the right to write.
        self._sink = sink
        self._send_nowait = sink.send_nowait
        self.queue: queue.Queue[bytes | memoryview] = queue.Queue(QUEUE_BATCHES)
        self._mutex = self.queue.mutex  # Guards all that follows.
        self._items = self.queue.queue
        self._filled = self.queue.not_empty
        self._emptied = self.queue.not_full
        self._cursors = Cursors()
        self._state = OPEN
        self._code = NO_CODE  # What the peer is told, or told us.
        self.frames = 0  # Taken for sending so far.
        self._waiting = False  # Something is there for the writer: set with it, cleared when nothing is left.
        self._right = FREE  # Taken under the mutex; given back by its holder alone, see _send_directly().
        self._last_sent = monotonic()  # Whoever has the right to write.

    @property
    def gone(self) -> bool:
        return self._state is GONE

    @property
    def closing(self) -> bool:
        return self._state is not OPEN

    @property
    def condition(self) -> Condition:
        """How it is, or was in the end."""
        with self._mutex:
            told = self.reason in ("", "closed", "slow")
            return Condition(
                "socket",
                self._code if told else ABNORMAL,
                self.reason or "closed",
                self.frames,
                self.octets,
                len(self._items),
                self._cursors.lag(),
            )

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Let out what is queued, then close. Does not wait; only the first call counts. Any thread."""
        with self._mutex:
            if self._state is OPEN:
                self._state = CLOSING
                self._code = code
                self._cursors.clear()
                self._items.append(close_frame(code, reason))
                self._call_writer()
                self._emptied.notify_all()

    def evict(self, code: int = 1013) -> None:
        """Let go of a reader that is too slow; it comes back and reads what it missed. Any thread."""
        with self._mutex:
            between_frames = self._state is OPEN and self._right is FREE and not self._waiting
            if self._state is OPEN:
                self._code = code
            if between_frames:
                self._right = PUBLISHER
        if between_frames:
            self._send_directly(close_frame(code))
        self._leave("slow")

    # The queue

    def _enqueue(self, frame: bytes) -> bool:
        """Requires holding _mutex. False when there is no room; a closing client needs none."""
        assert self._mutex.locked()
        if self._state is not OPEN:
            return True
        if len(self._items) >= QUEUE_BATCHES:
            return False
        self._items.append(frame)
        self._call_writer()
        return True

    def _call_writer(self) -> None:
        """Requires holding _mutex. The order matters, see _send_directly()."""
        assert self._mutex.locked()
        self._waiting = True
        if self._right is FREE:
            self._filled.notify_all()

    # The right to write

    def _send_directly(self, frame: bytes) -> None:
        """Requires the right to write, and gives it back. What does not fit goes before all that waits.

        The right is given back without a second lock on the way of every event. Here it is stored before
        ``_waiting`` is read; in _call_writer() ``_waiting`` is stored before the right is read: at least one
        of the two sees the other and wakes the writer.
        """
        try:
            sent = self._send_nowait(frame)
        except OSError:
            sent = len(frame)
            self._leave("broken")
        else:
            self.octets += sent
        if sent != len(frame):
            self._put_first(memoryview(frame)[sent:])
        self._last_sent = monotonic()
        self._right = FREE
        if self._waiting:
            self._wake()

    def _put_first(self, rest: memoryview) -> None:
        with self._mutex:
            self._items.appendleft(rest)
            self._waiting = True

    def _wake(self) -> None:
        with self._mutex:
            self._filled.notify_all()

    # Ending

    def _leave(self, reason: str) -> None:
        if self._depart(reason):
            self._sink.abort()

    def _depart(self, reason: str) -> bool:
        """No more sending. False when it was gone already."""
        with self._mutex:
            if self._state is GONE:
                return False
            self._state = GONE
            self.reason = reason
            self._items.clear()
            self._cursors.clear()
            self._waiting = True
            self._filled.notify_all()
            self._emptied.notify_all()
            return True
