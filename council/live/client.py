"""One listener: its cursors, its queue and its writer thread.

A client that keeps up has an empty queue and is served by the publishing thread itself. What the connection
does not take at once waits for the writer thread. A client that misses a number is not fed: its writer reads
the store until it has them all.
"""

import json
import logging
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any, Self

from council.clock import Deadline, monotonic
from council.live.cursors import Cursor
from council.live.frames import Batch, text_frame
from council.live.outbox import CLOSING, FREE, GONE, OPEN, PUBLISHER, QUEUE_BATCHES, WRITER, Outbox
from council.live.sink import Sink
from council.store.channels import is_last_page

log = logging.getLogger(__name__)

ReadEvents = Callable[[str, int, int], list[tuple[int, bytes]]]

INTERNAL_ERROR = 1011

_CLOSE_SECONDS = 2.0  # For what is queued before a close, and again for the peer's answer.
_SLICE_BYTES = 65_536  # Each has a time-out of its own: slow is below 4 KB/s, not far behind.


class Client(Outbox):
    """One WebSocket listener.

    ``offer`` and ``notice`` never block and never raise; ``send`` and ``send_control`` wait while the queue
    is full, so they are for the client's own request thread, which reads no further meanwhile.
    """

    __slots__ = (
        "_heartbeat_seconds",
        "_read_events",
        "_replay_page",
        "_send_timeout_seconds",
        "_writer",
        "client_id",
    )

    def __init__(
        self,
        connection: Sink,
        read_events: ReadEvents,
        *,
        client_id: str,
        heartbeat_seconds: float = 25,
        send_timeout_seconds: float = 15,
        replay_page: int = 1000,
    ) -> None:
        super().__init__(connection)
        self.client_id = client_id
        self._read_events = read_events
        self._heartbeat_seconds = heartbeat_seconds
        self._send_timeout_seconds = send_timeout_seconds
        self._replay_page = replay_page
        connection.attach(self)
        self._writer = threading.Thread(
            target=copy_context().run, args=(self._write,), name=f"writer-{client_id}", daemon=True
        )
        self._writer.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, problem: object, *_: object) -> None:
        self.close(
            1000 if problem is None else INTERNAL_ERROR
        )  # No effect if it is closing for a better reason.
        self.join()

    # Channels

    def subscribe(self, channel: str, since: int) -> None:
        """Deliver what comes after ``since``; the hub has been told before, so nothing falls in between."""
        with self._mutex:
            if self._state is OPEN:
                self._cursors.follow(channel, since)
                self._call_writer()

    def unsubscribe(self, channel: str) -> None:
        with self._mutex:
            self._cursors.forget(channel)

    def positions(self) -> dict[str, int]:
        """The last number of each channel that was sent or is about to be."""
        with self._mutex:
            return self._cursors.positions()

    def asked(self) -> set[str]:
        """The channels it subscribed to by name; a live feed has others besides."""
        with self._mutex:
            return self._cursors.asked()

    # Publishers

    def offer(self, batch: Batch) -> None:
        """Deliver a batch if it is the next: at once if the connection is free, else by the queue."""
        with self._mutex:
            if not self._cursors.accept(batch):
                if self._cursors.behind:
                    self._call_writer()
                return
            self.frames += batch.last_seq - batch.first_seq + 1
            direct = self._right is FREE and not self._waiting
            if direct:
                self._right = PUBLISHER
            else:
                fits = self._enqueue(batch.frames)
        if direct:
            self._send_directly(batch.frames)
        elif not fits:
            self.evict()

    def notice(self, channel: str, newest_seq: int) -> None:
        """The store has events up to ``newest_seq``; what is missing is read there."""
        with self._mutex:
            self._cursors.notice(channel, newest_seq)
            if self._cursors.behind:
                self._call_writer()

    # The client's own request thread

    def send(self, payload: dict[str, Any] | bytes) -> None:
        """A text message for this client alone, after all that was sent or queued before."""
        # Escapes all that is not ASCII: a lone surrogate in somebody's id must not break the encoding.
        text = payload if isinstance(payload, bytes) else json.dumps(payload, allow_nan=False).encode()
        self.send_control(text_frame(text))

    def send_control(self, frame: bytes) -> None:
        """A finished frame for this client alone, in order. Waits while the queue is full."""
        with self._mutex:
            self._wait_for_room()
            self.frames += 1
            direct = self._state is OPEN and self._right is FREE and not self._waiting
            if direct:
                self._right = PUBLISHER
            else:
                fits = self._enqueue(frame)
        if direct:
            self._send_directly(frame)
        elif not fits:
            self._leave("stalled")

    def join(self) -> None:
        """Wait for the writer thread, after ``close``; the request thread's last call. Bounded."""
        self._sink.stop_reading()
        self._writer.join(_CLOSE_SECONDS)
        if self._writer.is_alive():
            self._leave("stalled")
            self._writer.join()
        with self._mutex:
            while self._right is PUBLISHER:
                self._filled.wait()
        self._sink.release()

    def _wait_for_room(self) -> None:
        """Requires holding _mutex."""
        assert self._mutex.locked()
        deadline = Deadline(self._send_timeout_seconds)
        while self._state is OPEN and len(self._items) >= QUEUE_BATCHES and not deadline.passed():
            self._emptied.wait(deadline.remaining())

    # Writer thread

    def _write(self) -> None:
        try:
            while self._take_right():
                self._drain()
            self._see_off()
        except TimeoutError:
            self._leave("stalled")
        except OSError:
            self._leave("broken")
        except Exception:  # top of the writer thread
            # The store does not answer. The client comes back, and reads on from the last event it has.
            log.exception("the writer of client %s ended", self.client_id)
            self._leave("failed")

    def _take_right(self) -> bool:
        """Wait until something waits and nobody else writes. False when nothing will come any more."""
        with self._mutex:
            while not self._waiting or self._right is PUBLISHER:
                if self._state is CLOSING and not self._waiting:
                    return False
                self._filled.wait(max(0.0, self._last_sent + self._heartbeat_seconds - monotonic()))
                self._beat_when_idle()
            if self._state is GONE:
                return False
            self._right = WRITER
            return True

    def _beat_when_idle(self) -> None:
        """Requires holding _mutex."""
        idle_seconds = monotonic() - self._last_sent
        if self._waiting or self._right is PUBLISHER or idle_seconds < self._heartbeat_seconds:
            return
        if self.frames == 0:  # The greeting is on its way, and nothing comes before it.
            self._last_sent = monotonic()
            return
        heartbeat = {"event": "heartbeat", "data": {"channels": self._cursors.positions()}}
        self._enqueue(text_frame(json.dumps(heartbeat).encode()))
        self.frames += 1

    def _drain(self) -> None:
        """Requires the right to write, and gives it back when nothing waits any more."""
        while (work := self._take_all()) is not None:
            frames, turn = work
            self._send(b"".join(frames))
            if turn is not None:
                self._replay(*turn)

    def _take_all(self) -> tuple[list[bytes | memoryview], tuple[str, Cursor] | None] | None:
        with self._mutex:
            frames, turn = list(self._items), self._cursors.turn()
            self._items.clear()
            self._emptied.notify_all()
            if frames or turn:
                return frames, turn
            self._waiting = self._state is GONE
            self._right = FREE
            return None

    def _replay(self, channel: str, cursor: Cursor) -> None:
        page = self._read_events(channel, cursor.last, self._replay_page)
        last = page[-1][0] if page else None
        with self._mutex:
            complete = is_last_page(page, self._replay_page)
            wanted = self._cursors.settle(channel, cursor, last, complete=complete)
            self.frames += len(page) if wanted else 0
        if wanted:
            self._send(b"".join([text_frame(envelope) for _, envelope in page]))

    def _send(self, data: bytes) -> None:
        view = memoryview(data)
        for start in range(0, len(view), _SLICE_BYTES):
            self._sink.send_all(view[start : start + _SLICE_BYTES], Deadline(self._send_timeout_seconds))
            self._last_sent = monotonic()
        self.octets += len(view)

    def _see_off(self) -> None:
        """The close frame is out; a request thread that still reads gets a while for the peer's answer."""
        if self._state is GONE:
            return
        if self._sink.wait_unread(Deadline(_CLOSE_SECONDS)):
            self._depart("closed")
        else:
            self._leave("closed")
