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
VoteType = Literal["yes_no", "score_1_10", "choice", "ranking"]
LoopReason = Literal["max_rounds", "score", "agreement", "regression", "stasis", "person", "continue"]
PartialReason = Literal["below_quorum", "chair_cut", "unreadable"]

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
    round: int = 1


class MessageDiscarded(Event):
    """The turn is taken again: after a crash, a restart, or a pause its model did not outlast."""

    name = "message_discarded"
    message_id: str
    node_id: str
    reason: Literal["restart", "upstream_closed", "paused"]


class NodeStateChange(Event):
    """``round`` counts the visits of a node that a loop sends round again."""

    name = "node_state_change"
    node_id: str
    status: NodeStatus
    round: int = 1


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
    """``reason`` is a person (``user``), the cap (``budget``), the circuit breaker (``breaker``), or a sentence.

    ``trigger`` says what made the circuit breaker trip: the same one trips once in a meeting.
    """

    name = "execution:paused"
    status: SessionStatus = "paused"
    reason: str
    detail: str | None = None
    trigger: str | None = None


class ExecutionResumed(Event):
    """``note`` is what the person said who lets it go on although the circuit breaker had paused it."""

    name = "execution:resumed"
    status: SessionStatus = "running"
    by: str | None = None
    note: str | None = None


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


class RoundClosed(Event):
    """A loop has decided: ``again`` or ``out``, and why; ``scores`` are those of all rounds so far."""

    name = "round_closed"
    node_id: str
    round: int
    decision: Literal["again", "out"]
    reason: LoopReason
    scores: tuple[float, ...]


class Verdict(Event):
    """What the meeting found. ``score`` and ``parts`` are the chair's, ``ballots`` the server's count."""

    name = "verdict"
    node_id: str
    outcome: Literal["decided", "partial", "impasse"]
    partial_reason: PartialReason | None
    word: str | None
    score: float | None
    parts: dict[str, float] | None
    text: str
    html: str
    disputes: tuple[dict[str, str], ...]
    orders: tuple[str, ...]
    absences: tuple[dict[str, str], ...]
    ballots: dict[str, Any] | None = None
    dissent: tuple[dict[str, Any], ...] = ()
    best_draft: dict[str, Any] | None = None
    round: int = 1
    decision: str | None = None
    chair_deviates: str | None = None
    quorum: dict[str, int] | None = None
    changes: tuple[dict[str, Any], ...] = ()
    weak_evidence: tuple[str, ...] = ()
    sentences: tuple[dict[str, Any], ...] = ()
    person: dict[str, Any] | None = None
    chair: dict[str, Any] | None = None


# People


class HumanInteractionRequired(Event):
    """The meeting waits for a person: a review, an answer to a question, or a ballot."""

    name = "human_interaction_required"
    node_id: str
    review_id: str
    kind: Literal["review", "question", "ballot"]
    reason: str
    timeout: float | None
    expires_at: str | None
    draft: str | None
    actions: tuple[str, ...]
    allow_skip: bool
    round: int = 1
    default: str | None = None
    ballot: dict[str, Any] | None = None
    score: dict[str, Any] | None = None
    files: tuple[dict[str, Any], ...] = ()


class HumanInteractionReminder(Event):
    name = "human_interaction_reminder"
    node_id: str
    review_id: str
    expires_at: str


class HumanInteractionExpired(Event):
    """Nobody came in time; ``action`` is what happens instead."""

    name = "human_interaction_expired"
    node_id: str
    review_id: str
    action: str


class NodeResumed(Event):
    """A person has answered; ``by`` is ``timeout`` when nobody did."""

    name = "node_resumed"
    node_id: str
    review_id: str
    action: str
    by: str
    feedback: str = ""
    diff: str = ""


# Ballots


class BallotOpened(Event):
    name = "ballot_opened"
    node_id: str
    ballot_id: str
    round: int
    question: str
    vote_type: VoteType
    options: tuple[dict[str, str], ...]
    voters: tuple[dict[str, str | None], ...]
    threshold: float
    quorum: float
    secret: bool


class VoteCast(Event):
    """Somebody has voted. ``vote`` stays null until the ballot is closed, unless it is an open one."""

    name = "vote_cast"
    node_id: str
    ballot_id: str
    voter: str
    vote: str | int | tuple[str, ...] | None = None


class BallotClosed(Event):
    """All ballots at once, and the server's count."""

    name = "ballot_closed"
    node_id: str
    ballot_id: str
    round: int
    ballots: tuple[dict[str, Any], ...]
    count: dict[str, Any]
    outcome: Literal["passed", "rejected", "impasse", "no_quorum"]
    decision: str | None


# Facts, tools and files


class FactCheck(Event):
    """Claims out of a text, each with what was found; without evidence it is ``not_checkable``.

    ``dropped`` are claims that stand in no text; ``problem`` says why there are no claims at all.
    """

    name = "fact_check"
    node_id: str
    round: int
    message_id: str | None
    claims: tuple[dict[str, Any], ...]
    share_supported: float | None
    verified: bool
    dropped: int = 0
    problem: str | None = None


class ToolExecution(Event):
    name = "tool_execution"
    node_id: str
    agent_id: str | None
    tool: str
    input: dict[str, Any]
    output: str
    ok: bool = True


class FileWritten(Event):
    name = "file_written"
    node_id: str | None
    path: str
    version: int
    author: str
    reason: str
    characters: int


class MemoryRetrieved(Event):
    """What the group knew already and the members are given; ``note`` says why there is nothing."""

    name = "memory_retrieved"
    node_id: str
    round: int
    items: tuple[dict[str, Any], ...]
    note: str = ""


# Money


class Budget(Event):
    """``cap`` is null without one; ``unknown`` are tokens whose price nobody knows.

    ``needs`` is what each limit that was hit would have to be at least. ``lost_usd`` and ``lost_tokens`` are the
    most that calls may have cost which a crash interrupted and nobody could count.
    """

    name = "budget"
    reserved_usd: float
    spent_usd: float
    unknown: int
    cap: dict[str, int | float | None] | None
    spent_tokens: int
    reserved_tokens: int
    spent_seconds: float = 0.0
    needs: dict[str, int | float] = {}
    lost_usd: float = 0.0
    lost_tokens: int = 0


EVENTS: dict[str, type[Event]] = {kind.name: kind for kind in Event.__subclasses__()}
