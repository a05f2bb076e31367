"""A crash after any record of any built-in template: the next process ends it the same, and asks nothing twice."""

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest

from council.parts import Parts
from tests.engine.conftest import MakeCouncil
from tests.engine.test_recovery import abandon, refuse_after
from tests.support import invariants
from tests.support.meetings import Meeting, ruling, start
from tests.support.model_server import ScriptedModelServer
from tests.support.panel import Panel, transcript
from tests.support.waiting import wait_until
from tests.test_templates import INPUTS, SUBJECT, TEMPLATES, attend

SAYS = {"council_optimize": ("continue", "exit")}
WAITS = ("code_review", "business_plan", "quick_decision")


def panel() -> Panel:
    return Panel(
        stances={"devils_advocate": ("against",), "member_a": ("against", "for")},
        rulings=(ruling(60, 60, 60), ruling(75, 75, 75)),
        claims=("builds are slow",),
        statuses={"builds are slow": "supported"},
    )


def says(template_id: str) -> tuple[str, ...]:
    return SAYS.get(template_id, ("approve",) if template_id in WAITS else ())


def hold(parts: Parts, template_id: str) -> Meeting:
    return start(parts, template_id, subject=SUBJECT, inputs=INPUTS)


def found(meeting: Meeting) -> dict[str, Any]:
    """What must be the same however often a process died on the way."""
    verdict = dict(meeting.snapshot["verdict"])
    for name in ("ballots", "best_draft"):  # They name ballots and messages, whose ids are made by chance.
        verdict[name] = verdict[name] and {
            k: v for k, v in verdict[name].items() if k not in ("ballot_id", "message_id", "extra_rounds")
        }
    told = transcript(meeting.events, list(meeting.snapshot["graph"]["nodes"]))
    return {"verdict": verdict, "told": sorted(told), "statuses": meeting.snapshot["node_statuses"]}


@pytest.fixture(params=TEMPLATES)
def template_id(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.timeout(180)
def test_a_crash_after_any_record(
    council: MakeCouncil, make_council: Callable[..., Parts], model: ScriptedModelServer, template_id: str
) -> None:
    """Killed after any number of records: the same transcript and verdict, and no recorded call is made again."""
    model.responder = panel()
    whole = attend(hold(council(), template_id), says(template_id))
    expected, calls = found(whole), len(model.requests)
    records = count_records(whole)
    dice = random.Random(template_id)
    for at in sorted(dice.sample(range(1, records), min(2, records - 1))):
        model.responder = panel()
        first = council()
        refuse_after(first, at)
        meeting = hold(first, template_id)
        asked_before = len(model.requests)
        answers = be_there_until_it_dies(meeting, list(says(template_id)))
        known = len(meeting.named("token_usage"))
        abandon(first, meeting)
        wait_until(lambda: not members_at_work(), what="the end of the dead process's last calls")
        before = len(model.requests)
        meeting = attend(meeting.at(council()), tuple(answers))
        again = found(meeting)
        differs = [k for k, v in again["verdict"].items() if v != expected["verdict"][k]]
        assert not differs, [(again["verdict"][k], expected["verdict"][k]) for k in differs]
        assert again == expected, f"after {at} records"
        assert len(model.requests) - before == calls - known, f"after {at} records"
        assert asked_before <= before
        invariants.check(meeting.parts, meeting.session_id)


def members_at_work() -> list[str]:
    """A process that really dies takes them along; here they end by themselves, and may ask once more before."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("node-")]


def count_records(meeting: Meeting) -> int:
    """About as many as the meeting's run had: each node writes when it begins and when it ends."""
    return sum(1 for event in meeting.events if event["event"] in ("node_state_change", "vote_cast"))


def be_there_until_it_dies(meeting: Meeting, answers: list[str]) -> list[str]:
    """Answer as long as somebody asks; what was not asked for before the process died is left."""
    from council.commands import SubmitReview

    answered: set[str] = set()

    def dead() -> bool:
        snapshot = meeting.snapshot
        for wait in snapshot["waiting_for"] or ():
            if wait["review_id"] not in answered:
                answered.add(wait["review_id"])
                action: Any = answers.pop(0)
                meeting.parts.control.apply(
                    SubmitReview(session_id=meeting.session_id, node_id=wait["node_id"], action=action)
                )
        if snapshot["status"] in ("completed", "failed", "cancelled"):
            return True
        idle = meeting.parts.supervisor.gate(meeting.session_id) is None
        return idle and not snapshot["waiting_for"] and snapshot["status"] != "pending"

    wait_until(dead, 20, what="the death of the process")
    return answers
