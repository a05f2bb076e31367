"""What a model provider is: something that opens calls, each of which streams one answer."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Protocol

Finish = Literal["stop", "length"]
PriceKind = Literal["known", "unknown", "local"]
OnDelta = Callable[[str, bool], None]
"""Called with each piece of text and whether it is thinking. May block (a pause) and may raise (a stop)."""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a model is told of it; ``parameters`` is the JSON schema of its arguments."""

    name: str
    description: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call a model asks for. ``arguments`` is the text it wrote, which may be anything: parse it strictly."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """``tool_calls`` are an assistant's; a ``tool`` answers the one call whose id is ``tool_call_id``."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question to a model. ``json_schema`` asks for an object of that shape where the server can.

    ``tools`` are what it may ask for; without any it can call none, whatever it answers.
    """

    model: str
    messages: tuple[ChatMessage, ...]
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    json_schema: dict[str, Any] | None = None
    timeout_seconds: float = 120.0
    tools: tuple[ToolSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call; ``estimated`` when the server did not say."""

    input_tokens: int
    output_tokens: int
    cached_input_tokens: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Completion:
    """A finished answer. ``finish`` is ``length`` when the model hit its token limit.

    With ``tool_calls`` the model waits for their results; its content may be empty then.
    """

    content: str
    thinking: str
    finish: Finish
    usage: Usage
    model: str
    tool_calls: tuple[ToolCall, ...] = ()


class Call(Protocol):
    """One request to a model."""

    def run(self, on_delta: OnDelta) -> Completion:
        """Block until the answer is complete; pieces go to ``on_delta`` on this thread.

        Raises a ProviderError (``started`` says whether a piece had come), Stopped after
        ``cancel()``, or whatever ``on_delta`` raised (the connection is closed first).
        """

    def cancel(self) -> None:
        """End ``run`` from any thread, within a second once connected. Harmless twice or too early."""

    def usage_so_far(self) -> Usage:
        """What an unfinished call has cost at least: an estimate from the text sent and received."""


class Provider(Protocol):
    """An adapter to one model API."""

    provider_id: str
    local: bool  # Answers cost electricity, not money.

    def open(self, request: ChatRequest) -> Call: ...


@dataclass(frozen=True, slots=True)
class Seat:
    """Who answers for one member: a provider and one of its models."""

    provider_id: str
    model: str


@dataclass(frozen=True, slots=True)
class Cost:
    """Money for one call in USD; ``None`` when the price is unknown."""

    usd: Decimal | None
    price: PriceKind
