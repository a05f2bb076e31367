"""What a command does to a meeting: one function for page, socket, REST and terminal."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, assert_never

from sqlalchemy.engine import Connection

from council import clock
from council.commands import (
    Command,
    PauseSession,
    RerunSession,
    ResumeSession,
    Signal,
    StartSession,
    StopSession,
    SubmitReview,
    UserInput,
)
from council.engine import answers
from council.engine.allowance import go_on, merged
from council.engine.answers import Answer
from council.engine.asker import Asker
from council.engine.ending import cancellation
from council.engine.estimator import Estimator
from council.engine.opening import Seating
from council.engine.reception import ANSWER_SECONDS, Reception
from council.engine.record import members_of
from council.engine.supervisor import Supervisor
from council.errors import IllegalTransition, Stopped, Unavailable
from council.events import (
    ExecutionPaused,
    UserMessage,
    session_channel,
)
from council.live.journal import Journal
from council.live.records import Decision
from council.meeting.state import is_final, move
from council.settings import Settings
from council.store import receipts, sessions
from council.store.engine import Store
from council.store.library import Library

STOP_SECONDS = 3.0  # How long an answer to "stop" waits for the meeting to have ended.
START_SECONDS = 3.0  # How long "pause" waits for a meeting that is about to start.

_ELSEWHERE = "Another process of this server runs the meeting; from here, a single member cannot be stopped."

SessionCommand = (
    StartSession
    | PauseSession
    | ResumeSession
    | StopSession
    | UserInput
    | SubmitReview
    | Signal
    | RerunSession
)
"""Commands that change a meeting; the others concern one connection."""


@dataclass(frozen=True, slots=True)
class _Done:
    """A command's result; ``anew`` when it changed something now, and not at an earlier call."""

    result: dict[str, Any]
    anew: bool


