"""Which meetings run in this process: it claims them, keeps their leases, and takes over what others left."""

import os
import secrets
import threading
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from council import clock, trace
from council.dispatch.base import Dispatch
from council.engine import waiting
from council.engine.gate import Gate
from council.engine.minutes import Minutes
from council.engine.record import load
from council.engine.session import Answer, Inbox, Run
from council.engine.turn import Desk
from council.errors import Fenced, Interrupted, ShuttingDown, Suspended
from council.events import ExecutionPaused
from council.live.journal import Journal
from council.settings import Settings
from council.store import leases, sessions, waits
from council.store.engine import Store

log = structlog.get_logger(__name__)

SAFETY_SECONDS = 2.0  # The owner takes its lease for lost this long before it ends.
A_MOMENT = 0.01  # So much after its end a lease is looked at.


@dataclass(frozen=True, slots=True)
class _Running:
    gate: Gate
    fence: int
    inbox: Inbox


@dataclass(frozen=True, slots=True)
class Runs:
    """What this process has run: meetings now, and leases so far. A take-over follows a crash."""

    running: int
    taken: int
    taken_over: int
    lost: int


class Supervisor:
    """One per process. ``owner`` names this process in the lease."""

    def __init__(
        self, store: Store, journal: Journal, dispatch: Dispatch, desk: Desk, settings: Settings
    ) -> None:
        self._store = store
        self._journal = journal
        self._dispatch = dispatch
        self._desk = desk
        self._settings = settings
        self._lease_seconds = settings.engine.lease_seconds
        self.owner = f"{os.getpid()}-{secrets.token_hex(6)}"
        self._lock = (
            threading.Lock()
        )  # Guards _running, _submitted, _closing and the counts. Held for dictionary operations only.
        self._changed = threading.Condition(self._lock)
        self._running: dict[str, _Running] = {}
        self._submitted: set[str] = set()
        self._closing = False
        self._taken = self._taken_over = self._lost = 0  # Leases, so far.
        self._bell = threading.Event()
        self._renewed_at = clock.monotonic()
        self._keeper = threading.Thread(target=self._keep, name="lease-keeper", daemon=True)

    # Public

    def start(self) -> None:
        """Begin to run what is submitted, and to take over what nobody runs."""
        self._dispatch.start(self._run)
        self._keeper.start()

    def submit(self, session_id: str) -> None:
        """This meeting wants to run. Harmless when it runs already."""
        with self._lock:
            if self._closing or session_id in self._submitted:
                return
            self._submitted.add(session_id)
        self._dispatch.submit(session_id)

    def gate(self, session_id: str) -> Gate | None:
        """The gate of a meeting that runs here."""
        with self._lock:
            running = self._running.get(session_id)
        return running.gate if running else None

    def wake(self, session_id: str) -> None:
        """A person has answered: the meeting goes on at once, here or wherever it is taken up."""
        with self._lock:
            running = self._running.get(session_id)
        if running:
            running.inbox.put(Answer())
        self.submit(session_id)

    def wait_until_idle(self, session_id: str, seconds: float) -> bool:
        """Wait until the meeting does not run here; False when it still does."""
        with self._lock:
            return self._changed.wait_for(lambda: session_id not in self._submitted, timeout=seconds)

    def lose(self, session_id: str, fence: int) -> None:
        """A run may not write any more: another process has the meeting."""
        with self._lock:
            running = self._running.get(session_id)
        if running and running.fence == fence:
            running.gate.end(Fenced("Another process runs this session now."))

    def runs(self) -> Runs:
        """How much runs and ran here."""
        with self._lock:
            return Runs(len(self._running), self._taken, self._taken_over, self._lost)

    def close(self) -> None:
        """End every run in order; unfinished meetings go on in the next process. Idempotent."""
        with self._lock:
            self._closing = True
        self._bell.set()
        self._end_all(ShuttingDown("The server restarts; the meeting goes on afterwards."))
        self._dispatch.close()
        if self._keeper.is_alive():
            self._keeper.join()

    # A meeting's thread

    def _run(self, session_id: str) -> None:
        with structlog.contextvars.bound_contextvars(session_id=session_id):
            if self._run_to_an_end(session_id):
                self._submit_if_orphaned(session_id)

    def _run_to_an_end(self, session_id: str) -> bool:
        """False when the database did not take it: then the keeper looks again, at its own pace."""
        try:
            self._claim_and_execute(session_id)
        except Interrupted as why:
            log.info("session.left_off", session_id=session_id, why=why.code)
        except OperationalError as problem:
            log.warning("session.database_does_not_answer", session_id=session_id, error=str(problem.orig))
            return False
        except (
            Exception
        ):  # top of a session's thread: its lease runs out, and whoever claims it counts a crash
            log.exception("session.crashed", session_id=session_id)
        finally:
            with self._lock:
                self._running.pop(session_id, None)
                self._submitted.discard(session_id)
                self._changed.notify_all()
        return True

    def _submit_if_orphaned(self, session_id: str) -> None:
        """It was resumed or stopped while it left off: that word came too late for the run."""
        try:
            with self._store.read() as connection:
                orphaned = session_id in leases.orphans(connection)
        except SQLAlchemyError:
            return  # The keeper looks again.
        if orphaned:
            self.submit(session_id)

    def _claim_and_execute(self, session_id: str) -> None:
        with self._store.write() as connection:
            claim = leases.claim(connection, session_id, self.owner, self._lease_seconds)
        if claim is None:
            return
        self._tell_taken(session_id, claim)
        minutes = Minutes(
            self._journal, session_id, claim.fence, gather_characters=self._settings.live.gather_characters
        )
        running = _Running(Gate(hold_seconds=self._settings.engine.pause_hold_seconds), claim.fence, Inbox())
        self._enter(session_id, running)
        try:
            self._execute(session_id, claim, minutes, running)
        except (
            Fenced
        ) as why:  # Somebody else's already, or given up: then it ends by itself and counts as a crash.
            self._tell_lost(session_id, why)
            raise
        except Suspended as why:
            self._park(session_id, claim.fence, why.node_ids)
            raise
        except Interrupted:
            self._release(session_id, claim.fence)
            raise
        self._release(session_id, claim.fence)

    def _execute(self, session_id: str, claim: leases.Claim, minutes: Minutes, running: _Running) -> None:
        if claim.crashes >= self._settings.engine.max_crashes:
            return self._pause_after_crashes(minutes, claim)
        self._follow_rows([session_id])
        with trace.span("session", gen_ai__conversation__id=session_id, council__fence=claim.fence):
            Run(load(self._store, session_id), minutes, running.gate, self._desk, running.inbox).execute()

    def _enter(self, session_id: str, running: _Running) -> None:
        with self._lock:
            self._running[session_id] = running
            closing = self._closing
        if closing:
            running.gate.end(ShuttingDown("The server restarts."))

    def _tell_taken(self, session_id: str, claim: leases.Claim) -> None:
        with self._lock:
            self._taken += 1
            self._taken_over += claim.crashed_in is not None
        log.info("lease.taken", session_id=session_id, fence=claim.fence)
        if claim.crashed_in is not None:
            log.warning("lease.taken_over", session_id=session_id, fence=claim.fence, crashes=claim.crashes)

    def _tell_lost(self, session_id: str, why: Fenced) -> None:
        with self._lock:
            self._lost += 1
        log.warning("lease.lost", session_id=session_id, why=why.message)

    def _pause_after_crashes(self, minutes: Minutes, claim: leases.Claim) -> None:
        where = claim.crashed_in or "the beginning"
        log.error("session.crashes_again", session_id=minutes.session_id, steps=where, crashes=claim.crashes)
        minutes.write(
            ExecutionPaused(reason=f"crashed {claim.crashes} times in {where}; resume it to try again")
        )

    def _release(self, session_id: str, fence: int) -> None:
        try:
            with self._store.write() as connection:
                leases.release(connection, session_id, self.owner, fence)
        except SQLAlchemyError as problem:  # The lease ends by itself.
            log.warning("session.lease_not_released", session_id=session_id, error=str(problem))

    def _park(self, session_id: str, fence: int, node_ids: frozenset[str]) -> None:
        """Only people are missing: give it back for as long as none of them answers."""
        try:
            with self._store.write() as connection:
                sessions.find(
                    connection, session_id, lock=True
                )  # An answer comes before this, or finds it parked.
                still_waiting = node_ids <= waits.waiting_nodes(connection, session_id)
                leave = leases.park if still_waiting else leases.release
                leave(connection, session_id, self.owner, fence)
        except SQLAlchemyError as problem:  # The lease ends by itself.
            log.warning("session.lease_not_released", session_id=session_id, error=str(problem))

    # Lease keeper thread

    def _keep(self) -> None:
        while True:
            pause = self._lease_seconds / 3
            try:
                pause = min(pause, self._take_over())
                self._renew()
                self._keep_time_for_people()
            except SQLAlchemyError as problem:
                log.warning("leases.database_does_not_answer", error=str(problem))
                self._give_up_when_late()
            except Exception:  # top of the keeper's thread: without it every meeting would be lost
                log.exception("leases.keeper_stumbled")
            if self._bell.wait(pause):
                return

    def _renew(self) -> None:
        with self._lock:
            session_ids = list(self._running)
        with self._store.write() as connection:
            leases.renew(connection, self.owner, session_ids, self._lease_seconds)
        self._renewed_at = clock.monotonic()
        self._follow_rows(session_ids)

    def _follow_rows(self, session_ids: list[str]) -> None:
        """Bring gates to what the rows say: a command may have come to another process, or before the claim."""
        gates = {session_id: gate for session_id in session_ids if (gate := self.gate(session_id))}
        seen = {session_id: gate.changes for session_id, gate in gates.items()}
        with self._store.read() as connection:
            rows = leases.wishes(connection, self.owner, session_ids)
        for session_id, (status, stop_requested) in rows.items():
            if session_id in gates:
                gates[session_id].follow(status, stop_requested, seen[session_id])

    def _take_over(self) -> float:
        """Seconds until there may be something to take over again."""
        with self._store.read() as connection:
            orphans = leases.orphans(connection)
            first_end = leases.first_end(connection, self.owner)
        for session_id in orphans:
            self.submit(session_id)
        return first_end + A_MOMENT

    def _keep_time_for_people(self) -> None:
        """Reminders and expiries, of whatever meeting: one that only waits is nobody's."""
        with self._store.read() as connection:
            due = waits.due(connection, clock.timestamp())
        for each in waiting.keep_time(self._journal, due, self._lease_seconds / 6):
            self.wake(each.session_id)

    def _give_up_when_late(self) -> None:
        margin = min(SAFETY_SECONDS, self._lease_seconds / 3)
        if clock.monotonic() > self._renewed_at + self._lease_seconds - margin:
            self._end_all(Fenced("The database did not answer; the lease is taken for lost."))

    def _end_all(self, why: Interrupted) -> None:
        with self._lock:
            running = tuple(self._running.values())
        for each in running:
            each.gate.end(why)
