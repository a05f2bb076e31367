"""Another round, or out: what a loop decides after each round, and why.

Rounds end early on ballots and positions, never on how alike two texts look. A person's word
counts more than any score; only the number of rounds counts more than a person's word.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from council.events import LoopReason
from council.meeting.nodes import Loop


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand at the end of a round. ``scores`` are those of this loop's rounds, oldest first."""

    round: int
    scores: tuple[float, ...] = ()
    agreed: bool = False
    person: Literal["again", "leave"] | None = None


@dataclass(frozen=True, slots=True)
class RoundDecision:
    again: bool
    reason: LoopReason


def decide_round(loop: Loop, standing: Standing) -> RoundDecision:
    """The first of these that holds: a person leaves, the last round is over, a person goes on, the score is
    reached, all agree, the score fell, the score stands still; else there is another round."""
    if standing.person == "leave":
        return RoundDecision(False, "person")
    if standing.round >= loop.max_rounds:
        return RoundDecision(False, "max_rounds")
    if standing.person == "again":
        return RoundDecision(True, "person")
    if loop.exit_on_score and standing.scores and standing.scores[-1] >= loop.exit_on_score:
        return RoundDecision(False, "score")
    if loop.exit_on_agreement and standing.agreed:
        return RoundDecision(False, "agreement")
    if has_fallen(loop, standing.scores):
        return RoundDecision(False, "regression")
    if stands_still(loop, standing.scores):
        return RoundDecision(False, "stasis")
    return RoundDecision(True, "continue")


def fall(scores: tuple[float, ...]) -> float:
    """By how much the last round changed the score: below zero when it got worse."""
    return round(scores[-1] - scores[-2], 1) if len(scores) > 1 else 0.0


def has_fallen(loop: Loop, scores: tuple[float, ...]) -> bool:
    """Whether the last round made it worse by as much as the loop tolerates, or more."""
    return loop.regression < 0 and fall(scores) <= loop.regression


def stands_still(loop: Loop, scores: tuple[float, ...]) -> bool:
    """Whether each of the last rounds changed the score by less than what counts as movement."""
    if loop.stasis == 0 or len(scores) <= loop.stasis_rounds:
        return False
    last = scores[-loop.stasis_rounds - 1 :]
    return all(abs(after - before) < loop.stasis for before, after in pairwise(last))
