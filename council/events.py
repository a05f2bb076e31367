"""What the server says: every event with its fields, exactly as in the wire's reference.

An event becomes one envelope: ``{"event", "session_id", "project_id", "node_id", "seq", "timestamp", "data"}``.
"""

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from council.jsontext import dump

NodeStatus = Literal["pending", "running", "completed", "failed", "skipped", "suspended"]
SessionStatus = Literal["pending", "running", "paused", "completed", "failed", "cancelled"]
MessageStatus = Literal["streaming", "completed", "cut", "failed", "discarded"]
Finish = Literal["stop", "length", "cut", "error"]
PriceKind = Literal["known", "unknown", "local"]

FINAL_STATUSES: frozenset[SessionStatus] = frozenset({"completed", "failed", "cancelled"})


class Event(BaseModel):
    """Something that happened. Subclasses name it; their fields are its ``data``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: ClassVar[str]

    @property
    def about_node(self) -> str | None:
        """The node this is about: the envelope's ``node_id``."""
        return getattr(self, "node_id", None)

    def data(self) -> dict[str, Any]:
        """Its fields. They are plain values, so there is nothing to convert."""
        return dict(self.__dict__)


EVERYTHING = "*"
"""The channel of a live feed: all there are, from now on."""


def session_channel(session_id: str) -> str:
    return f"session:{session_id}"


def session_of(channel: str) -> str | None:
    """The session a channel belongs to, if it is a session's."""
    kind, _, identity = channel.partition(":")
    return identity if kind == "session" else None


def envelope_parts(event: Event, session_id: str | None, project_id: str | None = None) -> tuple[str, str]:
    """The envelope but for its number and time: what comes before ``seq``'s value, and the encoded data."""
    head = dump(
        {"event": event.name, "session_id": session_id, "project_id": project_id, "node_id": event.about_node}
    )
    return f'{head[:-1]},"seq":', dump(event.data())


def join_envelope(parts: tuple[str, str], seq: int, timestamp: str) -> str:
    """The envelope as it is stored and as it travels."""
    head, data = parts
    return f'{head}{seq},"timestamp":"{timestamp}","data":{data}}}'


# From the meeting


class SessionCreated(Event):
    name = "session_created"
    template_id: str
    subject: str


class TokenStream(Event):
    """A piece of a message; ``offset`` counts the code points of its kind before it."""

    name = "token_stream"
    node_id: str
    agent_id: str | None
    message_id: str
    offset: int
    chunk: str
    is_thinking: bool


class MessageCompleted(Event):
    name = "message_completed"
    message_id: str
    node_id: str
    agent_id: str | None
    role: Literal["agent", "system"]
    content: str
    thinking: str
    html: str
    finish: Finish


class MessageDiscarded(Event):
    """The turn is taken again: after a crash, a restart, or a pause its model did not outlast."""

    name = "message_discarded"
    message_id: str
    node_id: str
    reason: Literal["restart", "upstream_closed", "paused"]


class NodeStateChange(Event):
    name = "node_state_change"
    node_id: str
    status: NodeStatus


class ParallelStart(Event):
    name = "node:parallel_start"
    node_id: str
    branches: tuple[str, ...]


class TokenUsage(Event):
    name = "token_usage"
    node_id: str
    agent_id: str | None
    input_tokens: int
    output_tokens: int
    estimated_cost_usd: float | None
    price: PriceKind
    estimated: bool


class ExecutionStarted(Event):
    name = "execution:started"
    status: SessionStatus = "running"


class ExecutionPaused(Event):
    name = "execution:paused"
    status: SessionStatus = "paused"
    reason: str


class ExecutionResumed(Event):
    name = "execution:resumed"
    status: SessionStatus = "running"


class ExecutionCompleted(Event):
    name = "execution:completed"
    status: SessionStatus = "completed"


class ExecutionFailed(Event):
    name = "execution:failed"
    status: SessionStatus = "failed"
    reason: str


class ExecutionCancelled(Event):
    name = "execution:cancelled"
    status: SessionStatus = "cancelled"
    reason: str = "stopped"


class ErrorHappened(Event):
    name = "error"
    node_id: str | None
    error: str
    code: str
    hint: str
    can_retry: bool


class UserMessage(Event):
    name = "user_message"
    message_id: str
    content: str
    by: str


class InputRead(Event):
    name = "input_read"
    message_id: str
    node_id: str
    agent_id: str | None


class Score(Event):
    """A chair's score: parts of 0 to 100 each, weighted 40/30/30 by the server."""

    name = "score"
    node_id: str
    round: int
    weighted_total: float
    parts: dict[str, float]


class Verdict(Event):
    name = "verdict"
    node_id: str
    outcome: Literal["decided", "partial", "impasse"]
    partial_reason: Literal["below_quorum", "chair_cut", "unreadable"] | None
    word: str | None
    score: float | None
    parts: dict[str, float] | None
    text: str
    html: str
    disputes: tuple[dict[str, str], ...]
    orders: tuple[str, ...]
    absences: tuple[dict[str, str], ...]
    ballots: None = None
    dissent: tuple[dict[str, str], ...] = ()
    best_draft: None = None


EVENTS: dict[str, type[Event]] = {kind.name: kind for kind in Event.__subclasses__()}
