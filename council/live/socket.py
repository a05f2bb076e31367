"""A WebSocket on a WSGI request's socket: the only module that knows flask-sock, simple-websocket, wsproto.

Flask-sock routes, wsproto shakes hands, the connection itself is ours: the request thread is its only reader,
and one thread at a time sends (see ``client.py``). simple-websocket's own connection is not used: it starts
a reader thread that sends as well, in the middle of other threads' frames.
"""

import logging
import select
import socket
import struct
import threading
from base64 import b64decode
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import wraps
from typing import Any, assert_never

import flask_sock
import simple_websocket
from flask import Blueprint, Flask, Response, jsonify, request
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection
from wsproto.utilities import ProtocolError

from council.clock import Deadline
from council.errors import Malformed, Unavailable
from council.live.client import INTERNAL_ERROR
from council.live.frames import close_frame, pong_frame
from council.live.libc import send_keeping_gil
from council.live.protocol import Binary, Close, Event, Failed, Ping, Pong, Protocol, Text
from council.live.sink import Outlet

log = logging.getLogger(__name__)

DONT_BLOCK = socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL

_READ_BYTES = 16_384
_SEND_BUFFER_BYTES = 65_536  # More would hide a stalled viewer: megabytes in the kernel, none queued.
_USER_TIMEOUT_MILLISECONDS = 15_000
_LINGER_SECONDS = 2.0  # For the peer's half of the closing handshake.
_ABNORMAL = 1006


