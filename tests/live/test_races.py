"""Many threads at once, with the interpreter switching as often as it can."""

import sys
import threading
from collections.abc import Iterator

import pytest

from council.live.client import Client
from council.live.hub import Hub
from tests.live.doubles import MemoryStore, ScriptedSink
from tests.support.waiting import wait_until

CHANNELS = ("session:a", "session:b")
EACH = 80  # Three times this fits into a queue, so that nobody is evicted for the test's own haste.


@pytest.fixture(autouse=True)
def switch_often() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


def run_together(*jobs: object) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("round_", range(25))
def test_order_with_two_publishers_and_a_narrow_connection(round_: int) -> None:
    """Publishers, answers and a connection that takes a few bytes at a time: all once, all in order."""
    store, hub, sink = MemoryStore(), Hub(9), ScriptedSink()
    client = Client(sink, store.read, client_id="narrow", replay_page=7)
    hub.register(client)
    for channel in CHANNELS:
        hub.subscribe(client, channel)
        client.subscribe(channel, 0)

    def publish(channel: str) -> None:
        for _ in range(EACH):
            hub.publish(store.append(channel))

    def answer() -> None:
        for number in range(EACH):
            client.send({"event": "ack", "data": {"id": number}})

    def narrow() -> None:
        for room in range(60):
            sink.let_through(room * 7 % 150)
        sink.let_through(None)

    run_together(lambda: publish(CHANNELS[0]), lambda: publish(CHANNELS[1]), answer, narrow)
    assert not client.gone
    for channel in CHANNELS:
        wait_until(lambda channel=channel: sink.seqs(channel) == list(range(1, EACH + 1)))
    wait_until(lambda: sum(b'"ack"' in text for text in sink.texts()) == EACH)
    client.close()
    client.join()
    assert sink.overlaps == 0


@pytest.mark.parametrize("round_", range(25))
def test_ends_from_all_sides(round_: int) -> None:
    """Close, evict, abort and publish at once: the client ends once, its thread too, and its socket is given back."""
    store, sink = MemoryStore(), ScriptedSink()
    client = Client(sink, store.read, client_id="ending")
    client.subscribe(CHANNELS[0], 0)

    def publish() -> None:
        while not client.closing:
            client.offer(store.append(CHANNELS[0]))

    run_together(publish, lambda: client.close(1000), client.evict, sink.abort, client.close)
    client.join()
    seqs = sink.seqs(CHANNELS[0])
    assert client.gone
    assert sink.released
    assert seqs == list(range(1, len(seqs) + 1))


@pytest.mark.parametrize("round_", range(10))
def test_join_and_leave_while_publishing(round_: int) -> None:
    """Who comes at any moment gets everything from its number on, without a gap where replay and live meet."""
    store, hub = MemoryStore(), Hub(99)
    done = threading.Event()

    def publish() -> None:
        for _ in range(300):
            hub.publish(store.append(CHANNELS[0]))
        done.set()

    def come_and_go() -> None:
        since = 0
        while not done.is_set() or since < 300:
            sink = ScriptedSink()
            with Client(sink, store.read, client_id="guest", replay_page=11) as client:
                hub.register(client)
                hub.subscribe(client, CHANNELS[0])
                client.subscribe(CHANNELS[0], since)
                wait_until(lambda sink=sink, since=since: sink.seqs(CHANNELS[0]) or since == 300)
                hub.unregister(client)
            seqs = sink.seqs(CHANNELS[0])
            assert seqs == list(range(since + 1, since + 1 + len(seqs)))
            since += len(seqs)

    run_together(publish, come_and_go)
