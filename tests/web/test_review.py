"""People and programs answer a waiting meeting over REST and over the socket, and stop a single member."""

import uuid

import pytest

from tests.support.meetings import SOLO, add_template, member
from tests.support.waiting import wait_until
from tests.web.conftest import assert_error_event, assert_problem, events_of, read, start, wait_for_status

SESSIONS = "/api/v1/sessions"
NOWHERE = str(uuid.uuid4())
REVIEWED = {
    "start": {"type": "start", "next_ids": ["writer"]},
    "writer": member("review"),
    "review": {"type": "human_review", "next_ids": ["end"]},
    "end": {"type": "end"},
}
ASKING = {
    "start": {"type": "start", "next_ids": ["ask"]},
    "ask": {"type": "ask_human", "next_ids": ["end"], "properties": {"question": "What is the budget?"}},
    "end": {"type": "end"},
}


@pytest.fixture
def waiting(council, api):
    """A meeting that waits for a review."""
    add_template(council, "reviewed", REVIEWED)
    return waiting_at(api, start(api, template_id="reviewed"), "review")


@pytest.fixture
def asking(council, api):
    """A meeting that waits for an answer."""
    add_template(council, "asking", ASKING)
    return waiting_at(api, start(api, template_id="asking"), "ask")


def waiting_at(api, session_id, node_id):
    wait_until(lambda: read(api, session_id)["review"], what=f"a question at {node_id}")
    assert read(api, session_id)["review"]["node_id"] == node_id
    return session_id


def review(api, session_id, **body):
    return api.post(f"{SESSIONS}/{session_id}/review", json=body)


def signal(api, session_id, **body):
    return api.post(f"{SESSIONS}/{session_id}/signal", json=body)


# Reviews


def test_a_review_over_rest(api, waiting):
    """200 with what was decided, and the meeting goes on."""
    answer = review(api, waiting, node_id="review", action="approve", data={"feedback": "Good."})
    assert answer.status_code == 200
    body = answer.get_json()
    assert (body["session_id"], body["node_id"], body["action"], body["status"]) == (
        waiting, "review", "approve", "running",
    )  # fmt: skip
    wait_for_status(api, waiting, "completed")
    (resumed,) = [e["data"] for e in events_of(api, waiting) if e["event"] == "node_resumed"]
    assert (resumed["review_id"], resumed["feedback"]) == (body["review_id"], "Good.")


def test_a_review_over_the_socket(api, waiting, connect):
    """The same command, and its ack."""
    socket = connect(session_id=waiting, since="latest")
    given = {"session_id": waiting, "node_id": "review", "action": "modify", "data": {"content": "Mine."}}
    answer = socket.ask("submit_review", **given)
    assert answer["event"] == "ack", answer
    assert answer["data"]["action"] == "modify"
    wait_for_status(api, waiting, "completed")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"node_id": "review", "action": "exit"}, "action"),
        ({"node_id": "review", "action": "dance"}, "action"),
        ({"node_id": "review"}, "action"),
        ({"action": "approve"}, "node_id"),
        ({"node_id": "review", "action": "modify"}, "data.content"),
        ({"node_id": "review", "action": "approve", "data": {"content": "x"}}, "data.content"),
        ({"node_id": "review", "action": "approve", "data": {"feedback": "x" * 50_001}}, "data.feedback"),
        ({"node_id": "review", "action": "approve", "data": {"mood": "good"}}, "data.mood"),
        ({"node_id": "review", "action": "approve", "feedback": "good"}, "feedback"),
        ({"node_id": "review", "action": "rollback", "data": {"version": 0}}, "data.version"),
    ],
)
def test_a_review_that_does_not_fit(api, waiting, body, path):
    """422 with the field, and nothing changes."""
    problem = assert_problem(review(api, waiting, **body), 422, "invalid")
    assert problem["details"][0]["path"] == path
    assert read(api, waiting)["review"] is not None


def test_an_action_that_is_not_offered(api, waiting):
    """The refusal names those that are."""
    problem = assert_problem(review(api, waiting, node_id="review", action="exit"), 422, "invalid")
    assert "approve, reject, modify" in problem["hint"]


def test_a_node_that_waits_for_nobody(api, waiting):
    """409 not_waiting; 404 for a meeting that does not exist; 409 for one that is over."""
    assert_problem(review(api, waiting, node_id="writer", action="approve"), 409, "not_waiting")
    assert_problem(review(api, waiting, node_id="x" * 5_000, action="approve"), 409, "not_waiting")
    assert_problem(review(api, NOWHERE, node_id="review", action="approve"), 404, "not_found")
    assert_problem(review(api, "x", node_id="review", action="approve"), 404, "not_found")
    review(api, waiting, node_id="review", action="approve")
    wait_for_status(api, waiting, "completed")
    assert_problem(review(api, waiting, node_id="review", action="approve"), 409, "illegal_transition")


