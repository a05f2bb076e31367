"""A database that does not answer for a while: readers go on, writers wait, nothing is lost."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.faults.meeting import Script, asked, start_meeting
from tests.support.proxy import wait_out
from tests.support.viewer import Socket
from tests.support.waiting import wait_until

pytestmark = pytest.mark.fault

LOCKED_SECONDS = 2.0


@contextmanager
def locked(server, *, until_left: bool = False) -> Iterator[threading.Event]:
    """Another process has the database for itself, for that long, or until the block is left if that is later.

    The event is set when it gives it back.
    """
    given_back = threading.Event()
    held, left = threading.Event(), threading.Event()

    def hold() -> None:
        connection = sqlite3.connect(server.data_dir / "council.db", isolation_level=None, timeout=30)
        connection.execute("BEGIN EXCLUSIVE")
        held.set()
        wait_out(LOCKED_SECONDS)
        if until_left:
            left.wait(60)
        connection.execute("ROLLBACK")
        connection.close()
        given_back.set()

    thread = threading.Thread(target=hold, name="lock-holder")
    thread.start()
    assert held.wait(30)
    try:
        yield given_back
    finally:
        left.set()
        thread.join()


def test_a_locked_database_delays_a_meeting_and_loses_nothing(serve_with_model, model, watch, check_all):
    """In the middle of all turns: readers read on, and every word is there in the end."""
    model.responder = Script(pieces=60)
    model.hold("mid_stream", after_chunks=3)  # Until the database is locked.
    server = serve_with_model(engine__lease_seconds=30)
    session_id = start_meeting(server)
    viewers = [watch(server.port, session_id) for _ in range(3)]
    viewers[0].wait_for("token_stream")
    with locked(server, until_left=True) as given_back:
        model.release()
        assert server.get("/health")["status"] == "alive"
        assert server.get("/ready")["status"] == "ready"
        assert server.get(f"/api/v1/sessions/{session_id}")["status"] == "running"
        with Socket(server.port, session_id=session_id) as late:
            assert late.receive()["event"] == "hello"
            assert late.receive()["seq"] == 1
        assert not given_back.is_set(), "the readers had to wait for the writer"
    viewers[0].wait_for("execution:completed")
    check_all(server, session_id, viewers)
    assert asked(model, session_id) == {"affirmative": 1, "negative": 1, "adjudicator": 1, "end": 1}


def test_commands_to_a_locked_database_are_answered_late_and_have_their_effect_once(
    server, model, watch, check_all
):
    """What is sent meanwhile waits for the lock; the same id again is no second message."""
    model.hold("mid_stream", after_chunks=3)
    session_id = start_meeting(server)
    viewer = watch(server.port, session_id)
    viewer.wait_for("token_stream")
    with Socket(server.port, session_id=session_id, since="latest") as socket, locked(server):
        for _ in range(3):
            socket.send("user_input", "said-once", session_id=session_id, content="Are you there?")
        acks = [socket.answer() for _ in range(3)]
    assert [ack["event"] for ack in acks] == ["ack"] * 3
    assert acks[0] == acks[1] == acks[2]
    model.release()
    viewer.wait_for("execution:completed")
    log = check_all(server, session_id, [viewer])
    assert [e["data"]["content"] for e in log if e["event"] == "user_message"] == ["Are you there?"]


def test_a_meeting_starts_in_a_locked_database_as_soon_as_it_can(server, model, watch, check_all):
    """The start waits for the lock and then is answered; the meeting runs."""
    with locked(server):
        session_id = start_meeting(server)
    viewer = watch(server.port, session_id)
    viewer.wait_for("execution:completed")
    check_all(server, session_id, [viewer])
    wait_until(lambda: server.get("/ready")["status"] == "ready", what="a ready server")
