"""The count: equal weight, exact, blind to order and names; nobody's silence counts for anything."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.meeting.ballot_words import in_words
from council.meeting.ballots import Ballot, Option, Vote, abstention
from council.meeting.counting import ClosedBallot, Tally, count
from tests.meeting.ballot_cases import DRAFTS, IDS, THRESHOLDS, TYPES, ballot, elections, votes


def outcome(made: Ballot, *choices: Any) -> tuple[str, str | None]:
    tally = count(made, votes(*choices))
    return tally.outcome, tally.decision


def many(yes: int, no: int, silent: int = 0) -> list[Any]:
    return ["yes"] * yes + ["no"] * no + [None] * silent


# Yes or no


@pytest.mark.parametrize(
    ("yes", "no", "threshold", "expected"),
    [
        (3, 0, 0.67, ("passed", "yes")),
        (0, 3, 0.67, ("rejected", "no")),
        (2, 1, 0.67, ("passed", "yes")),  # two thirds
        (2, 1, 0.66, ("passed", "yes")),
        (67, 33, 0.67, ("passed", "yes")),
        (66, 34, 0.67, ("impasse", None)),
        (33, 67, 0.67, ("rejected", "no")),
        (34, 66, 0.67, ("impasse", None)),
        (1, 1, 0.5, ("impasse", None)),  # both reach it: a tie
        (51, 49, 0.5, ("passed", "yes")),
        (49, 51, 0.5, ("rejected", "no")),
        (3, 2, 0.6, ("passed", "yes")),  # exactly, although 0.6 is no binary number
        (7, 3, 0.7, ("passed", "yes")),
        (9, 1, 1.0, ("impasse", None)),
        (10, 0, 1.0, ("passed", "yes")),
    ],
)
def test_yes_or_no(yes: int, no: int, threshold: float, expected: Any) -> None:
    """Passed when yes / (yes + no) reaches the threshold, rejected when no does; neither or both is an impasse."""
    assert outcome(ballot("yes_no", threshold=threshold), *many(yes, no)) == expected


# Scores


@pytest.mark.parametrize(
    ("scores", "threshold", "expected"),
    [
        ([10, 10, 10], 1.0, ("passed", "yes")),
        ([1, 1, 1], 1.0, ("rejected", "no")),
        ([8, 7, 7], 0.7, ("passed", "yes")),  # (22/3 - 1) / 9 = 0.7037
        ([7, 7, 7], 0.67, ("passed", "yes")),  # 6/9 is two thirds
        ([4, 4, 4], 0.67, ("rejected", "no")),
        ([3, 3, 4], 0.75, ("impasse", None)),  # (10/3 - 1) / 9 = 0.2593
        ([3, 3, 4], 0.74, ("rejected", "no")),
        ([5, 6], 0.5, ("impasse", None)),  # exactly in the middle
        ([6, 6], 0.5, ("passed", "yes")),
        ([5, 5], 0.5, ("rejected", "no")),
    ],
)
def test_scores(scores: list[int], threshold: float, expected: Any) -> None:
    """The mean, as (mean - 1) / 9, reaches the threshold, or 1 - threshold from above."""
    assert outcome(ballot("score_1_10", threshold=threshold), *scores) == expected


def test_the_mean_is_shown() -> None:
    numbers = count(ballot("score_1_10"), votes(10, 4, None)).count
    assert (numbers["mean"], numbers["normalised"]) == (7.0, 0.6667)
    assert [bar["votes"] for bar in numbers["bars"]] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 1]


# A choice


@pytest.mark.parametrize(
    ("chosen", "threshold", "expected", "why"),
    [
        ("AAB", 0.66, ("passed", "A"), None),
        ("AAB", 0.67, ("passed", "A"), None),
        ("AAB", 0.7, ("impasse", None), "below_threshold"),
        ("AABC", 0.5, ("passed", "A"), None),
        ("AABB", 0.5, ("impasse", None), "tie"),
        ("ABCD", 0.5, ("impasse", None), "tie"),
        ("AABBC", 0.5, ("impasse", None), "tie"),
        ("D", 1.0, ("passed", "D"), None),
    ],
)
def test_a_choice(chosen: str, threshold: float, expected: Any, why: str | None) -> None:
    """An option wins with its share of the votes at the threshold; a plurality below it wins nothing, and is shown."""
    tally = count(ballot("choice", threshold=threshold), votes(*chosen))
    assert (tally.outcome, tally.decision) == expected
    assert tally.why == why
    assert tally.count["leaders"][0] == max(chosen, key=chosen.count)


# A ranking


def test_borda() -> None:
    """The best mean rank wins, and each option's is shown."""
    tally = count(ballot("ranking"), votes(tuple("ABCD"), tuple("BACD"), tuple("ACBD")))
    assert (tally.outcome, tally.decision) == ("passed", "A")
    assert {bar["id"]: bar["mean_rank"] for bar in tally.count["bars"]} == {
        "A": 1.3333, "B": 2.0, "C": 2.6667, "D": 4.0
    }  # fmt: skip
    assert tally.count["condorcet"] == "A"