class ConnectionClosed(simple_websocket.ConnectionClosed):  # type: ignore[misc]
    """Nothing more will be received; ``code`` is the peer's, ours after a violation, or 1006."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code = code


class HandshakeFailed(Malformed):
    """The request does not ask for a WebSocket in the way RFC 6455 wants it."""

    hint = "Connect with a WebSocket client (version 13)."


class Connection:
    """One open WebSocket. The request thread receives, its outlet sends, anybody aborts."""

    __slots__ = (
        "_ended",
        "_events",
        "_fd",
        "_outlet",
        "_protocol",
        "_sender",
        "_sock",
        "_unread",
        "mode",
    )

    def __init__(self, sock: socket.socket, mode: str, *, max_message_bytes: int) -> None:
        self.mode = mode
        self._sock = sock
        self._sender = sock.dup()  # A number of our own: a closed one may belong to somebody else by then.
        self._fd = self._sender.fileno()
        self._protocol = Protocol(max_message_bytes)
        self._events: deque[Event] = deque()  # Only the reader has it.
        self._ended: Close | Failed | None = None  # Set by the reader.
        self._outlet: Outlet | None = None
        self._unread = threading.Event()  # Doorbell: nobody reads any more.
        _tune(sock)

    @classmethod
    def accept(cls, environ: dict[str, Any], *, max_message_bytes: int) -> "Connection":
        """Shake hands over the request's socket. Raises HandshakeFailed or Unavailable before the upgrade."""
        answer = _shake_hands(environ)
        mode, sock = _find_socket(environ)
        try:
            connection = cls(sock, mode, max_message_bytes=max_message_bytes)
        except OSError as problem:
            raise Unavailable("The server has no room for another socket.") from problem
        try:
            connection.send_all(answer, Deadline(_LINGER_SECONDS))
        except OSError:
            connection.abort()  # The first receive() will say so.
        return connection

    def attach(self, outlet: Outlet) -> None:
        self._outlet = outlet

    # Reading: the request thread only

    def receive(self) -> str | Binary:
        """The next message. Blocks; answers pings on the way. Raises ConnectionClosed, then for ever."""
        while self._ended is None:
            while self._events:
                message = self._handle(self._events.popleft())
                if message is not None:
                    return message
            self._events.extend(self._protocol.feed(self._read()))
        raise ConnectionClosed(self._ended.code, self._ended.reason)

    def _handle(self, event: Event) -> str | Binary | None:
        outlet = self._need_outlet()
        match event:
            case Text(text):
                return None if outlet.closing else text
            case Binary():
                return None if outlet.closing else event
            case Ping(payload):
                outlet.send_control(pong_frame(payload))
            case Pong():
                pass
            case Close() | Failed():
                self._end(event, outlet)
            case _:
                assert_never(event)
        return None

    def _end(self, event: Close | Failed, outlet: Outlet) -> None:
        outlet.close(event.code, event.reason if isinstance(event, Failed) else "")
        self._ended = event
        self.stop_reading()
        raise ConnectionClosed(event.code, event.reason)

    def _read(self) -> bytes:
        try:
            octets = self._sock.recv(_READ_BYTES)
        except OSError:
            octets = b""
        if not octets:
            self._ended = Failed(_ABNORMAL, "")
            self.abort()
            raise ConnectionClosed(_ABNORMAL)
        return octets

    def _need_outlet(self) -> Outlet:
        if self._outlet is None:
            raise AssertionError("Nobody sends for this connection. To solve this, make its Client first.")
        return self._outlet

    # Sending: whoever has the right to write

    def send_nowait(self, data: bytes) -> int:
        sent = send_keeping_gil(self._fd, data, len(data), DONT_BLOCK)
        return sent if sent >= 0 else self._send_some(data)

    def send_all(self, data: bytes | memoryview, deadline: Deadline) -> None:
        rest = memoryview(data)
        while rest:
            sent = self._send_some(rest)
            if not sent:
                self._wait_for_room(deadline)
            rest = rest[sent:]

    def _send_some(self, data: bytes | memoryview) -> int:
        try:
            return self._sender.send(data, DONT_BLOCK)
        except BlockingIOError:
            return 0

    def _wait_for_room(self, deadline: Deadline) -> None:
        if not _poll(self._fd, select.POLLOUT, deadline):
            raise TimeoutError("the peer takes nothing")

    # Ending

    def abort(self) -> None:
        # close() cannot free a thread that is blocked in the socket; shutdown() can.
        _shut(self._sock, socket.SHUT_RDWR)
        self.stop_reading()

    def stop_reading(self) -> None:
        self._unread.set()

    def wait_unread(self, deadline: Deadline) -> bool:
        return self._unread.wait(deadline.remaining())

    def release(self) -> None:
        self._sender.close()

    def finish(self, code: int = 1000) -> None:
        """End the closing handshake and the connection. The request thread's last call; bounded.

        What the peer still sends is read: closing a socket with unread octets resets the connection, and the
        reset may overtake our close frame.
        """
        self._say_goodbye(code)
        deadline = Deadline(_LINGER_SECONDS)
        if isinstance(self._ended, Failed):
            _shut(self._sock, socket.SHUT_WR)
        if not isinstance(self._ended, Close):
            self._await_close(deadline)
        self.abort()

    def _say_goodbye(self, code: int) -> None:
        if self._outlet is not None:
            self._outlet.close(code)
            self._outlet.join()
            return
        try:
            self.send_all(close_frame(code), Deadline(_LINGER_SECONDS))
        except OSError:
            self.abort()
        self.release()

    def _await_close(self, deadline: Deadline) -> None:
        try:
            while _poll(self._sock.fileno(), select.POLLIN, deadline):
                octets = self._sock.recv(_READ_BYTES)
                if not octets or any(isinstance(event, Close) for event in self._protocol.feed(octets)):
                    return
        except OSError:
            return


