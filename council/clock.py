"""What time it is: wall time for people, monotonic time for waiting."""

import time
from datetime import UTC, datetime

monotonic = time.monotonic


def now() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def timestamp(moment: datetime | None = None) -> str:
    """A moment as it travels: UTC with milliseconds, ``2026-11-21T05:00:00.123Z``."""
    moment = moment or now()
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


class Deadline:
    """One moment in monotonic time, carried through several waits. ``None`` seconds is never."""

    __slots__ = ("_at",)

    def __init__(self, seconds: float | None) -> None:
        self._at = None if seconds is None else monotonic() + seconds

    def remaining(self) -> float | None:
        """Seconds left, never below 0; ``None`` when there is no deadline."""
        return None if self._at is None else max(0.0, self._at - monotonic())

    def passed(self) -> bool:
        return self._at is not None and monotonic() >= self._at
