"""What one run may spend, what it has spent, and what is set aside for calls that are not over.

``spent + reserved`` never exceeds the cap, whatever the order in which threads come, as long as no call turns out
dearer than its worst case. One that does is recorded as what it was; then nothing more is reserved.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from council.meeting.money import NANO, usd_of, written


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in nano-dollars, and tokens. ``unknown`` are those of the tokens whose price nobody knows."""

    nano_usd: int = 0
    tokens: int = 0
    unknown: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(
            self.nano_usd + other.nano_usd, self.tokens + other.tokens, self.unknown + other.unknown
        )

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(
            self.nano_usd - other.nano_usd, self.tokens - other.tokens, self.unknown - other.unknown
        )

    def times(self, count: int) -> "Amount":
        return Amount(self.nano_usd * count, self.tokens * count, self.unknown * count)

    def without(self, other: "Amount") -> "Amount":
        """What of this is left when ``other`` is there already; never below nothing."""
        return Amount(max(0, self.nano_usd - other.nano_usd), max(0, self.tokens - other.tokens))


NOTHING = Amount()


@dataclass(frozen=True, slots=True)
class Limits:
    """A cap; ``None`` has no limit."""

    nano_usd: int | None = None
    tokens: int | None = None
    seconds: float | None = None

    @classmethod
    def of(cls, cap: dict[str, float | None] | None) -> "Limits":
        """From a row's cap. Part of a nano-dollar is not money one may spend."""
        cap = cap or {}
        usd, tokens = cap.get("usd"), cap.get("tokens")
        return cls(
            nano_usd=None if usd is None else int(Decimal(str(usd)) * NANO),
            tokens=None if tokens is None else int(tokens),
            seconds=cap.get("seconds"),
        )

    @property
    def holds(self) -> bool:
        """Whether calls have to be paid for out of a reservation."""
        return self.nano_usd is not None or self.tokens is not None


@dataclass(frozen=True, slots=True)
class Figures:
    """The budget at one moment."""

    limits: Limits
    spent: Amount
    reserved: Amount


@dataclass(frozen=True, slots=True)
class Shortage:
    """What did not fit: ``wanted`` on top of what is spent and reserved at that moment."""

    figures: Figures
    wanted: Amount

    @property
    def needs(self) -> dict[str, float]:
        """The least that each limit which was hit would have to be."""
        limits, after = self.figures.limits, self.figures.spent + self.figures.reserved + self.wanted
        needs: dict[str, float] = {}
        if limits.nano_usd is not None and self.wanted.nano_usd and after.nano_usd > limits.nano_usd:
            needs["usd"] = usd_of(after.nano_usd)
        if limits.tokens is not None and self.wanted.tokens and after.tokens > limits.tokens:
            needs["tokens"] = after.tokens
        return needs

    @property
    def detail(self) -> str:
        """A sentence for people."""
        return " ".join(_sentence(self, limit) for limit in self.needs)


class Budget:
    """One lock for everything, so that no two threads can spend the same money."""

    def __init__(self, limits: Limits, spent: Amount = NOTHING) -> None:
        self._lock = threading.Lock()  # Guards everything below, and every purse. Held for sums only.
        self._limits = limits
        self._spent = spent
        self._reserved = NOTHING

    def figures(self) -> Figures:
        with self._lock:
            return Figures(self._limits, self._spent, self._reserved)

    @property
    def capped(self) -> bool:
        """Whether calls are paid for in advance. Read without the lock: limits are replaced as a whole."""
        return self._limits.holds

    def count(self, spent: Amount) -> None:
        """This was spent, too."""
        with self._lock:
            self._spent += spent

    def limit(self, limits: Limits) -> None:
        """From now on these limits hold; what is spent or reserved stays."""
        with self._lock:
            self._limits = limits

    def fill(self, wanted: Sequence[Amount]) -> "list[Purse] | Shortage":
        """A purse with each of these amounts, or none at all when they do not fit together."""
        whole = sum(wanted, NOTHING)
        with self._lock:
            if not self._limits.holds:
                return [Purse(self) for _each in wanted]
            if not self._fits(whole):
                return self._shortage(whole)
            self._reserved += whole
            return [Purse(self, amount) for amount in wanted]

    def _fits(self, more: Amount) -> bool:
        """Requires holding _lock."""
        assert self._lock.locked()
        after = self._spent + self._reserved + more
        too_much_money = (
            bool(more.nano_usd)
            and self._limits.nano_usd is not None
            and after.nano_usd > self._limits.nano_usd
        )
        too_many_tokens = (
            bool(more.tokens) and self._limits.tokens is not None and after.tokens > self._limits.tokens
        )
        return not too_much_money and not too_many_tokens

    def _shortage(self, wanted: Amount) -> Shortage:
        """Requires holding _lock."""
        assert self._lock.locked()
        return Shortage(Figures(self._limits, self._spent, self._reserved), wanted)


@dataclass(slots=True)
class Purse:
    """What one turn has in hand. Its calls draw on it from any thread; the budget's lock guards it."""

    _budget: Budget
    _idle: Amount = field(default=NOTHING)

    def draw(self, worst: Amount) -> Amount | Shortage:
        """Take out what a call costs at worst; what is not there is reserved now. Without a limit: nothing."""
        budget = self._budget
        with budget._lock:
            if not budget._limits.holds:
                return NOTHING
            missing = worst.without(self._idle)
            if not budget._fits(missing):
                return budget._shortage(missing)
            budget._reserved += missing
            self._idle = self._idle + missing - worst
            return worst

    def settle(self, drawn: Amount, really: Amount) -> None:
        """A call is over: count what it cost, and put the rest back into the purse."""
        budget = self._budget
        rest = drawn.without(really)
        with budget._lock:
            budget._spent += really
            budget._reserved = budget._reserved - drawn + rest
            self._idle += rest

    def close(self) -> None:
        """The turn is over: what was not needed is free for others. Idempotent."""
        budget = self._budget
        with budget._lock:
            budget._reserved -= self._idle
            self._idle = NOTHING


def _sentence(shortage: Shortage, limit: str) -> str:
    figures, wanted, needed = shortage.figures, shortage.wanted, shortage.needs[limit]
    taken = figures.spent + figures.reserved
    if limit == "tokens":
        return (
            f"The next calls may take up to {wanted.tokens:,} tokens; {taken.tokens:,} of {figures.limits.tokens:,} "
            f"are spent or reserved. A cap of {needed:,} would do."
        )
    return (
        f"The next calls may cost up to {written(wanted.nano_usd)}; {written(taken.nano_usd)} of "
        f"{written(figures.limits.nano_usd or 0)} are spent or reserved. "
        f"A cap of {written((taken + wanted).nano_usd)} would do."
    )
