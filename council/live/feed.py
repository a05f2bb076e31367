"""A listener that is asked: a client's rule, for whoever drains it on a thread of their own (SSE)."""

import queue
from typing import NamedTuple

from council.clock import Deadline
from council.live.client import ReadEvents
from council.live.condition import Condition
from council.live.cursors import Cursors
from council.live.frames import NO_CODE, Batch
from council.live.outbox import QUEUE_BATCHES
from council.store.channels import is_last_page


class FeedItem(NamedTuple):
    channel: str
    seq: int
    envelope: bytes


class EventFeed:
    """One stream. Registered with the hub like a client; ``next`` belongs to one thread, the rest to all.

    It is never evicted: when its queue is full it forgets it and reads the store.
    """

    def __init__(self, read_events: ReadEvents, *, client_id: str, page: int = 1000) -> None:
        self.client_id = client_id
        self.reason = ""
        self.frames = self.octets = 0  # Sent so far; counted by the reader's thread.
        self._read_events = read_events
        self._page = page
        self.queue: queue.Queue[Batch] = queue.Queue(QUEUE_BATCHES)
        self._mutex = self.queue.mutex  # Guards all that follows.
        self._items = self.queue.queue
        self._filled = self.queue.not_empty
        self._cursors = Cursors()
        self._closed = False
        self._code = NO_CODE

    @property
    def gone(self) -> bool:
        return self._closed

    @property
    def condition(self) -> Condition:
        """How it is, or was in the end."""
        with self._mutex:
            return Condition(
                "stream",
                self._code,
                self.reason or "closed",
                self.frames,
                self.octets,
                len(self._items),
                self._cursors.lag(),
            )

    def count(self, frames: int, octets: int) -> None:
        """So much was sent. The reader's thread."""
        self.frames += frames
        self.octets += octets

    def subscribe(self, channel: str, since: int) -> None:
        """Deliver what comes after ``since``; the hub has been told before, so nothing falls in between."""
        with self._mutex:
            if not self._closed:
                self._cursors.follow(channel, since)
                self._filled.notify_all()

    def unsubscribe(self, channel: str) -> None:
        with self._mutex:
            self._cursors.forget(channel)

    def positions(self) -> dict[str, int]:
        with self._mutex:
            return self._cursors.positions()

    def offer(self, batch: Batch) -> None:
        with self._mutex:
            if self._cursors.accept(batch):
                self._items.append(batch)
                self._fall_back_when_full()
            self._filled.notify_all()

    def notice(self, channel: str, newest_seq: int) -> None:
        """The store has events up to ``newest_seq``; what is missing is read there."""
        with self._mutex:
            self._cursors.notice(channel, newest_seq)
            self._filled.notify_all()

    def next(self, timeout_seconds: float) -> list[FeedItem]:
        """What comes next, in order; nothing when there was nothing for so long or the feed is ``gone``.

        Raises what ``read_events`` raises.
        """
        deadline = Deadline(timeout_seconds)
        while self._wait(deadline):
            items = self._take_queued() or self._read_page()
            if items:
                return items
        return []

    def close(self, code: int = 1000, reason: str = "") -> None:
        with self._mutex:
            self._code = self._code if self._closed else code
            self._closed = True
            self.reason = self.reason or "closed"
            self._items.clear()
            self._cursors.clear()
            self._filled.notify_all()

    def evict(self, code: int = 1013) -> None:
        self.close(code)

    def _fall_back_when_full(self) -> None:
        """Requires holding _mutex."""
        assert self._mutex.locked()
        if len(self._items) > QUEUE_BATCHES:
            for batch in self._items:
                self._cursors.fall_back(batch)
            self._items.clear()

    def _wait(self, deadline: Deadline) -> bool:
        with self._mutex:
            self._filled.wait_for(lambda: self._closed or self._has_more(), deadline.remaining())
            return self._has_more()

    def _has_more(self) -> bool:
        """Requires holding _mutex."""
        return bool(self._items or self._cursors.behind)

    def _take_queued(self) -> list[FeedItem]:
        with self._mutex:
            batches = list(self._items)
            self._items.clear()
        return [
            FeedItem(batch.channel, seq, envelope)
            for batch in batches
            for seq, envelope in enumerate(batch.envelopes, batch.first_seq)
        ]

    def _read_page(self) -> list[FeedItem]:
        with self._mutex:
            turn = self._cursors.turn()
        if turn is None:
            return []
        channel, cursor = turn
        page = self._read_events(channel, cursor.last, self._page)
        last = page[-1][0] if page else None
        with self._mutex:
            complete = is_last_page(page, self._page)
            wanted = self._cursors.settle(channel, cursor, last, complete=complete)
        return [FeedItem(channel, seq, envelope) for seq, envelope in page] if wanted else []
