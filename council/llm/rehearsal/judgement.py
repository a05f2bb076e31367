"""The scores a rehearsed judge gives: the same for the same prompt."""

from dataclasses import dataclass

from council.llm.rehearsal.brief import Brief

WEIGHTS = (40, 30, 30)
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
