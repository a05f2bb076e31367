"""A person's vote: read as people write, and never guessed."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.meeting.handwritten import paper_of, read_handwritten
from council.meeting.reading import Unreadable
from tests.meeting.ballot_cases import TYPES, ballot, paper


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("yes", "yes"), ("Yes!", "yes"), ("  JA ", "yes"), ("是", "yes"), ("赞成", "yes"), ("oui", "yes"),
        ("in favour", "yes"), ("no.", "no"), ("Nein", "no"), ("否", "no"), ("反对", "no"), ("non", "no"),
    ],
)  # fmt: skip
def test_people_say_yes_in_their_own_words(text: str, choice: str) -> None:
    assert read_handwritten(paper("yes_no"), text).choice == choice


@pytest.mark.parametrize("text", ["abstain", "弃权", "Enthaltung"])
@pytest.mark.parametrize("vote_type", TYPES)
def test_people_may_abstain(text: str, vote_type: str) -> None:
    found = read_handwritten(paper(vote_type), text, "I was not there.")
    assert (found.choice, found.abstained, found.reason) == (None, "chosen", "I was not there.")


@pytest.mark.parametrize(
    ("vote_type", "value", "choice"),
    [
        ("score_1_10", "7", 7), ("score_1_10", 7, 7), ("score_1_10", " 10 ", 10),
        ("choice", "b", "B"), ("choice", "Plan B", "B"), ("choice", "plan b", "B"),
        ("ranking", "B > A > D > C", ("B", "A", "D", "C")), ("ranking", "b, a, d, c", ("B", "A", "D", "C")),
        ("ranking", "B、A、D、C", ("B", "A", "D", "C")), ("ranking", ["B", "A", "D", "C"], ("B", "A", "D", "C")),
        ("yes_no", '{"vote": "no", "reason": "So."}', "no"),
    ],
)  # fmt: skip
def test_what_people_write(vote_type: str, value: Any, choice: Any) -> None:
    """A number, a letter or a name, a chain of letters; or the form itself."""
    assert read_handwritten(paper(vote_type), value).choice == choice


@pytest.mark.parametrize(
    ("vote_type", "value"),
    [
        ("yes_no", "maybe"), ("yes_no", "yes and no"), ("yes_no", True), ("yes_no", ""), ("yes_no", None),
        ("score_1_10", "eleven"), ("score_1_10", "11"), ("score_1_10", "٧"), ("score_1_10", "7.5"),
        ("choice", "E"), ("choice", "A or B"), ("choice", "Plan"), ("ranking", "A > B"), ("ranking", "A A B C D"),
    ],
)  # fmt: skip
def test_what_nobody_can_read(vote_type: str, value: Any) -> None:
    """It is refused with what would do, rather than guessed."""
    with pytest.raises(Unreadable):
        read_handwritten(paper(vote_type), value)


@given(st.text(), st.sampled_from(TYPES))
def test_any_text_can_be_tried(text: str, vote_type: str) -> None:
    """It is a vote, or Unreadable; nothing else is raised."""
    with contextlib.suppress(Unreadable):
        assert read_handwritten(paper(vote_type), text).voter == "somebody"


def test_a_paper_is_made_of_what_was_asked() -> None:
    """The person who answers later gets the same options."""
    made = ballot("choice")
    asked = {"vote_type": "choice", "options": list(made.shown_options)}
    assert read_handwritten(paper_of(asked, "person"), "C").choice == "C"
