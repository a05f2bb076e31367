"""One answer as it arrives: its text, its thinking, its end and what it cost."""

from collections.abc import Callable
from typing import Any, NoReturn

from council.errors import EmptyAnswer, ProviderBusy, ProviderRejected, StreamBroken
from council.llm.base import ChatRequest, Completion, Finish, OnDelta, Usage
from council.llm.cleaner import Cleaner, clean
from council.llm.failures import Failures
from council.llm.thinking import ThinkSplitter
from council.llm.tokens import estimate_prompt_tokens, estimate_tokens
from council.llm.tool_calls import Endless, ToolCallPieces

MAX_MODEL_CHARACTERS = 200
_LENGTH = frozenset({"length", "max_tokens", "max_output_tokens", "model_length"})


class Answer:
    """Takes the chunks of a stream in order and says each new piece at once.

    ``take`` runs for every chunk: it makes no object, holds no lock and logs nothing.
    """

    def __init__(self, request: ChatRequest, failures: Failures, on_delta: OnDelta) -> None:
        self._request = request
        self._failures = failures
        self._on_delta = on_delta
        self._content: list[str] = []
        self._thinking: list[str] = []
        self._splitter = ThinkSplitter()
        self._clean_content = Cleaner()
        self._clean_thinking = Cleaner()
        self._calls = ToolCallPieces([tool.name for tool in request.tools]) if request.tools else None
        self._finish: str | None = None
        self._usage: Usage | None = None
        self._model = request.model

    # Public

    @property
    def started(self) -> bool:
        """A piece of it was said."""
        return bool(self._content or self._thinking)

    @property
    def finished(self) -> bool:
        """The server has said why the answer ends. Only its usage may still come."""
        return self._finish is not None

    @property
    def complete(self) -> bool:
        return self._finish is not None and self._usage is not None

    def take(self, chunk: Any) -> None:
        """Take one parsed chunk. Raises a ProviderError, or what ``on_delta`` raises."""
        try:
            choice = chunk["choices"][0]
            delta = choice["delta"] if "delta" in choice else choice["message"]
            text = delta.get("content")
            thought = delta.get("reasoning_content") or delta.get("reasoning")
            pieces = delta.get("tool_calls")
            finish = choice.get("finish_reason")
        except (KeyError, IndexError, TypeError, AttributeError):
            self._take_other(chunk)
            return
        if thought:
            self._say_thought(thought if thought.__class__ is str else _joined(thought))
        if text:
            self._say_content(text if text.__class__ is str else _joined(text))
        if pieces and self._calls is not None:
            self._take_calls(self._calls, pieces)
        if finish:
            self._finish = str(finish)
        if finish or chunk.get("usage"):
            self._take_other(chunk)

    def usage(self) -> Usage:
        """What the server counted; else an estimate from the texts."""
        if self._usage:
            return self._usage
        return Usage(
            input_tokens=estimate_prompt_tokens(self._request.messages, self._request.tools),
            output_tokens=sum(estimate_tokens("".join(said)) for said in (self._content, self._thinking))
            + estimate_tokens(self._calls.text() if self._calls else ""),
            estimated=True,
        )

    def completion(self) -> Completion:
        """The whole answer. Raises the ProviderError that says why it is none."""
        self._flush()
        finish = self._checked_finish()
        content = "".join(self._content)
        calls = self._calls.calls() if self._calls else ()
        if not content.strip() and not calls:
            raise EmptyAnswer(f"{self._model} answered without a word.", started=self.started)
        return Completion(content, "".join(self._thinking), finish, self.usage(), self._model, calls)

    # The pieces

    def _say_content(self, text: str) -> None:
        text = self._clean_content.feed(text)
        if self._splitter.in_answer:
            if text:
                self._say(text, False)
            return
        for piece, is_thinking in self._splitter.feed(text):
            self._say(piece, is_thinking)

    def _say_thought(self, thought: str) -> None:
        if thought := self._clean_thinking.feed(thought):
            self._say(thought, True)

    def _say(self, piece: str, is_thinking: bool) -> None:
        (self._thinking if is_thinking else self._content).append(piece)
        self._on_delta(piece, is_thinking)

    def _flush(self) -> None:
        if thought := self._clean_thinking.flush():
            self._say(thought, True)
        if text := self._clean_content.flush():
            self._say_content(text)
        for piece, is_thinking in self._splitter.flush():
            self._say(piece, is_thinking)

    def _take_calls(self, calls: ToolCallPieces, pieces: Any) -> None:
        try:
            calls.take(pieces)
        except Endless as problem:
            raise StreamBroken("The model's tool call has no end.", started=self.started) from problem

    # What else comes

    def _take_other(self, chunk: Any) -> None:
        """Usage (its chunk has no choices), the model's full name, or an error object."""
        if not isinstance(chunk, dict):
            raise StreamBroken("The model's server sent something that is no chunk.", started=self.started)
        if error := chunk.get("error"):
            raise self._failures.in_stream(error, started=self.started)
        if isinstance(chunk.get("model"), str) and chunk["model"]:
            self._model = clean(chunk["model"])[:MAX_MODEL_CHARACTERS]
        self._usage = _usage(chunk.get("usage")) or self._usage

    def _checked_finish(self) -> Finish:
        """Requires that nothing more comes."""
        match self._finish:
            case None:
                raise StreamBroken("The answer ended without saying why.", started=self.started)
            case "content_filter":
                self._give_up(ProviderRejected, "The model's server withheld the answer (content filter).")
            case "insufficient_system_resource":  # DeepSeek
                self._give_up(ProviderBusy, "The model's server ran out of resources.")
            case "error":  # OpenRouter
                self._give_up(StreamBroken, "The model's server broke off.")
        return "length" if self._finish.lower() in _LENGTH else "stop"

    def _give_up(self, kind: Callable[..., Exception], message: str) -> NoReturn:
        raise kind(message, started=self.started)


def _joined(parts: Any) -> str:
    """The text of content that comes as a list of parts, as Mistral sends it."""
    texts = [part.get("text") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    return "".join(text for text in texts if isinstance(text, str))


def _usage(counted: Any) -> Usage | None:
    """The server's count, if it is one: some send zeros or nothing."""
    if not isinstance(counted, dict):
        return None
    given, made = _count(counted.get("prompt_tokens")), _count(counted.get("completion_tokens"))
    if given is None or made is None or given + made == 0:
        return None
    details = counted.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    cached = _count(cached or counted.get("prompt_cache_hit_tokens"))  # DeepSeek's name
    return Usage(given, made, min(cached or 0, given))


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 2**53 else None
