"""One listener: order, hand-over, eviction, replay and close."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from council.live import client as client_module
from council.live.client import QUEUE_BATCHES, Client
from council.live.frames import pong_frame
from tests.live.doubles import BrokenStore, MemoryStore, ScriptedSink
from tests.support.waiting import wait_until

CHANNEL = "session:a"
MakeClient = Callable[..., Client]


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def make_client(store: MemoryStore) -> Iterator[MakeClient]:
    made: list[tuple[Client, ScriptedSink]] = []

    def make(sink: ScriptedSink, **options: Any) -> Client:
        client = Client(sink, options.pop("read_events", store.read), client_id=str(len(made)), **options)
        made.append((client, sink))
        return client

    yield make
    for client, sink in made:
        sink.let_through(None)
        client.close()
        client.join()
        assert sink.released
        assert sink.overlaps == 0


def idle(client: Client) -> bool:
    return not client._waiting


def test_keeps_up_without_its_writer(store: MemoryStore, make_client: MakeClient) -> None:
    """A client that keeps up is served at once by whoever publishes."""
    sink = ScriptedSink()
    client = make_client(sink)
    client.subscribe(CHANNEL, 0)
    wait_until(lambda: idle(client))
    client.offer(store.append(CHANNEL))
    assert sink.seqs(CHANNEL) == [1]


def test_rest_goes_before_what_waits(store: MemoryStore, make_client: MakeClient) -> None:
    """What the connection does not take at once is finished by the writer, before anything else."""
    sink = ScriptedSink()
    client = make_client(sink)
    client.subscribe(CHANNEL, 0)
    wait_until(lambda: idle(client))
    sink.let_through(10)
    for _ in range(5):
        client.offer(store.append(CHANNEL))
    assert len(sink.octets) == 10
    sink.let_through(None)
    wait_until(lambda: sink.seqs(CHANNEL) == [1, 2, 3, 4, 5])


def test_rest_goes_before_what_came_during_the_send(make_client: MakeClient) -> None:
    """What others queue while a frame is sent goes after the rest of that frame."""

    class InterruptedSink(ScriptedSink):
        def send_nowait(self, data: bytes) -> int:
            client.send(b"second")
            return super().send_nowait(data)

    sink = InterruptedSink(room_bytes=3)
    client = make_client(sink)
    client.send(b"first")
    sink.let_through(None)
    wait_until(lambda: sink.texts() == [b"first", b"second"])


def test_writer_sends_all_that_waits_at_once(store: MemoryStore, make_client: MakeClient) -> None:
    """Whatever waits goes out in one send."""
    sink = ScriptedSink()
    client = make_client(sink)
    client.subscribe(CHANNEL, 0)
    wait_until(lambda: idle(client))
    sink.let_through(0)
    for _ in range(100):
        client.offer(store.append(CHANNEL))
    sink.let_through(None)
    wait_until(lambda: sink.seqs(CHANNEL) == list(range(1, 101)))
    assert store.reads == 1


def test_replay_then_live(store: MemoryStore, make_client: MakeClient) -> None:
    """Who joins late reads the store from its last number, page by page, and then hears the rest, once each."""
    store.append(CHANNEL, 25)
    sink = ScriptedSink()
    client = make_client(sink, replay_page=10)
    client.subscribe(CHANNEL, 3)
    client.offer(store.append(CHANNEL))
    wait_until(lambda: sink.seqs(CHANNEL) == list(range(4, 27)))


def test_lost_batch_is_read_from_the_store(store: MemoryStore, make_client: MakeClient) -> None:
    """After a gap the store is read; duplicates are dropped."""
    sink = ScriptedSink()
    client = make_client(sink)
    client.subscribe(CHANNEL, 0)
    wait_until(lambda: idle(client))
    store.append(CHANNEL)
    second = store.append(CHANNEL)
    client.offer(second)
    client.offer(second)
    wait_until(lambda: sink.seqs(CHANNEL) == [1, 2])


def test_notice(store: MemoryStore, make_client: MakeClient) -> None:
    """Who is told that the store is ahead reads it."""
    sink = ScriptedSink()
    client = make_client(sink)
    client.subscribe(CHANNEL, 0)
    wait_until(lambda: idle(client))
    store.append(CHANNEL, 3)
    client.notice(CHANNEL, 3)
    wait_until(lambda: sink.seqs(CHANNEL) == [1, 2, 3])


def test_full_queue_evicts(store: MemoryStore, make_client: MakeClient) -> None:
    """A client whose queue is full is evicted at once, and can replay what it missed."""
    stalled = ScriptedSink()
    client = make_client(stalled)
    client.subscribe(CHANNEL, 0)
    wait_until(lambda: idle(client))
    stalled.let_through(0)
    while not client.gone:
        client.offer(store.append(CHANNEL))
    assert client.reason == "slow"
    assert stalled.aborted
    assert store.newest(CHANNEL) >= QUEUE_BATCHES
    again = ScriptedSink()
    make_client(again).subscribe(CHANNEL, 0)
    wait_until(lambda: again.seqs(CHANNEL) == list(range(1, store.newest(CHANNEL) + 1)))


def test_replaying_client_is_not_evicted(store: MemoryStore, make_client: MakeClient) -> None:
    """A client that is still replaying is not fed: its queue counts once it has caught up."""
    store.append(CHANNEL, 10)
    sink = ScriptedSink(room_bytes=0)
    client = make_client(sink, replay_page=5)
    client.subscribe(CHANNEL, 0)
    for _ in range(3 * QUEUE_BATCHES):
        client.offer(store.append(CHANNEL))
    assert not client.gone
    sink.let_through(None)
    wait_until(lambda: sink.seqs(CHANNEL) == list(range(1, store.newest(CHANNEL) + 1)))


def test_stalled_peer_is_cut(make_client: MakeClient) -> None:
    """A connection that takes nothing for send_timeout_seconds is cut."""
    sink = ScriptedSink(room_bytes=0)
    client = make_client(sink, send_timeout_seconds=0.05)
    client.send({"event": "hello"})
    wait_until(lambda: client.gone)
    assert (client.reason, sink.aborted) == ("stalled", True)


def test_answers_keep_their_order(store: MemoryStore, make_client: MakeClient) -> None:
    """Answers and pongs come after all that was queued before them."""
    sink = ScriptedSink()
    client = make_client(sink)
    client.subscribe(CHANNEL, 0)
    wait_until(lambda: idle(client))
    sink.let_through(3)
    client.offer(store.append(CHANNEL))
    client.send({"event": "ack"})
    client.send_control(pong_frame(b"!"))
    client.offer(store.append(CHANNEL))
    sink.let_through(None)
    wait_until(lambda: len(sink.messages()) == 4)
    assert [opcode for opcode, _ in sink.messages()] == [1, 1, 10, 1]
    assert [json.loads(text).get("seq") for text in sink.texts()] == [1, None, 2]


def test_answers_wait_for_room(make_client: MakeClient) -> None:
    """Who sends more than is read waits: the request thread reads no further, and a flood of pings harms nobody."""
    sink = ScriptedSink(room_bytes=0)
    client = make_client(sink, send_timeout_seconds=0.05)
    for _ in range(QUEUE_BATCHES + 3):
        client.send_control(pong_frame(b"!"))
    wait_until(lambda: client.gone)
    assert client.reason == "stalled"


def test_lone_surrogate_in_an_answer(make_client: MakeClient) -> None:
    """An answer that quotes a lone surrogate is sent all the same."""
    sink = ScriptedSink()
    make_client(sink).send({"event": "ack", "data": {"id": "\ud800"}})
    assert json.loads(sink.texts()[0])["data"]["id"] == "\ud800"


def test_heartbeat(store: MemoryStore, make_client: MakeClient) -> None:
    """Idle for heartbeat_seconds, a client hears the last number of each of its channels."""
    store.append(CHANNEL, 4)
    sink = ScriptedSink()
    make_client(sink, heartbeat_seconds=0.02).subscribe(CHANNEL, 0)
    wait_until(lambda: len(sink.texts()) > 4)
    assert json.loads(sink.texts()[4]) == {"event": "heartbeat", "data": {"channels": {CHANNEL: 4}}}


def test_no_heartbeat_comes_before_the_greeting(make_client: MakeClient) -> None:
    """However long the server takes to greet, that is the first word."""
    sink = ScriptedSink()
    client = make_client(sink, heartbeat_seconds=0.02)
    begun = client._last_sent
    wait_until(lambda: client._last_sent > begun + 0.05, what="the time of two heartbeats")
    assert sink.texts() == []
    client.send({"event": "hello"})
    wait_until(lambda: len(sink.texts()) > 1)
    assert [json.loads(text)["event"] for text in sink.texts()[:2]] == ["hello", "heartbeat"]


def test_close_comes_last(store: MemoryStore, make_client: MakeClient) -> None:
    """Closing lets out what is queued, then the close frame, then nothing."""
    sink = ScriptedSink()
    client = make_client(sink)
    client.subscribe(CHANNEL, 0)
    wait_until(lambda: idle(client))
    sink.let_through(1)
    client.offer(store.append(CHANNEL))
    client.close(1012, "restart")
    client.close(1000)
    client.offer(store.append(CHANNEL))
    client.send({"event": "ack"})
    sink.let_through(None)
    client.join()
    assert [opcode for opcode, _ in sink.messages()] == [1, 8]
    assert sink.messages()[-1][1] == b"\x03\xf4restart"
    assert (client.gone, client.reason, sink.aborted) == (True, "closed", False)


def test_silent_closer_is_cut(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer that does not answer our close is cut after a while, which frees the request thread."""
    monkeypatch.setattr(client_module, "_CLOSE_SECONDS", 0.05)
    sink = ScriptedSink()
    client = make_client(sink)
    client.close(1012)
    wait_until(lambda: client.gone)
    assert sink.aborted


