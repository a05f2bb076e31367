"""One run of one meeting: it walks the graph, starts each node's turn on a thread of its own, and keeps the time.

The session's thread owns the walk; the turns' threads only tell it how they ended. A run that
follows a crash walks the same way again: nodes with a recorded result answer at once.
"""

import contextvars
import queue
import threading
from dataclasses import dataclass
from typing import Any

import structlog

from council import clock
from council.engine.gate import Gate
from council.engine.minutes import Minutes
from council.engine.nodes import RUNS
from council.engine.record import MeetingRecord
from council.engine.turn import Desk, Turn
from council.errors import (
    CouncilError,
    Fenced,
    GaveWay,
    IllegalTransition,
    Interrupted,
    ShuttingDown,
    Stopped,
)
from council.events import (
    ErrorHappened,
    ExecutionCompleted,
    ExecutionFailed,
    ExecutionStarted,
    MessageDiscarded,
    NodeStateChange,
)
from council.meeting.nodes import NODE_TYPES
from council.meeting.walk import Progress, Walk

log = structlog.get_logger(__name__)

_GRAVEST_FIRST = (Fenced, ShuttingDown, Stopped, GaveWay)
_SHORTEST_LOOK_SECONDS, _LONGEST_LOOK_SECONDS = 0.02, 1.0
_PAUSE_ARRIVES_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a node's turn ended: with a result, or with why there is none."""

    node_id: str
    result: dict[str, Any] | None
    problem: CouncilError | None


