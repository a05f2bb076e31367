"""Which claims the sentences of a verdict rest on."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.meeting.findings import summary
from council.meeting.grounds import borne_out, sentences_with_claims


def checked(claim: str, status: str, **more: Any) -> dict[str, Any]:
    return {"claim": claim, "status": status, "reason": "Because.", "sources": []} | more


CLAIMS = (
    checked("The pilot in Leeds saved 12 percent of the costs", "supported"),
    checked("Customers complained in 2019", "refuted"),
    checked("Staff turnover fell", "not_checkable"),
    checked("试点节省了百分之十二的成本", "supported"),
)


@pytest.mark.parametrize(
    ("sentence", "numbers", "status"),
    [
        ("The pilot in Leeds did save 12 percent.", [0], "supported"),
        ("We are glad that the pilot in Leeds saved 21 percent of the costs.", [], None),
        ("That customers complained in 2019 weighs heavily.", [1], "refuted"),
        (
            "Staff turnover fell, and the pilot in Leeds saved 12 percent of the costs.",
            [0, 2],
            "not_checkable",
        ),
        ("The pilot in Leeds saved 12 percent, but customers complained in 2019.", [0, 1], "refuted"),
        ("本会认为试点节省了成本。", [3], "supported"),
        ("The council says yes.", [], None),
    ],
)
def test_a_sentence_rests_on_the_claims_it_repeats(
    sentence: str, numbers: list[int], status: str | None
) -> None:
    """Half of the terms and one of the figures; and it is as good as the worst of them."""
    [found] = sentences_with_claims(sentence, CLAIMS)
    assert (found["claims"], found["status"]) == (numbers, status)


def test_every_sentence_is_there() -> None:
    """Also those that rest on nothing, so that one sees how many do."""
    found = sentences_with_claims("Staff turnover fell. 试点节省了成本。Go on!\n\n---", CLAIMS)
    assert [each["sentence"] for each in found] == ["Staff turnover fell.", "试点节省了成本。", "Go on!"]


def test_without_a_check_there_is_nothing_to_link() -> None:
    assert sentences_with_claims("Anything at all.", ()) == ()


def test_only_what_is_wholly_supported_is_borne_out() -> None:
    text = "The pilot in Leeds saved 12 percent. Staff turnover fell. Go on."
    assert borne_out(sentences_with_claims(text, CLAIMS)) == ("The pilot in Leeds saved 12 percent.",)


@given(st.text(max_size=300), st.lists(st.text(max_size=60), max_size=5))
def test_the_same_every_time(text: str, claims: list[str]) -> None:
    """Deterministic, and every number is that of a claim."""
    given_claims = [checked(claim, "supported") for claim in claims]
    found = sentences_with_claims(text, given_claims)
    assert found == sentences_with_claims(text, given_claims)
    assert all(0 <= number < len(claims) for each in found for number in each["claims"])
    assert all((each["status"] is None) == (not each["claims"]) for each in found)


# What members read of it


def test_the_summary_names_every_claim_and_its_source() -> None:
    """The gravest first, each with why, and sources as members cite them."""
    document = {"source": "documents", "title": "plan.md L3", "path": "plan.md", "lines": "L3", "text": "t"}
    web = {"source": "searxng", "title": "Report", "url": "https://example.org/a", "text": "t"}
    claims = [
        checked("Staff turnover fell", "not_checkable", reason="Nothing was found."),
        checked("It saved 12 percent", "supported", sources=[document]),
        checked("Customers complained", "refuted", sources=[web]),
    ]
    text = summary(claims, dropped=2, problem=None)
    assert text.index("Customers complained") < text.index("Staff turnover") < text.index("It saved")
    for piece in (
        "1 of 3 claims",
        "[Ref: plan.md L3]",
        "<https://example.org/a>",
        "Nothing was found.",
        "2 more claims",
    ):
        assert piece in text


def test_the_summary_of_nothing_claims_nothing() -> None:
    text = summary((), dropped=0, problem="The claims could not be listed: no connection.")
    assert "Nothing here is verified" in text
    assert "no connection" in text


def test_the_summary_in_chinese() -> None:
    assert "1 条陈述中有 1 条" in summary(CLAIMS[3:], dropped=0, problem=None)
