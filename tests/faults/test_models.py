"""Model servers that are down, slow, refuse, or stop in the middle: people are told what happened and what to do."""

import socket
import uuid

import pytest

from tests.faults.meeting import Script, asked
from tests.support import invariants
from tests.support.viewer import read_log
from tests.support.waiting import wait_until

pytestmark = pytest.mark.fault

SECRET = "sk-very-secret-key-0123456789"


@pytest.fixture
def hold_meeting(make_council, model):
    """Hold a whole meeting in this process; its log. Keyword arguments are settings."""

    def hold(expected="completed", **settings):
        given = {
            "llm_base_url": model.url,
            "llm_model": "scripted",
            "llm_api_key": SECRET,
            "engine": {"retry_seconds": 0, "retries": 1, "node_timeout_seconds": 20},
        }
        council = make_council(**given | settings)
        client = council.app.test_client()
        session_id = str(uuid.uuid4())
        body = {"template_id": "council_debate", "subject": f"Shall we? {session_id}"}
        answer = client.post("/api/v1/sessions", json=body | {"session_id": session_id})
        assert answer.status_code == 202, answer.text
        address = f"/api/v1/sessions/{session_id}"
        wait_until(lambda: client.get(address).json["status"] == expected, what=expected)
        log = read_log(lambda path: client.get(path).json, session_id)
        invariants.check(council, session_id)
        assert SECRET not in client.get(f"{address}/events?limit=10000").text
        return session_id, log

    return hold


def errors_of(log):
    return [event["data"] for event in log if event["event"] == "error"]


def test_a_model_server_that_is_down(hold_meeting):
    """Each member's absence is told with the address's setting in the hint; the meeting ends by itself."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    _, log = hold_meeting("failed", llm_base_url=f"http://127.0.0.1:{port}/v1")
    problems = errors_of(log)
    assert {problem["node_id"] for problem in problems} >= {"affirmative", "negative"}
    for problem in problems:
        assert problem["code"] == "model_unreachable"
        assert problem["can_retry"] is True
        assert "COUNCIL_LLM_BASE_URL" in problem["hint"]
    assert log[-1]["event"] == "execution:failed"
    assert log[-1]["data"]["reason"]


def test_a_model_server_that_refuses_the_key(hold_meeting, model):
    """It is not asked again with the same key; the hint names the key's setting, and the key is shown nowhere."""
    for _ in range(20):
        model.fail(401, {"error": {"message": f"Incorrect API key provided: {SECRET}."}})
    session_id, log = hold_meeting("failed")
    problems = errors_of(log)
    assert problems
    for problem in problems:
        assert problem["code"] == "model_refused"
        assert problem["can_retry"] is False
        assert "COUNCIL_LLM_API_KEY" in problem["hint"]
    assert all(times == 1 for times in asked(model, session_id).values())
    while model._script:
        model._script.popleft()


def test_a_model_server_that_is_too_slow(hold_meeting, model):
    """The member is absent with its time-out as the reason; what it said is kept and marked; the others go on."""

    def slow_for_one(request):
        slow = "You are the Risk Auditor" in request["messages"][0]["content"]
        return Script(delay_seconds=4 if slow else 0)(request)

    model.responder = slow_for_one
    _, log = hold_meeting(engine={"node_timeout_seconds": 3, "retries": 0})
    (problem,) = errors_of(log)
    assert problem["node_id"] == "negative"
    assert problem["code"] == "model_timeout"
    assert "timeout_seconds" in problem["hint"]
    failed = [e for e in log if e["event"] == "node_state_change" and e["data"]["status"] == "failed"]
    assert [event["node_id"] for event in failed] == ["negative"]
    (kept,) = (e["data"] for e in log if e["event"] == "message_completed" and e["node_id"] == "negative")
    assert kept["finish"] == "error"
    verdict = next(event["data"] for event in log if event["event"] == "verdict")
    assert [absence["node_id"] for absence in verdict["absences"]] == ["negative"]
    assert verdict["outcome"] == "partial"


def test_a_model_server_that_stops_in_the_middle(hold_meeting, model):
    """The words are kept as what they are, half an answer; the hint says where to look."""
    model.hang_up(after_chunks=3, text="A quarter of an answer, and then nothing.")
    _, log = hold_meeting()
    (problem,) = errors_of(log)
    assert problem["code"] == "stream_broken"
    assert problem["can_retry"] is True
    assert problem["hint"]
    kept = [e["data"] for e in log if e["event"] == "message_completed" and e["data"]["finish"] == "error"]
    assert [each["content"] for each in kept] == ["A quarter of an answer, "]


def test_an_overloaded_model_server_is_asked_again(hold_meeting, model):
    """429 and 5xx before the first word: another attempt, and nobody is bothered."""
    model.fail(503, {"error": {"message": "overloaded"}})
    model.fail(429, {"error": {"message": "slow down"}})
    _, log = hold_meeting(engine={"retry_seconds": 0, "retries": 2})
    assert errors_of(log) == []


@pytest.mark.parametrize(
    "rubbish",
    [
        pytest.param(b"data: {not json\n\n", id="no JSON"),
        pytest.param(b"<html>It works!</html>", id="a web page"),
        pytest.param(b'data: {"choices": [{"delta": {"content": "\\ud800"}}]}\n\n', id="lone surrogate"),
        pytest.param(b"data: " + b"[" * 200_000 + b"\n\n", id="deep nesting"),
        pytest.param(
            b'data: {"choices": [{"delta": {"content": 1e999}, "index": NaN}]}\n\n', id="no numbers"
        ),
        pytest.param(
            b'data: {"choices": [{"delta": {"content": "x"}}], "usage": {"prompt_tokens": -1e999}}\n\n',
            id="infinite tokens",
        ),
    ],
)
def test_rubbish_from_a_model_server_ends_a_turn_and_nothing_else(hold_meeting, model, rubbish):
    """Whatever it sends, the member is absent with a reason, and the meeting goes on."""
    model.raw(rubbish)
    _, log = hold_meeting(engine={"retries": 0})
    (problem,) = errors_of(log)
    assert problem["code"] not in ("internal", "")
    assert "Traceback" not in problem["error"]
    assert problem["hint"]
