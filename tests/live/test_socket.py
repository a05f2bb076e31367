"""Connections on real sockets: both servers, handlers that fail, and the end of a connection."""

import os
import resource
import socket
import threading
from collections.abc import Iterator

import pytest
from flask import Blueprint, Flask

from council.clock import Deadline
from council.live import libc
from council.live.client import Client
from council.live.libc import has_free, send_keeping_gil
from council.live.protocol import Binary
from council.live.socket import Connection, ConnectionClosed, Sock
from tests.live.doubles import MemoryStore
from tests.live.raw_client import PING, PONG, TEXT, Frame, RawClient, close, frame, text
from tests.live.serving import werkzeug
from tests.support.waiting import wait_until

CHANNEL = "session:a"
LIMIT = 1 << 20


@pytest.fixture
def pair() -> Iterator[tuple[Connection, socket.socket]]:
    """A connection and the socket at its other end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = socket.create_connection(listener.getsockname())
        sock, _ = listener.accept()
    with peer, sock:
        connection = Connection(sock, "gunicorn", max_message_bytes=LIMIT)
        yield connection, peer
        connection.release()


def serve(handler: object) -> Flask:
    app = Flask(__name__)
    Sock(app, max_message_bytes=LIMIT).route("/echo")(handler)
    return app


def echo(connection: Connection) -> None:
    client = Client(connection, MemoryStore().read, client_id="echo")
    while True:
        message = connection.receive()
        assert not isinstance(message, Binary)
        client.send(message.encode())


# Servers


def test_werkzeug() -> None:
    """The development server works like gunicorn."""
    with werkzeug(serve(echo)) as port, RawClient(port) as client:
        client.send(text("hello") + frame(PING, b"?") + close(1000))
        assert client.receive() == Frame(TEXT, b"hello")
        assert client.receive() == Frame(PONG, b"?")
        assert client.receive().payload == b"\x03\xe8"


def test_blueprint_and_late_app() -> None:
    """Routes may be set on a blueprint, or before there is an app."""
    app, late, pages = Flask(__name__), Sock(), Blueprint("pages", __name__)
    late.route("/late")(echo)
    late.route("/page", pages)(echo)
    late.init_app(app)
    app.register_blueprint(pages)
    assert {"/late", "/page"} <= {rule.rule for rule in app.url_map.iter_rules() if rule.websocket}


def test_handler_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    """A handler that raises is logged, and its client hears 1011, not an HTTP page in the middle of frames."""

    def fail(connection: Connection) -> None:
        raise RuntimeError("a bug")

    with werkzeug(serve(fail)) as port, RawClient(port) as client:
        assert client.receive().payload == b"\x03\xf3"
    assert "a bug" in caplog.text


def test_handler_that_fails_with_a_client(caplog: pytest.LogCaptureFixture) -> None:
    """A client whose handler raised is told 1011, after all that was sent to it."""

    def fail(connection: Connection) -> None:
        with Client(connection, MemoryStore().read, client_id="failing") as client:
            client.send(b"welcome")
            raise RuntimeError("a bug")

    with werkzeug(serve(fail)) as port, RawClient(port) as client:
        assert client.receive() == Frame(TEXT, b"welcome")
        assert client.receive().payload == b"\x03\xf3"
    assert "a bug" in caplog.text


def test_handler_that_returns() -> None:
    """When the handler returns, what it sent is flushed and the connection is closed with 1000."""

    def greet(connection: Connection) -> None:
        Client(connection, MemoryStore().read, client_id="greet").send(b"welcome")

    with werkzeug(serve(greet)) as port, RawClient(port) as client:
        assert client.receive() == Frame(TEXT, b"welcome")
        assert client.receive().payload == b"\x03\xe8"
        client.send(close(1000))


def test_closed_by_another_thread() -> None:
    """A shutdown closes a connection whose request thread waits for messages, with the reason's code."""
    clients: list[Client] = []

    def wait(connection: Connection) -> None:
        clients.append(Client(connection, MemoryStore().read, client_id="waiting"))
        connection.receive()

    with werkzeug(serve(wait)) as port, RawClient(port) as client:
        wait_until(lambda: clients)
        clients[0].close(1012, "restart")
        assert client.receive().payload == b"\x03\xf4restart"
        client.send(text("ignored from now on") + close(1012))
        wait_until(lambda: clients[0].gone)
        assert clients[0].reason == "closed"


