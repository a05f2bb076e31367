"""Changed minds, dissent and the best first draft: read from the record, never from what somebody claims."""

import json
from typing import Any

import pytest

from council.meeting.ballots import Vote, abstention
from council.meeting.counting import count
from council.meeting.ledger import BestDraft, Spent, Stand, best_draft, dissent, ledger, stand_of
from council.meeting.positions import Position, Stance
from tests.meeting.ballot_cases import DRAFTS, ballot

LETTERS = {"Member A": "anna", "Member B": "bert"}


def stand(member: str, stance: Stance | None, round_number: int = 1, **fields: Any) -> Stand:
    position = None if stance is None else Position(stance, **fields)
    return Stand(member, f"{member}#{round_number}", round_number, position, f"{member} says so.")


def moves(*stands: Stand) -> list[tuple[str, str, str | None, str]]:
    return [(change.member, change.kind, change.before, change.after) for change in ledger(stands, LETTERS)]


# Changed minds


def test_who_moved_and_because_of_whom() -> None:
    """From what to what, in which round, citing whose argument."""
    moved = stand("bert", "for", 2, changed=True, because_of="Member A", error="I had the wrong year.")
    (change,) = ledger([stand("anna", "for"), stand("bert", "against"), moved], LETTERS)
    assert change.as_dict() == {
        "member": "bert",
        "step": "bert#2",
        "round": 2,
        "kind": "moved",
        "before": "against",
        "after": "for",
        "because_of": "Member A",
        "influence": "anna",
        "reason": "I had the wrong year.",
    }


def test_who_stands_still_is_not_in_the_ledger() -> None:
    assert moves(stand("anna", "for"), stand("anna", "for", 2)) == []


def test_a_move_without_a_reason_is_shown_as_such() -> None:
    """Whether or not the member says that it moved."""
    assert moves(stand("anna", "for"), stand("anna", "against", 2)) == [
        ("anna", "unexplained", "for", "against")
    ]
    assert moves(stand("anna", "for"), stand("anna", "against", 2, changed=True))[0][1] == "unexplained"


def test_a_claim_without_a_move_is_shown_as_such() -> None:
    """It says that it changed, and holds what it held; or it says so the first time it speaks."""
    claimed = stand("anna", "for", 2, changed=True, because_of="Member B", error="Nothing, really.")
    assert moves(stand("anna", "for"), claimed) == [("anna", "claimed", "for", "for")]
    assert moves(stand("anna", "for", changed=True)) == [("anna", "claimed", None, "for")]


def test_a_round_that_cannot_be_read_is_passed_over() -> None:
    """A move is seen across it."""
    found = moves(stand("anna", "for"), stand("anna", None, 2), stand("anna", "against", 3, error="Wrong."))
    assert found == [("anna", "moved", "for", "against")]


def test_to_make_up_ones_mind_is_a_move() -> None:
    assert (
        moves(stand("anna", "undecided"), stand("anna", "for", 2, error="I had not read it."))[0][1]
        == "moved"
    )


def test_the_sealed_ballot_is_the_last_stand() -> None:
    """Who spoke for it and votes no has moved; its ballot's reason is the reason."""
    last = stand_of(Vote("anna", "no", 0.9, "The auditor was right."), "vote", 2)
    (change,) = ledger([stand("anna", "for"), last], LETTERS)
    assert (change.kind, change.before, change.after, change.reason) == (
        "moved", "for", "against", "The auditor was right.",
    )  # fmt: skip


@pytest.mark.parametrize(
    "vote", [Vote("anna", 3), Vote("anna", "A"), Vote("anna", ("A", "B")), abstention("anna", "chosen", "")]
)
def test_other_votes_say_nothing_about_for_and_against(vote: Vote) -> None:
    """A score, an option or an abstention is no change of mind."""
    assert moves(stand("anna", "for"), stand_of(vote, "vote", 1)) == []


def test_a_letter_that_nobody_has() -> None:
    """It is shown as it was said, and is nobody."""
    moved = stand("anna", "against", 2, because_of="Member Z")
    (change,) = ledger([stand("anna", "for"), moved], LETTERS)
    assert (change.because_of, change.influence) == ("Member Z", None)


# Dissent


def dissenters(
    decision: str | None, vote_type: Any, *cast: Vote, stands: Any = (), **fields: Any
) -> list[str]:
    return [each.member for each in dissent(decision, ballot(vote_type, **fields), cast, stands)]


def test_dissent_is_in_full() -> None:
    """Each member against the decision with its vote, its confidence and its reason."""
    cast = [Vote("anna", "yes"), Vote("bert", "no", 0.9, "Nobody says who pays.")]
    (found,) = dissent("yes", ballot("yes_no"), cast)
    assert json.loads(json.dumps(found.as_dict())) == {
        "member": "bert",
        "vote": "no",
        "position": "against",
        "confidence": 0.9,
        "reason": "Nobody says who pays.",
    }


def test_dissent_of_each_kind_of_vote() -> None:
    """A score on the other half, another option, another first place."""
    scores = [Vote("anna", 9), Vote("bert", 5), Vote("carl", 6)]
    assert dissenters("yes", "score_1_10", *scores) == ["bert"]
    assert dissenters("no", "score_1_10", *scores) == ["anna", "carl"]
    assert dissenters("A", "choice", Vote("anna", "A"), Vote("bert", "B")) == ["bert"]
    rankings = [Vote("anna", tuple("ABCD")), Vote("bert", tuple("BACD"))]
    assert dissenters("A", "ranking", *rankings) == ["bert"]


