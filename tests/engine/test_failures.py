"""Members that fail: what is tried again, who is absent, and what ends the meeting."""

from collections.abc import Callable
from typing import Any

import pytest

from council.llm.base import ChatRequest, Completion, OnDelta, Usage
from tests.engine.conftest import MakeCouncil
from tests.support import invariants
from tests.support.meetings import Meeting, add_template, debater, member, ruling, speaker_of, start
from tests.support.model_server import (
    Answer,
    ErrorInStream,
    Failure,
    HangUp,
    Reply,
    ScriptedModelServer,
)  # fmt: skip
from tests.support.waiting import wait_until

LONG = "One two three four five six seven eight nine ten. " * 10


def scripted(**answers: Answer | list[Answer]) -> Callable[[dict[str, Any]], Answer]:
    """A debater, but for the speakers named: each gets its answer, or its answers one after another."""
    queues = {who: list(given) if isinstance(given, list) else None for who, given in answers.items()}

    def respond(request: dict[str, Any]) -> Answer:
        who = speaker_of(request)
        queue = queues.get(who)
        if queue:
            return queue.pop(0)
        given = answers.get(who)
        return given if given is not None and not isinstance(given, list) else debater(request)

    return respond


def ended(meeting: Meeting) -> dict[str, Any]:
    """Its snapshot at the end, the log checked."""
    snapshot = meeting.wait_for_end()
    invariants.check(meeting.parts, meeting.session_id)
    return snapshot


# Retries


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(council: MakeCouncil, model: ScriptedModelServer, status: int) -> None:
    """Before the first chunk a call is tried again, ``retries`` times after the first."""
    model.fail(status)
    model.fail(status)
    meeting = start(council(engine={"retries": 2}), "solo")
    assert ended(meeting)["status"] == "completed"
    assert len(model.requests) == 3
    assert [m["status"] for m in meeting.messages("solo")] == ["completed"]
    assert meeting.named("error") == []


