"""Text as any format can hold it: without the characters that XML refuses or that turn other text around."""

import re
from typing import Any

# What XML 1.0 has no place for: controls, lone surrogates, the two that are never characters.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_TURNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def legible(text: str) -> str:
    """The same text in lines that end with a line feed, without controls."""
    return _UNPRINTABLE.sub("", _BREAKS.sub("\n", text))


def one_line(text: str) -> str:
    """The same in one line, which cannot turn round what stands beside it."""
    return " ".join(_TURNS.sub("", legible(text)).split())


def legible_throughout(value: Any) -> Any:
    """The same JSON value with legible texts in it."""
    match value:
        case str():
            return legible(value)
        case dict():
            return {name: legible_throughout(each) for name, each in value.items()}
        case list() | tuple():
            return [legible_throughout(each) for each in value]
        case _:
            return value