class Run:
    """Used by one thread, which ``execute`` blocks until the meeting ends or leaves off."""

    def __init__(self, record: MeetingRecord, minutes: Minutes, gate: Gate, desk: Desk) -> None:
        self._record = record
        self._minutes = minutes
        self._gate = gate
        self._desk = desk
        self._walk = Walk(record.graph)
        self._results = dict(record.results)
        self._outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._turns: dict[str, tuple[Turn, threading.Thread]] = {}
        self._steps = 0
        self._began = clock.monotonic()
        self._held_before = gate.held_seconds()

    def execute(self) -> None:
        """Run to the end. Raises the Interrupted because of which the meeting goes on later, or elsewhere."""
        try:
            self._hold_meeting()
        except Stopped:
            self._minutes.cancel()

    def _hold_meeting(self) -> None:
        if self._record.stop_requested:
            raise Stopped("The meeting was stopped.")
        self._tidy_up()
        if self._record.status == "pending":
            self._minutes.write(ExecutionStarted())
        try:
            self._follow_graph()
        except _Failure as failure:
            self._minutes.close(ExecutionFailed(reason=failure.reason))
        else:
            self._close()

    def _close(self) -> None:
        """All is said. A pause that came first holds the end, too."""
        while True:
            self._gate.checkpoint()
            try:
                return self._minutes.close(ExecutionCompleted())
            except IllegalTransition:  # Paused in the database already, but not here yet.
                self._gate.wait(_PAUSE_ARRIVES_SECONDS)

    # The walk

    def _follow_graph(self) -> None:
        self._proceed(self._walk.begin())
        while not self._walk.done:
            outcome = self._next_outcome()
            self._turns.pop(outcome.node_id)[1].join()
            self._proceed(self._settle(outcome))

    def _proceed(self, progress: Progress) -> None:
        """Begin what may run, and settle at once what has a recorded result."""
        while True:
            self._mark_skipped(progress.skipped)
            if progress.failed_by is not None:
                self._fail(f"{self._name(progress.failed_by)}: {self._reason(progress.failed_by)}")
            recorded = [node_id for node_id in progress.ready if node_id in self._results]
            for node_id in progress.ready:
                if node_id not in self._results:
                    self._start_turn(node_id)
            if not recorded:
                return
            for node_id in recorded[:-1]:
                self._proceed(self._recall(node_id))
            progress = self._recall(recorded[-1])

    def _recall(self, node_id: str) -> Progress:
        reason = self._results[node_id].get("failed")
        return self._walk.fail(node_id, reason) if reason else self._walk.complete(node_id)

    def _settle(self, outcome: Outcome) -> Progress:
        """What follows from a turn that ended. Raises when the run is to leave off."""
        if outcome.problem is None:
            self._results[outcome.node_id] = outcome.result or {}
            return self._walk.complete(outcome.node_id)
        if isinstance(outcome.problem, Interrupted):
            raise self._leave(outcome.problem)
        return self._lose(outcome.node_id, outcome.problem)

    def _lose(self, node_id: str, problem: CouncilError) -> Progress:
        """The node failed for good: that is a result too, so that it is not asked again."""
        reason = problem.message
        event = ErrorHappened(
            node_id=node_id, error=reason, code=problem.code, hint=problem.hint, can_retry=problem.can_retry
        )
        self._results[node_id] = {"failed": reason}
        self._minutes.fail(node_id, self._results[node_id], event)
        return self._walk.fail(node_id, reason)

    # Turns

    def _start_turn(self, node_id: str) -> None:
        self._steps += 1
        if self._steps > self._desk.settings.max_steps:
            self._fail(f"The meeting took more than {self._desk.settings.max_steps} steps.")
        turn = self._turn(node_id)
        context = contextvars.copy_context()
        name = f"node-{self._record.session_id[:8]}-{node_id}"
        thread = threading.Thread(target=context.run, args=(self._take, turn), name=name, daemon=True)
        self._turns[node_id] = (turn, thread)
        thread.start()

    def _turn(self, node_id: str) -> Turn:
        node = self._record.graph.nodes[node_id]
        properties = NODE_TYPES[node.type].model_validate(node.properties)
        return Turn(
            node=node,
            record=self._record,
            minutes=self._minutes,
            gate=self._gate,
            desk=self._desk,
            heard=self._walk.heard(node_id),
            results=dict(self._results),
            absences=tuple(self._walk.absences),
            timeout_seconds=getattr(properties, "timeout_seconds", None)
            or self._desk.settings.node_timeout_seconds,
        )

    def _take(self, turn: Turn) -> None:
        """A node's thread: its turn, and how it ended."""
        result, problem = None, None
        try:
            turn.begin()
            result = RUNS[turn.node.type](turn)
        except CouncilError as known:
            problem = known
        except Exception as unknown:  # top of a node's thread: the meeting hears of it and can end in order
            log.exception("node.crashed", session_id=self._record.session_id, node_id=turn.node.node_id)
            problem = CouncilError(
                f"An error inside Council: {type(unknown).__name__}.",
                hint="The server's log has the details.",
            )
        self._outcomes.put(Outcome(turn.node.node_id, result, problem))

    def _next_outcome(self) -> Outcome:
        """Wait for a turn to end, and end those whose time is over."""
        while True:
            self._keep_time()
            try:
                return self._outcomes.get(timeout=self._look_seconds())
            except queue.Empty:
                continue

    def _keep_time(self) -> None:
        self._end_overdue_turns()
        limit = self._desk.settings.meeting_timeout_seconds
        if clock.monotonic() - self._began - (self._gate.held_seconds() - self._held_before) > limit:
            self._fail(f"The meeting did not finish within {limit:g} seconds.")

    def _end_overdue_turns(self) -> None:
        self._gate.give_way_when_due()
        for turn, _thread in self._turns.values():
            left = turn.remaining_seconds()
            if left is not None and left <= 0:
                turn.expire()

    def _look_seconds(self) -> float:
        left = [turn.remaining_seconds() for turn, _thread in self._turns.values()]
        settings = self._desk.settings
        limits = (_LONGEST_LOOK_SECONDS, settings.pause_hold_seconds, settings.meeting_timeout_seconds)
        return max(
            _SHORTEST_LOOK_SECONDS, min(*limits, *(seconds for seconds in left if seconds is not None))
        )

    # Leaving off

    def _fail(self, reason: str) -> None:
        self._gate.end(Stopped("The meeting failed."))
        self._drain()
        raise _Failure(reason)

    def _leave(self, problem: Interrupted) -> Interrupted:
        """Wait for the other turns; the gravest reason of all."""
        problems = [problem, *self._drain()]
        return next(p for kind in _GRAVEST_FIRST for p in problems if isinstance(p, kind))

    def _drain(self) -> list[Interrupted]:
        """Let every turn end; those that were finished meanwhile are recorded already."""
        interruptions = []
        while self._turns:
            outcome = self._last_words()
            self._turns.pop(outcome.node_id)[1].join()
            if isinstance(outcome.problem, Interrupted):
                interruptions.append(outcome.problem)
        return interruptions

    def _last_words(self) -> Outcome:
        while True:
            try:
                return self._outcomes.get(timeout=self._look_seconds())
            except queue.Empty:
                self._end_overdue_turns()

    def _tidy_up(self) -> None:
        """What an earlier run left in mid-sentence is said again."""
        self._minutes.write(
            *(
                MessageDiscarded(
                    message_id=message["message_id"], node_id=message["node_id"], reason="restart"
                )
                for message in self._record.unfinished
            )
        )

    def _mark_skipped(self, node_ids: tuple[str, ...]) -> None:
        known = self._record.node_statuses
        self._minutes.write(
            *(NodeStateChange(node_id=n, status="skipped") for n in node_ids if known.get(n) != "skipped")
        )

    def _name(self, node_id: str) -> str:
        return self._record.graph.nodes[node_id].name

    def _reason(self, node_id: str) -> str:
        return next(missing.reason for missing in self._walk.absences if missing.node_id == node_id)


class _Failure(Exception):
    """The meeting cannot be held to its end."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