def test_retries_end(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """After the last attempt the node fails with the server's reason."""
    model.responder = lambda request: Failure(503, '{"error": {"message": "Too many cooks."}}')
    meeting = start(council(engine={"retries": 1}), "solo")
    found = ended(meeting)
    assert found["status"] == "failed"
    assert "Too many cooks." in found["reason"]
    assert len(model.requests) == 2
    (error,) = meeting.named("error")
    assert (error["node_id"], error["code"], error["can_retry"]) == ("solo", "model_busy", True)
    assert error["hint"]


def test_a_nodes_own_retries_win(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """``retries`` on the node is used instead of the setting's."""
    model.fail(503)
    parts = council(engine={"retries": 5})
    nodes = {
        "start": {"type": "start", "next_ids": ["a"]},
        "a": member("end", retries=0),
        "end": {"type": "end"},
    }
    meeting = start(parts, add_template(parts, "own", nodes))
    assert ended(meeting)["status"] == "failed"
    assert len(model.requests) == 1


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_a_refusal_is_final(council: MakeCouncil, model: ScriptedModelServer, status: int) -> None:
    """401, 402, 403 and other refusals are never tried again: it would not help."""
    model.fail(status, {"error": {"message": "No."}})
    meeting = start(council(engine={"retries": 5}), "solo")
    assert ended(meeting)["status"] == "failed"
    assert len(model.requests) == 1


@pytest.mark.parametrize("answer", [HangUp(2, Reply(LONG)), ErrorInStream({"message": "x"}, 2, Reply(LONG))])
def test_no_retry_after_the_first_chunk(
    council: MakeCouncil, model: ScriptedModelServer, answer: Answer
) -> None:
    """After the first chunk nothing is tried again: what was said is kept, marked ``error``."""
    model.responder = lambda request: answer
    meeting = start(council(engine={"retries": 5}), "solo")
    found = ended(meeting)
    assert found["status"] == "failed"
    assert len(model.requests) == 1
    (message,) = found["messages"]
    assert (message["status"], message["finish"], message["content"]) == ("failed", "error", LONG[:16])
    assert found["node_statuses"]["solo"] == "failed"


def test_a_stream_without_a_finish_reason_is_an_error(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """A stream that ends without a finish reason is an error, and its text is kept."""
    model.reply(LONG, finish=None, done=False)
    meeting = start(council(engine={"retries": 0}), "solo")
    found = ended(meeting)
    assert found["status"] == "failed"
    assert found["messages"][0]["finish"] == "error"


def test_a_retry_can_be_stopped(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A stop does not wait for the next attempt."""
    model.fail(503)
    meeting = start(council(engine={"retry_seconds": 60.0}), "solo")
    model.wait_for_requests()
    meeting.stop()
    assert ended(meeting)["status"] == "cancelled"


# Absences


def test_an_absent_member(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """An absent member: its node ``failed``, an ``error`` event with the node, and the meeting goes on."""
    model.responder = scripted(risk_auditor=Failure(401, '{"error": {"message": "No key."}}'))
    meeting = start(council())
    found = ended(meeting)
    assert found["status"] == "completed"
    assert found["node_statuses"]["negative"] == "failed"
    assert [error["node_id"] for error in meeting.named("error")] == ["negative"]


def test_absences_stand_above_the_verdict(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Who is missing and why; below quorum the outcome is ``partial`` and no verdict word is used."""
    model.responder = scripted(risk_auditor=Failure(401, '{"error": {"message": "No key."}}'))
    meeting = start(council())
    verdict = ended(meeting)["verdict"]
    assert (verdict["outcome"], verdict["word"]) == ("partial", None)
    (absence,) = verdict["absences"]
    assert absence["node_id"] == "negative"
    assert "No key." in absence["reason"]


def test_the_chair_is_told_who_is_absent(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """The chair reads who is missing, under a letter."""
    model.responder = scripted(risk_auditor=Failure(401, '{"error": {"message": "No key."}}'))
    ended(start(council()))
    asked = next(r for r in model.requests if speaker_of(r) == "chair")["messages"][1]["content"]
    assert "## Absent: Member B" in asked
    assert "Risk Auditor" not in asked


def test_everybody_absent(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A join that nobody reaches fails the session, with a node's error."""
    model.responder = lambda request: Failure(401, '{"error": {"message": "No key."}}')
    meeting = start(council())
    found = ended(meeting)
    assert found["status"] == "failed"
    assert "No key." in found["reason"]
    assert found["node_statuses"]["affirmative"] == found["node_statuses"]["negative"] == "failed"
    assert found["verdict"] is None
    assert len(meeting.named("error")) == 2


@pytest.mark.parametrize(("who", "node_id"), [("chair", "adjudicator"), ("report", "end")])
def test_a_failed_node_outside_branches(
    council: MakeCouncil, model: ScriptedModelServer, who: str, node_id: str
) -> None:
    """A failed node outside branches (adjudicator, end) fails the session with that node's error."""
    model.responder = scripted(**{who: Failure(401, '{"error": {"message": "No key."}}')})
    meeting = start(council())
    found = ended(meeting)
    assert found["status"] == "failed"
    assert "No key." in found["reason"]
    assert found["node_statuses"][node_id] == "failed"
    assert (found["verdict"] is not None) == (who == "report")


# Answers that are none, or not whole


def test_an_empty_answer(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """An answer without a word is no opinion: the member is absent, the verdict partial."""
    model.responder = scripted(risk_auditor=Reply(""))
    meeting = start(council(engine={"retries": 0}))
    found = ended(meeting)
    assert found["status"] == "completed"
    assert [error["code"] for error in meeting.named("error")] == ["empty_answer"]
    assert found["verdict"]["outcome"] == "partial"


def test_a_truncated_answer(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """``finish=length`` is marked, and does not count as a full opinion."""
    model.responder = scripted(risk_auditor=Reply("Against, bec", finish="length"))
    meeting = start(council())
    found = ended(meeting)
    (message,) = meeting.messages("negative")
    assert (message["status"], message["finish"]) == ("completed", "length")
    assert found["verdict"]["outcome"] == "partial"
    assert [a["node_id"] for a in found["verdict"]["absences"]] == ["negative"]


def test_a_truncated_ruling(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A ruling that was cut off decides nothing."""
    model.responder = scripted(chair=Reply(ruling(), finish="length"))
    found = ended(start(council()))
    assert (found["verdict"]["outcome"], found["verdict"]["word"]) == ("partial", None)


@pytest.mark.parametrize("text", ["I rule for the defender.", ruling() + "\n\n" + ruling(word="pass")])
def test_an_unreadable_ruling(council: MakeCouncil, model: ScriptedModelServer, text: str) -> None:
    """A ruling without exactly one block is no decision: score absent, outcome partial, text kept."""
    model.responder = scripted(chair=Reply(text))
    meeting = start(council())
    verdict = ended(meeting)["verdict"]
    assert (verdict["outcome"], verdict["word"], verdict["score"]) == ("partial", None, None)
    assert verdict["text"]
    assert meeting.named("score") == []


@pytest.mark.parametrize("number", [10**400, True, "80", -1, 101, None])
def test_a_hostile_score(council: MakeCouncil, model: ScriptedModelServer, number: object) -> None:
    """A score out of range is absent, however it is written; the meeting goes on."""
    model.responder = scripted(chair=Reply(ruling(strategic=number)))
    found = ended(start(council()))
    assert found["status"] == "completed"
    assert found["verdict"]["score"] is None


def test_hostile_words_in_a_ruling(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Half a surrogate pair or a NUL in the chair's JSON breaks nothing."""
    text = ruling().replace("It saves money.", "Half a pair \\ud83d, a NUL \\u0000.")
    model.responder = scripted(chair=Reply(text))
    found = ended(start(council()))
    assert found["status"] == "completed"
    (dispute,) = found["verdict"]["disputes"]
    assert "Half a pair" in dispute["claim"]
    assert "\0" not in dispute["claim"]


# Time


def test_a_slow_node(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Node time-out: the call is ended, what was said is kept, the member is absent."""
    model.reply(LONG)
    model.hold("mid_stream", 3)
    meeting = start(council(engine={"node_timeout_seconds": 2.0, "retries": 0}), "solo")
    found = ended(meeting)
    assert found["status"] == "failed"
    assert [error["code"] for error in meeting.named("error")] == ["model_timeout"]
    (message,) = found["messages"]
    assert message["finish"] == "error"
    assert LONG.startswith(message["content"])


def test_pauses_are_not_counted(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Paused time counts to no time-out: neither the node's nor the meeting's."""
    model.reply(LONG)
    model.hold("mid_stream", 3)
    parts = council(engine={"node_timeout_seconds": 2.8, "meeting_timeout_seconds": 3.0})
    meeting = start(parts, "solo")
    meeting.wait_for_event("token_stream")
    meeting.pause()
    model.release()
    gate = parts.supervisor.gate(meeting.session_id)
    assert gate is not None
    wait_until(lambda: gate.held_seconds() > 3.1)
    meeting.resume()
    assert ended(meeting)["status"] == "completed"
    assert len(model.requests) == 1


def test_a_silent_model_is_not_blamed_for_a_pause(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A model that says nothing during a pause has not timed out: at worst the turn starts again."""
    model.hold("before_headers")
    parts = council(engine={"node_timeout_seconds": 2.5, "retries": 0})
    meeting = start(parts, "solo")
    model.wait_until_held()
    meeting.pause()
    gate = parts.supervisor.gate(meeting.session_id)
    assert gate is not None
    wait_until(lambda: gate.held_seconds() > 2.7)
    model.release()
    meeting.resume()
    assert ended(meeting)["status"] == "completed"


def test_a_node_that_is_late_after_a_pause(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Time runs out after a pause as it does without one: once, and what was said is kept."""
    model.responder = lambda request: Reply(LONG)
    model.hold("mid_stream", 3)
    meeting = start(council(engine={"node_timeout_seconds": 2.5, "retries": 0}), "solo")
    meeting.wait_for_event("token_stream")
    meeting.pause()
    meeting.resume()
    found = ended(meeting)
    assert found["status"] == "failed"
    assert [m["finish"] for m in found["messages"]] == ["error"]
    assert meeting.named("message_discarded") == []
    assert len(model.requests) == 1


def test_time_runs_out_between_attempts(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """The wait before another attempt counts: when time is over, nobody is asked again."""
    model.responder = lambda request: Failure(503, "")
    meeting = start(
        council(engine={"node_timeout_seconds": 0.2, "retries": 10, "retry_seconds": 0.1}), "solo"
    )
    assert ended(meeting)["status"] == "failed"
    assert len(model.requests) <= 3


def test_the_meetings_own_deadline(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """One deadline for the meeting, however busily its nodes end one after another."""
    model.responder = lambda request: Reply(LONG, chunk_size=50, delay_seconds=0.03)
    parts = council(engine={"meeting_timeout_seconds": 0.5})
    chain = [f"n{number}" for number in range(10)]
    nodes: dict[str, dict[str, Any]] = {"start": {"type": "start", "next_ids": chain[:1]}}
    nodes |= {one: member(after) for one, after in zip(chain, [*chain[1:], "end"], strict=True)}
    meeting = start(parts, add_template(parts, "chain", nodes | {"end": {"type": "end"}}))
    found = ended(meeting)
    assert found["status"] == "failed"
    assert "did not finish within 0.5 seconds" in found["reason"]
    assert all(m["status"] in ("completed", "cut") for m in found["messages"])


def test_the_step_limit(council: MakeCouncil) -> None:
    """A graph has a step limit, so that nothing runs for ever."""
    meeting = start(council(engine={"max_steps": 3}))
    found = ended(meeting)
    assert found["status"] == "failed"
    assert "more than 3 steps" in found["reason"]


# Errors of our own


class Broken:
    """A provider with a bug: it says half a sentence and then stumbles over its own feet."""

    provider_id = "broken"
    local = True

    def open(self, request: ChatRequest) -> "Broken":
        return self

    def run(self, on_delta: OnDelta) -> Completion:
        on_delta("Half a sen", False)
        raise RuntimeError("a bug")

    def cancel(self) -> None: ...

    def usage_so_far(self) -> Usage:
        return Usage(1, 1)


def test_a_bug_ends_in_order(council: MakeCouncil, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error inside Council fails the node without its details; the message gets an end, too."""
    parts = council()
    monkeypatch.setattr(parts.catalogue, "provider", lambda provider_id: Broken())
    meeting = start(parts, "solo")
    found = ended(meeting)
    assert found["status"] == "failed"
    assert "RuntimeError" in found["reason"]
    assert "a bug" not in str(meeting.events)
    assert [(m["finish"], m["content"]) for m in found["messages"]] == [("error", "Half a sen")]
