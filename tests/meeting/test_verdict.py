"""The chair's ruling, read strictly; and the outcome that the server makes of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.meeting.ballots import Ballot, Vote
from council.meeting.counting import Tally, count
from council.meeting.verdict import (
    MAX_LISTED,
    MAX_TEXT,
    Opinion,
    find,
    full_members,
    has_quorum,
    read_ruling,
    weigh,
)
from tests.support.meetings import ruling

WHOLE = (Opinion("a", None), Opinion("b", None))


def block(value: Any) -> str:
    return f"Prose.\n\n```json\n{json.dumps(value)}\n```"


def test_a_score_is_weighed_by_the_server() -> None:
    """40 % strategic alignment, 30 % practical value, 30 % logical consistency."""
    found = read_ruling(ruling(80, 70, 60, word="refine"))
    assert found.parts == {"strategic": 80.0, "practical": 70.0, "consistency": 60.0}
    assert found.score == 0.4 * 80 + 0.3 * 70 + 0.3 * 60
    assert found.word == "refine"
    assert found.text == "The defender is right on cost."
    assert found.disputes == ({"claim": "It saves money.", "evidence": "[Ref: L1]"},)
    assert found.orders == ("Add a pilot.",)


@given(st.tuples(*[st.floats(0, 100)] * 3))
def test_a_score_is_between_its_parts(values: tuple[float, float, float]) -> None:
    """The total is from 0 to 100 and never outside what it is made of."""
    total = weigh(dict(zip(("strategic", "practical", "consistency"), values, strict=True)))
    assert min(values) - 0.05 <= total <= max(values) + 0.05


@pytest.mark.parametrize(
    "number", [True, False, "80", None, [80], -0.1, 100.1, 1e308, 10**400, -(10**400), {"value": 80}]
)
def test_a_part_that_is_no_score(number: object) -> None:
    """A bool, a text, nothing, or a number out of range is no score; then there is none at all."""
    found = read_ruling(ruling(number))
    assert found.parts is None
    assert found.score is None
    assert found.word == "refine"


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_a_number_that_is_no_json(literal: str) -> None:
    """NaN and its kin are no JSON: what holds them cannot be read."""
    assert read_ruling(ruling().replace("80", literal)).score is None


@pytest.mark.parametrize("edge", [0, 100, 0.0, 100.0])
def test_the_edges_are_inside(edge: float) -> None:
    """From 0 to 100, both included."""
    assert read_ruling(ruling(edge, edge, edge)).score == edge


def test_a_part_is_missing() -> None:
    """All three parts, or none."""
    assert read_ruling(block({"score": {"strategic_alignment": 80, "practical_value": 70}})).parts is None


@pytest.mark.parametrize(
    "text",
    [
        "No block at all.",
        "",
        ruling() + "\n" + ruling(),
        "```json\n{not json}\n```",
        "```json\n[1, 2]\n```",
        "```json\n" + "[" * 100_000 + "\n```",
        "```json\n{}",
        "```\n{}\n```",
        "Inline ```json {} ``` is no block",
    ],
)
def test_what_cannot_be_read_is_absent(text: str) -> None:
    """None, two or a broken block: absent, not guessed; the words stay."""
    found = read_ruling(text)
    assert (found.parts, found.word, found.disputes, found.orders) == (None, None, (), ())
    assert found.text == text.strip()


@pytest.mark.timeout(20)
def test_a_hostile_ruling_costs_no_time() -> None:
    """Thousands of openings are read in one pass; while a text is read nobody else runs."""
    assert read_ruling("```json\n" * 100_000).parts is None


def test_line_ends_of_other_systems() -> None:
    """A block with carriage returns is a block."""
    assert read_ruling(ruling().replace("\n", "\r\n")).score == 71.0


@pytest.mark.parametrize("word", ["PASS", "maybe", None, 1, ["pass"], {"pass": 1}, ""])
def test_a_word_that_is_none(word: object) -> None:
    """Only the five words of the form are words."""
    assert read_ruling(ruling(word=word)).word is None


def test_disputes_and_orders_are_kept_short() -> None:
    """What is no claim or no sentence is left out; texts and lists have limits."""
    disputes = [{"claim": "c" * 5000, "evidence": None}, {"evidence": "alone"}, "text", 7, None]
    found = read_ruling(block({"disputes": disputes, "orders": ["o", " ", 7, None, "x" * 5000] + ["y"] * 50}))
    assert found.disputes == ({"claim": "c" * MAX_TEXT, "evidence": ""},)
    assert found.orders[:2] == ("o", "x" * MAX_TEXT)
    assert len(found.orders) == MAX_LISTED


def test_text_that_no_database_takes_is_cleaned() -> None:
    """Half a surrogate pair, or NUL, written as an escape in the chair's JSON."""
    found = read_ruling('```json\n{"orders": ["a\\ud83d", "b\\u0000c"]}\n```')
    assert found.orders == ("a\N{REPLACEMENT CHARACTER}", "bc")
    "".join(found.orders).encode()


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    """Whatever a model says, reading it does not fail."""
    read_ruling(text)
    read_ruling(f"```json\n{text}\n```")


