"""The connection of one call: an HTTP client of its own, which any thread can cut."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx2

from council.llm.address import is_link_local
from council.llm.pace import Pace
from council.tls import tls_context

CONNECT_SECONDS = 5.0


class Connection:
    """Lends an HTTP client and remembers its socket.

    Closing a response from another thread does not wake a stalled read; shutting the socket down
    does, in every phase once it is connected. We keep a descriptor of our own (``dup``): that of the
    client moves into a TLS socket on the way, and may be somebody else's after it was closed.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._lock = threading.Lock()  # Guards what is below. Held for system calls that never wait.
        self._socket: socket.socket | None = None
        self._made = False
        self._cut = False

    @property
    def is_made(self) -> bool:
        """The server was reached; it may be over by now."""
        return self._made

    @property
    def is_cut(self) -> bool:
        return self._cut

    @contextmanager
    def client(self, *, read_seconds: float, trust_env: bool) -> Iterator[httpx2.Client]:
        """A client for one call. ``trust_env`` lets it go through the proxies of the environment."""
        timeout = httpx2.Timeout(read_seconds, connect=CONNECT_SECONDS)
        hooks = {"request": [self._watch]}
        with httpx2.Client(
            verify=tls_context(), timeout=timeout, trust_env=trust_env, event_hooks=hooks
        ) as client:
            try:
                yield client
            finally:
                self._forget()

    def cut(self) -> None:
        """Wake whoever waits for the peer. Harmless twice, too early and too late."""
        with self._lock:
            self._cut = True
            self._shut_down()

    def _watch(self, request: httpx2.Request) -> None:
        request.extensions["trace"] = self._trace

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        refuse_link_local(event, info)
        if event.endswith("connect_tcp.complete"):
            self._remember(info["return_value"].get_extra_info("socket"))
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._pace.slow_down(info["return_value"])

    def _remember(self, connected: socket.socket) -> None:
        self._forget()
        with self._lock:
            self._socket = connected.dup()
            self._made = True
            if self._cut:
                self._shut_down()

    def _forget(self) -> None:
        with self._lock:
            if self._socket:
                self._socket.close()
                self._socket = None

    def _shut_down(self) -> None:
        """Requires holding _lock."""
        assert self._lock.locked()
        if self._socket:
            with suppress(OSError):  # The peer was quicker.
                self._socket.shutdown(socket.SHUT_RDWR)


def refuse_link_local(event: str, info: dict[str, Any]) -> None:
    """A trace of httpx2. Whatever its name was, what has a link-local address is no model server: nothing is sent.

    Raises httpx2.ConnectError.
    """
    if not event.endswith("connect_tcp.complete"):
        return
    stream = info["return_value"]
    try:
        peer = stream.get_extra_info("server_addr")
    except OSError as problem:  # It has hung up already: there is nobody to send anything to.
        stream.close()
        raise httpx2.ConnectError("it hung up at once") from problem
    if peer and is_link_local(str(peer[0])):
        stream.close()
        raise httpx2.ConnectError("a link-local address")
