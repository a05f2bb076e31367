"""What somebody wants stored: events, or a decision to take inside the transaction, and the promise it is given."""

import threading
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Connection

from council.errors import Unavailable
from council.events import Event


@dataclass(frozen=True, slots=True)
class Decision:
    """What a transaction decided: the events to store, and the answer for whoever waits."""

    events: tuple[Event, ...] = ()
    result: Any = None


Decide = Callable[[Connection], Decision]


class Ticket:
    """A promise that something will be stored."""

    __slots__ = ("_done", "_error", "_result")

    def __init__(self) -> None:
        self._done = threading.Event()
        self._result: Any = None
        self._error: BaseException | None = None

    def wait(self, seconds: float | None = None) -> Any:
        """Block until it is stored; the decision's result. Raises why it was not, or Unavailable after that time."""
        if not self._done.wait(seconds):
            raise Unavailable(
                "The database does not answer now; what was asked for may still happen.",
                hint="Look at the session, or send the command again with the same id: it is not done twice.",
            )
        if self._error is not None:
            raise self._error
        return self._result

    def keep(self, result: Any) -> None:
        """It is stored. Only the first word counts."""
        if not self._done.is_set():
            self._result = result
            self._done.set()

    def fail(self, error: BaseException) -> None:
        """It will not be stored. Only the first word counts."""
        if not self._done.is_set():
            self._error = error
            self._done.set()


class NoTicket(Ticket):
    """For records that nobody waits for."""

    __slots__ = ()

    def keep(self, result: Any) -> None:
        pass

    def fail(self, error: BaseException) -> None:
        pass


NOBODY_WAITS = NoTicket()


@dataclass(slots=True)
class Record:
    """Events of one channel that are stored together or not at all. ``fence`` is the run's that speaks."""

    channel: str
    fence: int | None
    events: tuple[Event, ...] = ()
    decide: Decide | None = None
    ticket: Ticket = field(default=NOBODY_WAITS)
    context: Context | None = None  # Of who spoke: its request, its client, its user. Pieces have none.
    parts: tuple[str, str] | None = None  # Of its only event, encoded outside the transaction.

    @property
    def plain(self) -> bool:
        """A piece of text in the middle of a message: it changes no row and cannot fail."""
        return self.parts is not None and self.events[0].offset > 0  # type: ignore[attr-defined]
