"""What every session has to say, numbered and stored in groups, and only then shown."""

import threading
from collections import Counter
from collections.abc import Callable
from contextvars import copy_context
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import OperationalError

from council import clock
from council.errors import Unavailable
from council.events import Event, TokenStream, envelope_parts, session_of
from council.live.records import Decide, Record, Ticket
from council.live.transaction import Transaction
from council.meters import SECONDS, SIZES, Distribution
from council.store.engine import Store

log = structlog.get_logger(__name__)

SPACING_SECONDS = 0.005  # Between commits that nobody waits for: what comes meanwhile goes along.
READING = 0.28  # Part of a tick in which the threads that read at its beginning have all had their turn.
MAX_PENDING = 20_000  # Speakers wait when the database is so far behind.
RETRY_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0)
CLOSE_SECONDS = 5.0

Publish = Callable[[str, int, list[bytes]], None]
"""Called after a commit with a channel, the first number and the envelopes."""


class Gathering(Protocol):
    """An open message, which may hold text that is not recorded yet."""

    def flush(self) -> None: ...


class Commits:
    """What the committer has done so far. Only its thread writes here; a scrape reads it as it stands."""

    def __init__(self) -> None:
        self.sizes = Distribution(SIZES)  # Events.
        self.seconds = Distribution(SECONDS)  # For the transaction, further attempts included.
        self.stored = Distribution(SECONDS)  # From the oldest record of a batch to its commit.
        self.shown = Distribution(SECONDS)  # From there to the end of the broadcast.
        self.retries = 0
        self.turns: Counter[str] = Counter()  # In the lives of meetings, by name.

    def count(self, size: int, oldest_at: float, began_at: float, committed_at: float) -> None:
        self.sizes.observe(size)
        self.seconds.observe(committed_at - began_at)
        self.stored.observe(committed_at - oldest_at)
        self.shown.observe(clock.monotonic() - oldest_at)


class Journal:
    """Groups what all sessions have to say into transactions; one committer thread does the writing."""

    def __init__(self, store: Store, publish: Publish, *, gather_seconds: float) -> None:
        self._store = store
        self._publish = publish
        self.commits = Commits()
        self._gather_seconds = gather_seconds
        self._lock = threading.Lock()  # Guards everything below. Held for list operations only.
        self._bell = threading.Condition(self._lock)
        self._room = threading.Condition(self._lock)
        self._pending: list[Record] = []
        self._oldest_at = clock.monotonic()  # When the first of them came.
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
        return self._enqueue(Record(channel, fence, events, ticket=Ticket(), context=copy_context()))

    def decide(self, channel: str, decide: Decide, *, fence: int | None = None) -> Ticket:
        """Run ``decide`` inside the transaction and store what it decides. It may run again after a retry.

        A CouncilError it raises undoes what it changed and goes to whoever waits on the ticket.
        """
        return self._enqueue(Record(channel, fence, decide=decide, ticket=Ticket(), context=copy_context()))

    def piece(self, channel: str, event: TokenStream, *, fence: int, urgent: bool) -> None:
        """Store a piece of a message soon; nobody waits for it."""
        parts = envelope_parts(event, session_of(channel))
        self._enqueue(Record(channel, fence, (event,), parts=parts), urgent=urgent)

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

    @property
    def pending(self) -> int:
        """How many records wait for the committer."""
        return len(self._pending)

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

    def _enqueue(self, record: Record, *, urgent: bool = True) -> Ticket:
        with self._lock:
            if self._ended:
                record.ticket.fail(Unavailable("The server is shutting down."))
                return record.ticket
            if not self._pending:
                self._oldest_at = clock.monotonic()
            self._pending.append(record)
            if urgent and not self._urgent:
                self._urgent = True
                self._bell.notify()
            elif len(self._pending) == 1:
                self._bell.notify()
        return record.ticket

    # Committer thread

    def _run(self) -> None:
        while self._await_work():
            if self._tick_is_due():
                self._collect()
            records, oldest_at = self._drain()
            try:
                if records:
                    self._commit(records, oldest_at)
            except Exception:  # top of the committer thread: a broken record neither ends it nor harms others
                log.exception("journal.batch_broken", records=len(records))
                for record in records:
                    self._commit_alone(record, oldest_at)

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
        """A while after the moment at which providers read their streams (``llm/pace.py``): one commit takes it all."""
        step, delay = self._gather_seconds, self._gather_seconds * READING
        return ((clock.monotonic() - delay) // step + 1) * step + delay

    def _collect(self) -> None:
        self._flush_at = self._next_tick()
        with self._lock:
            messages = tuple(self._open)
        for message in messages:
            message.flush()  # Takes the message's lock, then ours: never the other way round.

    def _drain(self) -> tuple[list[Record], float]:
        """What is to be written, and since when it has waited."""
        with self._lock:
            records, self._pending = self._pending, []
            self._urgent = False
            self._room.notify_all()
            return records, self._oldest_at

    def _commit(self, records: list[Record], oldest_at: float) -> None:
        """Write until it is written, whatever the database does meanwhile."""
        attempt, began_at = 0, clock.monotonic()
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
        self.commits.count(written.size, oldest_at, began_at, self._committed_at)

    def _commit_alone(self, record: Record, oldest_at: float) -> None:
        try:
            self._commit([record], oldest_at)
        except Exception as problem:  # as above
            self._abandon([record], problem)

    def _wait_out(self, problem: OperationalError, attempt: int) -> None:
        self.commits.retries += 1
        seconds = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]
        if attempt in (0, 10, 100):
            log.warning("journal.database_does_not_take", error=str(problem.orig), attempt=attempt + 1)
        with self._lock:
            self._bell.wait_for(lambda: self._closing, timeout=seconds)

    def _abandon(self, records: list[Record], problem: BaseException) -> None:
        for record in records:
            record.ticket.fail(
                Unavailable("The database does not take what is written.", details=str(problem)[:200])
            )
            if (
                record.parts and record.fence is not None
            ):  # Its message has a hole now: the turn has to be taken again.
                self._tell(self._on_fenced, session_of(record.channel), record.fence)

    def _write(self, records: list[Record]) -> Transaction:
        with self._store.write() as connection:
            written = Transaction(connection)
            written.write(records)
        return written

    def _show(self, written: Transaction) -> None:
        """It is stored: show it to viewers, then tell whoever waits."""
        for batch in written.batches():
            self._tell(self._publish, *batch)
        for ticket, result, error in written.settled:
            ticket.fail(error) if error is not None else ticket.keep(result)
        for turn in written.turns:
            self.commits.turns[turn.name] += 1
            self._tell(turn.tell)
        for run in written.fenced:
            self._tell(self._on_fenced, *run)

    def _tell(self, callback: Callable[..., None], *what: Any) -> None:
        """Whoever listens may stumble: it is stored, and can be read."""
        try:
            callback(*what)
        except Exception:  # top of everything that listens on the committer's thread
            log.exception("journal.listener_stumbled")
