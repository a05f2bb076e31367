"""The tool calls of an answer, put together from pieces that servers cut in many ways."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from council.llm.base import ToolCall
from council.llm.cleaner import clean

MAX_CALLS = 16  # Of one answer; more are not heard.
MAX_CHARACTERS = 8 * 1024 * 1024  # Of one answer's calls together.
MAX_NAME = 200
MAX_ID = 200


@dataclass(slots=True)
class _Call:
    index: Any
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


class Endless(Exception):
    """The arguments have no end."""


class ToolCallPieces:
    """Takes the ``tool_calls`` of each chunk in order; ``names`` are the tools that were offered.

    OpenAI names the call by ``index`` and sends the id and the name once, the arguments in pieces. Others leave out
    the index or the id, send whole calls, all under index 0 (Ollama), repeat id and name in each piece, or send the
    arguments as an object.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._calls: list[_Call] = []
        self._size = 0

    def __bool__(self) -> bool:
        return bool(self._calls)

    def text(self) -> str:
        """All that was written, for counting."""
        return "".join(call.name + "".join(call.arguments) for call in self._calls)

    def take(self, pieces: Any) -> None:
        """Take one chunk's pieces. Raises Endless."""
        for piece in pieces if isinstance(pieces, list) else [pieces]:
            if isinstance(piece, dict):
                self._take_piece(piece)

    def calls(self) -> tuple[ToolCall, ...]:
        """The calls, each with an id that no other has."""
        found: list[ToolCall] = []
        for call in [call for call in self._calls if call.name][:MAX_CALLS]:
            wanted = clean(call.id)[:MAX_ID] or f"call_{len(found) + 1}"
            taken = {each.id for each in found}
            made = wanted if wanted not in taken else f"{wanted}_{len(found) + 1}"
            found.append(ToolCall(made, clean(call.name)[:MAX_NAME], clean("".join(call.arguments))))
        return tuple(found)

    # Pieces

    def _take_piece(self, piece: dict[str, Any]) -> None:
        function = piece.get("function")
        function = function if isinstance(function, dict) else {}
        identity, name = _text(piece.get("id")), _text(function.get("name"))
        arguments = _arguments(function.get("arguments"))
        call = self._call_of(piece.get("index"), identity, name)
        if identity != call.id and not (call.id and call.arguments):
            call.id += identity
        if not call.arguments and not self._is_repeat(call, name):
            call.name += name
        if arguments:
            call.arguments.append(arguments)
        self._size += len(identity) + len(name) + len(arguments)
        if self._size > MAX_CHARACTERS:
            raise Endless

    def _call_of(self, index: Any, identity: str, name: str) -> _Call:
        """The call a piece belongs to; a new one when it begins one."""
        known = next((call for call in reversed(self._calls) if call.index == index), None)
        if known is None and index is None and self._calls and not (identity or name):
            known = self._calls[-1]
        if known is None or self._begins_another(known, identity, name):
            if len(self._calls) <= MAX_CALLS:  # The last one gathers what goes beyond.
                self._calls.append(_Call(index))
            known = self._calls[-1]
        return known

    def _begins_another(self, known: _Call, identity: str, name: str) -> bool:
        """Whether a piece under the same index is another call's: it has a name, and what was known is whole."""
        if not name:
            return False
        if identity and known.id:
            return identity != known.id and self._is_named(known)
        return _is_json("".join(known.arguments))

    def _is_named(self, call: _Call) -> bool:
        """Its head is complete."""
        return bool(call.arguments) or call.name in self._names

    def _is_repeat(self, call: _Call, name: str) -> bool:
        """The name was said in whole before, and is said again."""
        return call.name in self._names and not any(each.startswith(call.name + name) for each in self._names)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _arguments(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
