"""A bus for a single process: whoever publishes delivers."""

import threading

from council.bus.base import Callback
from council.live.frames import Batch


class LocalBus:
    """Calls every listener on the publishing thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # Guards _callbacks, which is replaced, never changed.
        self._callbacks: tuple[Callback, ...] = ()

    def publish(self, batch: Batch) -> None:
        with self._lock:
            callbacks = self._callbacks
        for callback in callbacks:
            callback(batch)

    def listen(self, callback: Callback) -> None:
        with self._lock:
            self._callbacks += (callback,)

    def close(self) -> None:
        with self._lock:
            self._callbacks = ()
