"""Who listens and who did, in numbers: each listener tells how it is, and the hub keeps what was."""

import pytest

from council.live.audience import Broadcasts
from council.live.client import Client
from council.live.condition import ABNORMAL
from council.live.feed import EventFeed
from council.live.frames import Batch
from council.live.hub import Hub
from council.live.watched import WatchedSink, watched
from tests.live.doubles import MemoryStore, ScriptedSink
from tests.support.waiting import wait_until

CHANNEL = "session:a"


def listener(hub: Hub, store: MemoryStore, sink: ScriptedSink, **how: float) -> Client:
    """A client that is registered and follows the channel."""
    client = Client(sink, store.read, client_id="c", **how)  # type: ignore[arg-type]
    hub.register(client)
    hub.subscribe(client, CHANNEL)
    client.subscribe(CHANNEL, store.newest(CHANNEL))
    wait_until(lambda: not client._waiting, what="a client that has caught up")
    return client


def leave(hub: Hub, client: Client) -> None:
    client.join()
    hub.unregister(client)


def test_what_was_sent_is_counted() -> None:
    """Frames and octets of a client that keeps up, while it is here and after it has left."""
    hub, store, sink = Hub(9), MemoryStore(), ScriptedSink()
    client = listener(hub, store, sink)
    hub.publish(store.append(CHANNEL, 3))
    client.send({"event": "pong"})
    wait_until(lambda: client.condition.octets == len(sink.octets), what="all that was sent")
    here = hub.audience()
    assert here.frames == {"socket": 4}
    assert here.octets == {"socket": len(sink.octets)}
    client.close(1000)
    leave(hub, client)
    gone = hub.audience()
    assert gone.present == ()
    assert gone.entered == {"socket": 1}
    assert gone.left == {("socket", 1000, "closed"): 1}
    assert gone.frames == {"socket": 4}
    assert gone.octets == {"socket": len(sink.octets)}


@pytest.mark.parametrize(
    ("how", "code", "reason", "evicted"),
    [("close", 4404, "closed", False), ("evict", 1013, "slow", True), ("break", ABNORMAL, "broken", False),
     ("stall", ABNORMAL, "stalled", True)],
)  # fmt: skip
def test_how_it_ended(how: str, code: int, reason: str, evicted: bool) -> None:
    """The code that the peer was told, or 1006 when it was told nothing; and whether it was too slow."""
    hub, store, sink = Hub(9), MemoryStore(), ScriptedSink(room_bytes=0 if how == "stall" else None)
    client = listener(hub, store, sink, send_timeout_seconds=0.05)
    match how:
        case "close":
            client.close(4404, "session deleted")
            client.close(1000)
        case "evict":
            client.evict()
        case "break":
            sink.abort()
            client.send({"event": "pong"})
        case "stall":
            client.send({"event": "pong"})
            wait_until(lambda: client.gone, what="its end")
    client.close(1011)
    leave(hub, client)
    last = client.condition
    assert (last.code, last.reason, last.evicted) == (code, reason, evicted)
    assert hub.audience().left == {("socket", code, reason): 1}


def test_queue_and_lag() -> None:
    """What waits in a queue, and what a listener still has to read from the store."""
    store, sink = MemoryStore(), ScriptedSink(room_bytes=0)
    hub = Hub(9)
    client = listener(hub, store, sink)
    hub.publish(store.append(CHANNEL))
    wait_until(
        lambda: client.condition.queued == 0 and client.condition.frames == 1, what="a writer that waits"
    )
    for _ in range(3):
        hub.publish(store.append(CHANNEL))
    assert client.condition.queued == 3
    store.append(CHANNEL, 10)
    hub.notice(CHANNEL, 14)
    assert client.condition.lag == 10
    client.evict()
    leave(hub, client)
    assert (client.condition.queued, client.condition.lag) == (0, 0)


def test_a_stream_is_counted_by_its_reader() -> None:
    """An event feed knows what was taken from it when its reader says so."""
    hub, store = Hub(9), MemoryStore()
    feed = EventFeed(store.read, client_id="f")
    hub.register(feed)
    feed.count(2, 120)
    assert hub.audience().octets == {"stream": 120}
    feed.close()
    hub.unregister(feed)
    assert hub.audience().left == {("stream", 1000, "closed"): 1}
    assert hub.audience().frames == {"stream": 2}


def test_batches_are_counted_once() -> None:
    """Their events once for each batch, their deliveries once for each listener."""
    broadcasts = Broadcasts()
    broadcasts.count(Batch.of(CHANNEL, 1, [b"{}"] * 3), 5)
    broadcasts.count(Batch.of(CHANNEL, 4, [b"{}"]), 0)
    assert (broadcasts.sizes.count, broadcasts.sizes.total, broadcasts.deliveries) == (2, 4.0, 5)


def test_frames_are_watched_at_debug_only() -> None:
    """At any other level the connection itself is written to: nothing stands in between."""
    sink = ScriptedSink()
    assert watched(sink, level="INFO") is sink
    assert isinstance(watched(sink, level="DEBUG"), WatchedSink)


def test_a_watched_connection_sends_the_same() -> None:
    """What goes through is what the real one gets, the part that did not fit at once included."""
    hub, store, sink = Hub(9), MemoryStore(), ScriptedSink(room_bytes=10)
    client = Client(WatchedSink(sink), store.read, client_id="c")
    hub.register(client)
    client.send({"event": "pong", "data": {"id": "a"}})
    sink.let_through(None)
    client.close(1000)
    leave(hub, client)
    assert sink.texts() == [b'{"event": "pong", "data": {"id": "a"}}']
