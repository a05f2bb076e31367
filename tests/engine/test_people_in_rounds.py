"""People in loops: each round asks anew, beside other branches, whatever restarts in between."""

from typing import Any

from tests.engine.conftest import MakeCouncil
from tests.engine.test_recovery import abandon
from tests.engine.test_vote import ballot_text, is_ballot
from tests.support import invariants
from tests.support.meetings import add_template, member, start
from tests.support.model_server import Reply, ScriptedModelServer

NODES: dict[str, dict[str, Any]] = {
    "start": {"type": "start", "next_ids": ["all"]},
    "all": {"type": "parallel", "next_ids": ["ask", "one", "vote"]},
    "ask": {"type": "ask_human", "next_ids": ["join"], "properties": {"question": "How much?"}},
    "one": member("join"),
    "vote": {
        "type": "vote",
        "next_ids": ["join"],
        "properties": {"agent_ids": ["value_defender", "risk_auditor"], "people": True},
    },
    "join": member("again", agent_id="risk_auditor"),
    "again": {
        "type": "loop",
        "next_ids": ["all", "end"],
        "properties": {"max_rounds": 2, "exit_on_agreement": False},
    },
    "end": {"type": "end"},
}


def test_a_second_round_asks_anew(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Two people's branches wait in each round; a crash and a restart between their answers lose nothing."""
    model.responder = lambda request: Reply(ballot_text("yes") if is_ballot(request) else "Words.")
    first = council()
    meeting = start(first, add_template(first, "rounds", NODES))
    meeting.wait_until_asked("ask")
    meeting.wait_until_asked("vote")
    meeting.answer("vote", "no")
    meeting.answer("ask", "One.")
    asked = meeting.wait_until_asked("ask", round=2)
    meeting.wait_until_asked("vote", round=2)
    abandon(first, meeting)
    second = council()
    meeting = meeting.at(second)
    meeting.answer("ask", "Two.")
    second.close()
    meeting = meeting.at(council())
    assert meeting.wait_until_asked("vote", round=2)["review_id"] != asked["review_id"]
    meeting.answer("vote", "yes")
    assert meeting.wait_for_end()["status"] == "completed"
    votes = [{b["voter"]: b["vote"] for b in closed["ballots"]} for closed in meeting.named("ballot_closed")]
    assert [vote["person"] for vote in votes] == ["no", "yes"]
    assert len(meeting.named("human_interaction_required")) == 4
    assert sum(is_ballot(request) for request in model.requests) == 4
    invariants.check(meeting.parts, meeting.session_id)
