"""How far one listener has come on each of its channels, and where it has to read the store.

The whole rule: if it is not the next number, read the store until it is. Pure and without a lock of its own;
the listener that has it guards it.
"""

from dataclasses import dataclass

from council.live.frames import Batch

EVERYTHING = "*"  # The channel of a live feed: all there are, from now on.

_MAX_MET = 1000  # Channels a live feed remembers.


@dataclass(slots=True, eq=False)
class Cursor:
    """One channel. Every event up to ``last`` was sent or waits to be, each once and in order."""

    last: int
    newest: int = 0  # The highest number heard of.
    met: bool = False  # Seen by the live feed, not asked for.


class Cursors:
    """All channels of one listener."""

    __slots__ = ("_cursors", "_everything", "behind")

    def __init__(self) -> None:
        # Those to read from the store, in turns. Meanwhile no batch is accepted: who replays is not fed.
        self.behind: dict[str, Cursor] = {}
        self._cursors: dict[str, Cursor] = {}
        self._everything = False

    def follow(self, channel: str, since: int) -> None:
        """Deliver what comes after ``since``, beginning in the store."""
        if channel == EVERYTHING:
            self._everything = True
        else:
            self._cursors[channel] = self.behind[channel] = Cursor(since, newest=since)

    def forget(self, channel: str) -> None:
        if channel == EVERYTHING:
            self._forget_met()
        self._cursors.pop(channel, None)
        self.behind.pop(channel, None)

    def clear(self) -> None:
        self._everything = False
        self._cursors.clear()
        self.behind.clear()

    def positions(self) -> dict[str, int]:
        return {channel: cursor.last for channel, cursor in self._cursors.items()}

    def asked(self) -> set[str]:
        """The channels that were asked for by name, without those a live feed met."""
        return {channel for channel, cursor in self._cursors.items() if not cursor.met}

    def lag(self) -> int:
        """How many events, of those it has heard of, are still to be read from the store."""
        return sum(max(0, cursor.newest - cursor.last) for cursor in self.behind.values())

    # What publishers say

    def accept(self, batch: Batch) -> bool:
        """Is this what comes next? Then it counts as delivered. A gap is noted, the rest dropped."""
        cursor = self._cursors.get(batch.channel)
        if cursor is None:
            if not self._everything:
                return False
            cursor = self._meet(batch.channel, batch.first_seq - 1)
        if batch.first_seq == cursor.last + 1 and not self.behind:
            cursor.last = batch.last_seq
            return True
        self._note(batch.channel, cursor, batch.last_seq)
        return False

    def notice(self, channel: str, newest: int) -> None:
        """The store has events up to ``newest``."""
        cursor = self._cursors.get(channel)
        if cursor is not None:
            self._note(channel, cursor, newest)
        elif self._everything:
            self._meet(channel, newest)

    def fall_back(self, batch: Batch) -> None:
        """This batch was accepted and will not be sent after all: the store has it."""
        cursor = self._cursors.get(batch.channel)
        if cursor is not None:
            cursor.last = min(cursor.last, batch.first_seq - 1)
            self._note(batch.channel, cursor, batch.last_seq)

    # What the store says

    def turn(self) -> tuple[str, Cursor] | None:
        """The channel that waits longest for the store."""
        return next(iter(self.behind.items()), None)

    def settle(self, channel: str, cursor: Cursor, last: int | None, *, complete: bool) -> bool:
        """The store was read up to ``last`` (``None``: it had nothing). False: it was no longer wanted."""
        if self.behind.get(channel) is not cursor:
            return False
        del self.behind[channel]
        if last is not None:
            cursor.last = last
        # An empty page ends it even if somebody spoke of more: the store is right, and is looked at again.
        if last is not None and (not complete or cursor.newest > last):
            self.behind[channel] = cursor
        return True

    def _note(self, channel: str, cursor: Cursor, newest: int) -> None:
        cursor.newest = max(cursor.newest, newest)
        if cursor.newest > cursor.last:
            self.behind.setdefault(channel, cursor)

    def _meet(self, channel: str, last: int) -> Cursor:
        met = [name for name, cursor in self._cursors.items() if cursor.met]
        if len(met) >= _MAX_MET:
            self.forget(met[0])
        cursor = self._cursors[channel] = Cursor(last, met=True)
        return cursor

    def _forget_met(self) -> None:
        self._everything = False
        for channel in [name for name, cursor in self._cursors.items() if cursor.met]:
            self.forget(channel)
