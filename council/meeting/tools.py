"""The tools there are: what models are told of each, and what they ask for, strictly read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from council.errors import Invalid, Malformed
from council.jsontext import parse_object
from council.meeting.paths import MAX_CHARACTERS as MAX_PATH
from council.meeting.prompts import number_lines
from council.meeting.revisions import MAX_EDITS, Edit

MAX_SHOWN = 40_000  # Characters of a file that one call shows.
MAX_LINE_NUMBER = 10_000_000
_SAID = frozenset({"type", "properties", "items", "required", "description", "additionalProperties"})
"""What of a schema models are told. Limits are left to us: servers make grammars of them, and choke."""
Line = Annotated[int, Field(ge=1, le=MAX_LINE_NUMBER)]


class ToolArguments(BaseModel):
    """What a tool is called with. Subclasses name the tool; their docstrings are what models are told of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    tool: ClassVar[str]


class ReadFile(ToolArguments):
    """Reads a file of this meeting in its newest version, with line numbers. Without a path it lists the files."""

    tool = "read_file"
    path: str | None = Field(None, max_length=MAX_PATH, description="Such as plan.md.")
    first_line: Line | None = Field(None, description="Where to begin; left out: at the beginning.")
    last_line: Line | None = Field(None, description="Where to end; left out: at the end.")


class EditText(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    find: str = Field(
        min_length=1, description="Text that is in the file exactly once, without line numbers."
    )
    replace: str = Field(description="What takes its place.")


class WriteFile(ToolArguments):
    """Writes a new version of a file; older versions are kept. Give either edits, for changes in a few places, or
    content, the whole text. One call is one version."""

    tool = "write_file"
    path: str = Field(min_length=1, max_length=MAX_PATH, description="Such as plan.md.")
    edits: tuple[EditText, ...] | None = Field(
        None, max_length=MAX_EDITS, description="Made one after another."
    )
    content: str | None = Field(None, description="The whole new text of the file.")
    reason: str = Field(min_length=1, max_length=1_000, description="Why, in one sentence.")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if bool(self.edits) == bool(self.content):
            raise ValueError("give either edits or content")
        return self

    def as_edits(self) -> tuple[Edit, ...]:
        return tuple(Edit(each.find, each.replace) for each in self.edits or ())


class Search(ToolArguments):
    """Looks something up in the sources of this meeting: its documents, what its group knows, the web where that is
    set up."""

    tool = "search"
    query: str = Field(min_length=1, max_length=400, description="A few words.")


TOOLS: dict[str, type[ToolArguments]] = {kind.tool: kind for kind in ToolArguments.__subclasses__()}


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines ``first`` to ``last`` of ``count``, with their numbers; ``cut`` when there was more to show."""

    text: str
    first: int
    last: int
    count: int
    cut: bool


def description(kind: type[ToolArguments]) -> str:
    return " ".join((kind.__doc__ or "").split())


def schema(kind: type[ToolArguments]) -> dict[str, Any]:
    """The JSON schema of a tool's arguments, in the few words that every server understands."""
    whole = kind.model_json_schema()
    definitions = whole.pop("$defs", {})
    whole.pop("description", None)
    plain: dict[str, Any] = _plain(whole, definitions)
    return plain


def read_arguments(name: str, text: str) -> ToolArguments:
    """What a call asks for. Raises Invalid with a sentence for the model."""
    try:
        given = parse_object(text) if text.strip() else {}
    except Malformed as problem:
        raise Invalid(
            f"The arguments cannot be read: {problem.message}", hint="Send one JSON object."
        ) from problem
    return checked_arguments(name, given)


def checked_arguments(name: str, given: Mapping[str, Any]) -> ToolArguments:
    """Arguments that are an object already. Raises Invalid."""
    kind = TOOLS.get(name)
    if kind is None:
        raise Invalid(f"There is no tool {name[:60]!r}.", hint=f"There are: {', '.join(TOOLS)}.")
    try:
        return kind.model_validate(given)
    except ValidationError as problem:
        faults = [_fault(each) for each in problem.errors(include_url=False, include_input=False)[:5]]
        raise Invalid(f"The arguments do not fit: {'; '.join(faults)}.") from problem


def excerpt(content: str, first: int | None, last: int | None, max_characters: int = MAX_SHOWN) -> Excerpt:
    """Some lines of a text, numbered as everywhere. Raises Invalid when it has no such lines."""
    lines = content.splitlines()
    start, end = first or 1, min(last or len(lines), len(lines))
    if not 1 <= start <= end:
        raise Invalid(f"The file has {len(lines)} lines: there are no lines {start} to {last or end}.")
    shown: list[str] = []
    size = 0
    for line in lines[start - 1 : end]:
        size += len(line) + 1
        if shown and size > max_characters:
            break
        shown.append(line[:max_characters])
    last_shown = start + len(shown) - 1
    cut = last_shown < end or size > max_characters
    return Excerpt(number_lines(shown, start), start, last_shown, len(lines), cut)


def _fault(found: Any) -> str:
    where = ".".join(str(part) for part in found["loc"])[:100]
    what = found["msg"].removeprefix("Value error, ")
    return f"{where}: {what}" if where else what


def _plain(value: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_plain(each, definitions) for each in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return _plain(definitions[value["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in value:  # Of the two ways, with and without null, the one that says something.
        return _plain(value["anyOf"][0] | {k: v for k, v in value.items() if k != "anyOf"}, definitions)
    return {
        key: {name: _plain(each, definitions) for name, each in inner.items()}
        if key == "properties"
        else _plain(inner, definitions)
        for key, inner in value.items()
        if key in _SAID
    }
