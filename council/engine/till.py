"""Where a turn pays for its calls: the worst case before each one, what it really cost after it."""

from collections.abc import Callable

from council.engine.budget import NOTHING, Amount, Budget, Limits, Purse, Shortage
from council.engine.gate import Gate
from council.events import TokenUsage
from council.jsontext import dump
from council.llm.base import ChatRequest
from council.meeting.money import nano_of
from council.meeting.tokens import MOST_MESSAGE_TOKENS, most_tokens

OnShort = Callable[[Shortage], None]
"""Pauses the meeting, or learns that the cap has been raised meanwhile."""

Worst = Callable[[str, str, int, int], Amount]
"""What a call costs at worst: of this provider and model, with so many tokens in and out."""


class Till:
    """One turn's. Its calls may come from several threads."""

    def __init__(self, budget: Budget, purse: Purse, gate: Gate, worst: Worst, on_short: OnShort) -> None:
        self._budget = budget
        self._purse = purse
        self._gate = gate
        self._worst = worst
        self._on_short = on_short

    @property
    def capped(self) -> bool:
        """Whether calls are paid for in advance."""
        return self._budget.capped

    def draw(self, provider_id: str, request: ChatRequest) -> Amount:
        """Pay in advance; what has to be paid beyond the reservation may pause the meeting first. Blocks.

        Raises why the run is to leave off.
        """
        if not self.capped:
            return NOTHING
        worst = self._worst(provider_id, request.model, _asked_at_most(request), request.max_tokens or 0)
        while isinstance(drawn := self._purse.draw(worst), Shortage):
            self._on_short(drawn)
            self._gate.checkpoint()
        return drawn

    def settle(self, drawn: Amount, usage: TokenUsage | None) -> None:
        """The call is over; ``None``: the server has not taken it, and it cost nothing."""
        self._purse.settle(drawn, NOTHING if usage is None else amount_of(usage))

    def close(self) -> None:
        """The turn is over. Idempotent."""
        self._purse.close()


def _asked_at_most(request: ChatRequest) -> int:
    schema = most_tokens(dump(request.json_schema)) if request.json_schema else 0
    tools = (most_tokens(f"{each.name}{each.description}{dump(each.parameters)}") for each in request.tools)
    calls = (f"{call.name}{call.id}{call.arguments}" for each in request.messages for call in each.tool_calls)
    said = [*(each.content for each in request.messages), *calls]
    return schema + sum(tools) + sum(most_tokens(text) + MOST_MESSAGE_TOKENS for text in said)


def free(gate: Gate) -> Till:
    """A till without a cap, for turns that nobody has funded."""
    budget = Budget(Limits())
    return Till(budget, Purse(budget), gate, lambda *_call: NOTHING, lambda _shortage: None)


def amount_of(usage: TokenUsage) -> Amount:
    """What a call cost, counted as its event is counted in the row."""
    tokens = usage.input_tokens + usage.output_tokens
    usd = usage.estimated_cost_usd
    return Amount(0 if usd is None else nano_of(usd), tokens, tokens if usage.price == "unknown" else 0)
