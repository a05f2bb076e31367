"""The fields of a machine-readable answer, read strictly: nothing is converted, and nothing is left aside."""

from typing import Any

from council.errors import Malformed
from council.jsontext import parse_object
from council.meeting.reading import Unreadable, without_blocks

MAX_ANSWER = 20_000
"""Characters of a JSON object. Nobody needs more to say what they think of a question."""


def read_answer(text: str) -> dict[str, Any]:
    """The object in a text that is one, or that has exactly one ```json block. Raises Unreadable."""
    bare = text.strip()
    return object_of(bare if bare.startswith("{") else only_block(text)[1])


def only_block(text: str) -> tuple[str, str]:
    """The prose, and what stands in the text's one ```json block. Raises Unreadable."""
    prose, blocks = without_blocks(text)
    if not blocks:
        raise Unreadable("there is no JSON object in it, alone or in a ```json block")
    if len(blocks) > 1:
        raise Unreadable(f"there are {len(blocks)} JSON blocks in it, and exactly one was asked for")
    return prose, blocks[0]


def object_of(raw: str) -> dict[str, Any]:
    """One JSON object in which every name stands once. Raises Unreadable."""
    if len(raw) > MAX_ANSWER:
        raise Unreadable(f"it is longer than {MAX_ANSWER:,} characters")
    try:
        return parse_object(raw, unique=True)
    except Malformed as problem:
        raise Unreadable(problem.message.removesuffix(".")) from problem


def only_names(found: dict[str, Any], names: tuple[str, ...]) -> None:
    """Raises Unreadable when there is a field that the form does not have."""
    for name in found:
        if name not in names:
            raise Unreadable(f"the form has no field {name[:40]!r}; its fields are {', '.join(names)}")


def share(value: Any, name: str) -> float | None:
    """A number from 0 to 1, or nothing. Raises Unreadable."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise Unreadable(f'"{name}" must be a number from 0 to 1')
    return float(value)


def sentence(value: Any, name: str, longest: int) -> str:
    """Some text, cut to its limit; nothing is empty. Raises Unreadable."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable(f'"{name}" must be a text')
    return value.strip()[:longest]


def flag(value: Any, name: str) -> bool:
    """True or false; nothing is false. Raises Unreadable."""
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Unreadable(f'"{name}" must be true or false')
    return value
