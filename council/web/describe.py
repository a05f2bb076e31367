"""What a route is for, said beside it: kept on its view, and read when the API's description is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from council.commands import MAX_COMMAND_ID

View = TypeVar("View", bound=Callable[..., Any])
Schema = dict[str, Any]
Shape = type[BaseModel] | Schema

_MARK = "__description__"


@dataclass(frozen=True, slots=True)
class Input:
    """A parameter of the query or a header."""

    name: str
    schema: Schema
    about: str
    place: Literal["query", "header"] = "query"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent, in JSON. ``by_action`` has a shape for each ``action``; else ``shape`` is all there is.

    ``without`` are fields that stand in the address, ``optional`` those that may be left out here though the
    shape needs them, ``also`` fields that the route takes out before the shape is looked at.
    """

    example: Schema
    shape: Shape | None = None
    by_action: Mapping[str, type[BaseModel]] | None = None
    without: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    also: Mapping[str, Schema] | None = None
    required: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back with one status: a shape for each type of content, none for an answer without words."""

    about: str
    content: Mapping[str, Shape]
    headers: Mapping[str, str] | None = None

    @classmethod
    def of(cls, shape: Shape, about: str = "Done.", **headers: str) -> "Answer":
        """An answer in JSON; ``headers`` say what each header has, their names with underscores."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return cls(about, {"application/json": shape}, named or None)


NOTHING = Answer("Done; there is nothing to say.", {})


@dataclass(frozen=True, slots=True)
class Description:
    """One operation. ``errors`` say when a status comes here, beside what the status says everywhere."""

    operation: str
    summary: str
    details: str
    inputs: tuple[Input, ...]
    body: Body | None
    answers: Mapping[int, Answer]
    errors: Mapping[int, str]


def describes(
    operation: str,
    summary: str,
    *,
    details: str = "",
    inputs: tuple[Input, ...] = (),
    body: Body | None = None,
    answer: Shape | Answer | None = None,
    answers: Mapping[int, Answer] | None = None,
    errors: Mapping[int, str] | None = None,
) -> Callable[[View], View]:
    """Describe a view. ``operation`` is its name for ever: clients are made of it. ``answer`` is short for a 200."""
    whole = {200: answer if isinstance(answer, Answer) else Answer.of(answer)} if answer else {}
    description = Description(
        operation=operation,
        summary=summary,
        details=details,
        inputs=inputs,
        body=body,
        answers={**whole, **(answers or {})},
        errors=errors or {},
    )

    def mark(view: View) -> View:
        setattr(view, _MARK, description)
        return view

    return mark


def description_of(view: Callable[..., Any]) -> Description | None:
    """What was said beside it, if anything was."""
    found: Description | None = getattr(view, _MARK, None)
    return found


# Inputs that more than one route has


def text(about: str, *, name: str, **schema: Any) -> Input:
    return Input(name, {"type": "string", **schema}, about)


def number(name: str, about: str, *, least: int, most: int, default: int | None = None) -> Input:
    """A whole number of the query, within its limits."""
    schema: Schema = {"type": "integer", "minimum": least, "maximum": most}
    return Input(name, schema if default is None else schema | {"default": default}, about)


def limit(default: int, most: int) -> Input:
    return number("limit", "How many at most.", least=1, most=most, default=default)


CURSOR = text("`next` of the page before; of the first page there is none.", name="cursor")
IDEMPOTENCY_KEY = Input(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": MAX_COMMAND_ID},
    "The request's own name, as a UUID: sent again with it, the request is answered as before and has no second "
    "effect, across restarts.",
    "header",
)
