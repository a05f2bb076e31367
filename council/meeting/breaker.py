"""The circuit breaker: what makes a meeting stop by itself and ask whether it is to go on."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from council.meeting.money import nano_of, written

FEW_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When it trips; 0 switches a trigger off."""

    cost_factor: float
    node_seconds: float
    repeats: int


@dataclass(frozen=True, slots=True)
class Trip:
    """Why it tripped. The same ``trigger`` trips once in a meeting: whoever let it go on, knew."""

    trigger: str
    detail: str


def overspent(
    estimate: dict[str, Any] | None, nano_usd: int, unknown: int, limits: Thresholds
) -> Trip | None:
    """Whether far more money went, or tokens of which nobody knows the price, than the estimate expected."""
    expected = (estimate or {}).get("expected")
    if not expected or not limits.cost_factor:
        return None
    factor = f"more than {limits.cost_factor:g} times what was expected"
    money = nano_of(expected["usd"] or 0.0)
    if money and nano_usd > money * limits.cost_factor:
        return Trip("cost", f"{written(nano_usd)} are spent, {factor} ({written(money)}).")
    tokens = expected["unknown_price_tokens"]
    if tokens and unknown > tokens * limits.cost_factor:
        return Trip("cost", f"{unknown:,} tokens without a known price are spent, {factor} ({tokens:,}).")
    return None


def too_slow(node_id: str, name: str, seconds: float, limits: Thresholds) -> Trip | None:
    """Whether one node takes too long; pauses and waiting for people are not counted."""
    if not limits.node_seconds or seconds <= limits.node_seconds:
        return None
    limit = f"{limits.node_seconds / 60:g} minutes"
    return Trip(f"slow:{node_id}", f"{name} ({node_id}) has been at work for more than {limit}.")


@dataclass(slots=True)
class Echoes:
    """Counts equal answers. Not thread-safe: the run's thread owns it."""

    limits: Thresholds
    _heard: Counter[tuple[str, str]] = field(default_factory=Counter)

    def hear(self, node_id: str, name: str, agent_id: str | None, text: str) -> Trip | None:
        """Take in one answer; whether its node or its member has now given it too often.

        At several nodes a member is asked for different things: there a few words may well be the same.
        """
        said = normalised(text)
        if not said or not self.limits.repeats:
            return None
        trips = [self._count(node_id, f"{name} ({node_id})", said)]
        if agent_id and len(said) >= FEW_CHARACTERS:
            trips.append(self._count(f"agent {agent_id}", f"The member {agent_id}", said))
        return next((trip for trip in trips if trip is not None), None)

    def _count(self, who: str, name: str, said: str) -> Trip | None:
        self._heard[who, said] += 1
        times = self._heard[who, said]
        if times < self.limits.repeats:
            return None
        return Trip(f"repeat:{who}", f"{name} has given the same answer {times} times.")


def normalised(text: str) -> str:
    """The words of a text alone: two texts with the same words are the same answer."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()
