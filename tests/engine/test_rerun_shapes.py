"""Run again in graphs of other shapes: sequences, votes, files, and beside a meeting that still waits."""

import threading
from typing import Any

from tests.engine.conftest import MakeCouncil
from tests.engine.test_rerun import again
from tests.engine.test_tools import EDIT, INPUTS, calls, rounds_of
from tests.engine.test_vote import voting
from tests.support.meetings import add_template, member, speaker_of, start
from tests.support.model_server import Answer, Reply, ScriptedModelServer
from tests.support.waiting import wait_until


def test_in_a_sequence_later_branches_are_run_again(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """They have read the branch that is run again, so what they said is not shared."""
    parts = council()
    nodes: dict[str, dict[str, Any]] = {
        "start": {"type": "start", "next_ids": ["in_turn"]},
        "in_turn": {"type": "sequence", "next_ids": ["one", "two", "three"]},
        "one": member("end"),
        "two": member("end", agent_id="risk_auditor"),
        "three": member("end", agent_id="system_surgeon"),
        "end": {"type": "end"},
    }
    first = start(parts, add_template(parts, "in_turn", nodes))
    first.wait_for_end()
    asked = len(model.requests)
    second = again(first, "two")
    second.wait_for_end()
    assert [speaker_of(r) for r in model.requests[asked:]] == ["risk_auditor", "system_surgeon"]


def test_who_is_replaced_votes_no_more(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Whoever sits there now votes in the place of an agent that sits nowhere any more."""
    parts = council()
    model.responder = voting(dict.fromkeys(("value_defender", "risk_auditor", "system_surgeon"), "yes"))
    nodes: dict[str, dict[str, Any]] = {
        "start": {"type": "start", "next_ids": ["one", "two"]},
        "one": member("vote"),
        "two": member("vote", agent_id="risk_auditor"),
        "vote": {
            "type": "vote",
            "next_ids": ["end"],
            "properties": {"agent_ids": ["value_defender", "risk_auditor"]},
        },
        "end": {"type": "end"},
    }
    first = start(parts, add_template(parts, "voting", nodes))
    first.wait_for_end()
    second = again(first, "two", agents={"two": "system_surgeon"})
    ended = second.wait_for_end()
    assert ended["status"] == "completed"
    (closed,) = second.named("ballot_closed")
    assert {b["voter"]: b["vote"] for b in closed["ballots"]} == {
        "value_defender": "yes", "system_surgeon": "yes",
    }  # fmt: skip


def test_a_version_of_the_branch_that_is_run_again_is_missing(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """A review shows what has changed since the newest version that is there."""
    parts = council()
    two_wrote = threading.Event()
    other = {"path": "plan.md", "reason": "Cost.", "edits": [{"find": "little", "replace": "much"}]}

    def respond(request: dict[str, Any]) -> Answer:
        if rounds_of(request):
            return Reply("Done.")
        if speaker_of(request) == "system_surgeon":
            return calls(("write_file", EDIT))
        assert two_wrote.wait(60)
        return calls(("write_file", other))

    model.responder = respond
    nodes: dict[str, dict[str, Any]] = {
        "start": {"type": "start", "next_ids": ["a", "b"]},
        "a": member("review", agent_id="system_surgeon", tools=["write_file"]),
        "b": member("review", agent_id="risk_auditor", tools=["write_file"]),
        "review": {
            "type": "human_review",
            "next_ids": ["end"],
            "properties": {"actions": ["approve", "rollback"]},
        },
        "end": {"type": "end"},
    }
    first = start(parts, add_template(parts, "files", nodes), inputs=INPUTS)
    wait_until(lambda: first.named("file_written"), what="a file")
    two_wrote.set()
    first.wait_until_asked("review")
    assert [w["version"] for w in first.named("file_written", node_id="b")] == [3]
    second = again(first, "a")
    asked = second.wait_until_asked("review")
    (shown,) = asked["files"]
    assert (shown["base"], shown["version"]) == (1, 3)
    second.review("review", "rollback")
    assert second.wait_for_end()["status"] == "completed"
    first.stop()


def test_a_question_that_is_still_open_is_put_anew(council: MakeCouncil) -> None:
    """What the first meeting waits for is its own affair: the new one asks for itself, once."""
    parts = council()
    nodes: dict[str, dict[str, Any]] = {
        "start": {"type": "start", "next_ids": ["one", "ask"]},
        "one": member("end"),
        "ask": {"type": "ask_human", "next_ids": ["end"], "properties": {"question": "How much?"}},
        "end": {"type": "end"},
    }
    first = start(parts, add_template(parts, "asks", nodes))
    asked = first.wait_until_asked("ask")
    first.wait_until_left()
    second = again(first, "one")
    wait_until(lambda: second.snapshot["node_statuses"]["one"] == "completed", what="the member's words")
    second.wait_until_left()
    (review,) = second.snapshot["reviews"]
    assert review["review_id"] != asked["review_id"]
    second.answer("ask", "A lot.")
    assert second.wait_for_end()["status"] == "completed"
    assert first.wait_until_asked("ask")["review_id"] == asked["review_id"]
    first.stop()
