"""Several processes without Redis, and whatever a bus has lost."""

from collections.abc import Collection

import pytest

from council.live.hub import Hub
from council.live.watch import Watcher
from tests.live.doubles import MemoryStore
from tests.live.test_hub import Recorder
from tests.support.waiting import wait_until


def test_listeners_hear_how_far_the_store_is() -> None:
    """What another process stored is noticed by the next look."""
    hub, listener, store = Hub(9), Recorder(), MemoryStore()
    hub.register(listener)
    hub.subscribe(listener, "session:a")
    watcher = Watcher(
        hub, lambda channels: {name: store.newest(name) for name in channels}, poll_seconds=0.01
    )
    store.append("session:a", 3)
    wait_until(lambda: ("session:a", 3) in listener.noticed)
    watcher.close()


def test_nobody_listens() -> None:
    """When nobody listens the store is left in peace."""

    def read_newest(channels: Collection[str]) -> dict[str, int]:
        raise AssertionError("it was asked")

    watcher = Watcher(Hub(9), read_newest, poll_seconds=60)
    watcher.look()
    watcher.close()


def test_store_that_does_not_answer(caplog: pytest.LogCaptureFixture) -> None:
    """A look that fails is logged, and the next one comes."""
    hub, listener, looks = Hub(9), Recorder(), []
    hub.register(listener)
    hub.subscribe(listener, "session:a")

    def read_newest(channels: Collection[str]) -> dict[str, int]:
        looks.append(channels)
        raise RuntimeError("the database does not answer")

    watcher = Watcher(hub, read_newest, poll_seconds=0.01)
    wait_until(lambda: len(looks) >= 2)
    watcher.close()
    assert "could not be asked" in caplog.text


def test_a_channel_that_the_store_has_forgotten() -> None:
    """What another process deleted ends its listeners; what does not exist yet is waited for."""
    hub, listener, early = Hub(9), Recorder(), Recorder()
    there = {"session:a": 3}
    for each, channel in ((listener, "session:a"), (early, "session:new")):
        hub.register(each)
        hub.subscribe(each, channel)
    watcher = Watcher(hub, lambda _channels: dict(there), poll_seconds=0.01)
    wait_until(lambda: len(listener.noticed) >= 2)
    there.clear()
    wait_until(lambda: listener.ended == [("session deleted", 4404)])
    watcher.close()
    assert early.ended == []


def test_a_log_that_was_rewritten() -> None:
    """A log that became shorter was pruned: who listened is sent away to come back and be told its new epoch."""
    hub, listener, other = Hub(9), Recorder(), Recorder()
    there = {"session:a": 42, "session:b": 7}
    for each, channel in ((listener, "session:a"), (other, "session:b")):
        hub.register(each)
        hub.subscribe(each, channel)
    watcher = Watcher(hub, lambda _channels: dict(there), poll_seconds=0.01)
    wait_until(lambda: len(listener.noticed) >= 2)
    there["session:a"] = 10
    wait_until(lambda: listener.ended == [("log rewritten", 1012)])
    watcher.close()
    assert other.ended == []


@pytest.mark.parametrize(
    ("now", "ended"),
    [
        ({}, [("session deleted", 4404)]),
        ({"session:a": 10}, [("log rewritten", 1012)]),
        ({"session:a": 42}, []),
    ],
)
def test_what_happened_before_the_first_look(now: dict[str, int], ended: list[tuple[str, int]]) -> None:
    """A listener has seen how far the store was: what was deleted or pruned since is told at the first look."""
    hub, listener = Hub(9), Recorder()
    hub.register(listener)
    hub.subscribe(listener, "session:a", seq=42)
    watcher = Watcher(hub, lambda _channels: now, poll_seconds=60)
    watcher.close()
    watcher.look()
    assert listener.ended == ended


def test_what_was_seen_is_forgotten_with_the_last_listener() -> None:
    """Who comes later is told by what they see themselves: the log may be another by then."""
    hub, first, second = Hub(9), Recorder(), Recorder()
    for listener, seq in ((first, 42), (second, 10)):
        hub.register(listener)
        hub.subscribe(listener, "session:a", seq=seq)
        assert hub.channels() == {"session:a": seq}
        hub.unregister(listener)
    assert hub.channels() == {}
