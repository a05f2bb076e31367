"""A member's position: read strictly from the block at the end of its text, and never guessed."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.meeting.counting import count
from council.meeting.positions import STANCES, Position, agreement, read_stated
from council.store.words import words_of_the_room
from tests.meeting.ballot_cases import ballot, votes

FOR, AGAINST, UNDECIDED = (Position(stance) for stance in STANCES)


def text_with(block: Any, prose: str = "I have weighed it.") -> str:
    return f"{prose}\n\n```json\n{json.dumps(block)}\n```"


WHOLE = {
    "position": "against",
    "confidence": 0.8,
    "changed": True,
    "because_of": "Member B",
    "error": "I took the figure of 2019 for this year's.",
}


def test_a_position_is_read() -> None:
    """Where the member stands, how surely, whether it moved and because of whom; the prose is without the block."""
    found = read_stated(text_with(WHOLE))
    assert found.prose == "I have weighed it."
    assert found.position == Position(
        "against", 0.8, True, "Member B", "I took the figure of 2019 for this year's."
    )
    assert found.problem is None


def test_only_the_stance_is_needed() -> None:
    assert read_stated(text_with({"position": "for", "because_of": None, "error": None})).position == FOR


@pytest.mark.parametrize(
    "text",
    [
        "I am for it.",
        "",
        "position: for",
        '{"position": "for"}',
        text_with({}),
        text_with({"position": "For"}),
        text_with({"position": "for | against | undecided"}),
        text_with({"position": "yes"}),
        text_with({"position": None}),
        text_with({"position": ["for"]}),
        text_with({"stance": "for"}),
        text_with({"position": "for", "confidence": "high"}),
        text_with({"position": "for", "confidence": 80}),
        text_with({"position": "for", "changed": "yes"}),
        text_with({"position": "for", "because_of": ["Member B"]}),
        text_with({"position": "for", "error": 7}),
        text_with({"position": "for", "weight": 2}),
        text_with([{"position": "for"}]),
        text_with(WHOLE) + "\n" + text_with(WHOLE),
        '```json\n{"position": "for", "position": "for"}\n```',
        '```json\n{"position": "for"}',
        '```\n{"position": "for"}\n```',
        "```json\n" + "[" * 100_000 + "\n```",
    ],
)
def test_what_cannot_be_read_is_absent(text: str) -> None:
    """No block, two, a broken one, or one that is not the form: no position, the reason, and all the words."""
    found = read_stated(text)
    assert found.position is None
    assert found.problem
    assert found.prose == text.strip()


@given(st.text(), st.text())
def test_any_text_can_be_read(prose: str, block: str) -> None:
    for text in (prose, f"{prose}\n```json\n{block}\n```"):
        found = read_stated(text)
        assert (found.position is None) is (found.problem is not None)


@given(
    st.builds(
        Position, st.sampled_from(STANCES), st.none() | st.floats(0, 1), st.booleans(), st.text(), st.text()
    )
)
def test_a_position_survives_the_record(position: Position) -> None:
    assert Position.from_dict(json.loads(json.dumps(position.as_dict()))) == position


def test_the_form_itself_is_no_position() -> None:
    """Who copies the form without filling it in has said nothing."""
    assert read_stated(words_of_the_room()["position_form"]).position is None


# Agreement


@pytest.mark.parametrize(
    ("positions", "agreed"),
    [
        ([FOR, FOR], True),
        ([AGAINST, AGAINST, AGAINST], True),
        ([FOR, AGAINST], False),
        ([FOR, FOR, UNDECIDED], False),
        ([UNDECIDED, UNDECIDED], False),
        ([FOR, FOR, None], False),
        ([None, None], False),
        ([FOR], False),
        ([], False),
    ],
)
def test_all_must_stand_on_one_side(positions: list[Position | None], agreed: bool) -> None:
    """At least two, none missing, none undecided, none against the others."""
    assert agreement(positions) is agreed


@pytest.mark.parametrize(
    ("choices", "agreed"),
    [
        (["yes", "yes"], True),
        (["no", "no"], True),
        (["yes", "yes", "no"], False),
        ([None, None], False),
        (["yes"], False),
    ],
)
def test_a_unanimous_ballot_is_agreement(choices: list[Any], agreed: bool) -> None:
    """Passed or rejected by all; silence is no agreement."""
    assert agreement([], count(ballot("yes_no", threshold=0.6), votes(*choices))) is agreed
