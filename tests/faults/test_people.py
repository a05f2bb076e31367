"""A server that is killed while a meeting waits for a person: neither the question nor the answer is lost."""

import uuid

import pytest

from tests.support.meetings import graph_of, member
from tests.support.waiting import wait_until

pytestmark = pytest.mark.fault

NODES = {
    "start": {"type": "start", "next_ids": ["affirmative"]},
    "affirmative": member("review"),
    "review": {"type": "human_review", "next_ids": ["negative"], "properties": {"timeout_minutes": 0}},
    "negative": member("end", agent_id="risk_auditor"),
    "end": {"type": "end"},
}


@pytest.fixture
def start_reviewed():
    """Start a meeting that a person reviews between two members."""

    def start(server):
        template = {
            "template_id": "reviewed",
            "name": "Reviewed",
            "graph": graph_of(NODES).model_dump(mode="json"),
        }
        answer = server.post("/api/v1/templates", template)
        assert answer.status_code in (201, 409), answer.text
        session_id = str(uuid.uuid4())
        body = {"template_id": "reviewed", "session_id": session_id, "subject": f"Shall we? {session_id}"}
        answer = server.post("/api/v1/sessions", body)
        assert answer.status_code == 202, answer.text
        return session_id

    return start


def review_of(server, session_id):
    return wait_until(
        lambda: server.get(f"/api/v1/sessions/{session_id}")["review"], what="a question to a person"
    )


def approve(server, session_id):
    body = {"node_id": "review", "action": "approve", "data": {"feedback": "Go on."}}
    answer = server.post(f"/api/v1/sessions/{session_id}/review", body)
    assert answer.status_code == 200, answer.text


def test_a_wait_outlives_kill_9(serve_with_model, model, watch, check_all, start_reviewed):
    """The question is asked once, whoever watches sees it once, and the answer is taken by the next process."""
    server = serve_with_model()
    session_id = start_reviewed(server)
    viewer = watch(server.port, session_id)
    asked = review_of(server, session_id)
    for _ in range(2):
        server.kill()
        server.start()
        assert review_of(server, session_id)["review_id"] == asked["review_id"]
    approve(server, session_id)
    viewer.wait_for("execution:completed")
    log = check_all(server, session_id, [viewer])
    assert [e["event"] for e in log].count("human_interaction_required") == 1
    assert len(model_requests(model, session_id)) == 2


@pytest.mark.long
def test_a_wait_outlives_a_stop_and_a_start(serve_with_model, model, watch, check_all, start_reviewed):
    """As in a deploy: the question stands unchanged in the next process, and the answer is taken there."""
    server = serve_with_model(engine__lease_seconds=30)
    session_id = start_reviewed(server)
    viewer = watch(server.port, session_id)
    asked = review_of(server, session_id)
    server.stop()
    viewer.wait_for_ending(1012)
    server.start()
    assert review_of(server, session_id) == asked
    approve(server, session_id)
    viewer.wait_for("execution:completed")
    log = check_all(server, session_id, [viewer])
    assert [e["event"] for e in log].count("human_interaction_required") == 1
    assert not viewer.saw("message_discarded")
    assert len(model_requests(model, session_id)) == 2


def test_an_answer_outlives_kill_9(serve_with_model, model, watch, check_all, start_reviewed):
    """Killed the moment after somebody has answered, it goes on from the answer; nobody is asked twice."""
    server = serve_with_model()
    session_id = start_reviewed(server)
    viewer = watch(server.port, session_id)
    review_of(server, session_id)
    approve(server, session_id)
    server.kill()
    server.start()
    viewer.wait_for("execution:completed")
    log = check_all(server, session_id, [viewer])
    (resumed,) = [e["data"] for e in log if e["event"] == "node_resumed"]
    assert (resumed["action"], resumed["feedback"]) == ("approve", "Go on.")
    asked = [r["messages"][1]["content"] for r in model_requests(model, session_id)]
    assert sum("Go on." not in question for question in asked) == 1
    assert 1 <= sum("Go on." in question for question in asked) <= 2


def model_requests(model, session_id):
    return [r for r in model.requests if session_id in r["messages"][1]["content"]]