def test_condorcet_may_be_another() -> None:
    """Borda's and Condorcet's winners differ here; the second is noted, the first is decided."""
    tally = count(ballot("ranking"), votes(*[tuple("ABCD")] * 3, *[tuple("BCDA")] * 2))
    assert tally.decision == "B"
    assert tally.count["condorcet"] == "A"


def test_a_circle_has_no_condorcet_winner() -> None:
    """A over B, B over C, C over A, each by two to one; by mean rank all three are equal: an impasse."""
    three = ballot("ranking", options=DRAFTS[:3])
    tally = count(three, votes(tuple("ABC"), tuple("BCA"), tuple("CAB")))
    assert (tally.outcome, tally.why, tally.count["condorcet"]) == ("impasse", "tie", None)
    assert tally.count["leaders"] == ["A", "B", "C"]


def test_ones_own_is_not_averaged() -> None:
    """Each draft's ranks are those that the others gave it."""
    drafts = ballot("ranking", options=DRAFTS[:3])
    given_ = [Vote("a", ("B", "C")), Vote("b", ("A", "C")), Vote("c", ("A", "B"))]
    tally = count(drafts, given_)
    assert {bar["id"]: bar["mean_rank"] for bar in tally.count["bars"]} == {"A": 1.0, "B": 1.5, "C": 2.0}
    assert (tally.decision, tally.unanimous) == ("A", True)


def test_two_who_can_only_rank_each_other_are_tied() -> None:
    """Self-votes out: each has one first place."""
    tally = count(ballot("ranking", options=DRAFTS[:2]), [Vote("a", ("B",)), Vote("b", ("A",))])
    assert (tally.outcome, tally.why) == ("impasse", "tie")


# Quorum


