"""Who runs a meeting: one owner at a time, for as long as its lease lasts."""

import math
import threading
from typing import Any

import pytest

from council import clock
from council.store import leases, sessions
from council.store.engine import Store
from council.store.leases import Claim
from tests.support.rows import add_session

LEASE = 6.0


class Hand:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    moved = Hand()
    monkeypatch.setattr(clock, "monotonic", moved)
    return moved


@pytest.fixture(autouse=True)
def session(store: Store) -> None:
    add_session(store, "s", status="running")


def claim(store: Store, owner: str = "one", session_id: str = "s") -> Claim | None:
    with store.write() as connection:
        return leases.claim(connection, session_id, owner, LEASE)


def change(store: Store, **values: Any) -> None:
    with store.write() as connection:
        sessions.update(connection, "s", **values)


def orphans(store: Store) -> list[str]:
    with store.read() as connection:
        return leases.orphans(connection)


def test_a_meeting_has_one_owner(store: Store, hand: Hand) -> None:
    """What somebody holds is not given to another, nor to the same once more."""
    assert claim(store, "one") == Claim(1, None, 0)
    assert claim(store, "two") is None
    assert claim(store, "one") is None
    assert orphans(store) == []


def test_many_claim_at_once(store: Store) -> None:
    """Of many who claim at the same moment, one gets it."""
    got: list[Claim | None] = []
    threads = [threading.Thread(target=lambda n=n: got.append(claim(store, str(n)))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each for each in got if each] == [Claim(1, None, 0)]


def test_a_lease_that_is_renewed_lasts(store: Store, hand: Hand) -> None:
    """The owner renews at a third of the lease, and keeps the meeting."""
    claim(store)
    for _ in range(10):
        hand.now += LEASE / 3
        with store.write() as connection:
            leases.renew(connection, "one", ["s"], LEASE)
        assert claim(store, "two") is None
        assert orphans(store) == []


def test_a_lease_that_is_not_renewed_ends(store: Store, hand: Hand) -> None:
    """Silent for so long, an owner loses the meeting to another, whose fence is higher."""
    claim(store)
    hand.now += LEASE
    assert claim(store, "two") is None
    hand.now += 0.1
    assert orphans(store) == ["s"]
    taken = claim(store, "two")
    assert taken is not None
    assert taken.fence == 2


def test_a_loser_cannot_renew_or_release(store: Store, hand: Hand) -> None:
    """Who lost a meeting changes nothing of it any more."""
    claim(store, "one")
    hand.now += LEASE + 1
    claim(store, "two")
    with store.write() as connection:
        leases.renew(connection, "one", ["s"], 1000)
        leases.release(connection, "s", "one", 1)
        leases.release(connection, "s", "two", 1)
    assert claim(store, "three") is None
    hand.now += LEASE + 1
    assert claim(store, "three") is not None


def test_a_released_meeting_is_free_at_once(store: Store, hand: Hand) -> None:
    """Given back in order, it is nobody's crash."""
    claim(store, "one")
    with store.write() as connection:
        leases.release(connection, "s", "one", 1)
    assert orphans(store) == ["s"]
    assert claim(store, "two") == Claim(2, None, 0)


def test_another_boots_clock_says_nothing(store: Store, hand: Hand) -> None:
    """A lease in another boot's seconds is over: that process is gone."""
    claim(store, "one")
    change(store, lease_clock="another boot", lease_until=1e12)
    assert orphans(store) == ["s"]
    with store.write() as connection:
        leases.renew(connection, "one", ["s"], LEASE)
    assert claim(store, "two") is not None


def test_the_wall_clock_plays_no_part(store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    """A jump of the wall clock steals no lease."""
    from datetime import UTC, datetime

    claim(store)
    monkeypatch.setattr(clock, "now", lambda: datetime(1970, 1, 1, tzinfo=UTC))
    assert claim(store, "two") is None
    assert orphans(store) == []


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_a_finished_meeting_is_nobodys(store: Store, status: str) -> None:
    """What is over is not claimed."""
    change(store, status=status)
    assert claim(store) is None
    assert orphans(store) == []
    assert claim(store, session_id="nothing") is None


def test_who_is_an_orphan(store: Store, hand: Hand) -> None:
    """What should run and is nobody's: pending and running meetings, and paused ones that are to be stopped."""
    change(store, status="paused")
    assert orphans(store) == []
    change(store, stop_requested=True)
    assert orphans(store) == ["s"]
    change(store, status="pending", stop_requested=False)
    assert orphans(store) == ["s"]


def test_when_the_next_lease_of_others_ends(store: Store, hand: Hand) -> None:
    """The first end that is still to come; one's own, those of finished meetings and of other clocks do not count."""

    def first_end(owner: str) -> float:
        with store.read() as connection:
            return leases.first_end(connection, owner)

    add_session(store, "later", status="running")
    claim(store, "one")
    hand.now += 2
    claim(store, "one", "later")
    assert first_end("two") == LEASE - 2
    assert first_end("one") == math.inf
    hand.now += LEASE - 1
    assert first_end("two") == 1
    change(store, lease_clock="another boot", lease_until=1e12)
    assert first_end("two") == 1
    with store.write() as connection:
        sessions.update(connection, "later", status="completed")
    assert first_end("two") == math.inf


# Crashes


def crash(store: Store, hand: Hand, statuses: dict[str, str]) -> Claim | None:
    """The owner dies while these nodes run; another claims."""
    change(store, node_statuses=statuses)
    hand.now += LEASE + 1
    return claim(store, "next")


def test_crashes_in_the_same_steps_are_counted(store: Store, hand: Hand) -> None:
    """One after another, in the very same steps."""
    claim(store)
    for number in (1, 2, 3):
        assert crash(store, hand, {"b": "running", "a": "running"}) == Claim(number + 1, "a,b", number)


def test_a_crash_elsewhere_begins_anew(store: Store, hand: Hand) -> None:
    """A crash in another step is that step's first."""
    claim(store)
    crash(store, hand, {"a": "running", "b": "pending"})
    again = crash(store, hand, {"a": "completed", "b": "running"})
    assert again == Claim(3, "b", 1)


def test_an_orderly_end_clears_the_count(store: Store, hand: Hand) -> None:
    """After a run that left in order nothing is counted."""
    claim(store)
    crash(store, hand, {"a": "running"})
    with store.write() as connection:
        leases.release(connection, "s", "next", 2)
    assert claim(store) == Claim(3, None, 0)
    assert crash(store, hand, {"a": "running"}) == Claim(4, "a", 1)


def test_a_crash_between_steps(store: Store, hand: Hand) -> None:
    """A crash while no node runs is one, too."""
    claim(store)
    assert crash(store, hand, {"a": "completed"}) == Claim(2, "", 1)


# The fence


def test_only_the_newest_fence_may_write(store: Store, hand: Hand) -> None:
    """Each claim gives a session a new fence, the only one that may still write."""
    claim(store)
    hand.now += LEASE + 1
    claim(store, "two")
    with store.write() as connection:
        assert leases.fences(connection, ["s", "nothing"]) == {"s": 2}


def test_wishes_are_told_to_the_owner(store: Store, hand: Hand) -> None:
    """What people want of a meeting is told to who owns it, and to nobody else."""
    claim(store)
    change(store, status="paused", stop_requested=True)
    with store.read() as connection:
        assert leases.wishes(connection, "one", ["s"]) == {"s": ("paused", True)}
        assert leases.wishes(connection, "two", ["s"]) == {}