class Sock(flask_sock.Sock):  # type: ignore[misc]
    """Flask-sock's routes with our connection in place of simple-websocket's."""

    def __init__(self, app: Flask | None = None, *, max_message_bytes: int = 1_048_576) -> None:
        self.app: Flask | None
        self.bp: Blueprint | None
        super().__init__(app)
        self._max_message_bytes = max_message_bytes

    def route(self, path: str, bp: Blueprint | None = None, **options: Any) -> Callable[[Any], Any]:
        """Serve the decorated ``f(connection, ...)``; when it returns the connection is closed."""

        def decorate(handler: Callable[..., None]) -> Callable[..., Response]:
            @wraps(handler)
            def serve(*args: Any, **values: Any) -> Response:
                return self._serve(handler, args, values)

            self._home(bp).route(path, **options, websocket=True)(serve)
            return serve

        return decorate

    def _serve(self, handler: Callable[..., None], args: tuple[Any, ...], values: dict[str, Any]) -> Response:
        try:
            connection = Connection.accept(request.environ, max_message_bytes=self._max_message_bytes)
        except (HandshakeFailed, Unavailable) as problem:
            return _refuse(problem)
        connection.finish(_run(handler, connection, args, values))
        return _Handled(connection.mode)

    def _home(self, bp: Blueprint | None) -> Any:
        if self.bp is None and self.app is None:
            self.bp = Blueprint("__flask_sock", __name__)
        return bp or self.app or self.bp


def _run(handler: Callable[..., None], connection: Connection, args: Any, values: Any) -> int:
    try:
        handler(connection, *args, **values)
    except simple_websocket.ConnectionClosed:
        pass
    except Exception:  # top of a socket's request thread
        # Past the upgrade there is no 500 any more: Flask's would be written into the stream of frames.
        log.exception("a socket's handler failed")
        return INTERNAL_ERROR
    return 1000


class _Handled(Response):
    """What the server gets when the socket is done with; each server wants it in its own way."""

    def __init__(self, mode: str) -> None:
        super().__init__()
        self._mode = mode

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        if self._mode == "gunicorn":
            raise StopIteration
        return super().__call__(environ, start_response)


def _refuse(problem: HandshakeFailed | Unavailable) -> Response:
    response = jsonify(error=problem.as_problem())
    response.status_code = problem.status
    response.headers["Sec-WebSocket-Version"] = "13"
    return response


# Handshake


def _shake_hands(environ: dict[str, Any]) -> bytes:
    """The 101 answer, without extensions: a frame that is not compressed is the same for everybody."""
    websocket = WSConnection(ConnectionType.SERVER)
    try:
        _check_request(environ)
        websocket.initiate_upgrade_connection(_handshake_headers(environ), "/")
        return bytes(websocket.send(AcceptConnection()))
    except (ProtocolError, ValueError) as problem:
        raise HandshakeFailed(f"The WebSocket handshake is not valid: {problem}.") from problem


def _check_request(environ: dict[str, Any]) -> None:
    if environ["REQUEST_METHOD"] != "GET":
        raise ValueError("the method must be GET")
    if environ.get("SERVER_PROTOCOL") != "HTTP/1.1":
        raise ValueError("it needs HTTP/1.1")
    if len(b64decode(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""), validate=True)) != 16:
        raise ValueError("Sec-WebSocket-Key must be 16 octets in base64")


def _handshake_headers(environ: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    """Only what the handshake needs: above all, not Sec-WebSocket-Extensions."""
    names = ("Host", "Connection", "Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version")
    found = ((name, environ.get("HTTP_" + name.upper().replace("-", "_"))) for name in names)
    return [(name.encode(), value.encode("latin-1")) for name, value in found if value is not None]


def _find_socket(environ: dict[str, Any]) -> tuple[str, socket.socket]:
    for mode in ("werkzeug", "gunicorn"):
        sock = environ.get(f"{mode}.socket")
        if isinstance(sock, socket.socket):
            return mode, sock
    raise RuntimeError("There is no socket in the request. To solve this, serve with gunicorn -k gthread.")


# The operating system


def _tune(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
    # Inherited from the listener, where it guards the handshake; here it would end idle readers.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 0, 0))
    if sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _USER_TIMEOUT_MILLISECONDS)


def _poll(fd: int, wanted: int, deadline: Deadline) -> bool:
    poll = select.poll()
    poll.register(fd, wanted)
    remaining = deadline.remaining()
    return bool(poll.poll(None if remaining is None else remaining * 1000))


def _shut(sock: socket.socket, how: int) -> None:
    with suppress(OSError):  # It was down already.
        sock.shutdown(how)
