"""The life of a meeting as the log tells it: created, started, paused, resumed, finished."""

from contextvars import Context
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.engine import Connection

from council.events import (
    Event,
    ExecutionCancelled,
    ExecutionCompleted,
    ExecutionFailed,
    ExecutionPaused,
    ExecutionResumed,
    ExecutionStarted,
    SessionCreated,
)
from council.store import sessions

log = structlog.get_logger(__name__)

LIFE: dict[str, str] = {
    SessionCreated.name: "created",
    ExecutionStarted.name: "started",
    ExecutionPaused.name: "paused",
    ExecutionResumed.name: "resumed",
    ExecutionCompleted.name: "completed",
    ExecutionFailed.name: "failed",
    ExecutionCancelled.name: "cancelled",
}
"""The events that are told, and what they are called in log lines and metrics."""

_FINAL = frozenset({"completed", "failed", "cancelled"})
_REASONS = frozenset({"user", "budget", "breaker"})  # Others are sentences, which may quote what was said.
_TOTALS = ("input_tokens", "output_tokens", "cost_nano_usd", "unknown_price_tokens")


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn in a meeting's life, with the context of whoever brought it about."""

    name: str
    fields: dict[str, Any]
    context: Context | None

    def tell(self) -> None:
        """Write its line, with the request, the client and the user it came from."""
        if self.context is None:
            self._write()
        else:
            self.context.run(self._write)

    def _write(self) -> None:
        if self.name in _FINAL:
            log.info("session.finished", status=self.name, **self.fields)
        else:
            log.info(f"session.{self.name}", **self.fields)


def turn_of(connection: Connection, session_id: str, event: Event, context: Context | None) -> Turn:
    """The turn that an event is; a last one has the meeting's totals. Inside the transaction that stores it."""
    name = LIFE[event.name]
    fields: dict[str, Any] = {"session_id": session_id}
    match event:
        case SessionCreated():
            fields["template_id"] = event.template_id
        case ExecutionPaused():
            fields["reason"] = event.reason if event.reason in _REASONS else "other"
    if name in _FINAL:
        fields |= _totals(connection, session_id)
    return Turn(name, fields, context)


def _totals(connection: Connection, session_id: str) -> dict[str, Any]:
    row = sessions.columns(connection, session_id, *_TOTALS)
    nano_usd = row.pop("cost_nano_usd")
    return row | {"cost_usd": None if nano_usd is None else nano_usd / 1e9}
