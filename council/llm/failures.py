"""What a model server's refusal means: its status and words, as the right error of our tree."""

import json
import re
from typing import Any

from council.errors import (
    ContextTooLong,
    ProviderBusy,
    ProviderError,
    ProviderRefused,
    ProviderRejected,
    ProviderTimeout,
    StreamBroken,
)
from council.llm.cleaner import clean

MAX_CHARACTERS = 300
_NO_MONEY = re.compile(r"insufficient.(quota|balance|funds|credit)", re.IGNORECASE)
_TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size"  # OpenAI; llama.cpp
    r"|maximum context length|maximum model length|max_seq_len"  # OpenAI, vLLM, DeepSeek; SiliconFlow
    r"|(exceed|longer than|larger than)\w* [\w\s]*context"  # llama.cpp, Ollama
    r"|context (size|length|window)[\w\s]* exceed"
    r"|prompt is too long|prompt_too_long|input token count .* exceeds"  # Anthropic, Gemini
    r"|range of input length|input is too long|reduce the length of the (messages|prompt)",  # DashScope
    re.IGNORECASE,
)
# What servers write as the type or code of an error inside a stream, where there is no status.
_WORDS: tuple[tuple[re.Pattern[str], int], ...] = (
    (
        re.compile(
            r"auth|permission|api.key|insufficient.(quota|balance|funds|credit)|billing", re.IGNORECASE
        ),
        401,
    ),
    (
        re.compile(
            r"rate.?limit|overload|capacity|unavailable|too.many|server_error|internal|resource",
            re.IGNORECASE,
        ),
        503,
    ),
    (re.compile(r"timeout|timed.out", re.IGNORECASE), 408),
    (re.compile(r"invalid|not.?found|bad.request|unsupported", re.IGNORECASE), 400),
)


class Failures:
    """Turns answers of one server into errors, without ever repeating its key."""

    __slots__ = ("_key",)

    def __init__(self, key: str | None) -> None:
        self._key = key

    def of_status(self, status: int, body: str) -> ProviderError:
        """The error for an HTTP answer that is none."""
        says = self.words(body)
        return self._error(status, says, body, f"The model's server answered with HTTP {status}")

    def in_stream(self, error: Any, *, started: bool) -> ProviderError:
        """The error for an error object that came instead of the next piece of the answer."""
        body = json.dumps({"error": error})
        failure = self._error(_status_of(error), self.words(body), body, "The model's server broke off")
        failure.started = started
        return failure

    def words(self, body: str) -> str:
        """The server's message: cleaned, one line, short, without pages, and without our key."""
        message = _message(body)
        if message.lstrip().startswith("<"):
            return "(a web page)"
        if self._key:
            message = message.replace(self._key, "***")
        line = " ".join("".join(c if c.isprintable() else " " for c in clean(message)).split())
        return line if len(line) <= MAX_CHARACTERS else line[: MAX_CHARACTERS - 1] + "…"

    def _error(self, status: int | None, says: str, body: str, what: str) -> ProviderError:
        message = f"{what}: {says}" if says else f"{what}."
        match status:
            case 401 | 402 | 403:
                return ProviderRefused(message)
            case 429 if _NO_MONEY.search(body):
                return ProviderRefused(message)
            case 400 | 413 | 422 | 500 if status == 413 or _TOO_LONG.search(body):
                return ContextTooLong(message)
            case 408:
                return ProviderTimeout(message)
            case 429:
                return ProviderBusy(message)
            case None:
                return StreamBroken(message)
            case _ if status >= 500:
                return ProviderBusy(message)
        return ProviderRejected(message)


def _message(body: str) -> str:
    """The sentence in an error's body, which every server puts in another place."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return body
    for key in ("error", "message", "detail", "msg"):
        while isinstance(found, dict) and key in found:
            found = found[key]
    if isinstance(found, list) and found:
        found = found[0]
        return _message(json.dumps(found)) if isinstance(found, dict) else str(found)
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)


def _status_of(error: Any) -> int | None:
    """The HTTP status an error object stands for; ``None`` when it does not say."""
    if not isinstance(error, dict):
        return None
    if _TOO_LONG.search(json.dumps(error)):
        return 400
    for key in ("code", "status", "type"):
        value = error.get(key)
        if isinstance(value, int) and 400 <= value <= 599:
            return value
        if isinstance(value, str):
            status = next((status for pattern, status in _WORDS if pattern.search(value)), None)
            if status:
                return status
    return None
