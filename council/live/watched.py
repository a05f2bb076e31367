"""Every frame in the log, at DEBUG: when it came or went, how long it is, and what kind it is, never what it says."""

import re

import structlog

from council import clock
from council.clock import Deadline
from council.commands import COMMANDS
from council.live.protocol import Binary
from council.live.sink import Outlet, Sink

log = structlog.get_logger(__name__)

_SENT = re.compile(rb'(?<!\\)"event": ?"([\w:]{1,40})"')
_SEQ = re.compile(rb'(?<!\\)"seq": ?(\d{1,15})')
_RECEIVED = re.compile(r'"cmd"\s*:\s*"([\w.:]{1,40})"')
_MAX_KINDS = 20


class WatchedSink:
    """A connection's sending half that tells what goes through it. Stands before the real one at DEBUG only."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._log = log.bind(**structlog.contextvars.get_contextvars())  # Others' threads send, too.

    def attach(self, outlet: Outlet) -> None:
        self._sink.attach(outlet)

    def send_nowait(self, data: bytes) -> int:
        began = clock.monotonic()
        sent = self._sink.send_nowait(data)
        self._tell(data, sent, clock.monotonic() - began)
        return sent

    def send_all(self, data: bytes | memoryview, deadline: Deadline) -> None:
        began = clock.monotonic()
        self._sink.send_all(data, deadline)
        self._tell(data, len(data), clock.monotonic() - began)

    def wait_unread(self, deadline: Deadline) -> bool:
        return self._sink.wait_unread(deadline)

    def stop_reading(self) -> None:
        self._sink.stop_reading()

    def abort(self) -> None:
        self._sink.abort()

    def release(self) -> None:
        self._sink.release()

    def _tell(self, data: bytes | memoryview, sent: int, seconds: float) -> None:
        octets = bytes(data)
        seqs = [int(seq) for seq in _SEQ.findall(octets)]
        self._log.debug(
            "frame.sent",
            length=len(octets),
            taken=sent,
            milliseconds=round(seconds * 1000, 3),
            events=[kind.decode() for kind in _SENT.findall(octets)][:_MAX_KINDS],
            first_seq=min(seqs, default=None),
            last_seq=max(seqs, default=None),
        )


def watched(sink: Sink, *, level: str) -> Sink:
    """The sink itself, unless every frame is to be told."""
    return WatchedSink(sink) if level == "DEBUG" else sink


def tell_received(message: str | Binary) -> None:
    """A message came: its length in characters, or octets, and its command, if it names one."""
    found = _RECEIVED.search(message) if isinstance(message, str) else None
    cmd = found[1] if found and found[1] in COMMANDS else None
    log.debug("frame.received", length=_length(message), cmd=cmd)


def _length(message: str | Binary) -> int:
    return len(message) if isinstance(message, str) else len(message.data)
