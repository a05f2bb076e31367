"""Meetings run in this process, each on a thread of its own; those over the limit wait."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress


class ThreadDispatch:
    """A thread pool. Its threads are named ``session_<n>`` and end in ``close``."""

    def __init__(self, max_running: int) -> None:
        self._pool = ThreadPoolExecutor(max_running, thread_name_prefix="session")
        self._run: Callable[[str], None] | None = None  # Set once, before the first submit.

    def start(self, run: Callable[[str], None]) -> None:
        self._run = run

    def submit(self, session_id: str) -> None:
        if self._run is None:
            raise AssertionError("submit before start")
        with suppress(RuntimeError):  # Closed meanwhile: the meeting goes on in the next process.
            self._pool.submit(self._run, session_id)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
