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

from council import clock, trace
from council.engine.budget import Shortage
from council.engine.gate import Gate
from council.engine.minutes import Minutes
from council.engine.nodes import RUNS
from council.engine.record import MeetingRecord
from council.engine.together import GRAVEST_FIRST
from council.engine.treasurer import Treasurer
from council.engine.turn import Desk, Turn
from council.errors import (
    CouncilError,
    Fenced,
    IllegalTransition,
    Interrupted,
    Stopped,
    Suspended,
)
from council.events import (
    ErrorHappened,
    ExecutionCompleted,
    ExecutionFailed,
    ExecutionStarted,
    MessageDiscarded,
    NodeStateChange,
)
from council.meeting.graph import Node
from council.meeting.nodes import NODE_TYPES
from council.meeting.walk import Progress, Walk
from council.store import waits

log = structlog.get_logger(__name__)

_SHORTEST_LOOK_SECONDS, _LONGEST_LOOK_SECONDS = 0.02, 1.0
_PAUSE_ARRIVES_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a node's turn ended: with a result, or with why there is none."""

    node_id: str
    result: dict[str, Any] | None
    problem: CouncilError | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A person has answered a node; what was said is recorded."""


Inbox = queue.SimpleQueue["Outcome | Answer"]
"""What a run waits for: turns that end, and people who answer. Anybody may put something in."""


class Run:
    """Used by one thread, which ``execute`` blocks until the meeting ends or leaves off."""

    def __init__(self, record: MeetingRecord, minutes: Minutes, gate: Gate, desk: Desk, inbox: Inbox) -> None:
        self._record = record
        self._minutes = minutes
        self._gate = gate
        self._desk = desk
        self._walk = Walk(record.graph)
        self._results = dict(record.results)
        self._inbox = inbox
        self._turns: dict[str, tuple[Turn, threading.Thread]] = {}
        self._suspended: set[str] = set()  # Nodes that wait for a person.
        self._treasurer = Treasurer(record, minutes, gate, desk)
        self._unfunded: list[
            list[Turn]
        ] = []  # Turns that start together, once there is money for all of them.
        self._resumable = {n for n, status in record.node_statuses.items() if status == "running"}
        self._steps = 0
        self._began = clock.monotonic()
        self._held_before = gate.held_seconds()

    def execute(self) -> None:
        """Run to the end. Raises the Interrupted because of which the meeting goes on later, or elsewhere."""
        try:
            self._hold_meeting()
        except Stopped:
            self._minutes.cancel()
        except Fenced:
            raise
        except Interrupted:
            self._treasurer.leave()
            raise
        finally:
            self._leave_nobody_behind()

    def _hold_meeting(self) -> None:
        if self._record.stop_requested:
            self._minutes.write(*self._treasurer.count_lost())
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
            self._wait_for_money()
            if not self._turns and self._suspended:
                self._leave_it_to_people()
                continue
            self._take_in(self._next())

    def _take_in(self, arrived: Outcome | Answer) -> None:
        if isinstance(arrived, Answer):
            self._resume_answered()
            return
        self._turns.pop(arrived.node_id)[1].join()
        self._proceed(self._settle(arrived))

    def _proceed(self, progress: Progress) -> None:
        """Begin what may run, and settle at once what has a recorded result."""
        waiting = [progress]
        while waiting:
            progress = waiting.pop()
            self._mark_skipped(progress.skipped)
            if progress.failed_by is not None:
                self._fail(f"{self._name(progress.failed_by)}: {self._reason(progress.failed_by)}")
            recorded = [n for n in progress.ready if self._walk.key(n) in self._results]
            self._start_turns([n for n in progress.ready if n not in recorded])
            waiting += [self._recall(node_id) for node_id in reversed(recorded)]

    def _recall(self, node_id: str) -> Progress:
        self._count_step()
        result = self._results[self._walk.key(node_id)]
        self._treasurer.hear(node_id, result)
        return self._go_on(node_id, result)

    def _go_on(self, node_id: str, result: dict[str, Any]) -> Progress:
        """What follows from a result: an absence, another round, or simply the next nodes."""
        if reason := result.get("failed"):
            return self._walk.fail(node_id, reason)
        loops = self._record.graph.nodes[node_id].type == "loop"
        return self._walk.complete(node_id, again=loops and bool(result.get("again")))

    def _settle(self, outcome: Outcome) -> Progress:
        """What follows from a turn that ended. Raises when the run is to leave off."""
        if outcome.problem is None:
            result = self._results[self._walk.key(outcome.node_id)] = outcome.result or {}
            self._treasurer.hear(outcome.node_id, result)
            return self._go_on(outcome.node_id, result)
        if isinstance(outcome.problem, Suspended):
            return self._suspend(outcome.node_id)
        if isinstance(outcome.problem, Interrupted):
            raise self._leave(outcome.problem)
        return self._lose(outcome.node_id, outcome.problem)

    # People

    def _suspend(self, node_id: str) -> Progress:
        self._suspended.add(node_id)
        self._resume_answered()  # Somebody may have been quicker than we.
        return Progress()

    def _resume_answered(self) -> bool:
        """Start the nodes again whose answer is there; whether there were any."""
        if not self._suspended:
            return False
        with self._desk.store.read() as connection:
            still_waiting = waits.waiting_nodes(connection, self._record.session_id)
        answered = [
            node_id for node_id in self._record.graph.nodes if node_id in self._suspended - still_waiting
        ]
        self._suspended.difference_update(answered)
        self._start_turns(answered)
        return bool(answered)

    def _leave_it_to_people(self) -> None:
        """Nothing is left to do but wait: give the thread back, unless an answer is there already."""
        if not self._resume_answered():
            raise Suspended("The meeting waits for a person.", self._suspended)

    def _lose(self, node_id: str, problem: CouncilError) -> Progress:
        """The node failed for good: that is a result too, so that it is not asked again."""
        reason = problem.message
        event = ErrorHappened(
            node_id=node_id, error=reason, code=problem.code, hint=problem.hint, can_retry=problem.can_retry
        )
        key = self._walk.key(node_id)
        self._results[key] = {"failed": reason}
        self._minutes.fail(node_id, key, self._results[key], event, round=self._walk.visit(node_id))
        return self._walk.fail(node_id, reason)

    # Turns

    def _start_turns(self, node_ids: list[str]) -> None:
        """Begin turns that start together, or none of them while there is no money for all."""
        if node_ids:
            self._unfunded.append([self._turn(node_id) for node_id in node_ids])
            self._begin_funded()

    def _begin_funded(self) -> Shortage | None:
        """Begin what there is money for, in its order; what is short for the next."""
        while self._unfunded:
            shortage = self._treasurer.fund(self._unfunded[0])
            if shortage is not None:
                return shortage
            self._begin(self._unfunded.pop(0))
        return None

    def _wait_for_money(self) -> None:
        """Pause when there is too little. Turns that still run may give back enough: they are waited for first."""
        while (shortage := self._begin_funded()) is not None and not self._turns:
            self._treasurer.run_short(shortage)
            self._gate.checkpoint()

    def _begin(self, turns: list[Turn]) -> None:
        for turn in turns:
            self._count_step()
            context = contextvars.copy_context()
            name = f"node-{self._record.session_id[:8]}-{turn.node.node_id}"
            thread = threading.Thread(target=context.run, args=(self._take, turn), name=name, daemon=True)
            self._turns[turn.node.node_id] = (turn, thread)
            thread.start()

    def _count_step(self) -> None:
        self._steps += 1
        if self._steps > self._desk.settings.max_steps:
            self._fail(f"The meeting took more than {self._desk.settings.max_steps} steps.")

    def _turn(self, node_id: str) -> Turn:
        node = self._record.graph.nodes[node_id]
        resumed = node_id in self._resumable
        self._resumable.discard(node_id)
        return Turn(
            node=node,
            record=self._record,
            minutes=self._minutes,
            gate=self._gate,
            desk=self._desk,
            key=self._walk.key(node_id),
            round=self._walk.visit(node_id),
            heard=self._walk.heard(node_id),
            results=dict(self._results),
            absences=self._walk.absences,
            timeout_seconds=self._time_of(node),
            resumed=resumed,
        )

    def _time_of(self, node: Node) -> float | None:
        """How long a turn may take. Who waits for people takes as long as they do; its models have their own time."""
        properties = NODE_TYPES[node.type].model_validate(node.properties)
        given: float | None = getattr(properties, "timeout_seconds", None)
        return given or self._desk.settings.node_timeout_seconds

    def _take(self, turn: Turn) -> None:
        """A node's thread: its turn, and how it ended."""
        result, problem = None, None
        structlog.contextvars.bind_contextvars(node_id=turn.node.node_id)
        try:
            with trace.span(f"node {turn.node.type}", **_attributes(turn)):
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
        finally:
            turn.till.close()
        self._inbox.put(Outcome(turn.node.node_id, result, problem))

    def _next(self) -> Outcome | Answer:
        """Wait for a turn to end or a person to answer, and end the turns whose time is over."""
        while True:
            self._keep_time()
            try:
                return self._inbox.get(timeout=self._look_seconds())
            except queue.Empty:
                self._resume_answered()  # Who was told of the answer may be another process.

    def _keep_time(self) -> None:
        self._end_overdue_turns()
        self._treasurer.look([turn for turn, _thread in self._turns.values()])
        limit = self._desk.settings.meeting_timeout_seconds
        if clock.monotonic() - self._began - (self._gate.held_seconds() - self._held_before) > limit:
            self._fail(f"The meeting did not finish within {limit:g} seconds.")

    def _end_overdue_turns(self) -> None:
        self._gate.give_way_when_due()
        for turn, _thread in self._turns.values():
            turn.expire_when_over()

    def _look_seconds(self) -> float:
        left = [turn.remaining_seconds() for turn, _thread in self._turns.values()]
        left.append(self._treasurer.seconds_left())
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
        return next(p for kind in GRAVEST_FIRST for p in problems if isinstance(p, kind))

    def _leave_nobody_behind(self) -> None:
        """Turns that still run when the run breaks off, of which nothing would be kept, end with it."""
        if self._turns:
            self._gate.end(Fenced("The run broke off."))
            self._drain()

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
                arrived = self._inbox.get(timeout=self._look_seconds())
            except queue.Empty:
                self._end_overdue_turns()
            else:
                if isinstance(arrived, Outcome):
                    return arrived

    def _tidy_up(self) -> None:
        """What an earlier run left in mid-sentence is said again; it has cost something, too."""
        self._minutes.write(
            *(
                MessageDiscarded(
                    message_id=message["message_id"], node_id=message["node_id"], reason="restart"
                )
                for message in self._record.unfinished
            ),
            *self._treasurer.count_lost(),
        )

    def _mark_skipped(self, node_ids: tuple[str, ...]) -> None:
        """Say once that these never run in this round."""
        for node_id in node_ids:
            key, visit = self._walk.key(node_id), self._walk.visit(node_id)
            if key not in self._results:
                self._results[key] = {"skipped": True}
                said = NodeStateChange(node_id=node_id, status="skipped", round=visit)
                self._minutes.record_step(key, self._results[key], said)

    def _name(self, node_id: str) -> str:
        return self._record.graph.nodes[node_id].name

    def _reason(self, node_id: str) -> str:
        return next(missing.reason for missing in self._walk.absences if missing.node_id == node_id)


def _attributes(turn: Turn) -> dict[str, Any]:
    """What a trace says of a node's turn."""
    return {
        "gen_ai__conversation__id": turn.record.session_id,
        "council__node_id": turn.node.node_id,
        "council__node_type": turn.node.type,
        "council__round": turn.round,
    }


class _Failure(Exception):
    """The meeting cannot be held to its end."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
