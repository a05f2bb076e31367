"""A server that is killed: the meeting goes on in the next one, and everybody sees every event once."""

import os
import signal
from collections import Counter

import pytest

from tests.faults.meeting import (
    SPEAKERS,
    Script,
    asked,
    running_nodes,
    start_meeting,
    status_of,
    worker_of,
)
from tests.support.viewer import FINAL_EVENTS
from tests.support.waiting import wait_until

pytestmark = pytest.mark.fault


def test_a_meeting_outlives_kill_9_in_each_of_its_turns(
    serve_with_model, model, watch, check_all, record_property
):
    """Only the interrupted turns are asked again; the log has no gap; viewers see every event once, in order."""
    server = serve_with_model()
    session_id = start_meeting(server)
    interrupted: Counter[str] = Counter()
    viewers = [watch(server.port, session_id) for _ in range(3)]

    def kill_and_restart():
        server.kill()
        interrupted.update(running_nodes(server.data_dir, session_id))
        server.start()

    kill_and_restart()  # Perhaps before anything began.
    for event, node_id in (
        ("token_stream", "affirmative"),
        ("token_stream", "adjudicator"),
        ("token_stream", "end"),
    ):
        viewers[0].wait_for(event, node_id=node_id)
        kill_and_restart()
    viewers[0].wait_for("execution:completed")

    log = check_all(server, session_id, viewers)
    assert_asked_again_only_when_interrupted(asked(model, session_id), interrupted)
    said = {e["data"]["node_id"]: e["data"] for e in log if e["event"] == "message_completed"}
    assert {node_id: data["content"] for node_id, data in said.items()} == {
        speaker: Script().text_of(speaker) for speaker in SPEAKERS
    }
    assert Counter(e["event"] for e in log)["message_completed"] == len(SPEAKERS)
    assert all(e["data"]["reason"] == "restart" for e in log if e["event"] == "message_discarded")
    assert all(viewer.connections > 1 for viewer in viewers)
    record_property("kills", 4)


def test_a_meeting_outlives_kills_at_random_points(
    serve_with_model, model, watch, check_all, chance, record_property
):
    """Wherever it is killed, it goes on from there."""
    server = serve_with_model(engine__max_crashes=100)
    session_id = start_meeting(server)
    interrupted: Counter[str] = Counter()
    viewers = [watch(server.port, session_id) for _ in range(2)]
    for _ in range(3):
        aim = viewers[0].last + chance.randint(1, 25)
        wait_until(lambda aim=aim: viewers[0].last >= aim or over(viewers[0]), what="a few more events")
        server.kill()
        interrupted.update(running_nodes(server.data_dir, session_id))
        server.start()
    viewers[0].wait_for("execution:completed")

    check_all(server, session_id, viewers)
    assert_asked_again_only_when_interrupted(asked(model, session_id), interrupted)
    record_property("kills", 3)


def test_a_worker_that_is_killed_is_replaced(serve_with_model, model, watch, check_all):
    """The master starts another one by itself, which takes the meeting over."""
    model.hold("mid_stream", after_chunks=3)
    server = serve_with_model()
    session_id = start_meeting(server)
    viewer = watch(server.port, session_id)
    model.wait_until_held(2)
    viewer.wait_for("token_stream")
    os.kill(worker_of(server), signal.SIGKILL)
    viewer.wait_for("message_discarded", reason="restart")
    model.release()
    viewer.wait_for("execution:completed")
    check_all(server, session_id, [viewer])
    assert viewer.connections == 2


def assert_asked_again_only_when_interrupted(questions, interrupted):
    for speaker in SPEAKERS:
        assert 1 <= questions[speaker] <= 1 + interrupted[speaker], (questions, interrupted)


def over(viewer):
    return any(viewer.saw(event) for event in FINAL_EVENTS)


def test_a_turn_that_crashes_three_times_pauses_the_meeting(serve_with_model, model, watch, check_all):
    """The reason is shown; a person resumes it, and it comes to its end."""
    model.hold("mid_stream", after_chunks=3)
    server = serve_with_model()
    session_id = start_meeting(server)
    viewer = watch(server.port, session_id)
    for crash in range(1, 4):
        wait_until(lambda n=2 * crash: len(begun(viewer)) == n, what="what both members say this time")
        server.kill()
        server.start()
    viewer.wait_for("execution:paused")
    reason = viewer.events[-1]["data"]["reason"]
    assert "3 times" in reason, reason
    assert "affirmative" in reason, reason
    assert server.get(f"/api/v1/sessions/{session_id}")["reason"] == reason

    model.release()
    assert server.post(f"/api/v1/sessions/{session_id}/control", {"action": "resume"}).status_code == 200
    viewer.wait_for("execution:completed")
    check_all(server, session_id, [viewer])


def begun(viewer):
    """The messages it has seen begin."""
    return {e["data"]["message_id"] for e in viewer.events if e["event"] == "token_stream"}


def test_what_people_wanted_is_not_lost_in_a_crash(serve_with_model, model, watch, check_all):
    """A paused meeting stays paused and asks no model; a stopped one stays stopped, what was said kept as cut."""
    model.hold("mid_stream", after_chunks=3)
    server = serve_with_model()
    paused, stopped = start_meeting(server), start_meeting(server)
    viewers = {each: watch(server.port, each) for each in (paused, stopped)}
    model.wait_until_held(4)
    for session_id, action in ((paused, "pause"), (stopped, "stop")):
        viewers[session_id].wait_for("token_stream")
        path = f"/api/v1/sessions/{session_id}/control"
        assert server.post(path, {"action": action}).status_code == 200
    server.kill()
    model.release()
    before = asked(model, paused)
    server.start()

    viewers[stopped].wait_for("execution:cancelled")
    log = check_all(server, stopped, [viewers[stopped]])
    assert {e["data"]["finish"] for e in log if e["event"] == "message_completed"} == {"cut"}

    other = start_meeting(server)  # When this one has ended, all that is taken over has been taken over.
    wait_until(lambda: status_of(server, other) == "completed", what="the other meeting's end")
    assert status_of(server, paused) == "paused"
    assert asked(model, paused) == before
    server.post(f"/api/v1/sessions/{paused}/control", {"action": "resume"})
    viewers[paused].wait_for("execution:completed")
    check_all(server, paused, [viewers[paused]])
