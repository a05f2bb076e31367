"""What goes over WebSockets, as JSON Schema: every command, every event by its name, and every answer."""

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from council.commands import COMMANDS, MAX_COMMAND_ID, ReviewAction
from council.events import EVENTS, SessionStatus
from council.web.describe import Schema
from council.web.schemas import Schemas
from council.web.shapes import Count, Time, Uuid

PLACE = "/api/live.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
ABOUT = """\
One JSON text in a frame, in either direction. `Command` is what a client sends, `Event` and `Answer` what it gets:
events are numbered by `seq` and the same for everybody, answers are for this client alone and have no `seq`. Ignore
events and fields that you do not know: there will be more."""


# Answers


class Terms(BaseModel):
    """From where events come. When ``recovered`` is false none do: read the snapshot, then subscribe."""

    epoch: str
    since: Count
    seq: Count
    recovered: bool


class Hello(BaseModel):
    """The first message; ``channels`` is empty for a feed of all meetings."""

    protocol: Literal["council.v1"]
    client_id: str
    heartbeat_seconds: float
    channels: dict[str, Terms]


class Refusal(BaseModel):
    """A command that was refused, and changed nothing."""

    id: str | None
    code: str
    error: str
    hint: str
    can_retry: bool
    details: Any


class Pong(BaseModel):
    """``channels`` has the last number that was sent of each."""

    id: str | None
    server_time: Time
    channels: dict[str, int]


class Heartbeat(BaseModel):
    channels: dict[str, int]


class _Ack(BaseModel):
    """The effect of the command is stored; ``id`` is the command's own."""

    id: Annotated[str, Field(max_length=MAX_COMMAND_ID)] | None
    session_id: Uuid


class StartAck(_Ack):
    """``created`` is false when the same was asked for before."""

    cmd: Literal["start_session", "rerun_session"]
    status: SessionStatus
    created: bool


class ControlAck(_Ack):
    """``node_id`` is there when one member alone was stopped."""

    cmd: Literal["pause_session", "resume_session", "stop_session"]
    status: SessionStatus
    node_id: str = ""


class AnswerAck(_Ack):
    """A waiting node has taken it."""

    cmd: Literal["submit_review", "user_input"]
    node_id: str
    review_id: str
    action: ReviewAction | Literal["answer", "vote"]
    status: SessionStatus


class InputAck(_Ack):
    cmd: Literal["user_input"]
    message_id: str


class SubscribeAck(_Ack, Terms):
    cmd: Literal["subscribe"]


class UnsubscribeAck(_Ack):
    cmd: Literal["unsubscribe"]


_ACKS = (StartAck, ControlAck, AnswerAck, InputAck, SubscribeAck, UnsubscribeAck)
_ANSWERS: dict[str, tuple[type[BaseModel], ...]] = {
    "hello": (Hello,),
    "ack": _ACKS,
    "error": (Refusal,),
    "pong": (Pong,),
    "heartbeat": (Heartbeat,),
}


@cache
def live_schema() -> Schema:
    """The whole schema."""
    kinds = (*EVENTS.values(), *(kind for several in _ANSWERS.values() for kind in several))
    sent = [(kind, False) for kind in COMMANDS.values()]
    schemas = Schemas([*sent, *((kind, True) for kind in kinds)], place="#/$defs/")
    commands = {f"command.{name}": _command(name, schemas.of(kind)) for name, kind in COMMANDS.items()}
    events = {f"event.{name}": _event(name, schemas.of(kind, answered=True)) for name, kind in EVENTS.items()}
    answers = {f"answer.{name}": _answer(name, schemas) for name in _ANSWERS}
    groups = {"Command": _any_of(commands), "Event": _any_of(events), "Answer": _any_of(answers)}
    return {
        "$schema": DIALECT,
        "$id": PLACE,
        "title": "Council, live",
        "description": ABOUT,
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in groups],
        "$defs": groups | commands | events | answers | schemas.components,
    }


def _any_of(kinds: dict[str, Schema]) -> Schema:
    return {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in kinds]}


def _command(name: str, data: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {
            "cmd": {"const": name},
            "id": {"type": ["string", "null"], "minLength": 1, "maxLength": MAX_COMMAND_ID},
            "data": data,
        },
        "required": ["cmd"] if name == "ping" else ["cmd", "data"],
        "additionalProperties": False,
    }


def _event(name: str, data: Schema) -> Schema:
    """The envelope of an event, with its data."""
    fields: dict[str, Schema] = {
        "event": {"const": name},
        "session_id": {"type": "string", "format": "uuid"},
        "project_id": {"type": "null"},
        "node_id": {"type": ["string", "null"]},
        "seq": {"type": "integer", "minimum": 1},
        "timestamp": {"type": "string", "format": "date-time"},
        "data": data,
    }
    return {"type": "object", "properties": fields, "required": list(fields)}


def _answer(name: str, schemas: Schemas) -> Schema:
    kinds = [schemas.of(kind, answered=True) for kind in _ANSWERS[name]]
    fields: dict[str, Schema] = {
        "event": {"const": name},
        "data": kinds[0] if len(kinds) == 1 else {"anyOf": kinds},
    }
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "not": {"required": ["seq"]},
    }
