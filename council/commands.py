"""What a client may ask for: every command with its fields, the same for socket, REST and terminal."""

import difflib
import uuid
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)

from council.errors import Invalid, NotAvailable

MAX_COMMAND_ID = 64
MAX_SEQ = 2**53  # Beyond it a browser's numbers are not whole.
LATER_COMMANDS = frozenset({"update_task"})
"""Commands of features that do not exist yet; they are refused, not ignored."""


def _session_id(value: str) -> str:
    try:
        return str(uuid.UUID(value))
    except ValueError:
        raise ValueError("must be a UUID, as 3f2504e0-4f89-41d3-9a0c-0305e82c3301") from None


def _since(value: object) -> object:
    if value == "latest" or (type(value) is int and 0 <= value <= MAX_SEQ):
        return value
    raise ValueError('must be a whole number from 0 on, or "latest"')


ReviewAction = Literal["approve", "reject", "modify", "continue", "apply", "rollback", "exit", "skip"]
SessionId = Annotated[
    str, AfterValidator(_session_id), WithJsonSchema({"type": "string", "format": "uuid"}, mode="validation")
]
Since = Annotated[Annotated[int, Field(ge=0, le=MAX_SEQ)] | Literal["latest"], BeforeValidator(_since)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True)]


class Command(BaseModel):
    """Please do. Fields are its ``data``; ``later`` are fields whose feature does not exist yet."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    cmd: ClassVar[str]
    later: ClassVar[frozenset[str]] = frozenset()


class Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    name: Name
    content: Annotated[str, StringConstraints(min_length=1)]


class Inputs(BaseModel):
    """What the meeting is about; ``document`` is shorthand for one document without a name."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    documents: list[Document] = Field(default=[], max_length=20)
    document: str | None = None
    objective: Annotated[str, StringConstraints(max_length=20_000)] = ""

    def all_documents(self) -> list[Document]:
        single = [Document(name="document.md", content=self.document)] if self.document else []
        return single + self.documents


def _above_nothing(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool) and not value >= 1e-9:
        raise ValueError("must be more than 0; for no cap, leave it out")
    return value


Dollars = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False), BeforeValidator(_above_nothing)]
Seconds = Annotated[float, Field(gt=0, le=1e8, allow_inf_nan=False), BeforeValidator(_above_nothing)]


class Cap(BaseModel):
    """The most a meeting may spend; what is left out has no limit. ``seconds`` count no pauses and no waiting."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    usd: Dollars | None = None
    tokens: Annotated[int, Field(gt=0, le=10**12), BeforeValidator(_above_nothing)] | None = None
    seconds: Seconds | None = None


class StartSession(Command):
    cmd = "start_session"
    later = frozenset({"project_id"})
    template_id: Name
    session_id: SessionId
    subject: Annotated[str, StringConstraints(max_length=4_000)] = ""
    inputs: Inputs = Inputs()
    group_id: Name | None = None
    agents: dict[str, str] = {}
    budget: Cap | None = None


class PauseSession(Command):
    cmd = "pause_session"
    session_id: SessionId
    mode: Literal["now", "after_turn"] = "now"


class ResumeSession(Command):
    """``budget`` raises the cap that paused it; ``note`` says why it may go on after the circuit breaker."""

    cmd = "resume_session"
    session_id: SessionId
    budget: Cap | None = None
    note: Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True)] = ""


class StopSession(Command):
    """With ``node_id`` only the member who is speaking there is stopped; what it said so far stays."""

    cmd = "stop_session"
    session_id: SessionId
    node_id: str | None = None


class ReviewData(BaseModel):
    """What a person adds to a decision."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    feedback: Annotated[str, StringConstraints(max_length=50_000)] = ""
    content: Annotated[str, StringConstraints(max_length=2_000_000)] | None = None
    path: str | None = None
    version: Annotated[int, Field(ge=1)] | None = None


class SubmitReview(Command):
    cmd = "submit_review"
    session_id: SessionId
    node_id: str
    action: ReviewAction
    data: ReviewData = ReviewData()


