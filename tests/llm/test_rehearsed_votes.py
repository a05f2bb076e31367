"""Rehearsed ballots and positions: in the form, in both languages, the same each time, and not all alike."""

import json
from typing import Any

import pytest

from council.llm.base import ChatMessage, ChatRequest
from council.llm.rehearsal import Rehearsal
from council.meeting import prompts
from council.meeting.ballots import Ballot, Option, Vote, form, read_vote, schema
from council.meeting.positions import Position, read_stated
from council.meeting.verdict import read_ruling
from council.store.library import Library
from council.store.words import words_of_the_room

WORDS = words_of_the_room()
SUBJECTS = ["Should the clinic adopt a four-day week?", "诊所应不应该实行每周四天工作制？"]
MEMBERS = ("value_defender", "risk_auditor", "member_a", "member_b", "member_c", "member_d")
OPTIONS = tuple(Option(name, f"Plan {name}") for name in "ABCD")
TYPES: tuple[Any, ...] = ("yes_no", "score_1_10", "choice", "ranking")
OTHERS = (
    prompts.Words("Member A said", "It helps the people who have waited longest for it."),
    prompts.Words("Member B said", "Nobody says how this is undone if it should fail."),
)
NONCE = "0123456789abcdef"


def ask(agent_id: str, subject: str, task: str, *others: prompts.Words, **settings: Any) -> str:
    prompt = prompts.member_prompt(
        Library().agents[agent_id].persona,
        prompts.Matter(subject, "", ()),
        rules=WORDS["rules"],
        nonce=NONCE,
        others=others,
        task=task,
    )
    messages = (ChatMessage("system", prompt.system), ChatMessage("user", prompt.user))
    request = ChatRequest("rehearsal", messages, **settings)
    return Rehearsal(0).open(request).run(lambda piece, is_thinking: None).content


def vote(vote_type: Any, agent_id: str, subject: str) -> Vote:
    ballot = Ballot(vote_type, subject, OPTIONS if vote_type in ("choice", "ranking") else ())
    paper = ballot.paper_for(agent_id)
    task = WORDS["ballot"] + "\n\n" + form(paper, WORDS["ballot_form"])
    return read_vote(paper, ask(agent_id, subject, task, *OTHERS, json_schema=schema(paper)))


def position(agent_id: str, subject: str, *others: prompts.Words) -> Position:
    found = read_stated(ask(agent_id, subject, f"{WORDS['opinion']}\n\n{WORDS['position_form']}", *others))
    assert found.position is not None, found.problem
    return found.position


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("vote_type", TYPES)
def test_a_rehearsed_ballot_counts(vote_type: str, subject: str) -> None:
    """Every member's, of every kind, is in the form; a confidence is a share, and the reason says what it is."""
    for agent_id in MEMBERS:
        found = vote(vote_type, agent_id, subject)
        assert found.choice is not None
        assert found.confidence is not None
        assert 0.4 < found.confidence < 1
        assert found.reason.startswith(("Rehearsal: ", "排练："))
        assert vote(vote_type, agent_id, subject) == found


@pytest.mark.parametrize("vote_type", TYPES)
def test_rehearsed_members_do_not_all_vote_alike(vote_type: str) -> None:
    """Over some subjects there are majorities and minorities, as there are in a real council."""
    subjects = [f"Shall we do number {number}?" for number in range(8)]
    votes = [{str(vote(vote_type, agent_id, subject).choice) for agent_id in MEMBERS} for subject in subjects]
    assert sum(len(different) > 1 for different in votes) >= 6
    assert len(set().union(*votes)) > 1


def test_a_reason_is_one_for_the_vote() -> None:
    """Who votes no gives no reason for a yes, and members do not all give the same one."""
    found = [vote("yes_no", agent_id, f"Shall we do {n}?") for agent_id in MEMBERS for n in range(8)]
    reasons = {side: {each.reason for each in found if each.choice == side} for side in ("yes", "no")}
    assert not reasons["yes"] & reasons["no"]
    assert len(reasons["yes"]) > 1
    assert len(reasons["no"]) > 1


def test_a_plain_member_gives_an_opinion_and_no_judgement() -> None:
    """Although its persona speaks of judging."""
    for agent_id in ("member_a", "member_b", "member_c", "member_d"):
        said = ask(agent_id, SUBJECTS[0], WORDS["opinion"])
        assert "### Position" in said
        assert "### Scores" not in said


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_rehearsed_position_is_read(subject: str) -> None:
    """The defender is for it and the auditor against; nobody claims a change before it has said anything."""
    found = {agent_id: position(agent_id, subject) for agent_id in MEMBERS}
    assert found["value_defender"].stance == "for"
    assert found["risk_auditor"].stance == "against"
    assert not any(each.changed or each.because_of or each.error for each in found.values())
    assert len({each.confidence for each in found.values()}) > 1


def test_who_changes_its_mind_says_why() -> None:
    """Some do, most do not; a change names the member whose argument it was, and the error."""
    moved = 0
    for number in range(12):
        subject = f"Shall we do number {number}?"
        for agent_id in MEMBERS:
            before = position(agent_id, subject)
            said = f"It is as I said.\n\n```json\n{json.dumps(before.as_dict())}\n```"
            after = position(agent_id, subject, *OTHERS, prompts.Words("You said before", said))
            assert after.changed is (after.stance != before.stance)
            assert bool(after.because_of) is bool(after.error) is after.changed
            moved += after.changed
    assert 0 < moved < 12 * len(MEMBERS) / 2


def test_a_rehearsed_vote_follows_the_last_position() -> None:
    """A member who has spoken for it in the end votes yes."""
    for number in range(12):
        subject = f"Shall we do number {number}?"
        for agent_id in MEMBERS:
            last = position(agent_id, subject, *OTHERS).stance
            assert vote("yes_no", agent_id, subject).choice == {"for": "yes", "against": "no"}[last]


@pytest.mark.parametrize(
    ("outcome", "decision"),
    [
        ("Outcome: passed, for yes.", "yes"),
        ("Outcome: passed, for C.", "C"),
        ("Outcome: rejected.", "no"),
        ("Outcome: an impasse (a tie).", "none"),
    ],
)
def test_the_rehearsed_chair_reads_the_count(outcome: str, decision: str) -> None:
    """What it says was decided is what the server counted."""
    task = "\n".join(
        (WORDS["ruling"], WORDS["verdict_form"], WORDS["decision_form"].replace("{choices}", "yes | no"))
    )
    counted = prompts.Words("The server counted the ballots", f"{outcome}\n3 of 3 ballots count.")
    ruling = read_ruling(ask("chief_justice", SUBJECTS[0], task, *OTHERS, counted))
    assert ruling.decision == decision
    assert ruling.word is not None
