"""A process that has no thread or no descriptor left: it refuses in time, and those who are in notice nothing."""

import socket
from contextlib import ExitStack

import httpx2
import pytest

from tests.faults.limits import no_new_descriptors
from tests.faults.meeting import start_meeting, worker_of
from tests.live.raw_client import handshake
from tests.support import http
from tests.support.viewer import Socket
from tests.support.waiting import wait_until

pytestmark = pytest.mark.fault

SEATS = 3
HALF_HANDSHAKES = 80  # More than there are threads beside those of the seats.


def test_no_seat_and_no_thread_left(serve_with_model, model, watch, check_all):
    """503 before the upgrade and from /ready; who is in sees the meeting to its end; then there is room again."""
    model.hold("mid_stream", after_chunks=3)
    server = serve_with_model(max_clients=SEATS)
    session_id = start_meeting(server)
    viewers = [watch(server.port, session_id, dead_seconds=30) for _ in range(SEATS)]
    for viewer in viewers:
        viewer.wait_for("token_stream")
    with pytest.raises(ConnectionRefusedError, match="503"):
        Socket(server.port)
    full = http.get(f"{server.url}/ready")
    assert full.status_code == 503
    assert full.json()["checks"] == {"database": True, "dispatcher": True, "sockets": False}
    with ExitStack() as stack:
        for _ in range(HALF_HANDSHAKES):
            half = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            half.sendall(handshake("/api/v1/ws")[:40])
        model.release()
        for viewer in viewers:
            viewer.wait_for("execution:completed", timeout=60)
            assert viewer.connections == 1
    wait_until(lambda: is_alive(server), timeout=60, what="an answer after half-sent handshakes")
    check_all(server, session_id, viewers)
    for viewer in viewers:
        viewer.close()
    wait_until(lambda: is_ready(server), timeout=60, what="room for others")
    with Socket(server.port) as late:
        assert late.receive()["event"] == "hello"


def test_no_descriptor_left(server, model, watch, check_all):
    """Who knocks waits or is cut, and the process lives; who is in notices nothing; then there is room again."""
    model.hold("mid_stream", after_chunks=3)
    session_id = start_meeting(server)
    viewers = [watch(server.port, session_id, dead_seconds=30) for _ in range(3)]
    for viewer in viewers:
        viewer.wait_for("token_stream")
    worker = worker_of(server)
    with ExitStack() as stack:
        inside = stack.enter_context(Socket(server.port, session_id=session_id, since="latest"))
        with no_new_descriptors(worker):
            knocking = [
                stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30))
                for _ in range(20)
            ]
            for each in knocking:
                each.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            wait_until(lambda: "server.takes_no_more" in server.text_of_log, what="a word about it")
            said = inside.ask("user_input", session_id=session_id, content="Are you still there?")
            assert said["event"] == "ack"
        assert {first_octets(each) for each in knocking} <= {b"", b"HTTP/1.1 200 OK"}
    wait_until(lambda: is_ready(server), what="a ready server")
    model.release()
    for viewer in viewers:
        viewer.wait_for("execution:completed")
        assert viewer.connections == 1
    check_all(server, session_id, viewers)
    assert worker_of(server) == worker


def first_octets(sock: socket.socket) -> bytes:
    """What it is answered; nothing when it is cut."""
    try:
        return sock.recv(15)
    except ConnectionResetError:
        return b""


def is_alive(server) -> bool:
    try:
        return bool(server.get("/health"))
    except httpx2.HTTPError:
        return False


def is_ready(server) -> bool:
    try:
        return bool(server.get("/ready"))
    except httpx2.HTTPError:
        return False
