"""Clients that do not read, do not answer, or do not finish: they cost nobody else anything."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import httpx2
import pytest

from council.clock import Deadline, monotonic
from tests.faults.meeting import start_meeting, worker_of
from tests.faults.test_bad_frames import bad_frame
from tests.live.raw_client import RawClient, frame, handshake
from tests.support.model_server import Reply
from tests.support.process import descriptors_of, resident_bytes, threads_of
from tests.support.viewer import Socket
from tests.support.waiting import wait_until

pytestmark = pytest.mark.fault

POOL_DESCRIPTORS = (
    40  # The pool keeps up to 16 connections to the database; a leak would be one for each socket.
)
QUICK_SECONDS = 2.0  # A machine that is busy with other things is slow; one that waits for a peer is slower.


def seconds_for_health(server) -> float:
    began = monotonic()
    assert server.get("/health") == {"status": "alive"}
    return monotonic() - began


def test_a_client_that_never_reads_harms_nobody(server, model, watch, check_all, record_property):
    """Half a megabyte is said: the others read them to the end, and the server keeps little for the rest."""
    text = "A long speech about nothing at all, said to people who do not listen. " * 2_000
    model.responder = lambda request: Reply(text, chunk_size=2_000)
    worker = worker_of(server)
    before = resident_bytes(worker)
    with ExitStack() as stack:
        session_id = start_meeting(server)
        for _ in range(10):
            path = f"/api/v1/ws?session_id={session_id}"
            stack.enter_context(RawClient(server.port, path, receive_buffer_bytes=4096))
            reader = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            reader.sendall(
                f"GET /api/v1/sessions/{session_id}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                "Accept: text/event-stream\r\n\r\n".encode()
            )
        viewers = [watch(server.port, session_id, dead_seconds=30) for _ in range(3)]
        for viewer in viewers:
            viewer.wait_for("execution:completed", timeout=60)
        grown = resident_bytes(worker) - before
        record_property("grown_megabytes", round(grown / 1e6, 1))
        assert all(viewer.connections == 1 for viewer in viewers), "those who read were cut"
    log = check_all(server, session_id, viewers)
    said = sum(len(e["data"]["chunk"]) for e in log if e["event"] == "token_stream")
    assert said == 4 * len(text)
    assert grown < 60_000_000 + 23 * 1_500_000, f"{grown:,} bytes for {said:,} characters"


def test_clients_that_never_answer_a_close(server, record_property):
    """Fifty are sent away and keep their sockets open; the server answers everybody else meanwhile."""
    missing = "/api/v1/ws?session_id=3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    with ExitStack() as stack, ThreadPoolExecutor(50) as pool:
        clients = list(pool.map(lambda _: RawClient(server.port, missing), range(50)))
        for client in clients:
            stack.enter_context(client)
        slowest = max(seconds_for_health(server) for _ in range(20))
        assert slowest < QUICK_SECONDS
        record_property("health_slowest_milliseconds", round(1000 * slowest, 1))
        for client in clients:
            assert b'"hello"' not in client.receive().payload
            assert client.receive().payload[:2] == (4404).to_bytes(2)
            wait_for_end(client.socket)
        assert max(seconds_for_health(server) for _ in range(20)) < QUICK_SECONDS


def test_http_clients_that_never_close(server, record_property):
    """Fifty have their answer and stay: nobody waits for them."""
    request = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(50):
            silent = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30))
            silent.sendall(request)
        slowest = max(seconds_for_health(server) for _ in range(20))
        assert slowest < QUICK_SECONDS
        record_property("health_slowest_milliseconds", round(1000 * slowest, 1))


def wait_for_end(sock: socket.socket) -> None:
    """Read to the end without a word of one's own. Raises TimeoutError."""
    sock.settimeout(30)
    with suppress(ConnectionResetError):
        while sock.recv(4096):
            pass


def test_half_sent_handshakes_do_not_starve_anybody(serve_with_model):
    """More than there are threads, and none of them ever finished: the server is back by itself."""
    server = serve_with_model(max_clients=2)
    request = handshake("/api/v1/ws")
    with ExitStack() as stack:
        for number in range(40):
            half = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=60))
            half.sendall(request[: 1 + number % (len(request) - 3)])
        wait_until(lambda: is_alive(server), timeout=60, what="an answer beside half-sent handshakes")
        with Socket(server.port) as late:
            assert late.receive()["event"] == "hello"


def is_alive(server) -> bool:
    try:
        return bool(server.get("/health"))
    except httpx2.HTTPError:
        return False


def test_sockets_that_come_and_go_leave_nothing_behind(server, record_property):
    """Threads and descriptors are back where they were: after orderly ends, cuts, and rubbish."""
    worker = worker_of(server)
    wait_until(lambda: threads_of(worker) < 400, what="the end of earlier tests")

    def descriptors() -> int:
        return descriptors_of(worker)

    def one(number: int) -> None:
        with RawClient(server.port, "/api/v1/ws") as client:
            match number % 4:
                case 0:
                    client.send(frame(8, (1000).to_bytes(2)))
                    client.receive()
                case 1:
                    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                case 2:
                    client.send(os.urandom(200))
                case _:
                    client.send(frame(1, b'{"cmd": "ping"}')[:-3])

    def round_of_sockets() -> int:
        with ThreadPoolExecutor(20) as pool:
            list(pool.map(one, range(100)))
        wait_until(lambda: settled(descriptors), what="the sockets' end")
        return descriptors()

    first = round_of_sockets()
    round_of_sockets()
    wait_until(lambda: descriptors() <= first + POOL_DESCRIPTORS, timeout=30, what="descriptors as before")
    record_property("descriptors_left", descriptors() - first)
    assert "Traceback" not in server.text_of_log, server.text_of_log[-5000:]


def test_a_thousand_bad_frames(server, chance):
    """Each is refused with its code, on the product's own address as in the laboratory; nobody else notices."""
    for _ in range(200):
        wrong = [bad_frame(chance) for _ in range(5)]
        with RawClient(server.port, "/api/v1/ws") as client:
            assert b'"hello"' in client.receive().payload
            client.send(b"".join(octets for octets, _ in wrong))
            assert client.receive_close() == wrong[0][1]
    assert seconds_for_health(server) < QUICK_SECONDS
    with Socket(server.port) as late:
        assert late.ask("ping")["event"] == "pong"
    assert "Traceback" not in server.text_of_log, server.text_of_log[-5000:]


def settled(count) -> bool:
    """The count does not change for a second."""
    before, deadline = count(), Deadline(1)
    with suppress(AssertionError):
        wait_until(lambda: count() != before, timeout=deadline.remaining())
        return False
    return True
