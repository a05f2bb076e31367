"""What a group remembers of its meetings, decided without a database."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.meeting.ballots import Ballot, Option, Vote
from council.meeting.counting import count
from council.meeting.recall import (
    MAX_CONTENT,
    MAX_TERMS,
    bears_on,
    fact_findings,
    recall_terms,
    told,
    verdict_confidence,
    verdict_findings,
)


def verdict(**more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "outcome": "decided", "word": "pass", "decision": None, "score": None, "ballots": None, "text": "Yes.",
        "orders": (), "quorum": {"due": 3, "full": 3}, "person": None,
    }  # fmt: skip
    return given | more


def voted(ballot: Ballot, *choices: Any) -> dict[str, Any]:
    """A verdict that rests on a ballot, as the server counted it; ``None`` abstains."""
    votes = [
        Vote(f"v{n}", choice, abstained=None if choice else "chosen") for n, choice in enumerate(choices)
    ]
    tally = count(ballot, votes)
    ballots = {"question": ballot.question, "count": tally.count}
    return verdict(ballots=ballots, decision=tally.decision)


YES_NO = Ballot("yes_no", "Shall we?", threshold=0.5)
SCORES = Ballot("score_1_10", "How good?", threshold=0.5)
CHOICE = Ballot("choice", "Which?", (Option("a", "Build it"), Option("b", "Buy it")), threshold=0.5)


@pytest.mark.parametrize(
    ("found", "confidence"),
    [
        (voted(YES_NO, "yes", "yes", "yes", "yes"), 1.0),
        (voted(YES_NO, "no", "no", "no", "no"), 1.0),
        (voted(YES_NO, "yes", "yes", "yes", "no"), 0.75),
        (voted(YES_NO, "yes", "yes", "yes", None), 0.75),
        (voted(SCORES, 10, 10, 10, 10), 1.0),
        (voted(SCORES, 1, 1, 1, 1), 1.0),
        (voted(SCORES, 10, 10, None, None), 0.5),
        (voted(CHOICE, "a", "a", "a", "a", "b"), 0.8),
    ],
)
def test_by_ballot_it_is_the_share_of_all_who_were_asked(found: dict[str, Any], confidence: float) -> None:
    """Whoever abstains does not stand behind the decision; a firm no is as firm as a firm yes."""
    assert verdict_confidence(found) == pytest.approx(confidence)


@pytest.mark.parametrize(
    ("score", "quorum", "confidence"),
    [
        (90.0, {"due": 2, "full": 2}, 0.9),
        (10.0, {"due": 2, "full": 2}, 0.9),
        (50.0, {"due": 2, "full": 2}, 0.5),
        (90.0, {"due": 2, "full": 1}, 0.45),
        (90.0, {}, 0.9),
        (None, {}, None),
    ],
)
def test_without_a_ballot_it_is_how_firmly_the_chair_ruled(
    score: float | None, quorum: dict[str, int], confidence: float | None
) -> None:
    """How far the score is from the middle, times the share of members that were heard in full."""
    assert verdict_confidence(verdict(score=score, quorum=quorum)) == confidence


@given(st.lists(st.sampled_from(["yes", "no", None]), min_size=1, max_size=9))
def test_confidence_is_a_share(choices: list[str | None]) -> None:
    confidence = verdict_confidence(voted(YES_NO, *choices))
    assert confidence is None or 0 < confidence <= 1


@pytest.mark.parametrize("outcome", ["partial", "impasse"])
def test_what_was_not_decided_is_no_finding(outcome: str) -> None:
    assert list(verdict_findings("x", verdict(outcome=outcome, score=99.0))) == []


def test_a_finding_says_what_was_decided() -> None:
    """By its words, and not by the id of an option."""
    [finding] = verdict_findings("Build\nor buy?", voted(CHOICE, "a", "a", "a"))
    assert finding.title == "Build or buy?"
    assert finding.content == "Ruling: pass\nDecided by ballot: Which? – Build it\nYes."


def test_a_long_finding_is_shortened_and_shows_it() -> None:
    [finding] = verdict_findings("x", verdict(score=99.0, text="word " * 2_000))
    assert len(finding.content) <= MAX_CONTENT
    assert finding.content.endswith("…")


def claim(status: str, *sources: str) -> dict[str, Any]:
    found = [{"source": s, "title": "t", "url": "https://example.org", "text": "So it is."} for s in sources]
    return {"claim": "It  is\nso.", "status": status, "source": None, "sources": found}


def test_supported_claims_are_facts() -> None:
    """With the words of the first source that is not the group's own memory."""
    [fact] = fact_findings([claim("supported", "knowledge", "searxng"), claim("refuted", "searxng")])
    assert fact.content == "It is so.\nSource: https://example.org: “So it is.”"
    assert fact.confidence == 1.0
    assert list(fact_findings([claim("supported", "knowledge"), claim("supported")])) == []


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Shall we try a four-day week?", ("shall", "try", "four", "day", "week")),
        ("四天工作制", ("四天工", "天工作", "工作制")),
        ("加薪 and pay", ("加薪", "pay")),
        ("to be or in of", ()),
        ("???", ()),
    ],
)
def test_what_is_looked_for(text: str, terms: tuple[str, ...]) -> None:
    """Words that say something; of Chinese every three characters, for there are no spaces between words."""
    assert recall_terms(text) == terms


@given(st.text(max_size=3_000), st.text(max_size=3_000))
def test_no_more_terms_than_can_be_looked_for(first: str, second: str) -> None:
    found = recall_terms(first, second)
    assert len(found) == len(set(found)) <= MAX_TERMS
    assert all(found)


@pytest.mark.parametrize(
    ("terms", "text", "bears"),
    [
        (("week", "four"), "A FOUR-day week", True),
        (("week", "four"), "A week", False),
        (("week",), "A week", True),
        ((), "A week", True),
        (("week", "four"), "ＷＥＥＫ four", True),
    ],
)
def test_one_word_in_common_is_not_enough(terms: tuple[str, ...], text: str, bears: bool) -> None:
    assert bears_on(terms, text) is bears


def test_how_members_read_it() -> None:
    items = [
        {"kind": "verdict", "title": "Week", "content": "Yes.", "created_at": "2026-11-21T12:00:00.000Z"},
        {"kind": "note", "title": "Rule", "content": "x" * 9_000, "created_at": "2026-11-20T12:00:00.000Z"},
    ]
    text = told(items)
    assert text.startswith("Verdict of 2026-11-21: Week\nYes.\n\nNote of 2026-11-20: Rule\nxxx")
    assert text.endswith("…")
    assert len(text) < 5_000
