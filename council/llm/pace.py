"""How often a slow stream is read: what comes in between waits in the kernel, where waiting is free."""

import time
from typing import Any

from council.clock import monotonic

FEW_BYTES = 4096  # A stream that had more to give is read on at once.


class Pace:
    """Reads together what comes within ``seconds``.

    Text is shown once per tick anyway, so a thread that wakes for each chunk of a model that speaks
    sixty times a second works for nothing. All streams of a process are read at the same moments,
    multiples of ``seconds``, so that one commit takes what they brought. Used by one thread.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._few = False
        self.begun = False  # Set with the first piece of an answer, which is shown at once.

    def slow_down(self, stream: Any) -> None:
        """From now on a network stream's ``read`` rests before it reads, where that is worth it."""
        if not self._seconds:
            return
        read = stream.read

        def read_in_pace(max_bytes: int, timeout: float | None = None) -> bytes:
            if self.begun and self._few:
                time.sleep(self._seconds - monotonic() % self._seconds)
            data: bytes = read(max_bytes, timeout)
            self._few = len(data) < FEW_BYTES
            return data

        stream.read = read_in_pace
