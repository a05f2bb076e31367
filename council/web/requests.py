"""How many requests came, by method, route and status, and how long they took."""

import threading
from collections import Counter
from dataclasses import dataclass

from council.meters import SECONDS, Distribution

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "none"  # Of requests for what does not exist.
OTHER = "OTHER"  # Any method that is not one of those.


@dataclass(frozen=True, slots=True)
class Answered:
    """Requests so far: how many by method, route and status; how long by method and route."""

    counts: dict[tuple[str, str, int], int]
    seconds: dict[tuple[str, str], Distribution]


class Requests:
    """Thread-safe. Routes are templates, so that there are only so many of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # Guards the two below. Held for additions only.
        self._counts: Counter[tuple[str, str, int]] = Counter()
        self._seconds: dict[tuple[str, str], Distribution] = {}

    def count(self, method: str, route: str | None, status: int, seconds: float) -> None:
        which = (method if method in METHODS else OTHER, route or NO_ROUTE)
        with self._lock:
            self._counts[*which, status] += 1
            if which not in self._seconds:
                self._seconds[which] = Distribution(SECONDS)
            self._seconds[which].observe(seconds)

    def copy(self) -> Answered:
        with self._lock:
            return Answered(
                dict(self._counts), {which: spread.copy() for which, spread in self._seconds.items()}
            )
