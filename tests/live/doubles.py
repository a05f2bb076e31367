"""A store and a connection that do what a test says."""

import json
import struct
import threading

from council.clock import Deadline
from council.live.frames import Batch
from council.live.sink import Outlet


class MemoryStore:
    """Numbers, keeps and reads events, as the real one does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # Guards _logs.
        self._logs: dict[str, list[bytes]] = {}
        self.reads = 0

    def append(self, channel: str, count: int = 1) -> Batch:
        with self._lock:
            log = self._logs.setdefault(channel, [])
            first = len(log) + 1
            envelopes = [envelope(channel, first + n) for n in range(count)]
            log.extend(envelopes)
            return Batch.of(channel, first, envelopes)

    def read(self, channel: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        with self._lock:
            self.reads += 1
            log = self._logs.get(channel, [])
            return list(enumerate(log[after : after + limit], after + 1))

    def newest(self, channel: str) -> int:
        with self._lock:
            return len(self._logs.get(channel, []))


class BrokenStore(MemoryStore):
    """A database that does not answer."""

    def read(self, channel: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        raise RuntimeError("the database does not answer")


class ScriptedSink:
    """A connection that takes everything, until it is told to take only so many bytes.

    Notices when two threads send at once, which must never happen.
    """

    def __init__(self, room_bytes: int | None = None) -> None:
        self._changed = threading.Condition()  # Guards all that follows.
        self._room_bytes = room_bytes
        self._unread = False
        self._sending = threading.Lock()
        self.octets = bytearray()
        self.aborted = False
        self.released = False
        self.outlet: Outlet | None = None
        self.overlaps = 0

    def attach(self, outlet: Outlet) -> None:
        self.outlet = outlet

    def let_through(self, room_bytes: int | None) -> None:
        """From now on it takes so many more bytes; ``None`` is no limit."""
        with self._changed:
            self._room_bytes = room_bytes
            self._changed.notify_all()

    def send_nowait(self, data: bytes) -> int:
        return self._alone(data)

    def send_all(self, data: bytes | memoryview, deadline: Deadline) -> None:
        rest = bytes(data)
        while rest:
            sent = self._alone(rest)
            rest = rest[sent:]
            if not sent:
                self._wait_for_room(deadline)

    def wait_unread(self, deadline: Deadline) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._unread, deadline.remaining())

    def stop_reading(self) -> None:
        with self._changed:
            self._unread = True
            self._changed.notify_all()

    def abort(self) -> None:
        with self._changed:
            self.aborted = self._unread = True
            self._changed.notify_all()

    def release(self) -> None:
        self.released = True

    def messages(self) -> list[tuple[int, bytes]]:
        """Every whole frame that was sent: opcode and payload."""
        with self._changed:
            return parse_frames(bytes(self.octets))

    def texts(self) -> list[bytes]:
        return [payload for opcode, payload in self.messages() if opcode == 1]

    def seqs(self, channel: str) -> list[int]:
        """Numbers of the events of one channel, in the order they were sent."""
        events = [json.loads(text) for text in self.texts()]
        return [event["seq"] for event in events if event.get("session_id") == channel]

    def _alone(self, data: bytes) -> int:
        if not self._sending.acquire(blocking=False):
            self.overlaps += 1
            raise AssertionError("two threads send at once")
        try:
            return self._take(data)
        finally:
            self._sending.release()

    def _take(self, data: bytes) -> int:
        with self._changed:
            if self.aborted:
                raise BrokenPipeError
            taken = len(data) if self._room_bytes is None else min(len(data), self._room_bytes)
            if self._room_bytes is not None:
                self._room_bytes -= taken
            self.octets += data[:taken]
            return taken

    def _wait_for_room(self, deadline: Deadline) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._room_bytes != 0 or self.aborted, deadline.remaining())
            if self._room_bytes == 0 and not self.aborted:
                raise TimeoutError


def envelope(channel: str, seq: int) -> bytes:
    event = {"event": "token_stream", "session_id": channel, "seq": seq, "data": {"chunk": f"word {seq}"}}
    return json.dumps(event).encode()


def parse_frames(octets: bytes) -> list[tuple[int, bytes]]:
    """The whole unmasked frames at the start of the octets."""
    found: list[tuple[int, bytes]] = []
    at = 0
    while at + 2 <= len(octets):
        length, start = octets[at + 1], at + 2
        if length == 126:
            (length,), start = struct.unpack_from("!H", octets, start), start + 2
        elif length == 127:
            (length,), start = struct.unpack_from("!Q", octets, start), start + 8
        if start + length > len(octets):
            break
        found.append((octets[at] & 0x0F, octets[start : start + length]))
        at = start + length
    return found
