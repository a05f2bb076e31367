"""What a person may decide at a review, and what each decision does to the meeting."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.commands import ReviewAction, ReviewData
from council.errors import Invalid
from council.meeting.nodes import HumanReview
from council.meeting.review import draft_of, in_vain, judge, offered, reading, score_of, text_of
from tests.support.meetings import graph_of, member

ACTIONS: tuple[ReviewAction, ...] = get_args(ReviewAction)


def decided(action: Any, draft: str | None = "The draft.", **data: Any) -> Any:
    return judge(action, ReviewData(**data), actions=ACTIONS, draft=draft, by="person")


def node(**properties: Any) -> HumanReview:
    return HumanReview.model_validate(properties)


# What is offered


def test_a_node_offers_its_actions() -> None:
    """In their order, each once; ``skip`` in the end where the node allows it."""
    assert offered(node()) == ("approve", "reject", "modify")
    assert offered(node(actions=["exit", "apply", "exit"])) == ("exit", "apply")
    assert offered(node(allow_skip=True)) == ("approve", "reject", "modify", "skip")
    assert offered(node(actions=["skip", "approve"], allow_skip=True)) == ("skip", "approve")


@given(st.sampled_from(ACTIONS), st.lists(st.sampled_from(ACTIONS), unique=True))
def test_nothing_else_is_taken(action: ReviewAction, actions: list[ReviewAction]) -> None:
    """An action that is not offered is refused with those that are."""
    data = ReviewData(content="New." if action == "modify" else None)
    if action in actions:
        assert judge(action, data, actions=actions, draft="", by="person")["action"] == action
        return
    with pytest.raises(Invalid) as refusal:
        judge(action, data, actions=actions, draft="", by="person")
    assert refusal.value.details[0]["path"] == "action"
    assert ", ".join(actions) in refusal.value.details[0]["suggestion"]


# What each means


@pytest.mark.parametrize(
    ("action", "leave", "again", "rejected"),
    [
        ("approve", False, False, False),
        ("reject", False, False, True),
        ("skip", False, False, False),
        ("continue", False, True, False),
        ("apply", True, False, False),
        ("rollback", False, True, False),
        ("exit", True, False, False),
    ],
)
def test_what_a_loop_makes_of_it(action: str, leave: bool, again: bool, rejected: bool) -> None:
    """``continue`` and ``rollback`` go round again, ``apply`` and ``exit`` leave; the others leave it to the loop."""
    found = decided(action, feedback=" Because. ")
    assert (found["leave"], found["again"], found["rejected"]) == (leave, again, rejected)
    assert (found["feedback"], found["content"], found["diff"], found["by"]) == (
        "Because.",
        None,
        "",
        "person",
    )


def test_a_modified_draft() -> None:
    """The edited text, and how it came out of the draft."""
    found = decided("modify", draft="One.\nTwo.", content="One.\nThree.")
    assert found["content"] == "One.\nThree."
    assert found["diff"].splitlines() == [
        "--- draft",
        "+++ draft",
        "@@ -1,2 +1,2 @@",
        " One.",
        "-Two.",
        "+Three.",
    ]
    assert decided("modify", draft=None, content="New.")["diff"].endswith("+New.")
    assert decided("modify", draft="Same.", content="Same.")["diff"] == ""


def test_a_rollback_to_a_version() -> None:
    """Without path and version it is the whole round."""
    assert decided("rollback")["rollback"] is None
    assert decided("rollback", path="a.md", version=2)["rollback"] == {"path": "a.md", "version": 2}


@pytest.mark.parametrize(
    ("action", "data", "path"),
    [
        ("modify", {}, "data.content"),
        ("modify", {"content": " \n"}, "data.content"),
        ("approve", {"content": "New."}, "data.content"),
        ("approve", {"path": "a.md", "version": 1}, "data.path"),
        ("rollback", {"path": "a.md"}, "data.version"),
        ("rollback", {"version": 1}, "data.path"),
    ],
)
def test_what_does_not_belong_to_an_action(action: str, data: dict[str, Any], path: str) -> None:
    """Refused with the field and what to do, never ignored."""
    with pytest.raises(Invalid) as refusal:
        decided(action, **data)
    (fault,) = refusal.value.details
    assert fault["path"] == path
    assert fault["suggestion"]


def test_nobody_came() -> None:
    """What is recorded then, by ``timeout``."""
    assert in_vain("fail") == {"action": "fail", "by": "timeout"}
    approved, rejected = in_vain("approve"), in_vain("reject")
    assert (approved["action"], approved["by"], approved["rejected"]) == ("approve", "timeout", False)
    assert (rejected["action"], rejected["by"], rejected["rejected"]) == ("reject", "timeout", True)


# What others read


def test_what_others_read_of_a_decision() -> None:
    """The decision and its reasons; of a review that was skipped, nothing."""
    read = reading(decided("reject", feedback="Wrong figures."), "chair")
    assert read == {
        "content": "Rejected.\n\nWrong figures.",
        "heading": "A person, who reviewed the draft, decided",
    }
    assert reading(decided("skip"), "chair")["content"] == ""


def test_what_others_read_of_an_edited_text() -> None:
    """It stands in the draft's place."""
    read = reading(decided("modify", content="New.", feedback="Shorter."), "chair#2")
    assert (read["content"], read["note"], read["covers"]) == ("New.", "Shorter.", ["chair#2"])
    assert read["author"] == "person"
    assert reading(decided("modify", content="New."), None)["covers"] == []