def test_a_review_with_a_key_is_taken_once(api, waiting):
    """The same Idempotency-Key again: the same answer, no second effect."""
    body = {"node_id": "review", "action": "approve"}
    answers = [
        api.post(f"{SESSIONS}/{waiting}/review", json=body, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].get_json() == answers[1].get_json()
    wait_for_status(api, waiting, "completed")
    assert [e["event"] for e in events_of(api, waiting)].count("node_resumed") == 1


def test_a_review_while_paused(api, waiting):
    """Stored at once; it takes effect when the meeting is resumed."""
    api.post(f"{SESSIONS}/{waiting}/control", json={"action": "pause"})
    answer = review(api, waiting, node_id="review", action="approve").get_json()
    assert answer["status"] == "paused"
    assert read(api, waiting)["waiting_for"] is None
    api.post(f"{SESSIONS}/{waiting}/control", json={"action": "resume"})
    wait_for_status(api, waiting, "completed")


# Questions


def test_an_answer_over_rest(api, asking):
    """``input`` with the node's id is its answer."""
    answer = api.post(f"{SESSIONS}/{asking}/input", json={"node_id": "ask", "content": "Ten."})
    assert (answer.status_code, answer.get_json()["action"]) == (200, "answer")
    wait_for_status(api, asking, "completed")
    (said,) = [m for m in read(api, asking)["messages"] if m["node_id"] == "ask"]
    assert said["content"] == "Ten."


def test_input_without_a_node_is_no_answer(api, asking):
    """It is said in the room, and the node waits on."""
    api.post(f"{SESSIONS}/{asking}/input", json={"content": "Hurry up."})
    assert read(api, asking)["review"]["node_id"] == "ask"


# Signals


def test_a_signal_answers(api, asking):
    """A program's answer: any JSON."""
    answer = signal(api, asking, node_id="ask", payload={"budget": 10})
    assert (answer.status_code, answer.get_json()["action"]) == (200, "answer")
    wait_for_status(api, asking, "completed")
    (resumed,) = [e["data"] for e in events_of(api, asking) if e["event"] == "node_resumed"]
    assert resumed["by"] == "program"


def test_a_signal_decides(api, waiting):
    """At a review, the payload is the decision."""
    answer = signal(api, waiting, node_id="review", payload={"action": "reject", "feedback": "No."})
    assert (answer.status_code, answer.get_json()["action"]) == (200, "reject")
    wait_for_status(api, waiting, "completed")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"node_id": "ask"},
        {"payload": "x"},
        {"node_id": "ask", "payload": ""},
        {"node_id": "ask", "payload": "x" * 50_001},
        {"node_id": "ask", "payload": "x", "more": 1},
        {"node_id": 7, "payload": "x"},
    ],
)
def test_a_signal_that_does_not_fit(api, asking, body):
    """422, and the node waits on."""
    assert_problem(signal(api, asking, **body), 422, "invalid")
    assert read(api, asking)["review"] is not None


# One member


def test_one_member_is_stopped_over_rest(council, api, model):
    """control with node_id stops the member who speaks there; the meeting goes on."""
    add_template(council, "solo", SOLO)
    model.reply("One two three four five six. " * 20)
    model.hold("mid_stream", after_chunks=3)
    session_id = start(api, template_id="solo")
    model.wait_until_held()
    wait_until(lambda: read(api, session_id)["messages"], what="the first words")
    stop = {"action": "stop", "node_id": "solo"}
    answer = api.post(f"{SESSIONS}/{session_id}/control", json=stop)
    assert (answer.status_code, answer.get_json()) == (
        200, {"session_id": session_id, "status": "running", "action": "stop", "node_id": "solo"},
    )  # fmt: skip
    model.release()
    wait_for_status(api, session_id, "completed")
    assert [m["finish"] for m in read(api, session_id)["messages"]] == ["cut"]
    assert_problem(api.post(f"{SESSIONS}/{session_id}/control", json=stop), 409, "illegal_transition")


def test_who_does_not_speak_cannot_be_stopped(api, waiting, connect):
    """409, over REST as over the socket."""
    path = f"{SESSIONS}/{waiting}/control"
    assert_problem(api.post(path, json={"action": "stop", "node_id": "writer"}), 409, "not_speaking")
    assert_problem(api.post(path, json={"action": "pause", "node_id": "writer"}), 422, "invalid")
    answer = connect().ask("stop_session", session_id=waiting, node_id="writer")
    assert_error_event(answer, "not_speaking", answer["data"]["id"])
    assert read(api, waiting)["status"] == "running"
