"""A template drafted by a model: asked, checked, asked once more with what was at fault, and never saved unseen."""

import secrets
import threading
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from council.engine.callbook import Entry
from council.engine.opening import Seating
from council.engine.shelving import Faults, template_faults
from council.engine.speech import NOT_TAKEN
from council.engine.turn import Desk
from council.errors import FaultyDraft, ProviderError, RateLimited, ShuttingDown, Stopped, Unavailable
from council.llm.base import Call, ChatMessage, ChatRequest, Completion, Cost, OnDelta, Seat, Usage
from council.meeting.drafting import MAX_AGENTS, draft_prompt, draft_schema, faults_told, read_draft
from council.meeting.graph import Agent
from council.meeting.prompts import Prompt
from council.meeting.reading import Unreadable
from council.store.library import Library

MAX_TOKENS = 8_000
TEMPERATURE = 0.2
ATTEMPTS = 2
AT_ONCE = 4
"""Drafts under way at a time: each holds a thread of the web server while a model answers."""

Draft = dict[str, Any]


@dataclass(slots=True)
class Spending:
    """What all attempts together have cost. ``usd`` is ``None`` as soon as one price is unknown."""

    input_tokens: int = 0
    output_tokens: int = 0
    usd: Decimal | None = field(default_factory=Decimal)
    price: str = "local"
    estimated: bool = False

    def add(self, usage: Usage, cost: Cost) -> None:
        self.input_tokens += usage.input_tokens
        self.output_tokens += usage.output_tokens
        self.estimated = self.estimated or usage.estimated
        self.usd = None if self.usd is None or cost.usd is None else self.usd + cost.usd
        self.price = "unknown" if self.usd is None else cost.price

    def as_dict(self, seat: Seat) -> dict[str, Any]:
        return {
            "provider": seat.provider_id,
            "model": seat.model,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "estimated_cost_usd": None if self.usd is None else float(self.usd),
            "price": self.price,
            "estimated": self.estimated,
        }


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft without faults, and what it took."""

    template: Draft
    attempts: int
    usage: dict[str, Any]

    def as_answer(self) -> dict[str, Any]:
        return {"template": self.template, "faults": [], "attempts": self.attempts, "usage": self.usage}


class Drafter:
    """Thread-safe. Each draft is written on its caller's thread."""

    def __init__(self, desk: Desk, library: Library, seating: Seating) -> None:
        self._desk = desk
        self._library = library
        self._seating = seating
        self._lock = threading.Lock()  # Guards the two below. Never held while a model is asked.
        self._calls: list[Call] = []
        self._closed = False

    def draft(self, wish: str) -> Drafted:
        """A template for the wish. Blocks.

        Raises FaultyDraft with the last draft when it cannot be used, RateLimited, or a ProviderError.
        """
        seat = self._seating.seats([("draft", None, None)])["draft"]
        return _Work(self, self._desk, self._library, seat).run(wish)

    def close(self) -> None:
        """End the calls under way; their callers are told to try again. Idempotent."""
        with self._lock:
            self._closed = True
            calls = tuple(self._calls)
        for call in calls:
            call.cancel()

    def listen(self, call: Call, on_delta: OnDelta) -> Completion:
        """The call's answer. Raises RateLimited, Unavailable or a ProviderError."""
        with self._lock:
            if self._closed:
                raise _going_away()
            if len(self._calls) >= AT_ONCE:
                raise RateLimited(f"{AT_ONCE} templates are being drafted already.")
            self._calls.append(call)
        try:
            return call.run(on_delta)
        except (Stopped, ShuttingDown) as problem:
            raise _going_away() from problem
        finally:
            with self._lock:
                self._calls.remove(call)


class _Work:
    """One draft in the making; used by one thread."""

    def __init__(self, drafter: Drafter, desk: Desk, library: Library, seat: Seat) -> None:
        self._drafter = drafter
        self._desk = desk
        self._library = library
        self._seat = seat
        self._spending = Spending()

    def run(self, wish: str) -> Drafted:
        agents = self._library.all_agents()[:MAX_AGENTS]
        prompt = draft_prompt(wish, agents, self._desk.words, nonce=secrets.token_hex(12))
        said: tuple[ChatMessage, ...] = ()
        for attempt in range(1, ATTEMPTS + 1):
            text = self._ask(prompt, said, agents)
            draft, faults = self._checked(text)
            if draft is not None and not faults:
                return Drafted(draft, attempt, self._usage())
            told = faults_told(faults, self._desk.words["draft_faults"])
            said = (ChatMessage("assistant", text), ChatMessage("user", told))
        raise self._faulty(draft, faults)

    def _faulty(self, draft: Draft | None, faults: Faults) -> FaultyDraft:
        return FaultyDraft(
            f"The model's draft has {len(faults)} {'fault' if len(faults) == 1 else 'faults'}, "
            f"after {ATTEMPTS} attempts.",
            details={"faults": faults, "draft": draft, "attempts": ATTEMPTS, "usage": self._usage()},
        )

    def _ask(self, prompt: Prompt, said: tuple[ChatMessage, ...], agents: list[Agent]) -> str:
        opening = (ChatMessage("system", prompt.system), ChatMessage("user", prompt.user))
        request = ChatRequest(
            model=self._seat.model,
            messages=opening + said,
            temperature=TEMPERATURE,
            max_tokens=MAX_TOKENS,
            json_schema=draft_schema(agent.agent_id for agent in agents),
            timeout_seconds=self._desk.settings.node_timeout_seconds,
        )
        with self._desk.callbook.entry(self._seat.provider_id, request) as entry:
            return self._hear_out(request, entry)

    def _hear_out(self, request: ChatRequest, entry: Entry) -> str:
        call = self._desk.providers.provider(self._seat.provider_id).open(request)
        try:
            completion = self._drafter.listen(call, entry.hear)
        except ProviderError as problem:
            if not isinstance(problem, NOT_TAKEN):
                self._count(call.usage_so_far(), entry)
            problem.details = {"usage": self._usage()}
            raise
        self._count(completion.usage, entry)
        entry.finish, entry.response_model = completion.finish, completion.model
        return completion.content

    def _checked(self, text: str) -> tuple[Draft | None, Faults]:
        try:
            draft = read_draft(text)
        except Unreadable as problem:
            fault = {
                "path": "answer",
                "reason": f"It could not be read: {problem}.",
                "suggestion": "Send one JSON object.",
            }
            return None, [fault]
        return draft, template_faults(draft, self._library)

    def _count(self, usage: Usage, entry: Entry) -> None:
        cost = self._desk.cost(self._seat.provider_id, self._seat.model, usage)
        entry.settle(usage, cost)
        self._spending.add(usage, cost)

    def _usage(self) -> dict[str, Any]:
        return self._spending.as_dict(self._seat)


def _going_away() -> Unavailable:
    return Unavailable("The server is going away; nothing was drafted.")
