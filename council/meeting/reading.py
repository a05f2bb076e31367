"""Machine-readable answers out of a model's words: exactly one JSON object, or none."""

from typing import Any

from council.errors import Malformed
from council.jsontext import parse_object

_CLOSING = "```"


class Unreadable(ValueError):
    """The words do not hold what was asked for; its text says why, for people and for a second attempt."""


def the_object(text: str) -> dict[str, Any]:
    """The answer's object: the whole text, or its only fenced JSON block. Raises Unreadable."""
    bare = text.strip()
    if bare.startswith("{"):
        return _parsed(bare)
    return object_with_prose(text)[1]


def object_with_prose(text: str) -> tuple[str, dict[str, Any]]:
    """The prose, and the object in its only fenced JSON block. Raises Unreadable."""
    prose, blocks = without_blocks(text)
    if len(blocks) != 1:
        found = "no block" if not blocks else f"{len(blocks)} blocks"
        raise Unreadable(f"exactly one fenced JSON block was asked for, {found} came")
    return prose, _parsed(blocks[0])


def without_blocks(text: str) -> tuple[str, list[str]]:
    """The prose, and what stands in fenced JSON blocks. Line by line: a pattern would take quadratic time."""
    prose: list[str] = []
    blocks: list[str] = []
    inside: list[str] | None = None
    opening = ""
    for line in text.split("\n"):
        bare = line.rstrip()
        if inside is None and bare == "```json":
            inside, opening = [], line
        elif inside is None:
            prose.append(line)
        elif bare.endswith(_CLOSING):
            blocks.append("\n".join([*inside, bare.removesuffix(_CLOSING)]))
            inside = None
        else:
            inside.append(line)
    unclosed = [] if inside is None else [opening, *inside]
    return "\n".join(prose + unclosed), blocks


def _parsed(raw: str) -> dict[str, Any]:
    try:
        return parse_object(raw, unique=True)
    except Malformed as problem:
        raise Unreadable(problem.message.removesuffix(".")) from problem
