"""What every session has to say, numbered and stored in groups, and only then shown."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from council import clock
from council.errors import CouncilError, Fenced, Unavailable
from council.events import Event, TokenStream, envelope_parts, join_envelope, session_of
from council.store import channels, leases, projections
from council.store.engine import Store

log = structlog.get_logger(__name__)

SPACING_SECONDS = 0.005  # Between commits that nobody waits for: what comes meanwhile goes along.
MAX_PENDING = 20_000  # Speakers wait when the database is so far behind.
RETRY_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0)
CLOSE_SECONDS = 5.0

Publish = Callable[[str, int, list[bytes]], None]
"""Called after a commit with a channel, the first number and the envelopes."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a transaction decided: the events to store, and the answer for whoever waits."""

    events: tuple[Event, ...] = ()
    result: Any = None


Decide = Callable[[Connection], Decision]


class Gathering(Protocol):
    """An open message, which may hold text that is not recorded yet."""

    def flush(self) -> None: ...


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


@dataclass(slots=True)
class _Record:
    channel: str
    fence: int | None
    events: tuple[Event, ...] = ()
    decide: Decide | None = None
    ticket: Ticket | None = None
    parts: tuple[str, str] | None = None  # Of its only event, encoded outside the transaction.

    @property
    def plain(self) -> bool:
        """A piece of text in the middle of a message: it changes no row and cannot fail."""
        return self.parts is not None and self.events[0].offset > 0  # type: ignore[attr-defined]


@dataclass(slots=True)
class _Written:
    """One transaction's outcome, to be shown once it is committed."""

    seqs: dict[str, int] = field(default_factory=dict)
    shown: dict[str, list[bytes]] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    settled: list[tuple[Ticket, Any, BaseException | None]] = field(default_factory=list)
    fences: dict[str, int] = field(default_factory=dict)
    fenced: set[tuple[str, int]] = field(default_factory=set)


