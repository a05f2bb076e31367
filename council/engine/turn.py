"""One node's turn: what it may read, whom it may ask, and how long it has."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from council import clock
from council.engine.gate import Cancel, Gate
from council.engine.minutes import Minutes
from council.engine.record import MeetingRecord, Member
from council.errors import Interrupted, ProviderTimeout
from council.events import NodeStateChange
from council.llm.base import Cost, Provider, Usage
from council.meeting.graph import Node
from council.meeting.walk import Absence
from council.settings import EngineSettings
from council.store import channels, messages
from council.store.engine import Store


class Providers(Protocol):
    def provider(self, provider_id: str) -> Provider: ...


class Prices(Protocol):
    def cost(self, provider_id: str, model: str, usage: Usage, local: bool) -> Cost: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What every turn of a process works with."""

    store: Store
    providers: Providers
    prices: Prices
    settings: EngineSettings

    def cost(self, provider_id: str, model: str, usage: Usage) -> Cost:
        """What a call costs."""
        return self.prices.cost(provider_id, model, usage, self.providers.provider(provider_id).local)


@dataclass(slots=True)
class Turn:
    """Made by the session's thread for one node, and used by that node's thread."""

    node: Node
    record: MeetingRecord
    minutes: Minutes
    gate: Gate
    desk: Desk
    heard: tuple[str, ...]  # Nodes whose words it may read, in the graph's order.
    results: dict[str, dict[str, Any]]  # Of the nodes before it.
    absences: tuple[Absence, ...]
    timeout_seconds: float
    _lock: threading.Lock = field(default_factory=threading.Lock)  # Guards what is below.
    _began: float | None = None
    _held_before: float = 0.0
    _expired: bool = False
    _cancel: Cancel | None = None

    @property
    def member(self) -> Member | None:
        return self.record.members.get(self.node.node_id)

    def begin(self) -> None:
        """Wait until the meeting is not held, then start the clock."""
        self.gate.checkpoint()
        held = self.gate.held_seconds()
        with self._lock:
            self._began, self._held_before = clock.monotonic(), held

    def entering(self) -> tuple[NodeStateChange, ...]:
        """The event that says it runs, unless a run before this one has said so."""
        node_id = self.node.node_id
        if self.record.node_statuses.get(node_id) == "running":
            return ()
        return (NodeStateChange(node_id=node_id, status="running"),)

    # Time

    def remaining_seconds(self) -> float | None:
        """What is left of its time, pauses not counted; ``None`` before it began."""
        held = self.gate.held_seconds()
        with self._lock:
            if self._began is None:
                return None
            return self.timeout_seconds - (clock.monotonic() - self._began) + (held - self._held_before)

    def is_over_in(self, seconds: float) -> bool:
        remaining = self.remaining_seconds()
        return remaining is not None and remaining <= seconds

    def patience_seconds(self) -> float:
        """How long a provider is to wait, whose watch knows no pauses: ours, which does, is to ring first."""
        remaining = self.remaining_seconds()
        left = self.timeout_seconds if remaining is None else max(0.1, remaining)
        return left + self.desk.settings.pause_hold_seconds

    def expire(self) -> None:
        """Its time is over: end the call in flight."""
        with self._lock:
            self._expired = True
            cancel = self._cancel
        if cancel is not None:
            cancel()

    @property
    def expired(self) -> bool:
        with self._lock:
            return self._expired

    @contextmanager
    def calling(self, cancel: Cancel) -> Iterator[None]:
        """While inside, a stop and the end of its time end the call with ``cancel``."""
        with self._lock:
            self._cancel = cancel
            expired = self._expired
        if expired:
            cancel()
        try:
            with self.gate.cancelling(cancel):
                yield
        finally:
            with self._lock:
                self._cancel = None

    def why_cancelled(self, *, started: bool) -> Interrupted | ProviderTimeout:
        """After a call was cancelled: by whom."""
        ended = self.gate.ended
        if ended is not None:
            return ended
        if not self.expired:
            raise AssertionError("a call was cancelled by nobody")
        seconds = f"{self.timeout_seconds:g} seconds"
        return ProviderTimeout(f"The model did not finish within {seconds}.", started=started)

    # What people said

    def unread_input(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What people put in so far: all texts, and the ids of those this node has not confirmed yet."""
        with self.desk.store.read() as connection:
            said = messages.said_by_people(connection, self.record.session_id)
            receipts = (
                channels.of_kind(connection, self.minutes.channel, "input_read", node_id=self.node.node_id)
                if said
                else []
            )
        confirmed = {receipt["message_id"] for receipt in receipts}
        unread = tuple(each["message_id"] for each in said if each["message_id"] not in confirmed)
        return tuple(each["content"] for each in said), unread
