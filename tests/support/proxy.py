"""A bad network, on one machine: a TCP proxy that delays, slices, stalls, cuts and resets what passes through."""

import contextlib
import select
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from council.clock import Deadline

Direction = Literal["up", "down"]
"""Up is from the client to the server."""

_READ_BYTES = 65_536
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close() sends a reset, and nothing that still waits.


@dataclass(frozen=True, slots=True)
class Toxics:
    """What happens to one connection's octets; the default is a good network."""

    latency_seconds: float = 0.0  # Before each piece.
    bytes_per_second: float | None = None
    slice_bytes: int = _READ_BYTES
    cut_after_bytes: int | None = None  # Of those that go down.


class Proxy:
    """``with Proxy(port) as proxy:`` listens on ``proxy.port``; ``toxics`` is asked for each new connection."""

    def __init__(self, target_port: int, toxics: Callable[[], Toxics] = Toxics) -> None:
        self._target_port = target_port
        self._lock = threading.Lock()  # Guards the three below.
        self._links: list[Link] = []
        self._toxics = toxics
        self._is_down = False
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name="proxy", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def links(self) -> list["Link"]:
        """The connections that pass through now."""
        with self._lock:
            self._links = [link for link in self._links if not link.ended]
            return list(self._links)

    def set_toxics(self, toxics: Callable[[], Toxics]) -> None:
        """For connections from now on."""
        with self._lock:
            self._toxics = toxics

    def down(self) -> None:
        """Reset all connections, and every new one."""
        with self._lock:
            self._is_down = True
        for link in self.links:
            link.reset()

    def up(self) -> None:
        with self._lock:
            self._is_down = False

    def close(self) -> None:
        """End every connection and join every thread."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # close() does not wake a thread in accept().
        self._thread.join()
        self._listener.close()
        with self._lock:
            links = list(self._links)
        for link in links:
            link.cut()
            link.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                toxics, is_down = self._toxics, self._is_down
            try:
                if is_down:
                    raise OSError("the network is down")
                server = socket.create_connection(("127.0.0.1", self._target_port))
            except OSError:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                client.close()
                continue
            link = Link(client, server, toxics())
            with self._lock:
                self._links.append(link)


class Link:
    """One connection: a thread for each direction. The last of the two to leave closes both sockets."""

    def __init__(self, client: socket.socket, server: socket.socket, toxics: Toxics) -> None:
        self._client, self._server, self._toxics = client, server, toxics
        self._lock = threading.Lock()  # Guards the three below.
        self._stalled: set[Direction] = set()
        self._pumping = 2
        self._down_bytes = 0
        self._ended = threading.Event()
        self._bell, self._ring = socket.socketpair()  # Readable from the end on: select() can wait for it.
        self._changed = threading.Condition(self._lock)
        for each in (client, server):
            each.setblocking(False)
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._threads = [
            threading.Thread(target=self._pump, args=("up", client, server), name="proxy-up", daemon=True),
            threading.Thread(
                target=self._pump, args=("down", server, client), name="proxy-down", daemon=True
            ),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    def cut(self) -> None:
        """Close both sides, in the middle of whatever they say."""
        self._end()

    def reset(self) -> None:
        """Reset both sides: what is on the way is lost."""
        with self._lock:
            if self._pumping:
                for each in (self._client, self._server):
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._end()

    def stall(self, direction: Direction = "down") -> None:
        """Nothing more passes in that direction; the connection stays."""
        with self._lock:
            self._stalled.add(direction)

    def flow(self) -> None:
        """No direction is stalled any more."""
        with self._lock:
            self._stalled.clear()
            self._changed.notify_all()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _end(self) -> None:
        with self._lock:
            self._ended.set()
            self._changed.notify_all()
            if self._pumping:
                self._ring.send(b"!")

    def _pump(self, direction: Direction, source: socket.socket, sink: socket.socket) -> None:
        try:
            while self._wait_for_leave(direction) and self._wait(source, write=False):
                octets = source.recv(self._toxics.slice_bytes)
                if not octets or not self._wait_for_leave(direction):
                    break
                self._send(sink, self._limited(direction, octets))
        except OSError:
            pass
        finally:
            self._end()
            self._leave()

    def _limited(self, direction: Direction, octets: bytes) -> bytes:
        """What may pass of it, after the time it takes."""
        toxics = self._toxics
        seconds = toxics.latency_seconds
        if toxics.bytes_per_second is not None:
            seconds += len(octets) / toxics.bytes_per_second
        self._ended.wait(seconds)
        if direction == "down" and toxics.cut_after_bytes is not None:
            octets = octets[: toxics.cut_after_bytes - self._down_bytes]
            self._down_bytes += len(octets)
        return octets

    def _send(self, sink: socket.socket, octets: bytes) -> None:
        while octets and self._wait(sink, write=True):
            octets = octets[sink.send(octets) :]
        if self._down_bytes == self._toxics.cut_after_bytes:
            self._end()

    def _wait_for_leave(self, direction: Direction) -> bool:
        """Wait while that direction is stalled; False at the end."""
        with self._lock:
            self._changed.wait_for(lambda: self.ended or direction not in self._stalled)
        return not self.ended

    def _wait(self, sock: socket.socket, *, write: bool) -> bool:
        """Wait until the socket is ready; False at the end."""
        poll = select.poll()
        poll.register(self._bell, select.POLLIN)
        poll.register(sock, select.POLLOUT if write else select.POLLIN)
        poll.poll()
        return not self.ended

    def _leave(self) -> None:
        with self._lock:
            self._pumping -= 1
            if not self._pumping:
                for each in (self._client, self._server, self._bell, self._ring):
                    each.close()


def wait_out(seconds: float) -> None:
    """Let a fault last: the only thing that passes by the clock."""
    deadline = Deadline(seconds)
    while not deadline.passed():
        threading.Event().wait(deadline.remaining())
