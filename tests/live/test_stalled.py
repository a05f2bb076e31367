"""Slow and silent viewers on real sockets: they are let go of, and cost nobody else anything."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask

from council.live.client import Client
from council.live.hub import Hub
from council.live.socket import Connection, Sock
from tests.live.doubles import MemoryStore
from tests.live.raw_client import PING, PONG, TEXT, RawClient, frame
from tests.live.serving import werkzeug
from tests.support.waiting import wait_until

CHANNEL = "session:a"


class Room:
    """A small Council: a store, a hub, and a server whose every socket follows the same channel."""

    def __init__(self) -> None:
        self.store, self.hub = MemoryStore(), Hub(99)
        self.clients: list[Client] = []
        self.app = Flask(__name__)
        Sock(self.app).route("/ws")(self.serve)

    def serve(self, connection: Connection) -> None:
        client = Client(connection, self.store.read, client_id=str(len(self.clients)))
        self.hub.register(client)
        self.hub.subscribe(client, CHANNEL)
        client.subscribe(CHANNEL, 0)
        self.clients.append(client)
        try:
            while True:
                connection.receive()
        finally:
            self.hub.unregister(client)

    def publish(self, count: int = 1) -> None:
        self.hub.publish(self.store.append(CHANNEL, count))


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def port(room: Room) -> Iterator[int]:
    with werkzeug(room.app) as port:
        yield port
        room.hub.shutdown()


def read_seqs(viewer: RawClient, upto: int) -> list[int]:
    seqs: list[int] = []
    while not seqs or seqs[-1] < upto:
        received = viewer.receive()
        assert received.opcode == TEXT
        seqs.append(json.loads(received.payload)["seq"])
    return seqs


def test_stalled_viewer_is_evicted_and_harms_nobody(room: Room, port: int) -> None:
    """Who reads nothing is evicted when its queue is full; all others get every event, once and in order."""
    stalled = RawClient(port, "/ws", receive_buffer_bytes=4096)
    wait_until(lambda: room.hub.count == 1)
    healthy = [RawClient(port, "/ws") for _ in range(3)]
    wait_until(lambda: room.hub.count == 4)
    published = 0
    while not room.clients[0].gone:
        room.publish(20)
        published += 20
        for viewer in healthy:
            assert read_seqs(viewer, published) == list(range(published - 19, published + 1))
    assert room.clients[0].reason == "slow"
    wait_until(lambda: room.hub.count == 3)
    assert room.hub.reasons() == {"slow": 1}
    for viewer in (stalled, *healthy):
        viewer.socket.close()


def test_evicted_viewer_comes_back_and_replays(room: Room, port: int) -> None:
    """Eviction loses nothing: who comes back reads on from the store."""
    with RawClient(port, "/ws", receive_buffer_bytes=4096):
        wait_until(lambda: room.hub.count == 1)
        while not room.clients[0].gone:
            room.publish(20)
    total = room.store.newest(CHANNEL)
    with RawClient(port, "/ws") as again:
        assert read_seqs(again, total) == list(range(1, total + 1))


def test_ping_flood(room: Room, port: int) -> None:
    """A flood of pings from who reads its pongs is answered, every one, in order, among the events."""
    with RawClient(port, "/ws") as viewer:
        wait_until(lambda: room.hub.count == 1)
        pings = b"".join(frame(PING, b"%d" % number) for number in range(3000))
        viewer.send(pings)
        room.publish(5)
        received = [viewer.receive() for _ in range(3005)]
        pongs = [pong.payload for pong in received if pong.opcode == PONG]
        seqs = [json.loads(event.payload)["seq"] for event in received if event.opcode == TEXT]
    assert pongs == [b"%d" % number for number in range(3000)]
    assert seqs == [1, 2, 3, 4, 5]


def test_shutdown_reaches_every_client(room: Room, port: int) -> None:
    """At a shutdown every client hears 1012, and one that answers nothing is cut."""
    polite, silent = RawClient(port, "/ws"), RawClient(port, "/ws")
    wait_until(lambda: room.hub.count == 2)
    room.hub.shutdown(timeout_seconds=1)
    for viewer in (polite, silent):
        assert viewer.receive().payload == b"\x03\xf4restart"
        viewer.expect_end()
        viewer.socket.close()
