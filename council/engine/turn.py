"""One node's turn: what it may read, whom it may ask, and how long it has."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy.engine import Connection

from council import clock
from council.engine.callbook import Callbook
from council.engine.gate import Cancel, Gate
from council.engine.minutes import Minutes
from council.engine.record import MeetingRecord, Member
from council.engine.till import Till, free
from council.errors import Interrupted, ProviderTimeout
from council.events import Event, NodeStateChange
from council.llm.base import Cost, Provider, Usage
from council.meeting import markdown
from council.meeting.graph import Node
from council.meeting.prompts import Matter
from council.meeting.references import papers_of
from council.meeting.walk import Absence
from council.search.base import Search
from council.settings import EngineSettings
from council.store import channels, files, messages, steps
from council.store.engine import Store
from council.store.files import Limits


class Providers(Protocol):
    def provider(self, provider_id: str) -> Provider: ...


class Prices(Protocol):
    def cost(self, provider_id: str, model: str, usage: Usage, local: bool) -> Cost: ...


class Searches(Protocol):
    def of_meeting(
        self, session_id: str, group_id: str | None, texts: Sequence[tuple[str, str]]
    ) -> Mapping[str, Search]: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What every turn of a process works with."""

    store: Store
    providers: Providers
    prices: Prices
    settings: EngineSettings
    words: Mapping[str, str]  # The words of the room as they are today, by the name of their file.
    searches: Searches
    file_limits: Limits
    callbook: Callbook = field(default_factory=Callbook)

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
    key: str  # The step key of this visit.
    round: int  # Its number.
    heard: tuple[str, ...]  # Step keys whose words it may read, what was said later later.
    results: dict[str, dict[str, Any]]  # By step key, of the visits before it.
    absences: tuple[Absence, ...]
    timeout_seconds: float | None  # None: it waits for people, and they take the time they take.
    resumed: bool = False  # A run before this one has said that it runs.
    matter: Matter = field(default_factory=lambda: Matter("", "", ()))  # As it is when the turn begins.
    till: Till = field(init=False)  # Where it pays for its calls; the session's thread gives it a funded one.
    _versions: dict[str, int] = field(default_factory=dict)  # Of the files, when the documents were read.
    _lock: threading.Lock = field(default_factory=threading.Lock)  # Guards what is below.
    _began: float | None = None
    _held_before: float = 0.0
    _expired: bool = False
    _cancels: set[Cancel] = field(default_factory=set)
    _parts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.till = free(self.gate)

    @property
    def member(self) -> Member | None:
        return self.record.members.get(self.node.node_id)

    def words(self, name: str) -> str:
        """The words of the room under this name, as they were when the meeting started."""
        return self.record.words.get(name) or self.desk.words[name]

    def begin(self) -> None:
        """Wait until the meeting is not held, look at what there is, then start the clock."""
        self.gate.checkpoint()
        session_id = self.record.session_id
        with self.desk.store.read() as connection:
            parts = steps.parts(connection, session_id, self.key)
            self._look(connection)
        held = self.gate.held_seconds()
        with self._lock:
            self._parts = parts
            self._began, self._held_before = clock.monotonic(), held

    def entering(self) -> tuple[NodeStateChange, ...]:
        """The event that says it runs, unless a run before this one has said so."""
        if self.resumed:
            return ()
        return (NodeStateChange(node_id=self.node.node_id, status="running", round=self.round),)

    def look_again(self) -> None:
        """Read the documents as they are now, after it has changed one."""
        with self.desk.store.read() as connection:
            self._look(connection)

    def _look(self, connection: Connection) -> None:
        self.matter = self.record.matter_as_it_is(connection)
        self._versions = files.newest(connection, self.record.session_id)

    def html(self, text: str, *, marked: bool = True, supported: tuple[str, ...] = ()) -> str:
        """A text for the page; references to lines that the documents do not have are marked."""
        papers = papers_of(self.matter.documents, self._versions)
        return markdown.render(text, marked=marked, supported=supported, papers=papers)

    # What is recorded

    def recorded(self, part: str) -> dict[str, Any] | None:
        """The result of a part of this visit that was taken before, perhaps by an earlier run."""
        with self._lock:
            return self._parts.get(part)

    def record_part(self, part: str, result: dict[str, Any], *events: Event) -> None:
        """Store the result of a part with its events: after a crash it is not asked again."""
        self.minutes.record_step(f"{self.key}/{part}", result, *events)
        with self._lock:
            self._parts[part] = result

    def conclude(self, result: dict[str, Any], *events: Event) -> dict[str, Any]:
        """Store the visit's result with its last events; the result."""
        self.minutes.conclude(self.node.node_id, self.key, result, *events, round=self.round)
        return result

    # Time

    def worked_seconds(self) -> float:
        """How long it has been at work, pauses not counted."""
        held = self.gate.held_seconds()
        with self._lock:
            return 0.0 if self._began is None else clock.monotonic() - self._began - held + self._held_before

    def remaining_seconds(self) -> float | None:
        """What is left of its time, pauses not counted; ``None`` before it began."""
        held = self.gate.held_seconds()
        with self._lock:
            return self._remaining(held)

    def _remaining(self, held: float) -> float | None:
        """Requires holding _lock."""
        if self._began is None or self.timeout_seconds is None:
            return None
        return self.timeout_seconds - (clock.monotonic() - self._began) + (held - self._held_before)

    def start_clock_again(self) -> None:
        """Somebody else takes the turn, with the whole time."""
        held = self.gate.held_seconds()
        with self._lock:
            self._began, self._held_before, self._expired = clock.monotonic(), held, False

    def is_over_in(self, seconds: float) -> bool:
        remaining = self.remaining_seconds()
        return remaining is not None and remaining <= seconds

    def patience_seconds(self) -> float:
        """How long a provider is to wait, whose watch knows no pauses: ours, which does, is to ring first."""
        remaining = self.remaining_seconds()
        whole = self.timeout_seconds or self.desk.settings.node_timeout_seconds
        left = whole if remaining is None else max(0.1, remaining)
        return left + self.desk.settings.pause_hold_seconds

    def expire_when_over(self) -> None:
        """End the call in flight when its time is over."""
        held = self.gate.held_seconds()
        with self._lock:
            left = self._remaining(held)
            if left is None or left > 0:
                return
            self._expired = True
            cancels = tuple(self._cancels)
        for cancel in cancels:
            cancel()

    @property
    def expired(self) -> bool:
        with self._lock:
            return self._expired

    @contextmanager
    def calling(self, cancel: Cancel) -> Iterator[None]:
        """While inside, a stop and the end of its time end the call with ``cancel``."""
        with self._lock:
            self._cancels.add(cancel)
            expired = self._expired
        if expired:
            cancel()
        try:
            with self.gate.cancelling(cancel):
                yield
        finally:
            with self._lock:
                self._cancels.discard(cancel)

    def why_cancelled(self, *, started: bool) -> Interrupted | ProviderTimeout:
        """After a call was cancelled: by whom."""
        ended = self.gate.ended
        if ended is not None:
            return ended
        if not self.expired:
            raise AssertionError("a call was cancelled by nobody")
        seconds = f"{self.timeout_seconds or 0:g} seconds"
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
