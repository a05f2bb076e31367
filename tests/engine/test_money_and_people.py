"""Money beside people: what is done already is not reserved again, and a cap is what any process has made it."""

import threading
from typing import Any

from council.commands import Cap, ResumeSession
from tests.engine.conftest import MakeCouncil
from tests.engine.test_money import Priced, held_for, priced, resume
from tests.engine.test_vote import VOTERS, asked_for_ballots, voting
from tests.support import invariants
from tests.support.meetings import add_template, start
from tests.support.model_server import Answer, Reply, ScriptedModelServer
from tests.support.waiting import wait_until

__all__ = ["priced"]  # A fixture.


def test_ballots_that_are_in_are_not_reserved_again(priced: Priced, model: ScriptedModelServer) -> None:
    """When only a person's vote is missing, a cap that the members' ballots have nearly reached holds nothing up."""
    model.responder = voting(dict.fromkeys(VOTERS, "yes"))
    parts = priced()
    voted = {"agent_ids": list(VOTERS), "people": True, "max_tokens": 100}
    nodes: dict[str, dict[str, Any]] = {
        "start": {"type": "start", "next_ids": ["vote"]},
        "vote": {"type": "vote", "next_ids": ["end"], "properties": voted},
        "end": {"type": "end"},
    }
    meeting = start(parts, add_template(parts, "vote", nodes), budget=Cap(usd=0.001))
    needs = held_for(meeting, "budget")["budget"]["needs"]
    resume(meeting, usd=needs["usd"])
    meeting.wait_until_asked("vote")
    meeting.wait_until_left()
    meeting.answer("vote", "yes")
    ended = meeting.wait_for("completed", "failed", "paused")
    assert (ended["status"], ended["reason"]) == ("completed", None)
    assert asked_for_ballots(model) == dict.fromkeys(VOTERS, 1)
    invariants.check(parts, meeting.session_id)


def test_a_cap_in_seconds_that_another_process_changed(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """Whoever runs the meeting holds it at the cap that stands in the row, by whatever process it was put there."""
    go = threading.Event()

    def respond(_request: dict[str, Any]) -> Answer:
        assert go.wait(60)
        return Reply("Words.")

    model.responder = respond
    parts = council()
    meeting = start(parts, "solo", budget=Cap(seconds=3))
    other = council()
    wait_until(lambda: meeting.snapshot["node_statuses"].get("solo") == "running", what="a member at work")
    other.control.apply(ResumeSession(session_id=meeting.session_id, budget=Cap(seconds=3.2)))
    needs: dict[str, Any] = held_for(meeting, "budget")["budget"]["needs"]
    assert needs == {"seconds": 3.2}
    go.set()
    meeting.stop()
