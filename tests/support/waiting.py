"""Waiting for a condition, never for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
SHORTEST, LONGEST = (
    0.002,
    0.05,
)  # Seconds between two looks: what takes long is not disturbed by being looked at.


def wait_until(condition: Callable[[], T], timeout: float = 60.0, *, what: str = "the condition") -> T:
    """The condition's first true value. Raises AssertionError when it does not come true."""
    deadline, pause = time.monotonic() + timeout, SHORTEST
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {timeout:g} s; last seen: {value!r}")
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST)
