"""What one server does not take, learned from its refusals and remembered."""

import re
import threading
from dataclasses import dataclass
from typing import Any

from council.errors import Malformed
from council.jsontext import parse_object
from council.llm.base import ChatMessage, ChatRequest, ToolSpec
from council.llm.cleaner import clean


@dataclass(frozen=True, slots=True)
class Quirk:
    """Fields that a server may refuse, and the words it refuses them with."""

    fields: tuple[str, ...]
    refusal: re.Pattern[str]
    whole_server: bool = False  # else it is this model's


_UNSUPPORTED = r"(support|unknown|unrecognized|unexpected|deprecated|not permitted|not allowed|cannot both)"
STREAM_OPTIONS = Quirk(
    ("stream_options",), re.compile(r"stream_options|include_usage", re.IGNORECASE), whole_server=True
)
MAX_TOKENS = Quirk(
    ("max_tokens",),
    re.compile(rf"max_tokens.*({_UNSUPPORTED}|use).*max_completion_tokens", re.IGNORECASE | re.DOTALL),
)
SCHEMA = Quirk(
    ("response_format",),
    re.compile(r"response_format|json_schema|structured.output|grammar|invalid schema", re.IGNORECASE),
)
SAMPLING = Quirk(
    ("temperature", "top_p"),
    re.compile(
        rf"(temperature|top_p).*{_UNSUPPORTED}|{_UNSUPPORTED}.*(temperature|top_p)", re.IGNORECASE | re.DOTALL
    ),
)
_QUIRKS = (STREAM_OPTIONS, MAX_TOKENS, SCHEMA, SAMPLING)
_TOOLS = re.compile(r"\btools?\b|tool.?(choice|call|use)|function.?call", re.IGNORECASE)
_REFUSING = (400, 404, 422, 500, 501)


class Dialect:
    """Writes requests the way one server takes them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # Guards _learned.
        self._learned: set[tuple[Quirk, str | None]] = set()

    def parameters(self, request: ChatRequest) -> dict[str, Any]:
        """The request's body, without what this server has refused before."""
        body = _everything(request)
        for quirk in _QUIRKS:
            if self._refuses(quirk, request.model):
                _leave_out(quirk, body)
        return body

    def takes_no_tools(self, sent: dict[str, Any], status: int, answer: str) -> bool:
        """Whether the refusal is about the tools in ``sent``, which cannot be left out."""
        return "tools" in sent and status in _REFUSING and _TOOLS.search(answer) is not None

    def learn(self, sent: dict[str, Any], status: int, answer: str) -> bool:
        """Whether the refusal names something in ``sent`` that can be left out, or put otherwise."""
        if status not in _REFUSING:
            return False
        for quirk in _QUIRKS:
            if any(field in sent for field in quirk.fields) and quirk.refusal.search(answer):
                with self._lock:
                    self._learned.add(_scoped(quirk, sent["model"]))
                return True
        return False

    def _refuses(self, quirk: Quirk, model: str) -> bool:
        with self._lock:
            return _scoped(quirk, model) in self._learned


def _everything(request: ChatRequest) -> dict[str, Any]:
    optional = {
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "response_format": _response_format(request.json_schema),
        "tools": [_tool(tool) for tool in request.tools] or None,
    }
    return {
        "model": request.model,
        "messages": [_message(message) for message in request.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
    } | {name: value for name, value in optional.items() if value is not None}


def _message(message: ChatMessage) -> dict[str, Any]:
    written: dict[str, Any] = {"role": message.role, "content": clean(message.content)}
    if message.tool_calls:
        written["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": _sound(call.arguments)},
            }
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        written["tool_call_id"] = message.tool_call_id
    return written


def _sound(arguments: str) -> str:
    """The arguments as they were, if they are an object: servers parse them again, and some fail over others."""
    try:
        parse_object(arguments)
    except Malformed:
        return "{}"
    return clean(arguments)


def _tool(tool: ToolSpec) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _response_format(schema: dict[str, Any] | None) -> dict[str, Any] | None:
    if schema is None:
        return None
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}}


def _leave_out(quirk: Quirk, body: dict[str, Any]) -> None:
    for field in quirk.fields:
        value = body.pop(field, None)
        if field == "max_tokens" and value is not None:
            body["max_completion_tokens"] = value


def _scoped(quirk: Quirk, model: str) -> tuple[Quirk, str | None]:
    return quirk, None if quirk.whole_server else model
