"""A meeting run again from one of its nodes shares what was said before, and asks only what follows."""

import uuid
from typing import Any

import pytest

from council.commands import RerunSession
from council.errors import Conflict, Invalid, NotFound
from tests.engine.conftest import MakeCouncil
from tests.support.meetings import Meeting, add_template, member, speaker_of, start
from tests.support.model_server import ScriptedModelServer


def again(meeting: Meeting, node_id: str, **fields: Any) -> Meeting:
    new_id = fields.pop("new_session_id", str(uuid.uuid4()))
    command = RerunSession(session_id=meeting.session_id, node_id=node_id, new_session_id=new_id, **fields)
    meeting.parts.control.apply(command)
    return Meeting(meeting.parts, new_id)


def test_only_what_follows_is_asked(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Run again from the chair, both members' words are shared: two more calls, and none of theirs."""
    first = start(council())
    first.wait_for_end()
    asked = len(model.requests)
    second = again(first, "adjudicator")
    snapshot = second.wait_for_end()
    assert snapshot["status"] == "completed"
    assert [speaker_of(request) for request in model.requests[asked:]] == ["chair", "report"]
    assert snapshot["rerun_of"] == {"session_id": first.session_id, "node_id": "adjudicator"}


def test_the_shared_words_stand_in_the_new_log(council: MakeCouncil) -> None:
    """The new meeting shows the shared messages under ids of their own, and has its own verdict."""
    first = start(council())
    before = first.wait_for_end()
    after = again(first, "adjudicator").wait_for_end()
    assert sorted(m["content"] for m in after["messages"]) == sorted(m["content"] for m in before["messages"])
    assert not {m["message_id"] for m in after["messages"]} & {m["message_id"] for m in before["messages"]}
    assert after["verdict"]["score"] == before["verdict"]["score"]


def test_shared_steps_are_not_paid_twice(council: MakeCouncil) -> None:
    """The new meeting counts its own calls only."""
    first = start(council())
    before = first.wait_for_end()
    after = again(first, "adjudicator").wait_for_end()
    assert 0 < after["totals"]["output_tokens"] < before["totals"]["output_tokens"]


def test_another_member_and_another_task(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """From the node on, another agent may sit, and be asked something else."""
    first = start(council())
    first.wait_for_end()
    asked = len(model.requests)
    changes = {"agents": {"adjudicator": "risk_auditor"}, "tasks": {"adjudicator": "Rule in one sentence."}}
    second = again(first, "adjudicator", **changes)
    second.wait_for_end()
    system, user = (message["content"] for message in model.requests[asked]["messages"])
    assert "You are the Risk Auditor" in system
    assert "Rule in one sentence." in user
    assert second.messages("adjudicator")[0]["agent_id"] == "risk_auditor"


def test_the_first_meeting_stays_as_it_is(council: MakeCouncil) -> None:
    first = start(council())
    before = first.wait_for_end()
    again(first, "affirmative").wait_for_end()
    assert first.snapshot == before


def test_a_branch_is_run_again_alone(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Run again from one member, the other one's words are shared."""
    first = start(council())
    first.wait_for_end()
    asked = len(model.requests)
    again(first, "affirmative").wait_for_end()
    assert sorted(speaker_of(r) for r in model.requests[asked:]) == ["chair", "report", "value_defender"]


def test_a_round_is_run_again_as_a_whole(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Run again from inside a loop, all its rounds are held again."""
    parts = council()
    nodes = {
        "start": {"type": "start", "next_ids": ["before"]},
        "before": member("one", agent_id="answerer"),
        "one": member("two"),
        "two": member("again", agent_id="risk_auditor"),
        "again": {"type": "loop", "next_ids": ["one", "end"], "properties": {"max_rounds": 2}},
        "end": {"type": "end"},
    }
    first = start(parts, add_template(parts, "rounds", nodes))
    first.wait_for_end()
    assert len(model.requests) == 5
    again(first, "two").wait_for_end()
    assert len(model.requests) == 5 + 4


def test_the_same_request_again_starts_nothing(council: MakeCouncil) -> None:
    """The same id and the same body: the same meeting. Another body: a conflict."""
    first = start(council())
    first.wait_for_end()
    second = again(first, "end")
    second.wait_for_end()
    assert again(first, "end", new_session_id=second.session_id).snapshot["seq"] == second.snapshot["seq"]
    with pytest.raises(Conflict):
        again(first, "adjudicator", new_session_id=second.session_id)


@pytest.mark.parametrize(
    "fields",
    [
        {"node_id": "nobody"},
        {"node_id": "start"},
        {"node_id": "adjudicator", "agents": {"affirmative": "risk_auditor"}},
        {"node_id": "adjudicator", "agents": {"adjudicator": "nobody"}},
        {"node_id": "adjudicator", "agents": {"nobody": "risk_auditor"}},
        {"node_id": "affirmative", "tasks": {"end": "Sing."}},
    ],
)
def test_what_cannot_be_run_again(council: MakeCouncil, fields: dict[str, Any]) -> None:
    """A node that does not exist, or comes before, or takes no agent or task: nothing is started."""
    first = start(council())
    first.wait_for_end()
    new_id = str(uuid.uuid4())
    with pytest.raises(Invalid):
        again(first, new_session_id=new_id, **fields)
    with pytest.raises(NotFound):
        _ = Meeting(first.parts, new_id).snapshot
