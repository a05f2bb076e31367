"""The scores a rehearsed judge gives, and where a rehearsed member stands: the same for the same prompt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from council.llm.rehearsal.brief import Brief, Stance

WEIGHTS = (40, 30, 30)
_OPPOSITE: Mapping[Stance, Stance] = {"for": "against", "against": "for"}
_VERDICTS = ((90, "pass"), (80, "refine"), (70, "improve"), (55, "rework"), (0, "reject"))


@dataclass(frozen=True, slots=True)
class Judgement:
    """Three parts out of 100, their weighted total and its word."""

    parts: tuple[int, int, int]

    @property
    def total(self) -> int:
        return round(sum(part * weight for part, weight in zip(self.parts, WEIGHTS, strict=True)) / 100)

    @property
    def verdict(self) -> str:
        return next(word for least, word in _VERDICTS if self.total >= least)


def judge(brief: Brief) -> Judgement:
    dice = brief.dice()
    return Judgement((dice.randint(62, 96), dice.randint(55, 92), dice.randint(58, 94)))


# Where a member stands


def stance(brief: Brief) -> Stance:
    """At first by its role; once it has read the others it has made up its mind, and some have changed it."""
    dice = Random(brief.character)
    first = _first(brief, dice)
    if not brief.said:
        return first
    if first == "undecided":
        return "for" if dice.random() < 0.6 else "against"
    moves = dice.random() < (0.1 if brief.role in ("for", "against") else 0.3)
    return _OPPOSITE[first] if moves else first


def has_moved(brief: Brief) -> bool:
    return brief.held is not None and brief.held != stance(brief)


def rank(brief: Brief, options: Sequence[Any]) -> list[Any]:
    """Best first: what is good is much the same for all members, and not quite."""
    return sorted(options, key=lambda option: -_worth(brief, option))


def _first(brief: Brief, dice: Random) -> Stance:
    if brief.role == "for" or brief.role == "against":
        return brief.role
    return dice.choices(("for", "against", "undecided"), (5, 3, 2))[0]


def _worth(brief: Brief, option: Any) -> float:
    common, own = Random(f"{brief.subject}\n{option}"), Random(f"{brief.character}\n{option}")
    return common.random() + 0.8 * own.random()
