"""The barrier between steps, where people hold a meeting or end it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from council import clock
from council.errors import GaveWay, Interrupted, Stopped

Mode = Literal["now", "after_turn"]
Cancel = Callable[[], None]

_HELD_FOR_LONG = "The meeting was paused for long; the turn starts again when it is resumed."


class Gate:
    """Open, held or ended. Ending is for ever, and wakes everybody.

    The facts are behind the lock; each ``threading.Event`` is only the doorbell of those who wait
    for one of them, set and cleared under that lock. Two bare Events would lose a stop that meets a pause.
    """

    def __init__(self, *, hold_seconds: float) -> None:
        self._hold_seconds = hold_seconds
        self._lock = threading.Lock()  # Guards everything below. Held for flags only.
        self._held: Mode | None = None
        self._ended: Interrupted | None = None
        self._cancels: set[Cancel] = set()
        self._speakers: list[tuple[str, Cancel]] = []  # Who speaks where, and how to stop that one alone.
        self._held_since: float | None = None
        self._held_seconds = 0.0
        self.changes = 0  # How often people held or opened it here.
        self._steps_go, self._speech_goes, self._is_over = (threading.Event() for _ in range(3))
        self.flowing = True  # Read without the lock, once per piece of text: a stale read costs one piece.
        with self._lock:
            self._announce()

    # What people do

    def pause(self, mode: Mode = "now") -> None:
        """Hold everybody: speakers at once, or with ``after_turn`` at the next step."""
        with self._lock:
            self._hold(mode)

    def resume(self) -> None:
        with self._lock:
            self._let_go()

    def speaks(self, node_id: str) -> bool:
        """Whether somebody is speaking at this node."""
        with self._lock:
            return any(speaker == node_id for speaker, _cut in self._speakers)

    def cut(self, node_id: str) -> None:
        """Stop whoever is speaking at this node; everybody else goes on."""
        with self._lock:
            cuts = [cut for speaker, cut in self._speakers if speaker == node_id]
        for cut in cuts:
            cut()

    def end(self, why: Interrupted) -> None:
        """Everybody leaves with this reason, model calls in flight included. The first reason stays."""
        with self._lock:
            if self._ended is not None:
                return
            self._ended = why
            cancels = tuple(self._cancels)
            self._announce()
        for cancel in cancels:
            cancel()

    def give_way_when_due(self) -> None:
        """End a run whose speakers are held for so long that its threads are wanted back, silent models' too."""
        with self._lock:
            since = self._held_since if self._held == "now" else None
        if since is not None and clock.monotonic() - since >= self._hold_seconds:
            self.end(GaveWay(_HELD_FOR_LONG))

    def follow(self, status: str, stop_requested: bool, changes: int) -> None:
        """Become what the database says, unless somebody here changed the gate since ``changes`` was read."""
        if stop_requested:
            return self.end(Stopped("The meeting was stopped."))
        with self._lock:
            if changes != self.changes:
                return
            if status == "paused" and self._held is None:
                self._hold("now")
            elif status == "running" and self._held is not None:
                self._let_go()

    # What the engine asks

    def checkpoint(self) -> None:
        """Between steps: wait while held. Raises why the run is to leave off."""
        self._wait(self._steps_go, lambda: self._held is not None)

    def flow(self) -> None:
        """Inside a stream: wait while speakers are held. Raises why the run is to leave off."""
        if not self.flowing:
            self._wait(self._speech_goes, lambda: self._held == "now")

    def wait(self, seconds: float) -> None:
        """Wait as long as that, unless the run is to leave off; then raises why."""
        self._is_over.wait(seconds)
        self._held_back(lambda: False)

    @contextmanager
    def cancelling(self, cancel: Cancel) -> Iterator[None]:
        """While inside, ``end`` calls ``cancel``, from any thread."""
        with self._lock:
            ended = self._ended
            self._cancels.add(cancel)
        if ended is not None:
            cancel()
        try:
            yield
        finally:
            with self._lock:
                self._cancels.discard(cancel)

    @contextmanager
    def speaking(self, node_id: str, cut: Cancel) -> Iterator[None]:
        """While inside, a person may stop this one speaker: ``cut`` calls ``cut``, from any thread."""
        with self._lock:
            self._speakers.append((node_id, cut))
        try:
            yield
        finally:
            with self._lock:
                self._speakers.remove((node_id, cut))

    @property
    def held(self) -> bool:
        """Whether people, or the cap, hold the meeting."""
        with self._lock:
            return self._held is not None

    @property
    def ended(self) -> Interrupted | None:
        with self._lock:
            return self._ended

    def held_seconds(self) -> float:
        """How long the meeting was held so far, in all: time that counts to no time-out."""
        with self._lock:
            running = 0.0 if self._held_since is None else clock.monotonic() - self._held_since
            return self._held_seconds + running

    # Inside

    def _hold(self, mode: Mode) -> None:
        """Requires holding _lock."""
        if self._held is None:
            self._held_since = clock.monotonic()
        self._held = mode
        self.changes += 1
        self._announce()

    def _let_go(self) -> None:
        """Requires holding _lock."""
        if self._held_since is not None:
            self._held_seconds += clock.monotonic() - self._held_since
        self._held = self._held_since = None
        self.changes += 1
        self._announce()

    def _announce(self) -> None:
        """Requires holding _lock."""
        assert self._lock.locked()
        over = self._ended is not None
        self.flowing = self._held != "now" and not over
        for bell, rings in (
            (self._steps_go, over or self._held is None),
            (self._speech_goes, over or self._held != "now"),
            (self._is_over, over),
        ):
            bell.set() if rings else bell.clear()

    def _wait(self, bell: threading.Event, held: Callable[[], bool]) -> None:
        deadline = clock.Deadline(self._hold_seconds)
        while self._held_back(held):
            if deadline.passed():
                raise GaveWay(_HELD_FOR_LONG)
            bell.wait(deadline.remaining())

    def _held_back(self, held: Callable[[], bool]) -> bool:
        """Whether to wait on. Raises why the run is to leave off."""
        with self._lock:
            if self._ended is not None:
                raise type(self._ended)(self._ended.message)  # One of its own for each thread.
            return held()
