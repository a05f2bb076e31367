"""A disk that is full: nothing half written, readers read on, and the meeting goes on when there is room."""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults.limits import filled, no_files_over
from tests.faults.meeting import SPEAKERS, Script, asked, start_meeting, worker_of
from tests.support.probe import HealthProbe
from tests.support.proxy import wait_out
from tests.support.viewer import Socket
from tests.support.waiting import wait_until

pytestmark = pytest.mark.fault

FULL_SECONDS = 2.0
MOUNT = 'mount -t tmpfs -o size=6m full "$0" && exec "$@"'
QUOTA_BYTES = 20_000


def retries(server) -> float:
    """How often this process tried to write what was not taken."""
    return server.metric("council_database_retries_total")


def test_files_that_may_not_grow(serve_with_model, model, watch, check_all, record_property):
    """In the middle of all turns: what is stored can be read, and every word is there in the end."""
    model.responder = Script(pieces=60)
    model.hold("mid_stream", after_chunks=3)  # Until there is no room.
    server = serve_with_model(engine__lease_seconds=30)
    session_id = start_meeting(server)
    viewers = [watch(server.port, session_id) for _ in range(3)]
    viewers[0].wait_for("token_stream")
    with no_files_over(worker_of(server), QUOTA_BYTES), HealthProbe(server.port) as probe:
        model.release()
        wait_until(lambda: retries(server) > 0, what="a write that is not taken")
        assert_readers_read_on(server, session_id)
        wait_out(FULL_SECONDS)
    viewers[0].wait_for("execution:completed")
    log = check_all(server, session_id, viewers)
    assert_said(log, model)
    assert asked(model, session_id) == dict.fromkeys(SPEAKERS, 1)
    assert viewers[0].connections == 1
    record_property("health_p99_milliseconds", probe.p99_milliseconds)


@pytest.mark.long
def test_a_disk_that_is_full_for_longer_than_a_lease(serve_with_model, model, watch, check_all):
    """The log's lines are lost, the run gives up; when there is room it is taken up again, to its end."""
    model.responder = Script(pieces=60)
    model.hold("mid_stream", after_chunks=3)  # Until there is no room.
    server = serve_with_model()
    session_id = start_meeting(server)
    viewer = watch(server.port, session_id)
    viewer.wait_for("token_stream")
    with no_files_over(worker_of(server), 0):
        model.release()
        wait_until(lambda: server.metric("council_leases_lost_total") > 0, what="a lease taken for lost")
        assert_readers_read_on(server, session_id)
    viewer.wait_for("execution:completed")
    assert_said(check_all(server, session_id, [viewer]), model)


def test_commands_to_a_full_disk(server, model, watch, check_all):
    """What can wait is answered late and has its effect once; the rest is refused with what to do."""
    model.hold("mid_stream", after_chunks=3)
    session_id = start_meeting(server)
    viewer = watch(server.port, session_id)
    viewer.wait_for("token_stream")
    with Socket(server.port, session_id=session_id, since="latest") as socket:
        with no_files_over(worker_of(server), QUOTA_BYTES):
            for _ in range(3):
                socket.send("user_input", "said-once", session_id=session_id, content="Is there room?")
            refused = server.post("/api/v1/groups", {"group_id": "no_room", "name": "No room"})
            assert refused.status_code == 503, refused.text
            assert refused.json()["error"]["hint"]
        acks = [socket.answer() for _ in range(3)]
    assert [ack["event"] for ack in acks] == ["ack"] * 3
    assert acks[0] == acks[1] == acks[2]
    model.release()
    viewer.wait_for("execution:completed")
    log = check_all(server, session_id, [viewer])
    assert [e["data"]["content"] for e in log if e["event"] == "user_message"] == ["Is there room?"]


@pytest.mark.long
def test_a_file_system_without_a_byte_left(serve_with_model, model, watch, check_all, tmp_path):
    """A real one, of a few megabytes: as above, and nobody was asked twice."""
    folder = tmp_path / "small"
    folder.mkdir()
    model.responder = Script(pieces=60)
    model.hold("mid_stream", after_chunks=3)  # Until there is no room.
    server = serve_with_model(
        data_dir=folder / "instance", inside=(*own_mounts(), str(folder)), engine__lease_seconds=30
    )
    session_id = start_meeting(server)
    viewers = [watch(server.port, session_id) for _ in range(3)]
    viewers[0].wait_for("token_stream")
    with filled(Path(f"/proc/{worker_of(server)}/root{folder}")):
        model.release()
        wait_until(lambda: retries(server) > 0, what="a write that is not taken")
        assert_readers_read_on(server, session_id)
        wait_out(FULL_SECONDS)
    viewers[0].wait_for("execution:completed")
    log = check_all(server, session_id, viewers)
    assert_said(log, model)
    assert asked(model, session_id) == dict.fromkeys(SPEAKERS, 1)


def own_mounts() -> tuple[str, ...]:
    """A command that mounts a small file system for one process alone; skips where nobody may."""
    command = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNT)
    with TemporaryDirectory() as folder:
        if shutil.which("unshare") is None or subprocess.run([*command, folder, "true"]).returncode:
            pytest.skip("no mounts of one's own here: unshare is missing, or not allowed")
    return command


def assert_readers_read_on(server, session_id):
    assert server.get("/ready")["status"] == "ready"
    assert server.get(f"/api/v1/sessions/{session_id}")["status"] == "running"
    with Socket(server.port, session_id=session_id) as late:
        assert late.receive()["event"] == "hello"
        assert late.receive()["seq"] == 1


def assert_said(log, model):
    """Each said its whole text, once."""
    said = [(e["data"]["node_id"], e["data"]["content"]) for e in log if e["event"] == "message_completed"]
    assert sorted(said) == sorted((speaker, model.responder.text_of(speaker)) for speaker in SPEAKERS)
