"""A listener that is asked: the streams' side of the same rule."""

import threading

import pytest

from council.live.feed import EventFeed
from council.live.outbox import QUEUE_BATCHES
from tests.live.doubles import BrokenStore, MemoryStore

CHANNEL = "session:a"


def take(feed: EventFeed, upto: int) -> list[int]:
    """Numbers until the given one has come."""
    seqs: list[int] = []
    while not seqs or seqs[-1] < upto:
        items = feed.next(5)
        assert items, f"only {seqs[-1:]} came"
        seqs += [item.seq for item in items]
    return seqs


def test_backlog_in_pages_then_live() -> None:
    """A stream has no replay limit: the store is read page by page, then what is published follows."""
    store = MemoryStore()
    store.append(CHANNEL, 25)
    feed = EventFeed(store.read, client_id="sse", page=10)
    feed.subscribe(CHANNEL, 0)
    assert take(feed, 25) == list(range(1, 26))
    assert feed.next(0) == []
    feed.offer(store.append(CHANNEL, 2))
    assert [(item.channel, item.seq) for item in feed.next(5)] == [(CHANNEL, 26), (CHANNEL, 27)]


def test_full_queue_falls_back_to_the_store() -> None:
    """A slow stream is not cut: it forgets its queue and reads the store, and nothing is lost or twice."""
    store = MemoryStore()
    feed = EventFeed(store.read, client_id="sse")
    feed.subscribe(CHANNEL, 0)
    assert feed.next(0) == []
    for _ in range(QUEUE_BATCHES + 10):
        feed.offer(store.append(CHANNEL))
    assert len(feed.queue.queue) <= QUEUE_BATCHES
    assert take(feed, QUEUE_BATCHES + 10) == list(range(1, QUEUE_BATCHES + 11))


def test_gap_and_notice() -> None:
    """A lost batch, or a word that the store is ahead, leads to the store."""
    store = MemoryStore()
    feed = EventFeed(store.read, client_id="sse")
    feed.subscribe(CHANNEL, 0)
    assert feed.next(0) == []
    store.append(CHANNEL)
    feed.offer(store.append(CHANNEL))
    assert take(feed, 2) == [1, 2]
    store.append(CHANNEL)
    feed.notice(CHANNEL, 3)
    assert take(feed, 3) == [3]


def test_close_wakes_who_waits() -> None:
    """Closing ends a wait at once, with nothing."""
    feed = EventFeed(MemoryStore().read, client_id="sse")
    got: list[object] = []
    waiting = threading.Thread(target=lambda: got.append(feed.next(30)))
    waiting.start()
    feed.close(1012, "restart")
    waiting.join(5)
    assert (got, feed.gone, feed.reason) == ([[]], True, "closed")


def test_store_that_does_not_answer() -> None:
    """The stream's own thread hears when the store cannot be read."""
    feed = EventFeed(BrokenStore().read, client_id="sse")
    feed.subscribe(CHANNEL, 0)
    with pytest.raises(RuntimeError):
        feed.next(1)
