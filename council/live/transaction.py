"""One group commit: it gives events their numbers and carries them, with what they change, into the database."""

from collections.abc import Iterable
from typing import Any

import structlog
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from council import clock
from council.errors import CouncilError, Fenced
from council.events import Event, envelope_parts, join_envelope, session_of
from council.live.life import LIFE, Turn, turn_of
from council.live.records import Decision, Record, Ticket
from council.store import channels, leases, projections

log = structlog.get_logger(__name__)


class Transaction:
    """Writes records on an open connection. What came of it is shown once the connection has committed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._at = clock.timestamp()
        self._seqs: dict[str, int] = {}
        self._fences: dict[str, int] = {}
        self._rows: list[dict[str, Any]] = []
        self._shown: dict[str, list[bytes]] = {}
        self.settled: list[tuple[Ticket, Any, BaseException | None]] = []
        self.turns: list[Turn] = []  # In the lives of meetings.
        self.fenced: set[tuple[str, int]] = set()  # Runs, as (session, fence), that may not write any more.

    def write(self, records: list[Record]) -> None:
        """Write them all. Raises OperationalError when the database does not take it, and then nothing counts."""
        self._lock_rows(records)
        for record in records:
            if not self._may_write(record):
                self._settle(record, None, Fenced("Another process runs this session now."))
            elif record.plain:
                self._number(record.channel, record.events[0], record.parts)
            else:
                self._write_whole(record)
        self._insert()

    @property
    def size(self) -> int:
        """How many events it carries."""
        return sum(map(len, self._shown.values()))

    def batches(self) -> Iterable[tuple[str, int, list[bytes]]]:
        """What to show: each channel with the number of its first envelope."""
        for channel, envelopes in self._shown.items():
            if envelopes:
                yield channel, self._seqs[channel] - len(envelopes) + 1, envelopes

    # Who may speak

    def _lock_rows(self, records: list[Record]) -> None:
        """Learn the newest numbers and the fences of all who speak, in two queries: they hold until the commit."""
        self._seqs = channels.lock_seqs(self._connection, {record.channel for record in records})
        speaking = {record.channel for record in records if record.fence is not None}
        runs = [session_id for channel in speaking if (session_id := session_of(channel)) is not None]
        if runs:
            self._fences = leases.fences(self._connection, runs)

    def _may_write(self, record: Record) -> bool:
        """Whether the run that speaks is still the one that may."""
        session_id = session_of(record.channel)
        if record.fence is None or session_id is None or self._fences.get(session_id) == record.fence:
            return True
        self.fenced.add((session_id, record.fence))
        return False

    # Writing

    def _write_whole(self, record: Record) -> None:
        """All of a record or nothing of it; an error is the record's own."""
        if record.decide:
            self._insert()
        mark, shown = len(self._rows), {name: len(envelopes) for name, envelopes in self._shown.items()}
        seqs = dict(self._seqs)
        try:
            decision = self._carry_out(record)
        except OperationalError:
            raise
        except Exception as problem:  # the record's own fault; the other records of the batch are written
            if not isinstance(problem, CouncilError):
                log.exception("journal.record_refused", channel=record.channel)
            del self._rows[mark:]
            self._seqs = seqs
            self._shown = {name: self._shown[name][:count] for name, count in shown.items()}
            self._settle(record, None, problem)
        else:
            self._settle(record, decision.result, None)
            self._note_turns(record, decision)

    def _carry_out(self, record: Record) -> Decision:
        with self._connection.begin_nested():
            decision = record.decide(self._connection) if record.decide else Decision(record.events)
            for event in decision.events:
                self._number(record.channel, event, None)
                self._project(record.channel, event)
        return decision

    def _number(self, channel: str, event: Event, parts: tuple[str, str] | None) -> None:
        """Give the event the channel's next number."""
        if channel not in self._seqs:  # It was created in this very transaction.
            self._seqs |= channels.lock_seqs(self._connection, [channel])
        seq = self._seqs[channel] = self._seqs[channel] + 1
        envelope = join_envelope(parts or envelope_parts(event, session_of(channel)), seq, self._at)
        self._rows.append(
            {
                "channel": channel,
                "seq": seq,
                "event": event.name,
                "node_id": event.about_node,
                "at": self._at,
                "envelope": envelope,
            }
        )
        self._shown.setdefault(channel, []).append(envelope.encode())

    def _project(self, channel: str, event: Event) -> None:
        session_id = session_of(channel)
        if session_id is not None:
            place = projections.Numbered(session_id, self._seqs[channel], self._at, event)
            projections.apply(self._connection, place)

    def _note_turns(self, record: Record, decision: Decision) -> None:
        session_id = session_of(record.channel)
        for event in decision.events:
            if event.name in LIFE and session_id is not None:
                self.turns.append(turn_of(self._connection, session_id, event, record.context))

    def _insert(self) -> None:
        """Insert what has its numbers: at the end at once, but what a decision may want to read before it."""
        names = {row["channel"] for row in self._rows}
        channels.append(self._connection, self._rows, {name: self._seqs[name] for name in names})
        self._rows.clear()

    def _settle(self, record: Record, result: Any, error: BaseException | None) -> None:
        self.settled.append((record.ticket, result, error))