def test_broken_connection(store: MemoryStore, make_client: MakeClient) -> None:
    """A connection that breaks under a publisher ends the client and raises nothing."""
    sink = ScriptedSink()
    client = make_client(sink)
    client.subscribe(CHANNEL, 0)
    wait_until(lambda: idle(client))
    sink.abort()
    client.offer(store.append(CHANNEL))
    client.offer(store.append(CHANNEL))
    assert (client.gone, client.reason) == (True, "broken")


def test_store_that_does_not_answer(make_client: MakeClient, caplog: pytest.LogCaptureFixture) -> None:
    """When the store cannot be read the client is cut; it comes back and reads on from what it has."""
    sink = ScriptedSink()
    client = make_client(sink, read_events=BrokenStore().read)
    client.subscribe(CHANNEL, 0)
    wait_until(lambda: client.gone)
    assert (client.reason, sink.aborted) == ("failed", True)
    assert "ended" in caplog.text


def test_unsubscribed_channel_is_silent(store: MemoryStore, make_client: MakeClient) -> None:
    """Who leaves a channel hears no more of it."""
    sink = ScriptedSink()
    client = make_client(sink)
    client.subscribe(CHANNEL, 0)
    wait_until(lambda: idle(client))
    client.unsubscribe(CHANNEL)
    client.offer(store.append(CHANNEL))
    client.notice(CHANNEL, 1)
    assert sink.seqs(CHANNEL) == []