class RerunSession(Command):
    """A new meeting that shares the recorded steps before ``node_id``; from there on others may sit, or be asked
    something else. ``agents`` and ``tasks`` are by node."""

    cmd = "rerun_session"
    session_id: SessionId
    node_id: str
    new_session_id: SessionId
    agents: dict[str, str] = {}
    tasks: dict[str, Annotated[str, StringConstraints(min_length=1, max_length=20_000)]] = {}


class UserInput(Command):
    cmd = "user_input"
    session_id: SessionId
    content: Annotated[str, StringConstraints(min_length=1, max_length=50_000, strip_whitespace=True)]
    node_id: str | None = None


class Signal(BaseModel):
    """A program's answer at a waiting node, over REST only; what ``payload`` holds depends on what is waited for."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    cmd: ClassVar[str] = "signal"
    session_id: SessionId
    node_id: str
    payload: Any


class Subscribe(Command):
    cmd = "subscribe"
    later = frozenset({"project_id"})
    session_id: SessionId
    since: Since = 0
    epoch: str | None = None


class Unsubscribe(Command):
    cmd = "unsubscribe"
    later = frozenset({"project_id"})
    session_id: SessionId


class Ping(Command):
    cmd = "ping"


COMMANDS: dict[str, type[Command]] = {kind.cmd: kind for kind in Command.__subclasses__()}


def parse_command(cmd: object, data: dict[str, Any]) -> Command:
    """The command of that name. Raises Invalid or NotAvailable, naming every field at fault."""
    if not isinstance(cmd, str) or cmd not in COMMANDS | dict.fromkeys(LATER_COMMANDS):
        raise Invalid(
            f"There is no command {cmd!r}."[:200], code="unknown_command", hint=f"Use one of {_names()}."
        )
    if cmd in LATER_COMMANDS:
        raise NotAvailable(f"{cmd} does not exist in this version.", hint=f"Use one of {_names()}.")
    kind = COMMANDS[cmd]
    _refuse_later_fields(kind, data)
    try:
        return kind.model_validate(data)
    except ValidationError as problem:
        raise invalid_fields(problem, kind) from problem


def invalid_fields(problem: ValidationError, kind: type[BaseModel]) -> Invalid:
    """pydantic's findings as one error that names each path, reason and what would do."""
    faults = [
        {
            "path": ".".join(str(part) for part in fault["loc"]) or "data",
            "reason": fault["msg"].removeprefix("Value error, "),
            "suggestion": _suggestion(fault["type"], fault["loc"], kind),
        }
        for fault in problem.errors(include_url=False, include_input=False)
    ]
    first = faults[0]
    return Invalid(f"{first['path']}: {first['reason']}.", details=faults)


def _refuse_later_fields(kind: type[Command], data: dict[str, Any]) -> None:
    asked = sorted(field for field in kind.later if data.get(field) is not None)
    if asked:
        raise NotAvailable(
            f"{', '.join(asked)}: not available in this version.", details=[{"path": f} for f in asked]
        )
    for field in kind.later & data.keys():
        del data[field]


def _suggestion(fault_type: str, path: tuple[int | str, ...], kind: type[BaseModel]) -> str:
    if fault_type == "extra_forbidden":
        fields = list(_model_at(path, kind).model_fields)
        near = difflib.get_close_matches(str(path[-1])[:255], fields, n=1)
        return f"Did you mean {near[0]}?" if near else f"Fields here are: {', '.join(fields) or 'none'}."
    if fault_type == "missing":
        return "Add this field."
    return "Send a value of the right type and size."


def _model_at(path: tuple[int | str, ...], kind: type[BaseModel]) -> type[BaseModel]:
    """The model that the last step of the path is in; fields hold models or lists of them."""
    for step in path[:-1]:
        if step in kind.model_fields:
            annotation = kind.model_fields[str(step)].annotation
            held = (annotation, *get_args(annotation))
            kind = next((m for m in held if isinstance(m, type) and issubclass(m, BaseModel)), kind)
    return kind


def _names() -> str:
    return ", ".join(sorted(COMMANDS))
