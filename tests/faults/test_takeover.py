"""Two processes on one database: one takes over from the other, and each shows what the other runs."""

import signal

import pytest

from council.clock import monotonic
from tests.faults.meeting import Script, asked, start_meeting, status_of
from tests.support.proxy import wait_out
from tests.support.viewer import read_log

pytestmark = pytest.mark.fault

ONCE = {"affirmative": 1, "negative": 1, "adjudicator": 1, "end": 1}


def test_a_stopped_process_is_fenced_off(pair, model, watch, check_all):
    """SIGSTOP longer than the lease: the other process finishes the meeting; the zombie writes nothing more."""
    zombie, other = pair
    model.hold("mid_stream", after_chunks=3)
    session_id = start_meeting(zombie)
    elsewhere = [watch(other.port, session_id) for _ in range(2)]
    left_behind = watch(zombie.port, session_id, dead_seconds=60)
    model.wait_until_held(2)
    for viewer in [*elsewhere, left_behind]:
        viewer.wait_for("token_stream", node_id="affirmative")
        viewer.wait_for("token_stream", node_id="negative")
    zombie.signal(signal.SIGSTOP)
    try:
        elsewhere[0].wait_for("message_discarded", reason="restart")
    finally:
        zombie.signal(signal.SIGCONT)
    model.release()  # The zombie hears the rest of its answers, too, and would like to write them down.
    elsewhere[0].wait_for("execution:completed")
    log = check_all(other, session_id, elsewhere)
    check_all(zombie, session_id, [left_behind])
    assert asked(model, session_id) == {"affirmative": 2, "negative": 2, "adjudicator": 1, "end": 1}

    later = start_meeting(zombie)  # The zombie lives on, and runs what is its own.
    witness = watch(zombie.port, later)
    witness.wait_for("execution:completed")
    check_all(zombie, later, [witness])
    assert read_log(zombie.get, session_id) == log, "somebody has written after the end"


def test_a_viewer_sees_the_meeting_of_another_process(pair, model, watch, check_all):
    """Without Redis it is polled: every event once and in order, while the meeting runs."""
    model.responder = Script(pieces=40)
    runner, other = pair
    session_id = start_meeting(runner)
    viewers = [watch(other.port, session_id) for _ in range(3)]
    viewers[0].wait_for("token_stream")
    assert status_of(runner, session_id) == "running", "it was seen only when it was over"
    viewers[0].wait_for("execution:completed")
    check_all(other, session_id, viewers)
    assert asked(model, session_id) == ONCE


def test_pause_and_resume_reach_a_meeting_that_another_process_runs(pair, model, watch, check_all):
    """Whoever is asked: it is held where it runs, and goes on there; no model is asked twice."""
    runner, other = pair
    model.hold("mid_stream", after_chunks=3)
    session_id = start_meeting(runner)
    viewer = watch(runner.port, session_id)
    model.wait_until_held(2)
    control = f"/api/v1/sessions/{session_id}/control"
    assert other.post(control, {"action": "pause"}).json()["status"] == "paused"
    viewer.wait_for("execution:paused")
    assert other.post(control, {"action": "resume"}).json()["status"] == "running"
    model.release()
    viewer.wait_for("execution:completed")
    check_all(other, session_id, [viewer])
    assert asked(model, session_id) == ONCE


def test_a_stop_reaches_a_meeting_that_another_process_runs(pair, model, watch, check_all):
    """It ends where it runs, though its model says nothing more; what was said is kept as cut."""
    runner, other = pair
    model.hold("mid_stream", after_chunks=3)
    session_id = start_meeting(runner)
    viewer = watch(runner.port, session_id)
    model.wait_until_held(2)
    viewer.wait_for("token_stream")
    answer = other.post(f"/api/v1/sessions/{session_id}/control", {"action": "stop"})
    assert answer.json()["status"] == "cancelled"
    viewer.wait_for("execution:cancelled")
    log = check_all(other, session_id, [viewer])
    assert {e["data"]["finish"] for e in log if e["event"] == "message_completed"} == {"cut"}


def test_input_to_another_process_is_heard(pair, model, watch, check_all):
    """What a person says to any process is read once by each member who speaks later."""
    runner, other = pair
    model.hold("mid_stream", after_chunks=3)
    session_id = start_meeting(runner)
    viewer = watch(runner.port, session_id)
    model.wait_until_held(2)
    answer = other.post(f"/api/v1/sessions/{session_id}/input", {"content": f"Mind the costs: {session_id}."})
    model.release()
    viewer.wait_for("execution:completed")
    log = check_all(other, session_id, [viewer])
    receipts = [e["data"] for e in log if e["event"] == "input_read"]
    assert [each["node_id"] for each in receipts] == ["adjudicator", "end"]
    assert {each["message_id"] for each in receipts} == {answer.json()["message_id"]}
    heard = [r for r in model.requests if f"Mind the costs: {session_id}" in r["messages"][1]["content"]]
    assert len(heard) == 2


def test_a_survivor_takes_over_from_a_killed_process(
    serve_with_model, model, watch, check_all, record_property
):
    """No restart is needed: the other process claims the meeting when the lease has run out."""
    killed = serve_with_model()
    survivor = serve_with_model(data_dir=killed.data_dir)
    model.hold("mid_stream", after_chunks=3)
    session_id = start_meeting(killed)
    viewer = watch(survivor.port, session_id)
    model.wait_until_held(2)
    viewer.wait_for("token_stream")
    killed.kill()
    killed_at = monotonic()
    viewer.wait_for("message_discarded", reason="restart")
    record_property("takeover_seconds", round(monotonic() - killed_at, 2))
    model.release()
    viewer.wait_for("execution:completed")
    check_all(survivor, session_id, [viewer])


@pytest.mark.long
def test_a_pause_of_a_second_costs_no_lease(serve_with_model, model, watch, check_all):
    """SIGSTOP and SIGCONT, again and again, with leases of the usual length: nobody takes over, nobody is cut."""
    model.hold("mid_stream", after_chunks=3)
    sleeper = serve_with_model(engine__lease_seconds=6)
    other = serve_with_model(data_dir=sleeper.data_dir, engine__lease_seconds=6)
    session_id = start_meeting(sleeper)
    viewers = [watch(server.port, session_id, dead_seconds=30) for server in (sleeper, other)]
    for viewer in viewers:
        viewer.wait_for("token_stream", node_id="affirmative")
    for _ in range(3):
        sleeper.signal(signal.SIGSTOP)
        wait_out(1)
        sleeper.signal(signal.SIGCONT)
        assert sleeper.get("/health")["status"] == "alive"
    model.release()
    for viewer in viewers:
        viewer.wait_for("execution:completed")
        assert viewer.connections == 1
    check_all(other, session_id, viewers)
    assert asked(model, session_id) == ONCE
    assert other.metric("council_leases_taken_total") == 0