def test_peer_that_vanishes() -> None:
    """A peer that ends without a close frame frees both threads."""
    clients: list[Client] = []
    codes: list[int] = []

    def wait(connection: Connection) -> None:
        clients.append(Client(connection, MemoryStore().read, client_id="left"))
        try:
            connection.receive()
        except ConnectionClosed as closed:
            codes.append(closed.code)
            raise

    with werkzeug(serve(wait)) as port:
        RawClient(port).socket.close()
        wait_until(lambda: clients and clients[0].gone)
    assert codes == [1006]


def test_half_open_handshake_timeout_is_cleared() -> None:
    """A receive time-out inherited from the listener does not end an idle reader."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, b"\x00" * 8 + (1000).to_bytes(8, "little"))
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as sock:
            connection = Connection(sock, "gunicorn", max_message_bytes=LIMIT)
            assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, 16) == b"\x00" * 16
            connection.release()


# Sending


def test_send_nowait_sends_what_fits(pair: tuple[Connection, socket.socket]) -> None:
    """A full connection takes a part, then nothing, and never blocks."""
    connection, _ = pair
    assert 0 < connection.send_nowait(b"x" * (64 << 20)) < 64 << 20
    while connection.send_nowait(b"x" * 4096):
        pass
    assert connection.send_nowait(b"x") == 0


def test_send_to_nobody(pair: tuple[Connection, socket.socket]) -> None:
    """Sending on a connection that was aborted raises OSError."""
    connection, _ = pair
    connection.abort()
    connection.abort()
    with pytest.raises(OSError, match="pipe"):
        connection.send_nowait(b"x")


def test_send_all_gives_up(pair: tuple[Connection, socket.socket]) -> None:
    """Sending everything to a peer that reads nothing ends at the deadline."""
    connection, _ = pair
    with pytest.raises(TimeoutError):
        connection.send_all(b"x" * (64 << 20), Deadline(0.05))


def test_abort_frees_reader_and_sender(pair: tuple[Connection, socket.socket]) -> None:
    """Only shutdown frees a thread that is blocked in the socket; both are freed by it."""
    connection, _ = pair
    freed: list[type[BaseException]] = []

    def until_it_ends(blocked: object) -> None:
        try:
            blocked()
        except (OSError, ConnectionClosed) as problem:
            freed.append(type(problem))

    client = Client(connection, MemoryStore().read, client_id="blocked")
    threads = [
        threading.Thread(target=until_it_ends, args=(connection.receive,)),
        threading.Thread(
            target=until_it_ends, args=(lambda: connection.send_all(b"x" * (64 << 20), Deadline(60)),)
        ),
    ]
    for thread in threads:
        thread.start()
    connection.abort()
    for thread in threads:
        thread.join(10)
    assert len(freed) == 2
    client.close()
    client.join()


def test_without_libc(pair: tuple[Connection, socket.socket], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no libc the socket's own send is used."""
    connection, peer = pair
    monkeypatch.setitem(Connection.send_nowait.__globals__, "send_keeping_gil", lambda *_: -1)
    assert connection.send_nowait(b"hello") == 5
    assert peer.recv(5) == b"hello"


@pytest.mark.parametrize("dup", [libc._dup, None], ids=["libc", "os"])
def test_free_descriptors(monkeypatch: pytest.MonkeyPatch, dup: object) -> None:
    """Some are free, more than there can be are not, and none is kept; with a C library and without."""
    monkeypatch.setattr(libc, "_dup", dup)
    before, (soft, hard) = os.listdir("/proc/self/fd"), resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(before) + 64, hard))
    try:
        assert has_free(8, 0)
        assert not has_free(len(before) + 64, 0)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert os.listdir("/proc/self/fd") == before


def test_libc_send() -> None:
    """The send that keeps the interpreter lock says how much it sent, or -1."""
    left, right = socket.socketpair()
    with left, right:
        assert send_keeping_gil(left.fileno(), b"hello", 5, socket.MSG_DONTWAIT) == 5
    assert send_keeping_gil(-1, b"hello", 5, socket.MSG_DONTWAIT) == -1


def test_own_file_descriptor(pair: tuple[Connection, socket.socket]) -> None:
    """The server may close its socket while somebody still sends: the sender's number stays its own."""
    connection, peer = pair
    connection._sock.close()
    assert connection.send_nowait(b"last words") == 10
    assert peer.recv(10) == b"last words"
    assert os.fstat(connection._fd)


def test_reader_needs_a_client(pair: tuple[Connection, socket.socket]) -> None:
    """Reading without a client to answer through is a programming error, and says how to mend it."""
    connection, peer = pair
    peer.sendall(frame(PING))
    with pytest.raises(AssertionError, match="make its Client first"):
        connection.receive()
