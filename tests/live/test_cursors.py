"""If it is not the next number, read the store until it is."""

from council.live.cursors import EVERYTHING, Cursors
from council.live.frames import Batch


def batch(first_seq: int, last_seq: int, channel: str = "session:a") -> Batch:
    return Batch.of(channel, first_seq, [b"{}"] * (last_seq - first_seq + 1))


def caught_up(last: int) -> Cursors:
    cursors = Cursors()
    cursors.follow("session:a", last)
    channel, cursor = cursors.turn() or ("", None)
    assert cursor is not None
    assert cursors.settle(channel, cursor, None, complete=True)
    return cursors


def test_next_is_accepted() -> None:
    """What follows directly counts as delivered."""
    cursors = caught_up(5)
    assert cursors.accept(batch(6, 8))
    assert cursors.positions() == {"session:a": 8}


def test_old_is_dropped() -> None:
    """A duplicate is dropped, and the store is not asked."""
    cursors = caught_up(5)
    assert not cursors.accept(batch(3, 5))
    assert cursors.turn() is None


def test_gap_and_overlap_go_to_the_store() -> None:
    """A gap, or a batch of which a part was delivered, is read from the store."""
    for first_seq in (4, 7):
        cursors = caught_up(5)
        assert not cursors.accept(batch(first_seq, 9))
        assert cursors.turn() is not None


def test_who_replays_is_not_fed() -> None:
    """While one channel is read from the store, batches of all are noted only."""
    cursors = caught_up(5)
    cursors.follow("session:b", 0)
    assert not cursors.accept(batch(6, 6))
    assert list(cursors.behind) == ["session:b", "session:a"]


def test_store_is_read_until_it_has_no_more() -> None:
    """A full page, or news in the meantime, means one more look."""
    cursors = caught_up(0)
    cursors.notice("session:a", 3)
    channel, cursor = cursors.turn() or ("", None)
    assert cursor is not None
    cursors.notice("session:a", 7)
    assert cursors.settle(channel, cursor, 5, complete=True)
    assert cursors.turn() is not None
    assert cursors.settle(channel, cursor, 7, complete=True)
    assert cursors.turn() is None


def test_the_store_is_right() -> None:
    """When the store has less than somebody said, reading ends, and the next batch is judged anew."""
    cursors = caught_up(5)
    cursors.notice("session:a", 99)
    channel, cursor = cursors.turn() or ("", None)
    assert cursor is not None
    assert cursors.settle(channel, cursor, None, complete=True)
    assert cursors.turn() is None
    assert cursors.accept(batch(6, 6))


def test_page_of_a_channel_no_longer_wanted() -> None:
    """What was read for a channel that was left, or begun anew, meanwhile is thrown away."""
    cursors = Cursors()
    cursors.follow("session:a", 0)
    channel, cursor = cursors.turn() or ("", None)
    assert cursor is not None
    cursors.follow("session:a", 50)
    assert not cursors.settle(channel, cursor, 10, complete=True)
    assert cursors.positions() == {"session:a": 50}


def test_channels_take_turns() -> None:
    """A long replay does not keep a short one waiting."""
    cursors = Cursors()
    cursors.follow("session:a", 0)
    cursors.follow("session:b", 0)
    channel, cursor = cursors.turn() or ("", None)
    assert cursor is not None
    cursors.settle(channel, cursor, 1000, complete=False)
    assert list(cursors.behind) == ["session:b", "session:a"]


def test_live_feed_begins_where_it_first_looks() -> None:
    """A live feed gets every channel from the first batch it sees, without replay, and no gap after that."""
    cursors = Cursors()
    cursors.follow(EVERYTHING, 0)
    assert cursors.accept(batch(41, 42))
    assert not cursors.accept(batch(44, 44))
    assert cursors.turn() is not None


def test_live_feed_ends() -> None:
    """Who leaves the live feed keeps the channels it asked for by name."""
    cursors = caught_up(5)
    cursors.follow(EVERYTHING, 0)
    cursors.accept(batch(1, 1, "session:b"))
    cursors.forget(EVERYTHING)
    assert cursors.positions() == {"session:a": 5}
    assert not cursors.accept(batch(2, 2, "session:b"))


def test_live_feed_asked_for_nothing_by_name() -> None:
    """What a live feed meets was not asked for, until it is."""
    cursors = caught_up(5)
    cursors.follow(EVERYTHING, 0)
    cursors.accept(batch(1, 1, "session:b"))
    assert cursors.asked() == {"session:a"}
    cursors.follow("session:b", 0)
    assert cursors.asked() == {"session:a", "session:b"}


def test_live_feed_remembers_a_thousand_channels() -> None:
    """A live feed that is open for ever does not grow for ever."""
    cursors = caught_up(5)
    cursors.follow(EVERYTHING, 0)
    for number in range(1100):
        assert cursors.accept(batch(1, 1, f"session:{number}"))
    assert len(cursors.positions()) == 1001
    assert "session:a" in cursors.positions()