class Control:
    """Applies commands. Thread-safe; every call blocks until the effect is stored."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        supervisor: Supervisor,
        library: Library,
        seating: Seating,
        estimator: Estimator,
        settings: Settings,
    ) -> None:
        self._store = store
        self._journal = journal
        self._supervisor = supervisor
        self._library = library
        self._estimator = estimator
        self._reception = Reception(store, journal, supervisor, seating, estimator, settings)

    def apply(
        self,
        command: SessionCommand,
        *,
        command_id: str | None = None,
        by: str | None = None,
        asker: Asker | None = None,
    ) -> dict[str, Any]:
        """The command's result. The same id again has no second effect. Raises a Refused or BadInput.

        ``by`` is told to the meeting; the asker's name unless it says something else.
        """
        asker = asker or Asker(self._library)
        by, command_id = by or asker.name, asker.own_id(command_id)
        match command:
            case StartSession():
                return self._reception.start(command, asker)
            case PauseSession():
                return self._pause(command, command_id)
            case ResumeSession():
                return self._resume(command, command_id, by)
            case StopSession():
                stop = self._stop if command.node_id is None else self._stop_member
                return stop(command, command_id)
            case SubmitReview() | Signal():
                return self._answer(command, command_id, by)
            case RerunSession():
                return self._reception.rerun(command, asker)
            case UserInput():
                say = self._say if command.node_id is None else self._answer
                return say(command, command_id, by)
            case _:
                assert_never(command)

    def delete(self, session_id: str) -> None:
        """Forget a meeting that is over. Raises IllegalTransition while it is not."""
        with self._store.write() as connection:
            row = sessions.get(connection, session_id, lock=True)
            if not is_final(row["status"]):
                raise IllegalTransition(
                    "A session that is not over cannot be deleted.", hint="Stop it first."
                )
            sessions.delete(connection, session_id)

    # Pause, resume, stop

    def _pause(self, command: PauseSession, command_id: str | None) -> dict[str, Any]:
        def decide(_connection: Connection, row: dict[str, Any]) -> Decision:
            result = {"session_id": command.session_id, "status": "paused"}
            if row["status"] == "paused":
                return Decision(result=result)
            move(row["status"], "paused")
            return Decision((ExecutionPaused(reason="user"),), result)

        self._wait_until_begun(command.session_id)
        done = self._once(command.session_id, command_id, command, decide)
        gate = self._supervisor.gate(command.session_id)
        if gate is not None and done.anew:
            gate.pause(command.mode)
        return done.result

    def _resume(self, command: ResumeSession, command_id: str | None, by: str) -> dict[str, Any]:
        def decide(connection: Connection, row: dict[str, Any]) -> Decision:
            events, cap = go_on(row, command, by)
            sessions.update(connection, command.session_id, cap=cap)
            return Decision(events, {"session_id": command.session_id, "status": "running"})

        self._wait_until_begun(command.session_id)
        self._refuse_unknown_prices(command)
        done = self._once(command.session_id, command_id, command, decide)
        gate = self._supervisor.gate(command.session_id)
        if gate is not None and done.anew:
            gate.resume()
        self._supervisor.submit(command.session_id)
        return done.result

    def _refuse_unknown_prices(self, command: ResumeSession) -> None:
        if command.budget is None:
            return
        with self._store.read() as connection:
            row = sessions.get(connection, command.session_id)
        self._estimator.refuse_unknown(members_of(row), merged(row["cap"], command.budget))

    def _stop(self, command: StopSession, command_id: str | None) -> dict[str, Any]:
        def decide(connection: Connection, row: dict[str, Any]) -> Decision:
            result = {"session_id": command.session_id, "status": "cancelled"}
            if row["status"] == "cancelled":
                return Decision(result=result)
            move(row["status"], "cancelled")
            sessions.update(connection, command.session_id, stop_requested=True)
            nobody_runs_it = row["owner"] is None
            return Decision(cancellation(connection, command.session_id) if nobody_runs_it else (), result)

        done = self._once(command.session_id, command_id, command, decide)
        if not done.anew:
            self._end_run(command.session_id)
        return done.result

    def _stop_member(self, command: StopSession, command_id: str | None) -> dict[str, Any]:
        """End what one member is saying; the meeting goes on with the words so far."""
        session_id, node_id = command.session_id, command.node_id or ""
        gate = self._supervisor.gate(session_id)
        anew = False

        def decide(_connection: Connection, row: dict[str, Any]) -> Decision:
            nonlocal anew
            if is_final(row["status"]):
                raise IllegalTransition("In a finished session nobody speaks.")
            if gate is None and row["owner"] is not None:
                raise Unavailable(_ELSEWHERE, hint="Stop the meeting, or wait until the member has finished.")
            if gate is None or not gate.speaks(node_id):
                raise IllegalTransition(f"Nobody is speaking at {node_id[:128]!r}.", code="not_speaking")
            anew = True
            return Decision(result={"session_id": session_id, "node_id": node_id, "status": row["status"]})

        result = self._once(session_id, command_id, command, decide).result
        if gate is not None and anew:
            gate.cut(node_id)
        return result

    def _end_run(self, session_id: str) -> None:
        """Whoever runs the meeting ends it; the answer waits for that a little."""
        gate = self._supervisor.gate(session_id)
        if gate is not None:
            gate.end(Stopped("The meeting was stopped."))
        self._supervisor.submit(session_id)
        self._supervisor.wait_until_idle(session_id, STOP_SECONDS)

    # Input

    def _say(self, command: UserInput, command_id: str | None, by: str) -> dict[str, Any]:
        def decide(_connection: Connection, row: dict[str, Any]) -> Decision:
            if is_final(row["status"]):
                raise IllegalTransition("A finished session takes no input.", hint="Start a new meeting.")
            message_id = str(uuid.uuid4())
            said = UserMessage(message_id=message_id, content=command.content, by=by)
            return Decision((said,), {"session_id": command.session_id, "message_id": message_id})

        return self._once(command.session_id, command_id, command, decide).result

    def _answer(self, command: Answer, command_id: str | None, by: str) -> dict[str, Any]:
        """What a waiting node was waiting for. While the meeting is paused it is kept until it is resumed."""
        decide = answers.prepare(self._store, command, by)
        done = self._once(command.session_id, command_id, command, decide)
        if done.anew and done.result["status"] == "running":
            self._supervisor.wake(command.session_id)
        return done.result

    # Shared

    def _once(
        self,
        session_id: str,
        command_id: str | None,
        command: Command | Signal,
        decide: Callable[[Connection, dict[str, Any]], Decision],
    ) -> _Done:
        """Decide on the locked row; a command id that had its effect is answered with what it was answered before."""

        def decide_once(connection: Connection) -> Decision:
            before = receipts.earlier(connection, session_id, command_id, command.cmd)
            if before is not None:
                return Decision(result=_Done(before, anew=False))
            decision = decide(connection, sessions.get(connection, session_id, lock=True))
            receipts.keep(connection, session_id, command_id, command.cmd, decision.result)
            return Decision(decision.events, _Done(decision.result, anew=bool(decision.events)))

        self._require(session_id)
        done: _Done = self._journal.decide(session_channel(session_id), decide_once).wait(ANSWER_SECONDS)
        return done

    def _require(self, session_id: str) -> None:
        """Raises NotFound, before anything waits in line."""
        with self._store.read() as connection:
            sessions.get(connection, session_id)

    def _wait_until_begun(self, session_id: str) -> None:
        """A meeting is pending for milliseconds: whoever is that quick means the running one."""
        deadline = clock.Deadline(START_SECONDS)
        while not deadline.passed():
            with self._store.read() as connection:
                row = sessions.get(connection, session_id)
            if row["status"] != "pending" or row["stop_requested"]:
                return
            self._supervisor.wait_until_idle(session_id, 0.02)
