"""The circuit breaker: when a meeting stops by itself and asks."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.meeting.breaker import Echoes, Thresholds, Trip, normalised, overspent, too_slow
from council.meeting.money import NANO

LIMITS = Thresholds(cost_factor=3, node_seconds=600, repeats=3)
OFF = Thresholds(0, 0, 0)
PLAN = "The plan is good as it is, and nothing needs mending."


def expecting(usd: float | None, unknown: int = 0) -> dict[str, Any]:
    return {"expected": {"usd": usd, "unknown_price_tokens": unknown}}


# Spending


def test_more_than_three_times_the_estimate() -> None:
    """Exactly three times is not more."""
    assert overspent(expecting(0.10), 3 * NANO // 10, 0, LIMITS) is None
    trip = overspent(expecting(0.10), 3 * NANO // 10 + 1, 0, LIMITS)
    assert trip is not None
    assert trip.trigger == "cost"
    assert "0.10 USD" in trip.detail


def test_tokens_without_a_price_count_for_themselves() -> None:
    """They are spending, too, only that nobody knows how much."""
    assert overspent(expecting(None, 1_000), 0, 3_000, LIMITS) is None
    trip = overspent(expecting(None, 1_000), 0, 3_001, LIMITS)
    assert trip is not None
    assert "3,001 tokens" in trip.detail


def test_nothing_expected_is_no_measure() -> None:
    """A local model costs nothing, and three times nothing is reached at once; a meeting of old has no estimate."""
    assert overspent(expecting(0.0), NANO, 10**6, LIMITS) is None
    assert overspent(None, NANO, 10**6, LIMITS) is None
    assert overspent(expecting(0.10), 10 * NANO, 0, OFF) is None


# Time


def test_a_node_over_ten_minutes() -> None:
    assert too_slow("a", "The chair", 600, LIMITS) is None
    trip = too_slow("a", "The chair", 600.1, LIMITS)
    assert trip == Trip("slow:a", "The chair (a) has been at work for more than 10 minutes.")
    assert too_slow("a", "The chair", 10**6, OFF) is None


# Echoes


def said(echoes: Echoes, *answers: tuple[str, str | None, str]) -> list[str | None]:
    """The trigger after each (node, member, answer)."""
    trips = [echoes.hear(node_id, node_id, agent_id, text) for node_id, agent_id, text in answers]
    return [trip.trigger if trip else None for trip in trips]


def test_one_node_three_times() -> None:
    """Over the rounds of a loop, however few words it has."""
    assert said(Echoes(LIMITS), *[("a", "ada", "No change.")] * 3) == [None, None, "repeat:a"]


def test_one_member_three_times() -> None:
    """Wherever it sits."""
    answers = [(node_id, "ada", PLAN) for node_id in "abc"]
    assert said(Echoes(LIMITS), *answers) == [None, None, "repeat:agent ada"]


def test_a_few_words_at_several_nodes_are_no_echo() -> None:
    """A member is asked for different things there: "Yes." may be right every time."""
    assert said(Echoes(LIMITS), *[(node_id, "ada", "Yes.") for node_id in "abcde"]) == [None] * 5


def test_several_members_may_agree() -> None:
    """That is no echo."""
    answers = [(node_id, f"agent-{node_id}", PLAN) for node_id in "abcd"]
    assert said(Echoes(LIMITS), *answers) == [None] * 4


def test_another_answer_in_between_does_not_hide_it() -> None:
    answers = [
        ("a", "ada", text) for text in (PLAN, "Something else entirely.", PLAN, "A third thing.", PLAN)
    ]
    assert said(Echoes(LIMITS), *answers)[-1] == "repeat:a"


def test_case_spaces_and_marks_make_no_other_answer() -> None:
    """The words count, in any script."""
    assert normalised("**The  Plan**, is\ngood!") == normalised("the plan is good")
    assert normalised("会议，很好。") == normalised("会议 很好")
    assert normalised("ＡＢＣ １２") == normalised("abc 12")
    assert normalised("Two.") != normalised("Three.")


@pytest.mark.parametrize("nothing", ["", "…", "**", "\n\n"])
def test_nothing_said_is_no_answer(nothing: str) -> None:
    assert said(Echoes(LIMITS), *[("a", "ada", nothing)] * 5) == [None] * 5


def test_it_can_be_switched_off() -> None:
    assert said(Echoes(OFF), *[("a", "ada", PLAN)] * 5) == [None] * 5


@given(st.lists(st.sampled_from(["x", "y", "z"]), max_size=12))
def test_it_trips_exactly_at_the_third(answers: list[str]) -> None:
    """Never before, and from then on each time: whether it is told again is not for it to decide."""
    found = said(Echoes(LIMITS), *(("a", None, answer) for answer in answers))
    expected = ["repeat:a" if answers[: at + 1].count(each) >= 3 else None for at, each in enumerate(answers)]
    assert found == expected