def test_an_author_does_not_dissent_from_its_own_draft() -> None:
    """It could not vote for it."""
    assert dissenters("A", "choice", Vote("a", "B"), options=DRAFTS) == []
    assert dissenters("A", "ranking", Vote("a", tuple("BCD")), options=DRAFTS) == []


def test_who_did_not_vote_is_judged_by_its_last_position() -> None:
    """With the words it said; who voted is judged by its ballot alone."""
    stands = [
        stand("bert", "for"),
        stand("bert", "against", 2),
        stand("anna", "against"),
        stand("carl", "for"),
    ]
    cast = [Vote("anna", "yes"), abstention("bert", "unreadable", "It was garbage.")]
    (found,) = dissent("yes", ballot("yes_no"), cast, stands)
    assert (found.member, found.vote, found.position, found.reason) == (
        "bert",
        None,
        "against",
        "bert says so.",
    )


def test_without_a_decision_nobody_dissents() -> None:
    assert dissenters(None, "yes_no", Vote("anna", "yes"), Vote("bert", "no")) == []


# The best first draft

ANNA, BERT, CARL = (
    stand("anna", "for", confidence=0.6),
    stand("bert", "for", confidence=0.9),
    stand("carl", "against", confidence=1.0),
)


def best(found: BestDraft) -> str | None:
    return found.draft.member if found.draft else None


def test_the_surest_who_held_it_from_the_first() -> None:
    """Of the drafts whose author held what was decided."""
    found = best_draft([ANNA, BERT, CARL], "yes")
    assert (best(found), found.chosen_by, found.why) == ("bert", "position", None)
    assert best(best_draft([ANNA, BERT, CARL], "no")) == "carl"


def test_of_equals_the_earliest() -> None:
    """In the graph's order; who gave no confidence comes last."""
    unsure = stand("ada", "for")
    twin = stand("zoe", "for", confidence=0.6)
    assert best(best_draft([unsure, ANNA, twin], "yes")) == "anna"


@pytest.mark.parametrize(
    ("drafts", "decision", "why"),
    [
        ([], "yes", "no_drafts"),
        ([ANNA], None, "no_decision"),
        ([ANNA], "B", "no_decision"),
        ([CARL], "yes", "nobody_held_it"),
        ([stand("anna", None)], "yes", "nobody_held_it"),
    ],
)
def test_there_may_be_none(drafts: list[Stand], decision: str | None, why: str) -> None:
    """Then it says why."""
    found = best_draft(drafts, decision)
    assert (found.draft, found.why, found.chosen_by) == (None, why, None)


def ranking_of(*cast: Vote) -> Any:
    made = ballot("ranking", options=DRAFTS)
    return made, count(made, cast)


def test_the_members_ranking_decides() -> None:
    """Where they ranked the drafts, the winner's first draft is the best, whatever anybody's confidence."""
    drafts = [stand(name, "for", confidence=0.1) for name in "abcd"]
    found = best_draft(drafts, "C", ranked=ranking_of(Vote("a", tuple("CBD")), Vote("b", tuple("CDA"))))
    assert (best(found), found.chosen_by) == ("c", "ranking")


def test_a_ranking_of_other_things_ranks_no_drafts() -> None:
    """Options that nobody here wrote: the rule of positions holds."""
    made = ballot("ranking")
    ranked = made, count(made, [Vote("a", tuple("CBDA"))])
    assert best_draft([ANNA], "C", ranked=ranked).why == "no_decision"
    assert best(best_draft([ANNA], "yes", ranked=ranked)) == "anna"


def test_a_tie_ranks_nobody_best() -> None:
    drafts = [stand(name, "for") for name in "abcd"]
    tied = ranking_of(Vote("c", tuple("ABD")), Vote("d", tuple("BAC")))
    assert best_draft(drafts, None, ranked=tied).why == "tie"
    assert best_draft(drafts, None, ranked=ranking_of(abstention("a", "failed", ""))).why == "no_quorum"


@pytest.mark.parametrize(
    ("first", "decision", "changed"),
    [
        (["for", "for", "against"], "yes", False),
        (["for", "for", "against"], "no", True),
        (["for", "against"], "yes", None),
        (["for", "undecided", "undecided", "undecided"], "yes", True),
        (["for", "for", "for"], None, None),
        (["for", "for"], "B", None),
        ([None, None], "yes", None),
    ],
)
def test_whether_the_council_changed_the_answer(
    first: list[Any], decision: str | None, changed: bool | None
) -> None:
    """More than half of the first positions against the decision; where either is missing, nobody can say."""
    drafts = [stand(str(at), stance) for at, stance in enumerate(first)]
    assert best_draft(drafts, decision).changed is changed


def test_what_the_extra_rounds_cost() -> None:
    """What was spent after the first opinions; an unknown price stays unknown."""
    found = best_draft([ANNA], "yes", first=Spent(100, 0.5), total=Spent(350, 2.0))
    assert found.as_dict()["extra_rounds"] == {"tokens": 250, "usd": 1.5}
    unknown = best_draft([ANNA], "yes", first=Spent(100, None), total=Spent(350, 2.0))
    assert unknown.as_dict()["extra_rounds"] == {"tokens": 250, "usd": None}
    assert best_draft([ANNA], "yes").as_dict()["extra_rounds"] is None


def test_it_travels_as_plain_json() -> None:
    found = best_draft([ANNA, BERT], "yes", first=Spent(1, None), total=Spent(2, None)).as_dict()
    assert json.loads(json.dumps(found)) == found
    assert (found["member"], found["step"], found["first_positions"]) == ("bert", "bert#1", {"for": 2})