# What is judged


GRAPH = graph_of(
    {
        "start": {"type": "start", "next_ids": ["a"]},
        "a": member("chair"),
        "chair": member("surgeon", agent_id="chief_justice", output="verdict"),
        "surgeon": member("review"),
        "review": {"type": "human_review", "next_ids": ["loop"]},
        "loop": {"type": "loop", "next_ids": ["a", "end"]},
        "end": {"type": "end"},
    }
)


def said(text: str, **more: Any) -> dict[str, Any]:
    return {"content": text} | more


def test_the_draft_is_the_ruling() -> None:
    """The latest ruling, whoever speaks after it; without one, whoever spoke last."""
    results = {
        "a": said("A"),
        "chair": said("C"),
        "surgeon": said("S"),
        "chair#2": said("C2"),
        "a#2": said("A2"),
    }
    assert draft_of(GRAPH, ["a"], results) == "a"
    assert draft_of(GRAPH, ["a", "surgeon"], results) == "surgeon"
    assert draft_of(GRAPH, ["a", "chair", "surgeon"], results) == "chair"
    assert draft_of(GRAPH, ["a", "chair", "surgeon", "a#2", "chair#2"], results) == "chair#2"
    assert draft_of(GRAPH, [], results) is None


def test_what_a_person_wrote_is_the_draft() -> None:
    """An edited text is judged next; a mere decision is no draft."""
    results = {"chair": said("C"), "review": said("Mine", author="person"), "review#2": said("Approved.")}
    assert draft_of(GRAPH, ["chair", "review"], results) == "review"
    assert draft_of(GRAPH, ["chair", "review", "review#2"], results) == "review"


def test_a_draft_has_no_block_for_machines() -> None:
    """The prose where there is one."""
    assert text_of({"content": "Text\n```json\n{}\n```", "prose": "Text"}) == "Text"
    assert text_of({"content": "Text"}) == "Text"


def test_the_score_and_its_fall() -> None:
    """The latest of the chair's scores beside the one before; without a score, nothing."""
    results = {
        "chair": said("C", score=80.0),
        "chair#2": said("C", score=69.9, round=2),
        "a": said("A", score=None),
    }
    assert score_of(["a"], results) is None
    assert score_of(["chair"], results) == {
        "round": 1, "weighted_total": 80.0, "previous": None, "change": None,
    }  # fmt: skip
    assert score_of(["chair", "a", "chair#2"], results) == {
        "round": 2, "weighted_total": 69.9, "previous": 80.0, "change": -10.1,
    }  # fmt: skip
