"""Whatever happens in whatever order, every client has every event once and in order."""

import sys

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from council.live.client import Client
from council.live.feed import EventFeed
from council.live.frames import Batch
from tests.live.doubles import MemoryStore, ScriptedSink
from tests.support.waiting import wait_until

CHANNELS = ("session:a", "session:b")
channels = st.sampled_from(CHANNELS)


class Viewer:
    """A page: applies what it gets, comes back with the last number it has. The model is `applied`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self.applied: dict[str, list[int]] = {name: [] for name in CHANNELS}
        self.connect()

    def connect(self) -> None:
        self.sink = ScriptedSink()
        self.client = Client(self.sink, self._store.read, client_id="viewer", replay_page=3)
        for name in CHANNELS:
            self.client.subscribe(name, len(self.applied[name]))

    def drop(self) -> None:
        """The connection ends anywhere, within a frame too; what was whole has been applied."""
        self.client.evict()
        self.client.join()
        assert not self.sink.overlaps
        for name in CHANNELS:
            self.applied[name] += self.sink.seqs(name)

    def seen(self, channel: str) -> list[int]:
        return self.applied[channel] + self.sink.seqs(channel)


class Room(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        self.interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        self.store = MemoryStore()
        self.viewers = [Viewer(self.store), Viewer(self.store)]
        self.feed = EventFeed(self.store.read, client_id="sse", page=3)
        self.fed: dict[str, list[int]] = {name: [] for name in CHANNELS}
        for name in CHANNELS:
            self.feed.subscribe(name, 0)
        self.held: list[Batch] = []

    def _offer(self, batch: Batch) -> None:
        for listener in (*(viewer.client for viewer in self.viewers), self.feed):
            listener.offer(batch)

    @rule(channel=channels, count=st.integers(1, 4))
    def publish(self, channel: str, count: int) -> None:
        self._offer(self.store.append(channel, count))

    @rule(channel=channels)
    def publish_and_hold(self, channel: str) -> None:
        """The bus is late with this one, or loses it."""
        self.held.append(self.store.append(channel))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def deliver_late_or_twice(self, data: st.DataObject) -> None:
        self._offer(data.draw(st.sampled_from(self.held)))

    @rule(channel=channels)
    def poll(self, channel: str) -> None:
        for listener in (*(viewer.client for viewer in self.viewers), self.feed):
            listener.notice(channel, self.store.newest(channel))

    @rule(which=st.integers(0, 1), room=st.one_of(st.none(), st.integers(0, 400)))
    def slow_down(self, which: int, room: int | None) -> None:
        self.viewers[which].sink.let_through(room)

    @rule(which=st.integers(0, 1))
    def drop_and_come_back(self, which: int) -> None:
        self.viewers[which].drop()
        self.viewers[which].connect()

    @rule(which=st.integers(0, 1), channel=channels)
    def answer(self, which: int, channel: str) -> None:
        self.viewers[which].client.send({"event": "ack", "data": {"id": channel}})

    @rule()
    def restart(self) -> None:
        """The process is started again: nothing but the store and what pages have survives."""
        for viewer in self.viewers:
            viewer.drop()
            viewer.connect()
        self.held.clear()

    @rule()
    def drain_feed(self) -> None:
        for item in self.feed.next(0):
            self.fed[item.channel].append(item.seq)

    @invariant()
    def contiguous(self) -> None:
        for name in CHANNELS:
            for seen in (*(viewer.seen(name) for viewer in self.viewers), self.fed[name]):
                assert seen == list(range(1, len(seen) + 1))

    def teardown(self) -> None:
        try:
            self._everything_arrives()
        finally:
            sys.setswitchinterval(self.interval)
            for viewer in self.viewers:
                viewer.client.evict()
                viewer.client.join()

    def _everything_arrives(self) -> None:
        for name in CHANNELS:
            self.poll(name)
        while items := self.feed.next(0):
            for item in items:
                self.fed[item.channel].append(item.seq)
        for name in CHANNELS:
            whole = list(range(1, self.store.newest(name) + 1))
            assert self.fed[name] == whole
            for viewer in self.viewers:
                viewer.sink.let_through(None)
                wait_until(lambda viewer=viewer, name=name, whole=whole: viewer.seen(name) == whole)


TestRoom = Room.TestCase
TestRoom.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