# The outcome


def outcome(
    text: str, opinions: tuple[Opinion, ...] = WHOLE, tally: Tally | None = None, *, chair_cut: bool = False
) -> tuple[str, str | None]:
    found = find(read_ruling(text), opinions, tally, chair_cut=chair_cut)
    return found.outcome, found.word


def counted(yes: int, no: int, threshold: float = 0.67) -> Tally:
    votes = [Vote(f"y{n}", "yes") for n in range(yes)] + [Vote(f"n{n}", "no") for n in range(no)]
    return count(Ballot("yes_no", "Shall we?", threshold=threshold), votes)


def test_a_whole_council_decides() -> None:
    """With quorum, and a word that can be read: decided."""
    assert outcome(ruling(word="pass")) == ("decided", "pass")


@pytest.mark.parametrize(
    ("missing", "of", "enough"),
    [(0, 1, True), (0, 2, True), (1, 2, False), (1, 3, True), (2, 3, False), (2, 4, False), (1, 1, False)],
)
def test_quorum_is_more_than_half(missing: int, of: int, enough: bool) -> None:
    """More than half of the members gave a full opinion."""
    opinions = tuple(Opinion(str(n), "away" if n < missing else None) for n in range(of))
    assert has_quorum(opinions) is enough


def test_a_member_that_spoke_in_full_once_is_no_absence_in_the_quorum() -> None:
    """A member's first opinion was read by all, even if its answer in the debate broke off."""
    opinions = (Opinion("a1", None, "a"), Opinion("a2", "it broke off", "a"), Opinion("b1", None, "b"))
    assert has_quorum(opinions)
    assert full_members(opinions) == {"a", "b"}


def test_below_quorum_no_word_is_used() -> None:
    """Below quorum the outcome is ``partial`` and no verdict word is used, whatever was counted."""
    opinions = (Opinion("a", None), Opinion("b", "it timed out"))
    assert outcome(ruling(word="pass"), opinions) == ("partial", None)
    assert outcome(ruling(word="pass"), opinions, counted(3, 0)) == ("partial", None)


def test_a_chair_that_was_cut_off_decides_nothing() -> None:
    found = find(read_ruling(ruling(word="pass")), WHOLE, None, chair_cut=True)
    assert (found.outcome, found.word, found.partial_reason) == ("partial", None, "chair_cut")


def test_a_ruling_without_a_word_decides_nothing() -> None:
    found = find(read_ruling("I am not sure."), WHOLE, None)
    assert (found.outcome, found.word, found.partial_reason) == ("partial", None, "unreadable")


# The count


def test_nobody_voted() -> None:
    """A ballot without votes is below quorum: nothing passes because nobody came."""
    found = find(read_ruling(ruling(word="pass")), WHOLE, counted(0, 0))
    assert (found.outcome, found.partial_reason, found.decision) == ("partial", "below_quorum", None)


def test_a_stable_split_is_an_impasse() -> None:
    """Neither side reaches the threshold: an impasse, and the chair's word does not stand."""
    assert outcome(ruling(word="pass"), tally=counted(2, 2)) == ("impasse", None)


def test_the_count_decides_even_without_a_chair() -> None:
    """Where members voted, no chair is needed to decide."""
    found = find(None, WHOLE, counted(3, 1))
    assert (found.outcome, found.decision, found.word) == ("decided", "yes", None)


def test_a_chair_cannot_change_the_count() -> None:
    """A chair that rejects what was passed is told on; its word does not stand, the count does."""
    found = find(read_ruling(ruling(word="reject")), WHOLE, counted(3, 0))
    assert (found.outcome, found.decision, found.word) == ("decided", "yes", None)
    assert found.deviates == "The chair says 'reject'; the count says 'yes'."


@pytest.mark.parametrize(
    ("said", "tally", "deviates"),
    [
        ("yes", counted(3, 0), False),
        ("YES", counted(3, 0), False),
        ("no", counted(3, 0), True),
        ("none", counted(3, 0), True),
        ("none", counted(2, 2), False),
        ("yes", counted(2, 2), True),
        ("ignore the count, it is yes", counted(0, 3), True),
    ],
)
def test_what_the_chair_reads_in_the_count(said: str, tally: Tally, deviates: bool) -> None:
    """The chair's reading of the ballots is compared with the count, and with nothing else."""
    text = block({"verdict": "improve", "decision": said})
    assert (find(read_ruling(text), WHOLE, tally).deviates is not None) is deviates
