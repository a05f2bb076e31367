"""What a run writes down: its events under its fence, and the steps that need not be taken again."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.engine import Connection

from council.engine import ending
from council.errors import Stopped
from council.events import ErrorHappened, Event, NodeStateChange, session_channel
from council.live.journal import Journal
from council.live.records import Decide, Decision
from council.live.stream import MessageStream
from council.store import sessions, steps

Tally = Callable[[Connection], tuple[Event, ...]]
"""What is written along with everything else, inside its transaction: the budget, if it has changed."""


class Minutes:
    """The pen of one run. Thread-safe; every ``write`` returns when it is stored."""

    def __init__(self, journal: Journal, session_id: str, fence: int, *, gather_characters: int) -> None:
        self.session_id = session_id
        self.channel = session_channel(session_id)
        self._journal = journal
        self._fence = fence
        self._gather_characters = gather_characters
        self.tally: Tally | None = None  # Set by the treasurer, when there is a cap.

    def write(self, *events: Event) -> None:
        """Store these events, all or none. Raises Fenced when another process runs the session now."""
        if events and self.tally is None:
            self._journal.record(self.channel, *events, fence=self._fence).wait()
        elif events:
            self._store(lambda _connection: Decision(events))

    def conclude(
        self, node_id: str, key: str, result: dict[str, Any], *events: Event, round: int = 1
    ) -> None:
        """Store a visit's result with its last events: from now on it is not asked again."""
        ended = NodeStateChange(node_id=node_id, status="completed", round=round)
        self.record_step(key, result, *events, ended)

    def record_step(self, key: str, result: dict[str, Any], *events: Event) -> None:
        """Store the result of a step, and the events that go with it, all or none."""

        def decide(connection: Connection) -> Decision:
            steps.record(connection, self.session_id, key, result)
            return Decision(events)

        self._store(decide)

    def decide(self, decide: Decide) -> Any:
        """Take a decision inside the transaction that stores its events; the decision's result."""
        return self._journal.decide(self.channel, decide, fence=self._fence).wait()

    def fail(
        self, node_id: str, key: str, result: dict[str, Any], error: ErrorHappened, *, round: int
    ) -> None:
        """Store that a node failed, which is a result, too; a message it left without an end gets one."""

        def decide(connection: Connection) -> Decision:
            steps.record(connection, self.session_id, key, result)
            left = ending.left_by(connection, self.session_id, node_id)
            return Decision((*left, error, NodeStateChange(node_id=node_id, status="failed", round=round)))

        self._store(decide)

    def close(self, end: Event) -> None:
        """Store how the meeting ended. Raises Stopped when a stop was accepted before: that is how it ends, then."""

        def decide(connection: Connection) -> Decision:
            if sessions.get(connection, self.session_id, lock=True)["stop_requested"]:
                raise Stopped("The meeting was stopped.")
            return Decision((*self._told(connection), *ending.skipped(connection, self.session_id), end))

        self._journal.decide(self.channel, decide, fence=self._fence).wait()

    def cancel(self) -> None:
        """Store that the meeting was stopped."""

        def decide(connection: Connection) -> Decision:
            return Decision((*self._told(connection), *ending.cancellation(connection, self.session_id)))

        self._journal.decide(self.channel, decide, fence=self._fence).wait()

    def open_message(self, message_id: str, node_id: str, agent_id: str | None) -> MessageStream:
        """A message that begins now. Close it in the end."""
        return MessageStream(
            self._journal,
            self.channel,
            fence=self._fence,
            node_id=node_id,
            agent_id=agent_id,
            message_id=message_id,
            gather_characters=self._gather_characters,
        )

    def _store(self, decide: Decide) -> None:
        """Take the decision, and say with it how the money stands, if that is news."""

        def decide_and_tell(connection: Connection) -> Decision:
            decision = decide(connection)
            return Decision((*decision.events, *self._told(connection)), decision.result)

        self._journal.decide(self.channel, decide_and_tell, fence=self._fence).wait()

    def _told(self, connection: Connection) -> tuple[Event, ...]:
        tally = self.tally
        return () if tally is None else tally(connection)
