"""The count of a ballot: by the server, with equal weight, in exact fractions.

Whoever abstains, or cannot be read, counts for nothing and towards no quorum; a ballot on which nobody voted
is never passed. The order of votes and options makes no difference: a tie at the top is an impasse.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import permutations
from typing import Any, Literal

from council.meeting.ballots import NO, SCORES, YES, Ballot, Option, Vote

_TWO_THIRDS = Fraction(2, 3)

Outcome = Literal["passed", "rejected", "impasse", "no_quorum"]
Why = Literal["nobody_voted", "below_quorum", "too_few_options", "tie", "below_threshold"]


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted. ``count`` is plain JSON, enough to draw a chart; ``why`` says why nothing was decided."""

    outcome: Outcome
    decision: str | None
    count: dict[str, Any]
    unanimous: bool = False
    why: Why | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> "Tally":
        """A recorded tally."""
        return cls(**kept)


@dataclass(frozen=True, slots=True)
class ClosedBallot:
    """A ballot with all its votes and the count, as the result of a vote keeps it."""

    ballot: Ballot
    votes: tuple[Vote, ...]
    tally: Tally

    def as_dict(self) -> dict[str, Any]:
        return {
            "ballot": self.ballot.as_dict(),
            "votes": [vote.as_dict() for vote in self.votes],
            "tally": self.tally.as_dict(),
        }

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> "ClosedBallot":
        """A recorded result of a vote; its other fields are left aside."""
        return cls(
            Ballot.from_dict(kept["ballot"]),
            tuple(Vote.from_dict(vote) for vote in kept["votes"]),
            Tally.from_dict(kept["tally"]),
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """What one type's count comes to, quorum left aside."""

    outcome: Outcome
    decision: str | None
    numbers: dict[str, Any]
    why: Why | None = None


def count(ballot: Ballot, votes: Sequence[Vote]) -> Tally:
    """Count the votes, one for every voter, abstentions among them."""
    valid = [vote for vote in votes if vote.choice is not None]
    found = _counted(ballot, valid)
    why_not = _why_no_quorum(ballot, len(valid), len(votes))
    outcome, decision, why = found.outcome, found.decision, found.why
    if why_not is not None:
        outcome, decision, why = "no_quorum", None, why_not
    unanimous = decision is not None and len(valid) > 1 and _all_for(ballot, valid, decision)
    plain = {
        "vote_type": ballot.vote_type,
        "voters": len(votes),
        "counted": len(valid),
        "abstained": len(votes) - len(valid),
        "threshold": ballot.threshold,
        "quorum": ballot.quorum,
        "unanimous": unanimous,
        "why": why,
        **found.numbers,
    }
    return Tally(outcome, decision, plain, unanimous, why)


def _why_no_quorum(ballot: Ballot, counted: int, voters: int) -> Why | None:
    if not ballot.has_choice:
        return None  # Nobody was asked: that is an impasse, and no lack of voters.
    if counted == 0:
        return "nobody_voted"
    return "below_quorum" if Fraction(counted, voters) < _exact(ballot.quorum) else None


def _counted(ballot: Ballot, votes: list[Vote]) -> _Found:
    if not ballot.has_choice:
        return _Found("impasse", None, {"bars": []}, "too_few_options")
    match ballot.vote_type:
        case "yes_no":
            return _yes_no(ballot, votes)
        case "score_1_10":
            return _scores(ballot, votes)
        case "choice":
            return _choices(ballot, votes)
        case "ranking":
            return _rankings(ballot, votes)


# Yes or no


def _yes_no(ballot: Ballot, votes: list[Vote]) -> _Found:
    """Passed when yes / (yes + no) reaches the threshold, rejected when no / (yes + no) does; both is a tie."""
    given = Counter(vote.choice for vote in votes)
    bars = [_bar(word, word, given[word], len(votes)) for word in (YES, NO)]
    numbers = {"yes": given[YES], "no": given[NO], "bars": bars}
    return _either_way(ballot, _share(given[YES], len(votes)), numbers)


def _scores(ballot: Ballot, votes: list[Vote]) -> _Found:
    """The mean, brought from 1..10 to 0..1, reaches the threshold, or stays as far below as rejecting asks."""
    scores = [vote.choice for vote in votes if isinstance(vote.choice, int)]
    given = Counter(scores)
    mean = Fraction(sum(scores), len(scores)) if scores else None
    normalised = None if mean is None else (mean - 1) / 9
    bars = [_bar(str(score), str(score), given[score], len(scores)) for score in SCORES]
    numbers = {"mean": _plain(mean), "normalised": _plain(normalised), "bars": bars}
    return _either_way(ballot, normalised, numbers)


def _either_way(ballot: Ballot, approval: Fraction | None, numbers: dict[str, Any]) -> _Found:
    threshold = _exact(ballot.threshold)
    if approval is None:
        return _Found("impasse", None, numbers, "nobody_voted")
    passed, rejected = approval >= threshold, 1 - approval >= threshold
    if passed == rejected:
        return _Found("impasse", None, numbers, "tie" if approval == Fraction(1, 2) else "below_threshold")
    return _Found("passed", YES, numbers) if passed else _Found("rejected", NO, numbers)


# Options


def _choices(ballot: Ballot, votes: list[Vote]) -> _Found:
    """An option whose share of the votes reaches the threshold; below it the leader is shown, and wins nothing."""
    given = Counter(vote.choice for vote in votes)
    bars = [_bar(o.option_id, o.text, given[o.option_id], len(votes)) for o in ballot.options]
    leaders = _leaders({option.option_id: Fraction(given[option.option_id]) for option in ballot.options})
    numbers = {"leaders": leaders if votes else [], "bars": bars}
    if not votes:
        return _Found("impasse", None, numbers, "nobody_voted")
    if len(leaders) > 1:
        return _Found("impasse", None, numbers, "tie")
    if Fraction(given[leaders[0]], len(votes)) < _exact(ballot.threshold):
        return _Found("impasse", None, numbers, "below_threshold")
    return _Found("passed", leaders[0], numbers)


def _rankings(ballot: Ballot, votes: list[Vote]) -> _Found:
    """The best mean rank, which is Borda's count: "Mémoire sur les élections au scrutin" (1781).

    Voters do not rank their own, so that an option's ranks are averaged over those who ranked it. The
    option that beats each other one in pairs, where there is one, is noted: Condorcet, "Essai sur
    l'application de l'analyse à la probabilité des décisions" (1785). It may be another than the first.
    """
    rankings = [vote.choice for vote in votes if isinstance(vote.choice, tuple)]
    means = {option.option_id: _mean_rank(option.option_id, rankings) for option in ballot.options}
    ranked = {option_id: -mean for option_id, mean in means.items() if mean is not None}
    leaders = _leaders(ranked)
    numbers = {
        "leaders": leaders,
        "condorcet": _condorcet(list(means), rankings),
        "bars": [
            _rank_bar(option, means[option.option_id], rankings, len(means)) for option in ballot.options
        ],
    }
    if not leaders:
        return _Found("impasse", None, numbers, "nobody_voted")
    if len(leaders) > 1:
        return _Found("impasse", None, numbers, "tie")
    return _Found("passed", leaders[0], numbers)


def _mean_rank(option_id: str, rankings: list[tuple[str, ...]]) -> Fraction | None:
    ranks = [ranking.index(option_id) + 1 for ranking in rankings if option_id in ranking]
    return Fraction(sum(ranks), len(ranks)) if ranks else None


def _condorcet(options: list[str], rankings: list[tuple[str, ...]]) -> str | None:
    """The option that more voters put before than behind each other one, of those who ranked both."""
    wins = Counter(a for a, b in permutations(options, 2) if _margin(a, b, rankings) > 0)
    return next((option_id for option_id in options if wins[option_id] == len(options) - 1), None)


def _margin(a: str, b: str, rankings: list[tuple[str, ...]]) -> int:
    both = [ranking for ranking in rankings if a in ranking and b in ranking]
    return sum(1 if ranking.index(a) < ranking.index(b) else -1 for ranking in both)


def _leaders(points: dict[str, Fraction]) -> list[str]:
    return [name for name, value in points.items() if value == max(points.values())]


# Unanimity


def _all_for(ballot: Ballot, votes: list[Vote], decision: str) -> bool:
    """Everybody whose vote could say so said what was decided."""
    match ballot.vote_type:
        case "score_1_10":
            alone = (count_one(ballot, vote) for vote in votes)
            return all(outcome == ("passed" if decision == YES else "rejected") for outcome in alone)
        case "ranking":
            able = [
                vote.choice for vote in votes if isinstance(vote.choice, tuple) and decision in vote.choice
            ]
            return len(able) > 1 and all(ranking[0] == decision for ranking in able)
        case "choice":
            authors = {option.author for option in ballot.options if option.option_id == decision}
            able_votes = [vote for vote in votes if vote.voter not in authors]
            return len(able_votes) > 1 and all(vote.choice == decision for vote in able_votes)
        case "yes_no":
            return all(vote.choice == decision for vote in votes)


def count_one(ballot: Ballot, vote: Vote) -> Outcome:
    """What this vote would decide alone."""
    return _counted(ballot, [vote]).outcome


# Numbers


def _exact(number: float) -> Fraction:
    """A float as it is written, and not the nearest binary number; 0.67 is how people write two thirds."""
    return _TWO_THIRDS if number == 0.67 else Fraction(repr(float(number)))


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def _plain(number: Fraction | None) -> float | None:
    return None if number is None else round(float(number), 4)


def _bar(name: str, label: str, votes: int, whole: int) -> dict[str, Any]:
    """One bar of the chart; ``share`` is its length from 0 to 1."""
    return {"id": name, "label": label, "votes": votes, "share": _plain(_share(votes, whole)) or 0.0}


def _rank_bar(
    option: Option, mean: Fraction | None, rankings: list[tuple[str, ...]], options: int
) -> dict[str, Any]:
    """``votes`` are first places; ``share`` is 1 for a mean rank of 1 and 0 for the last."""
    first = sum(1 for ranking in rankings if ranking[:1] == (option.option_id,))
    length = Fraction(0) if mean is None else (options - mean) / (options - 1)
    return {
        "id": option.option_id,
        "label": option.text,
        "votes": first,
        "share": _plain(length),
        "mean_rank": _plain(mean),
        "ranked_by": sum(1 for ranking in rankings if option.option_id in ranking),
    }
