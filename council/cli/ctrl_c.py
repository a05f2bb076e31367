"""Ctrl+C, which interrupts waiting and nothing else: what was heard is also shown."""

import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Self, TypeVar

T = TypeVar("T")


class CtrlC:
    """While it is entered, SIGINT raises KeyboardInterrupt inside ``waiting`` only. For the main thread."""

    def __init__(self) -> None:
        self._asked = False
        self._waits = False
        self._before: Any = None

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Raises KeyboardInterrupt, at once when it was pressed before."""
        self._waits = True
        try:
            if self._asked:
                self._asked = False
                raise KeyboardInterrupt
            yield
        finally:
            self._waits = False

    def each(self, items: Iterable[T]) -> Iterator[T]:
        """The items; waiting for the next one may be interrupted."""
        iterator = iter(items)
        while True:
            with self.waiting():
                try:
                    item = next(iterator)
                except StopIteration:
                    return
            yield item

    def sleep(self, seconds: float) -> None:
        with self.waiting():
            time.sleep(seconds)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if self._waits:
            raise KeyboardInterrupt
        self._asked = True
