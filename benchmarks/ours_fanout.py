"""Council's own live parts under gunicorn, driven as the peers are: the hub alone, or journal and hub."""

import itertools
import tempfile
import threading
import time

from flask import Flask

from benchmarks.peers.driver import chunk, obey, publish_in_thread, read_plan
from council import clock
from council.bus.local import LocalBus
from council.events import TokenStream, envelope_parts, join_envelope
from council.live.client import QUEUE_BATCHES, Client
from council.live.frames import Batch
from council.live.hub import Hub
from council.live.journal import Journal
from council.live.socket import Connection, ConnectionClosed, Sock
from council.store import channels
from council.store.engine import Store
from council.store.tables import metadata

CHANNEL = "project:bench"
BYTES_AROUND = 225  # What an envelope takes besides its chunk.
BURST_BATCH = 64  # Without a journal nobody makes batches: a burst comes in these.

plan = read_plan()
app = Flask(__name__)
sock = Sock(app)
hub = Hub(max_clients=plan.viewers)
clients: list[Client] = []
ids = itertools.count(1)
lock = threading.Lock()  # Guards ids.


def token(seq: int) -> TokenStream:
    text = chunk(plan.size - BYTES_AROUND)
    return TokenStream(node_id="n", agent_id=None, message_id="m", offset=seq, chunk=text, is_thinking=False)


# Journal off: what happens after a commit


def publish_by_hub() -> None:
    if plan.rate:
        publish_in_thread(plan, lambda seq: hub.publish(batch(seq, seq)))
        return
    for first in range(1, plan.events + 1, BURST_BATCH):
        wait_for_slowest()
        hub.publish(batch(first, min(first + BURST_BATCH - 1, plan.events)))


def batch(first: int, last: int) -> Batch:
    at = clock.timestamp()
    envelopes = (join_envelope(envelope_parts(token(seq), None), seq, at) for seq in range(first, last + 1))
    return Batch.of(CHANNEL, first, [envelope.encode() for envelope in envelopes])


def wait_for_slowest() -> None:
    """A burst waits for its slowest viewer, as the peers' loops wait for their sockets."""
    while max(client.queue.qsize() for client in clients) > QUEUE_BATCHES // 2:
        time.sleep(0.001)


def read_nothing(channel: str, after: int, limit: int) -> list[tuple[int, bytes]]:
    return []


# Journal on: stored, then shown


class Record:
    """A journal on a fresh database; pieces go in as a speaking member's do."""

    def __init__(self) -> None:
        self._store = Store(f"sqlite:///{tempfile.mkdtemp()}/council.db")
        with self._store.write() as connection:
            metadata.create_all(connection)
            channels.create(connection, CHANNEL)
        bus = LocalBus()
        bus.listen(hub.publish)
        self._journal = Journal(
            self._store,
            lambda channel, first, envelopes: bus.publish(Batch.of(channel, first, envelopes)),
            gather_seconds=0.05,
        )
        self._journal.start()

    def publish(self) -> None:
        publish_in_thread(plan, self._add)

    def _add(self, seq: int) -> None:
        self._journal.piece(CHANNEL, token(seq), fence=0, urgent=False)
        self._journal.make_room()

    def read(self, channel: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        with self._store.read() as connection:
            return channels.read(connection, channel, after, limit)


record = Record() if plan.variant == "journal" else None


@sock.route("/ws")
def viewer(connection: Connection) -> None:
    with lock:
        number = next(ids)
    client = Client(connection, record.read if record else read_nothing, client_id=str(number))
    hub.register(client)
    hub.subscribe(client, CHANNEL)
    client.subscribe(CHANNEL, 0)
    clients.append(client)
    try:
        while True:
            connection.receive()
    except ConnectionClosed:
        hub.unregister(client)


obey(plan, lambda: len(clients), record.publish if record else publish_by_hub)
