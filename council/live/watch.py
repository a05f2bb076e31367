"""Looks whether the store is ahead, or has forgotten or rewritten a channel: several processes, and lossy buses."""

import logging
import threading
from collections.abc import Callable, Collection, Mapping

from council.live.hub import NO_SUCH_SESSION, SERVICE_RESTART, Hub

log = logging.getLogger(__name__)

ReadNewest = Callable[[Collection[str]], Mapping[str, int]]

_SETTLE_SECONDS = 0.05  # What this process has just stored is on its way to its own viewers meanwhile.


class Watcher:
    """One thread that asks the store for the newest number of each channel that somebody here listens to."""

    def __init__(self, hub: Hub, read_newest: ReadNewest, *, poll_seconds: float) -> None:
        self._hub = hub
        self._read_newest = read_newest
        self._poll_seconds = poll_seconds
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watcher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._thread.join()

    def look(self) -> None:
        """Compare once."""
        seen = self._hub.channels()  # Asked first: what the store has then is no less, unless it was cut.
        if not seen:
            return
        newest = self._read_newest(seen)
        self._closed.wait(min(_SETTLE_SECONDS, self._poll_seconds))
        for channel, seq in newest.items():
            self._hub.notice(channel, seq)
        for channel, before in seen.items():
            if before is not None:
                self._dismiss_lost(channel, before, newest.get(channel))

    def _dismiss_lost(self, channel: str, before: int, seq: int | None) -> None:
        """A log that is gone, or shorter than it was: it was pruned, and who comes back is told its new epoch."""
        if seq is None:
            self._hub.dismiss(channel, NO_SUCH_SESSION, "session deleted")
        elif seq < before:
            self._hub.dismiss(channel, SERVICE_RESTART, "log rewritten")

    def _watch(self) -> None:
        while not self._closed.wait(self._poll_seconds):
            try:
                self.look()
            except Exception:  # top of the watcher thread
                # The store does not answer now; the next look is soon.
                log.exception("the store could not be asked for what is new")