class Journal:
    """Groups what all sessions have to say into transactions; one committer thread does the writing."""

    def __init__(self, store: Store, publish: Publish, *, gather_seconds: float) -> None:
        self._store = store
        self._publish = publish
        self._gather_seconds = gather_seconds
        self._lock = threading.Lock()  # Guards everything below. Held for list operations only.
        self._bell = threading.Condition(self._lock)
        self._room = threading.Condition(self._lock)
        self._pending: list[_Record] = []
        self._open: set[Gathering] = set()
        self._urgent = False
        self._closing = self._ended = False
        self._committed_at = clock.monotonic()
        self._flush_at = self._next_tick()
        self._give_up: clock.Deadline | None = None
        self._on_fenced: Callable[[str, int], None] = lambda session_id, fence: None
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)

    # Public

    def start(self, on_fenced: Callable[[str, int], None] | None = None) -> None:
        """Begin to commit. ``on_fenced(session_id, fence)`` hears of runs that may not write any more."""
        if on_fenced is not None:
            self._on_fenced = on_fenced
        self._thread.start()

    def record(self, channel: str, *events: Event, fence: int | None = None) -> Ticket:
        """Store these events, all or none."""
        return self._enqueue(_Record(channel, fence, events, ticket=Ticket()))

    def decide(self, channel: str, decide: Decide, *, fence: int | None = None) -> Ticket:
        """Run ``decide`` inside the transaction and store what it decides. It may run again after a retry.

        A CouncilError it raises undoes what it changed and goes to whoever waits on the ticket.
        """
        return self._enqueue(_Record(channel, fence, decide=decide, ticket=Ticket()))

    def piece(self, channel: str, event: TokenStream, *, fence: int, urgent: bool) -> None:
        """Store a piece of a message soon; nobody waits for it."""
        parts = envelope_parts(event, session_of(channel))
        self._enqueue(_Record(channel, fence, (event,), parts=parts), urgent=urgent)

    def open(self, message: Gathering) -> None:
        """From now on, collect what this message holds at every tick."""
        with self._lock:
            self._open.add(message)
            self._bell.notify()

    def shut(self, message: Gathering) -> None:
        with self._lock:
            self._open.discard(message)

    def make_room(self) -> None:
        """Block while the database is too far behind. Call it without holding any lock."""
        if len(self._pending) < MAX_PENDING:
            return
        with self._lock:
            self._room.wait_for(lambda: self._closing or len(self._pending) < MAX_PENDING)

    def hurry(self) -> None:
        """The process ends: a database that takes nothing is waited for a few seconds more, and then no longer."""
        with self._lock:
            self._give_up = self._give_up or clock.Deadline(CLOSE_SECONDS)

    def close(self) -> None:
        """Commit what is pending, for a few seconds at most, and end the committer. Idempotent."""
        self.hurry()
        with self._lock:
            self._closing = True
            self._ended = self._ended or not self._thread.is_alive()
            self._bell.notify()
            self._room.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def _enqueue(self, record: _Record, *, urgent: bool = True) -> Ticket:
        ticket = record.ticket or _NOBODY_WAITS
        with self._lock:
            if self._ended:
                ticket.fail(Unavailable("The server is shutting down."))
                return ticket
            self._pending.append(record)
            if urgent and not self._urgent:
                self._urgent = True
                self._bell.notify()
            elif len(self._pending) == 1:
                self._bell.notify()
        return ticket

    # Committer thread

    def _run(self) -> None:
        while self._await_work():
            if self._tick_is_due():
                self._collect()
            records = self._drain()
            try:
                if records:
                    self._commit(records)
            except (
                Exception
            ):  # top of the committer thread: one broken record must neither end it nor harm others
                log.exception("journal.batch_broken", records=len(records))
                for record in records:
                    self._commit_alone(record)

    def _await_work(self) -> bool:
        """Wait until there is something to commit; False when closing and all is done."""
        with self._lock:
            while not (self._urgent or self._closing):
                due = self._due_at()
                seconds = None if due is None else due - clock.monotonic()
                if seconds is not None and seconds <= 0:
                    return True
                self._bell.wait(seconds)
            self._ended = self._closing and not self._pending
            return not self._ended

    def _due_at(self) -> float | None:
        """When the next commit is due that nobody rings for. Requires holding _lock."""
        assert self._lock.locked()
        moments = []
        if self._pending:
            moments.append(self._committed_at + SPACING_SECONDS)
        if self._open:
            moments.append(self._flush_at)
        return min(moments, default=None)

    def _tick_is_due(self) -> bool:
        return clock.monotonic() >= self._flush_at

    def _next_tick(self) -> float:
        """A little after the moment at which providers read their streams (``llm/pace.py``): all at one commit."""
        step, delay = self._gather_seconds, self._gather_seconds / 5
        return ((clock.monotonic() - delay) // step + 1) * step + delay

    def _collect(self) -> None:
        self._flush_at = self._next_tick()
        with self._lock:
            messages = tuple(self._open)
        for message in messages:
            message.flush()  # Takes the message's lock, then ours: never the other way round.

    def _drain(self) -> list[_Record]:
        with self._lock:
            records, self._pending = self._pending, []
            self._urgent = False
            self._room.notify_all()
        return records

    def _commit(self, records: list[_Record]) -> None:
        """Write until it is written, whatever the database does meanwhile."""
        attempt = 0
        while True:
            try:
                written = self._write(records)
                break
            except OperationalError as problem:
                if self._give_up is not None and self._give_up.passed():
                    return self._abandon(records, problem)
                self._wait_out(problem, attempt)
                attempt += 1
        self._committed_at = clock.monotonic()
        self._show(written)

    def _commit_alone(self, record: _Record) -> None:
        try:
            self._commit([record])
        except Exception as problem:  # as above
            self._abandon([record], problem)

    def _wait_out(self, problem: OperationalError, attempt: int) -> None:
        seconds = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]
        if attempt in (0, 10, 100):
            log.warning("journal.database_does_not_take", error=str(problem.orig), attempt=attempt + 1)
        with self._lock:
            self._bell.wait_for(lambda: self._closing, timeout=seconds)

    def _abandon(self, records: list[_Record], problem: BaseException) -> None:
        for record in records:
            if record.ticket:
                record.ticket.fail(
                    Unavailable("The database does not take what is written.", details=str(problem)[:200])
                )
            elif record.fence is not None:  # Its message has a hole now: the turn has to be taken again.
                self._tell(self._on_fenced, session_of(record.channel), record.fence)

    def _write(self, records: list[_Record]) -> _Written:
        written = _Written()
        at = clock.timestamp()
        with self._store.write() as connection:
            self._lock_rows(connection, records, written)
            for record in records:
                if not self._may_write(record, written):
                    self._settle(written, record, None, Fenced("Another process runs this session now."))
                elif record.plain:
                    self._number(connection, record.channel, record.events[0], record.parts, at, written)
                else:
                    self._write_whole(connection, record, at, written)
            self._insert(connection, written)
        return written

    def _insert(self, connection: Connection, written: _Written) -> None:
        """Insert what has its numbers: at the end at once, but what a decision may want to read before it."""
        names = {row["channel"] for row in written.rows}
        channels.append(connection, written.rows, {name: written.seqs[name] for name in names})
        written.rows.clear()

    def _lock_rows(self, connection: Connection, records: list[_Record], written: _Written) -> None:
        """Learn the newest numbers and the fences of all who speak, in two queries: they hold until the commit."""
        written.seqs = channels.lock_seqs(connection, {record.channel for record in records})
        speaking = {record.channel for record in records if record.fence is not None}
        runs = [session_id for channel in speaking if (session_id := session_of(channel)) is not None]
        if runs:
            written.fences = leases.fences(connection, runs)

    def _may_write(self, record: _Record, written: _Written) -> bool:
        """Whether the run that speaks is still the one that may."""
        session_id = session_of(record.channel)
        if record.fence is None or session_id is None or written.fences.get(session_id) == record.fence:
            return True
        written.fenced.add((session_id, record.fence))
        return False

    def _write_whole(self, connection: Connection, record: _Record, at: str, written: _Written) -> None:
        """All of a record or nothing of it; an error is the record's own."""
        if record.decide:
            self._insert(connection, written)
        mark, shown = len(written.rows), {name: len(frames) for name, frames in written.shown.items()}
        seqs = dict(written.seqs)
        try:
            with connection.begin_nested():
                decision = record.decide(connection) if record.decide else Decision(record.events)
                for event in decision.events:
                    self._number(connection, record.channel, event, None, at, written)
                    self._project(connection, record.channel, event, at, written)
        except OperationalError:
            raise
        except Exception as problem:  # the record's own fault; the other records of the batch are written
            if not isinstance(problem, CouncilError):
                log.exception("journal.record_refused", channel=record.channel)
            del written.rows[mark:]
            written.seqs = seqs
            written.shown = {name: written.shown[name][:count] for name, count in shown.items()}
            self._settle(written, record, None, problem)
        else:
            self._settle(written, record, decision.result, None)

    def _number(
        self,
        connection: Connection,
        channel: str,
        event: Event,
        parts: tuple[str, str] | None,
        at: str,
        written: _Written,
    ) -> None:
        """Give the event the channel's next number."""
        if channel not in written.seqs:  # It was created in this very transaction.
            written.seqs |= channels.lock_seqs(connection, [channel])
        seq = written.seqs[channel] = written.seqs[channel] + 1
        envelope = join_envelope(parts or envelope_parts(event, session_of(channel)), seq, at)
        written.rows.append(
            {
                "channel": channel,
                "seq": seq,
                "event": event.name,
                "node_id": event.about_node,
                "at": at,
                "envelope": envelope,
            }
        )
        written.shown.setdefault(channel, []).append(envelope.encode())

    def _project(
        self, connection: Connection, channel: str, event: Event, at: str, written: _Written
    ) -> None:
        session_id = session_of(channel)
        if session_id is not None:
            projections.apply(connection, projections.Numbered(session_id, written.seqs[channel], at, event))

    def _settle(self, written: _Written, record: _Record, result: Any, error: BaseException | None) -> None:
        if record.ticket:
            written.settled.append((record.ticket, result, error))

    def _show(self, written: _Written) -> None:
        """It is stored: show it to viewers, then tell whoever waits."""
        for channel, envelopes in written.shown.items():
            if envelopes:
                self._tell(self._publish, channel, written.seqs[channel] - len(envelopes) + 1, envelopes)
        for ticket, result, error in written.settled:
            ticket.fail(error) if error is not None else ticket.keep(result)
        for session_id, fence in written.fenced:
            self._tell(self._on_fenced, session_id, fence)

    def _tell(self, callback: Callable[..., None], *what: Any) -> None:
        """Whoever listens may stumble: it is stored, and can be read."""
        try:
            callback(*what)
        except Exception:  # top of everything that listens on the committer's thread
            log.exception("journal.listener_stumbled")


class _NoTicket(Ticket):
    """For records that nobody waits for."""

    __slots__ = ()

    def fail(self, error: BaseException) -> None:
        pass


_NOBODY_WAITS = _NoTicket()
