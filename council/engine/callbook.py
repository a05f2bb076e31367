"""Every model call of this process: its line in the log, its place in the counts, and its span."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

import structlog

from council import clock, trace
from council.llm.base import ChatRequest, Cost, Usage
from council.meters import LONG_SECONDS, Distribution

log = structlog.get_logger(__name__)

_OF_SEMANTIC_CONVENTIONS = {"gemini": "gcp.gemini", "mistral": "mistral_ai", "xai": "x_ai"}


@dataclass(slots=True)
class Account:
    """What one provider's calls came to so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    open: int = 0
    seconds: Distribution = field(default_factory=lambda: Distribution(LONG_SECONDS))
    first_token: Distribution = field(default_factory=lambda: Distribution(LONG_SECONDS))
    input_tokens: int = 0
    output_tokens: int = 0
    usd: Decimal = field(default_factory=Decimal)
    unpriced: int = 0

    def copy(self) -> "Account":
        return Account(
            self.outcomes.copy(),
            self.open,
            self.seconds.copy(),
            self.first_token.copy(),
            self.input_tokens,
            self.output_tokens,
            self.usd,
            self.unpriced,
        )


class Entry:
    """One call, from its beginning to its end. Used by the thread that makes it."""

    def __init__(self, provider_id: str, model: str) -> None:
        self.provider_id = provider_id
        self.model = model
        self.finish = "internal"
        self.usage: Usage | None = None
        self.cost: Cost | None = None
        self.response_model: str | None = None
        self._began = clock.monotonic()
        self._first_at: float | None = None
        self._ended_at: float | None = None

    def hear(self, _text: str = "", _is_thinking: bool = False) -> None:
        """A piece of the answer came; only the first one counts."""
        if self._first_at is None:
            self._first_at = clock.monotonic()

    def over(self, first_at: float | None = None) -> None:
        """The model has ended, whatever is done with its words. ``first_at`` is when the first of them came."""
        self._ended_at = self._ended_at or clock.monotonic()
        self._first_at = self._first_at or first_at

    def settle(self, usage: Usage, cost: Cost) -> None:
        """What it took. Only the first word counts."""
        if self.usage is None:
            self.usage, self.cost = usage, cost

    @property
    def seconds(self) -> float:
        return (self._ended_at or clock.monotonic()) - self._began

    @property
    def first_token_seconds(self) -> float | None:
        return None if self._first_at is None else self._first_at - self._began


class Callbook:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # Guards what is below. Held for additions only.
        self._accounts: dict[str, Account] = {}

    @contextmanager
    def entry(self, provider_id: str, request: ChatRequest) -> Iterator[Entry]:
        """While inside, the call is open. How it ends is its ``finish``, or the code of what is raised."""
        entry = Entry(provider_id, request.model)
        self._begin(entry)
        with trace.span(f"chat {request.model}", client=True, **_asked(provider_id, request)) as span:
            try:
                yield entry
            except Exception as problem:
                entry.finish = getattr(problem, "code", "internal")
                raise
            finally:
                self._end(entry)
                _describe(span, entry)

    def accounts(self) -> dict[str, Account]:
        """Each provider's, as it stands."""
        with self._lock:
            return {provider_id: account.copy() for provider_id, account in self._accounts.items()}

    def _begin(self, entry: Entry) -> None:
        with self._lock:
            self._accounts.setdefault(entry.provider_id, Account()).open += 1
        log.info("call.begun", provider=entry.provider_id, model=entry.model)

    def _end(self, entry: Entry) -> None:
        entry.over()
        with self._lock:
            self._count(self._accounts[entry.provider_id], entry)
        usage, cost = entry.usage, entry.cost
        log.info(
            "call.ended",
            provider=entry.provider_id,
            model=entry.model,
            outcome=entry.finish,
            milliseconds=_milliseconds(entry.seconds),
            first_token_milliseconds=_milliseconds(entry.first_token_seconds),
            input_tokens=usage.input_tokens if usage else None,
            output_tokens=usage.output_tokens if usage else None,
            cost_usd=float(cost.usd) if cost and cost.usd is not None else None,
        )

    def _count(self, account: Account, entry: Entry) -> None:
        """Requires holding _lock."""
        assert self._lock.locked()
        account.open -= 1
        account.outcomes[entry.finish] += 1
        account.seconds.observe(entry.seconds)
        if entry.first_token_seconds is not None:
            account.first_token.observe(entry.first_token_seconds)
        if entry.usage is not None and entry.cost is not None:
            account.input_tokens += entry.usage.input_tokens
            account.output_tokens += entry.usage.output_tokens
            account.usd += entry.cost.usd or 0
            account.unpriced += entry.cost.usd is None


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)


def _asked(provider_id: str, request: ChatRequest) -> dict[str, object]:
    """Attributes by the semantic conventions for generative AI; nothing of what is said."""
    context = structlog.contextvars.get_contextvars()
    return {
        "gen_ai__operation__name": "chat",
        "gen_ai__provider__name": _OF_SEMANTIC_CONVENTIONS.get(provider_id, provider_id),
        "gen_ai__request__model": request.model,
        "gen_ai__request__max_tokens": request.max_tokens,
        "gen_ai__request__temperature": request.temperature,
        "gen_ai__request__top_p": request.top_p,
        "gen_ai__output__type": "json" if request.json_schema else "text",
        "gen_ai__conversation__id": context.get("session_id"),
    }


def _describe(span: trace.Span, entry: Entry) -> None:
    usage = entry.usage
    span.set(
        gen_ai__response__model=entry.response_model,
        gen_ai__response__finish_reasons=(entry.finish,),
        gen_ai__usage__input_tokens=usage.input_tokens if usage else None,
        gen_ai__usage__output_tokens=usage.output_tokens if usage else None,
        council__first_token_seconds=entry.first_token_seconds,
    )
