"""Who listens and who did, in numbers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from council.live.condition import Condition
from council.live.frames import Batch
from council.meters import SIZES, Distribution

Refusal = Literal[
    "full",  # There are as many as this server takes,
    "user",  # of this person,
    "address",  # or of this address.
    "rate",  # Too many were opened, or asked for, in a minute.
    "sign_in",  # Nobody knows who it is.
    "origin",  # A page of another origin,
    "host",  # or another name of this server.
    "ending",  # The process starts, or is about to end.
]
"""Why somebody could not begin to listen."""


@dataclass(frozen=True, slots=True)
class Audience:
    """One moment of it. Frames and octets are of all listeners there ever were, by kind."""

    present: tuple[Condition, ...]
    entered: Counter[str]
    refused: Counter["Refusal"]  # By why.
    left: Counter[tuple[str, int, str]]  # By kind, code and reason.
    frames: Counter[str]
    octets: Counter[str]


class Guestbook:
    """Those who came and went. The hub guards it with its own lock."""

    def __init__(self) -> None:
        self._entered: Counter[str] = Counter()
        self._refused: Counter[Refusal] = Counter()
        self._left: Counter[tuple[str, int, str]] = Counter()
        self._frames: Counter[str] = Counter()  # Of those who left; so are the octets.
        self._octets: Counter[str] = Counter()

    def refuse(self, why: Refusal) -> None:
        self._refused[why] += 1

    def enter(self, kind: str) -> None:
        self._entered[kind] += 1

    def leave(self, last: Condition) -> None:
        self._left[last.kind, last.code, last.reason] += 1
        self._frames[last.kind] += last.frames
        self._octets[last.kind] += last.octets

    def reasons(self) -> dict[str, int]:
        """How many left, by reason."""
        found: Counter[str] = Counter()
        for (_kind, _code, reason), count in self._left.items():
            found[reason] += count
        return dict(found)

    def copy(self) -> Audience:
        """Without those who are present: they are asked outside the hub's lock, see ``with_present``."""
        return Audience(
            (),
            self._entered.copy(),
            self._refused.copy(),
            self._left.copy(),
            self._frames.copy(),
            self._octets.copy(),
        )


def with_present(past: Audience, present: Iterable[Condition]) -> Audience:
    """The same moment with those who listened then."""
    here = tuple(present)
    frames, octets = past.frames.copy(), past.octets.copy()
    for each in here:
        frames[each.kind] += each.frames
        octets[each.kind] += each.octets
    return Audience(here, past.entered, past.refused, past.left, frames, octets)


class Broadcasts:
    """What was published here. Only the bus' thread counts; a scrape reads it as it stands."""

    def __init__(self) -> None:
        self.sizes = Distribution(SIZES)  # Events of a batch.
        self.deliveries = 0  # Batches, once for each listener.

    def count(self, batch: Batch, listeners: int) -> None:
        self.sizes.observe(batch.last_seq - batch.first_seq + 1)
        self.deliveries += listeners
