"""How often something may be done: token buckets, each filled at its rate, and full at first."""

import threading
from collections import OrderedDict

from council import clock

MOST_KEYS = 10_000  # Buckets kept; the one that was used longest ago is forgotten, and is full again.


class Bucket:
    """One bucket, of one thread. A bucket holds ``burst`` turns and regains ``per_second``."""

    __slots__ = ("_at", "_burst", "_left", "_per_second")

    def __init__(self, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left = burst
        self._at = clock.monotonic()

    def take(self) -> float:
        """0.0 when there was a turn, which is spent; else the seconds until there is one."""
        now = clock.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return (1 - self._left) / self._per_second


class Buckets:
    """One bucket for each key: an address, a user, a name. Thread-safe."""

    def __init__(self, per_minute: float) -> None:
        self._per_minute = per_minute
        self._lock = threading.Lock()  # Guards _buckets.
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, key: str) -> float:
        """As ``Bucket.take``, for this key; a minute's turns may be taken at once."""
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None:
                bucket = self._buckets[key] = Bucket(self._per_minute / 60, self._per_minute)
                if len(self._buckets) > MOST_KEYS:
                    self._buckets.popitem(last=False)
            self._buckets.move_to_end(key)
            return bucket.take()
