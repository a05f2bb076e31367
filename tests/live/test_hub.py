"""Who is listening to which channel in this process."""

import threading

import pytest

from council.bus.local import LocalBus
from council.errors import Unavailable
from council.live.condition import Condition
from council.live.cursors import EVERYTHING
from council.live.frames import Batch
from council.live.hub import Hub

BATCH = Batch.of("session:a", 1, [b"{}"])


class Recorder:
    """A listener that writes down what it is told."""

    def __init__(self, *, leaves: Hub | None = None) -> None:
        self.reason = ""
        self.offered: list[Batch] = []
        self.noticed: list[tuple[str, int]] = []
        self.ended: list[tuple[str, int]] = []
        self.left: list[str] = []
        self._leaves = leaves

    @property
    def condition(self) -> Condition:
        return Condition("socket", 1000, self.reason or "closed", 0, 0, 0, 0)

    def offer(self, batch: Batch) -> None:
        self.offered.append(batch)

    def notice(self, channel: str, newest_seq: int) -> None:
        self.noticed.append((channel, newest_seq))

    def unsubscribe(self, channel: str) -> None:
        self.left.append(channel)

    def close(self, code: int = 1000, reason: str = "") -> None:
        self.ended.append((reason, code))
        if self._leaves:
            self._leaves.unregister(self)

    def evict(self, code: int = 1013) -> None:
        self.ended.append(("evicted", code))


def test_only_who_listens_is_offered() -> None:
    """A batch goes to its channel's listeners and to live feeds, to nobody else."""
    hub, here, elsewhere, live = Hub(9), Recorder(), Recorder(), Recorder()
    for listener, channel in ((here, "session:a"), (elsewhere, "session:b"), (live, EVERYTHING)):
        hub.register(listener)
        hub.subscribe(listener, channel)
    hub.publish(BATCH)
    assert [len(listener.offered) for listener in (here, elsewhere, live)] == [1, 0, 1]
    assert hub.channels().keys() == {"session:a", "session:b", EVERYTHING}


def test_unsubscribe_and_unregister() -> None:
    """Who left a channel, or left altogether, is not offered anything, and its channels are forgotten."""
    hub, listener = Hub(9), Recorder()
    hub.register(listener)
    hub.subscribe(listener, "session:a")
    hub.subscribe(listener, "session:a")
    hub.unsubscribe(listener, "session:a")
    hub.publish(BATCH)
    hub.subscribe(listener, "session:a")
    hub.unregister(listener)
    hub.unregister(listener)
    hub.publish(BATCH)
    assert (listener.offered, hub.channels(), hub.count) == ([], {}, 0)


def test_subscribing_needs_registration() -> None:
    """A listener that has left already is not kept by a late subscription."""
    hub, listener = Hub(9), Recorder()
    hub.subscribe(listener, "session:a")
    assert hub.channels() == {}


def test_full() -> None:
    """There is room for max_clients, and again when one has left."""
    hub, first, second = Hub(1), Recorder(), Recorder()
    hub.register(first)
    assert hub.full
    with pytest.raises(Unavailable):
        hub.register(second)
    hub.unregister(first)
    hub.register(second)


def test_reasons_are_counted() -> None:
    """Each that leaves is counted by its reason."""
    hub = Hub(9)
    for reason in ("slow", "slow", "closed"):
        listener = Recorder()
        hub.register(listener)
        listener.reason = reason
        hub.unregister(listener)
    assert hub.reasons() == {"slow": 2, "closed": 1}


def test_shutdown() -> None:
    """Shutdown closes all with 1012, evicts who does not leave in time, takes nobody new; twice is once."""
    hub = Hub(9)
    leaving, staying = Recorder(leaves=hub), Recorder()
    hub.register(leaving)
    hub.register(staying)
    hub.shutdown(timeout_seconds=0.02)
    assert leaving.ended == [("restart", 1012)]
    assert staying.ended == [("restart", 1012), ("evicted", 1012)]
    with pytest.raises(Unavailable):
        hub.register(Recorder())
    hub.unregister(staying)
    hub.shutdown()
    assert leaving.ended == [("restart", 1012)]


def test_shutdown_returns_when_all_have_left() -> None:
    """Shutdown does not wait longer than the last client needs."""
    hub, listener = Hub(9), Recorder()
    hub.register(listener)
    ending = threading.Thread(target=hub.shutdown, kwargs={"timeout_seconds": 30})
    ending.start()
    hub.unregister(listener)
    ending.join(10)
    assert not ending.is_alive()


def test_local_bus() -> None:
    """In one process whoever publishes delivers, to all that listen, until the bus is closed."""
    bus, hub, listener = LocalBus(), Hub(9), Recorder()
    hub.register(listener)
    hub.subscribe(listener, "session:a")
    bus.listen(hub.publish)
    bus.publish(BATCH)
    bus.close()
    bus.publish(BATCH)
    assert listener.offered == [BATCH]


def test_a_channel_that_is_gone() -> None:
    """Who listens to nothing else is closed; who does is let out of it; live feeds and other channels go on."""
    hub, only, also, live, other = Hub(9), Recorder(), Recorder(), Recorder(), Recorder()
    for listener, *channels in (
        (only, "session:a"),
        (also, "session:a", "session:b"),
        (live, EVERYTHING),
        (other, "session:b"),
    ):
        hub.register(listener)
        for channel in channels:
            hub.subscribe(listener, channel)
    hub.dismiss("session:a", 4404, "session deleted")
    assert only.ended == [("session deleted", 4404)]
    assert also.left == ["session:a"]
    assert [listener.ended for listener in (also, live, other)] == [[], [], []]
    assert hub.channels().keys() == {"session:b", EVERYTHING}
    hub.dismiss("session:never", 4404, "session deleted")
