"""What carries batches between processes."""

from collections.abc import Callable
from typing import Protocol

from council.live.frames import Batch

Callback = Callable[[Batch], None]


class Bus(Protocol):
    """Brings what one process publishes to everybody who listens, in all processes.

    It may lose and repeat; listeners read the store when a number is missing. ``publish`` never blocks for
    long and never raises; callbacks are called from a thread of the bus' choosing, without any of its locks.
    """

    def publish(self, batch: Batch) -> None: ...

    def listen(self, callback: Callback) -> None: ...

    def close(self) -> None: ...
