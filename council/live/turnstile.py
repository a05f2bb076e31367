"""Few at a time do what takes the processor, so that hundreds who come in one moment leave room for others."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

AT_ONCE = 4
PATIENCE_SECONDS = 5.0


class Turnstile:
    """Sets a pace, and excludes nobody: who has waited so long goes through, whoever is still inside.

    Threads that wait here do not contend for the interpreter's lock. Where hundreds do, whatever else happens, a look
    at ``/health`` or the next connection, waits for all of them, at each step of the way.
    """

    def __init__(self, at_once: int | None = None, *, patience_seconds: float | None = None) -> None:
        self._places = threading.BoundedSemaphore(AT_ONCE if at_once is None else at_once)
        self._patience_seconds = PATIENCE_SECONDS if patience_seconds is None else patience_seconds

    @contextmanager
    def passing(self) -> Iterator[None]:
        has_place = self._places.acquire(timeout=self._patience_seconds)
        try:
            yield
        finally:
            if has_place:
                self._places.release()

    def paced(self, do: Callable[P, R]) -> Callable[P, R]:
        """The same, done by a few at a time."""

        def passed(*args: P.args, **named: P.kwargs) -> R:
            with self.passing():
                return do(*args, **named)

        return passed
