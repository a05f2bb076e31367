"""What answers about meetings hold, field by field: they describe, nothing is built of them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, RootModel, WithJsonSchema

from council import events
from council.commands import ReviewAction
from council.events import Finish, MessageStatus, NodeStatus, SessionStatus
from council.people.access import Right

Uuid = Annotated[str, WithJsonSchema({"type": "string", "format": "uuid"})]
Time = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Seq = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=0)]
Cursor = str | None


class Started(BaseModel):
    """A meeting that was started, now or by an earlier request that was the same."""

    session_id: Uuid
    status: SessionStatus
    links: dict[str, str] = Field(
        description="Addresses of this meeting: `self`, `events`, `page` and others."
    )


class Waiting(BaseModel):
    """What a person is asked for; ``expires_at`` null: for ever."""

    node_id: str
    review_id: str
    kind: Literal["review", "question", "ballot"]
    reason: str
    round: int
    actions: list[str]
    expires_at: Time | None
    since: Time


class SessionItem(BaseModel):
    """A meeting in a list. ``node_statuses`` is empty once it is over; ``right`` is what whoever asks may do with it:
    look on, take part, or everything."""

    session_id: Uuid
    template_id: str
    group_id: str | None
    subject: str
    status: SessionStatus
    created_at: Time
    started_at: Time | None
    ended_at: Time | None
    waiting_for: list[Waiting] | None
    node_statuses: dict[str, NodeStatus]
    right: Right


class SessionPage(BaseModel):
    items: list[SessionItem]
    next: Cursor


class Message(BaseModel):
    """What somebody says; ``html`` is the same as ``content``, safe to show. ``seq`` is where it began."""

    message_id: str
    node_id: str | None
    agent_id: str | None
    agent_name: str | None
    role: Literal["agent", "user", "system"]
    content: str
    thinking: str
    html: str
    status: MessageStatus
    finish: Finish | None
    seq: Seq
    round: int


class MessageInMeeting(Message):
    """``read_by`` are the nodes that have read what a person said."""

    read_by: list[str]


class MessagePage(BaseModel):
    items: list[Message]
    next: int | None


class Totals(BaseModel):
    """Of the whole meeting so far. ``elapsed_seconds`` has neither pauses nor waiting for people in it."""

    input_tokens: Count
    output_tokens: Count
    cost_usd: float | None
    unknown_price_tokens: Count
    elapsed_seconds: float


class Call(events.TokenUsage):
    """One call of a model."""

    seq: Seq


class Usage(BaseModel):
    totals: Totals
    items: list[Call]
    next: None


class Controlled(BaseModel):
    """``node_id`` is there when one member alone was stopped."""

    session_id: Uuid
    status: SessionStatus
    action: Literal["pause", "resume", "stop"]
    node_id: str = ""


class Said(BaseModel):
    session_id: Uuid
    message_id: str


class Answered(BaseModel):
    """An answer that a waiting node has taken."""

    session_id: Uuid
    node_id: str
    review_id: str
    action: ReviewAction | Literal["answer", "vote"]
    status: SessionStatus


class SaidOrAnswered(RootModel[Said | Answered]):
    """With ``node_id`` in the request it is an answer to that node, else a message to all."""


class Envelope(BaseModel):
    """An event as it is in the log; /api/live.schema.json has what ``data`` holds for each name."""

    event: str
    session_id: Uuid
    project_id: None
    node_id: str | None
    seq: Seq
    timestamp: Time
    data: dict[str, Any]


class EventPage(BaseModel):
    events: list[Envelope]
    next: int | None