@pytest.mark.parametrize("vote_type", TYPES)
@pytest.mark.parametrize("quorum", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("silent", [0, 1, 5])
def test_nobody_voted_is_never_passed(vote_type: str, quorum: float, silent: int) -> None:
    """Whatever the quorum and the threshold, and however many were asked."""
    tally = count(ballot(vote_type, quorum=quorum, threshold=0.5), votes(*[None] * silent))
    assert (tally.outcome, tally.decision, tally.why) == ("no_quorum", None, "nobody_voted")
    assert not tally.unanimous


@pytest.mark.parametrize(
    ("yes", "silent", "quorum", "expected"),
    [
        (1, 1, 0.5, "passed"),
        (1, 2, 0.5, "no_quorum"),
        (2, 1, 0.7, "no_quorum"),
        (2, 1, 0.66, "passed"),
        (3, 1, 1.0, "no_quorum"),
    ],
)
def test_abstentions_do_not_make_a_quorum(yes: int, silent: int, quorum: float, expected: str) -> None:
    """Ballots that count, of all voters, reach the quorum exactly or from above."""
    assert count(ballot("yes_no", quorum=quorum), votes(*many(yes, 0, silent))).outcome == expected


def test_a_choice_needs_two_options() -> None:
    """With one draft, or none, there is nothing to vote on: an impasse that says so, and no lack of voters."""
    for options in ((), DRAFTS[:1]):
        made = ballot("choice", options=options)
        tally = count(made, [abstention("a", "nothing_to_choose", "There was nothing to choose between.")])
        assert (tally.outcome, tally.why) == ("impasse", "too_few_options")


# What holds of every count


@given(elections(), st.randoms())
def test_the_order_of_voters_changes_nothing(election: tuple[Ballot, list[Vote]], random: Any) -> None:
    made, cast = election
    shuffled = list(cast)
    random.shuffle(shuffled)
    assert count(made, shuffled) == count(made, cast)


@given(elections(), st.permutations(IDS))
def test_other_names_give_the_same_result_under_other_names(
    election: tuple[Ballot, list[Vote]], names: list[str]
) -> None:
    """To relabel the options relabels the result; their order on the ballot decides nothing."""
    made, cast = election
    to = dict(zip(IDS, names, strict=True))
    renamed = replace(made, options=tuple(Option(to[o.option_id], o.text) for o in made.options))
    moved = [replace(vote, choice=_renamed(vote.choice, to)) for vote in cast]
    before, after = count(made, cast), count(renamed, moved)
    assert (after.outcome, after.why) == (before.outcome, before.why)
    assert after.decision == to.get(before.decision or "", before.decision)


def _renamed(choice: Any, to: dict[str, str]) -> Any:
    return tuple(to[each] for each in choice) if isinstance(choice, tuple) else to.get(choice, choice)


@given(elections())
def test_an_abstention_never_helps(election: tuple[Ballot, list[Vote]]) -> None:
    """One more voter who abstains decides nothing that was not decided, and may cost the quorum."""
    made, cast = election
    before = count(made, cast)
    after = count(made, [*cast, abstention("late", "unreadable", "It was garbage.")])
    assert after.decision in (before.decision, None)
    assert after.outcome in (before.outcome, "no_quorum")


@given(elections(), THRESHOLDS, THRESHOLDS)
def test_a_higher_threshold_decides_less(
    election: tuple[Ballot, list[Vote]], one: float, other: float
) -> None:
    """What is decided at a threshold is decided so at every lower one."""
    made, cast = election
    low, high = (count(replace(made, threshold=each), cast) for each in sorted((one, other)))
    if high.decision is not None:
        assert (low.outcome, low.decision) == (high.outcome, high.decision)


@given(st.sampled_from(TYPES), THRESHOLDS, st.integers(1, 9), st.data())
def test_a_unanimous_ballot_decides_under_any_threshold(
    vote_type: str, threshold: float, voters: int, data: st.DataObject
) -> None:
    extremes = {"yes_no": ["yes", "no"], "score_1_10": [1, 10], "choice": IDS, "ranking": [tuple("DBCA")]}
    choice = data.draw(st.sampled_from(extremes[vote_type]))
    tally = count(ballot(vote_type, threshold=threshold, quorum=1.0), votes(*[choice] * voters))
    expected = {"no": "no", 1: "no", 10: "yes"}.get(choice, choice[0] if vote_type == "ranking" else choice)
    assert tally.decision == expected
    assert tally.unanimous is (voters > 1)


@given(elections())
def test_yes_and_no_are_mirrors(election: tuple[Ballot, list[Vote]]) -> None:
    """Turn every vote round, and the outcome turns round."""
    made, cast = election
    if made.vote_type not in ("yes_no", "score_1_10"):
        return
    turned: dict[Any, Any] = {"yes": "no", "no": "yes"} | {score: 11 - score for score in range(1, 11)}
    mirrored = count(made, [replace(v, choice=turned.get(v.choice)) for v in cast]).outcome
    opposite = {"passed": "rejected", "rejected": "passed"}
    before = count(made, cast).outcome
    assert mirrored == opposite.get(before, before)


@given(elections())
def test_the_count_is_plain_json(election: tuple[Ballot, list[Vote]]) -> None:
    """It travels as it is, with bars from 0 to 1 to draw, and comes back from the record the same."""
    made, cast = election
    tally = count(made, cast)
    assert json.loads(json.dumps(tally.count, allow_nan=False)) == tally.count
    assert all(0 <= bar["share"] <= 1 for bar in tally.count["bars"])
    assert tally.count["counted"] + tally.count["abstained"] == tally.count["voters"] == len(cast)
    closed = ClosedBallot(made, tuple(cast), tally)
    assert ClosedBallot.from_dict(json.loads(json.dumps(closed.as_dict()))) == closed
    assert Tally.from_dict(json.loads(json.dumps(tally.as_dict()))) == tally


@given(st.lists(st.lists(st.sampled_from([*IDS, "E", "a", ""]), max_size=6).map(tuple), max_size=6))
def test_ranking_garbage_never_crashes(rankings: list[tuple[str, ...]]) -> None:
    """Even rankings that no reader lets through are counted without an error."""
    tally = count(ballot("ranking"), votes(*rankings))
    assert tally.decision in (None, *IDS)


# Unanimity


@pytest.mark.parametrize(
    ("vote_type", "choices", "unanimous"),
    [
        ("yes_no", ["yes", "yes"], True),
        ("yes_no", ["yes", "yes", None], True),
        ("yes_no", ["yes"], False),
        ("yes_no", ["yes", "yes", "yes", "no"], False),
        ("score_1_10", [9, 10, 8], True),
        ("score_1_10", [10, 10, 10, 5], False),
        ("score_1_10", [1, 2], True),
        ("choice", ["A", "A", "A"], True),
        ("choice", ["A", "A", "A", "B"], False),
        ("ranking", [tuple("ABCD"), tuple("ADCB")], True),
        ("ranking", [tuple("ABCD"), tuple("ABCD"), tuple("BACD")], False),
    ],
)
def test_unanimity(vote_type: str, choices: list[Any], unanimous: bool) -> None:
    """At least two ballots count, and each of them says what was decided."""
    assert count(ballot(vote_type, threshold=0.6), votes(*choices)).unanimous is unanimous


def test_an_author_cannot_break_unanimity() -> None:
    """Who wrote the winning draft had to vote for another one."""
    cast = [Vote("a", "B"), Vote("b", "A"), Vote("c", "A"), Vote("d", "A")]
    assert count(ballot("choice", options=DRAFTS, threshold=0.67), cast).unanimous


# In words


@given(elections())
def test_any_count_can_be_said(election: tuple[Ballot, list[Vote]]) -> None:
    made, cast = election
    text = in_words(ClosedBallot(made, tuple(cast), count(made, cast)), {"v0": "Member A"})
    assert text.startswith("Outcome: ")
    assert len(text.splitlines()) == 2 + len(made.options) + len(cast)


def test_the_chair_reads_every_vote_and_reason() -> None:
    """Under letters, with what did not count and why."""
    cast = [
        Vote("v0", "yes", reason="It pays."),
        Vote("v1", "no", reason="It fails."),
        abstention("v2", "failed", "The model's server did not answer."),
    ]
    made = ballot("yes_no")
    names = {"v0": "Member A", "v1": "Member B", "v2": "Member C"}
    assert in_words(ClosedBallot(made, tuple(cast), count(made, cast)), names).splitlines() == [
        "Outcome: an impasse (a tie).",
        "2 of 3 ballots count. Yes: 1, no: 1. Threshold: 0.67.",
        "- Member A: yes. It pays.",
        "- Member B: no. It fails.",
        "- Member C abstained: The model's server did not answer.",
    ]
