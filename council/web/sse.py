"""A meeting's log as server-sent events: ``curl -N`` is a client."""

import secrets
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import structlog
from flask import Response, request

from council import clock
from council.errors import Conflict
from council.events import session_channel
from council.live.feed import EventFeed
from council.parts import Parts
from council.store.channels import Position
from council.web.auth import guest, limit_connects
from council.web.ids import known
from council.web.trail import name_client, tell_closed

log = structlog.get_logger(__name__)

EPOCH = "Council-Epoch"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Connection": "close"}
_BEGIN = b": council.v1\n\n"
_HEARTBEAT = b": heartbeat\n\n"


def stream(parts: Parts, session_id: str, since: int, position: Position, epoch: str | None) -> Response:
    """The log from ``since`` on, and then whatever happens.

    Raises Conflict when ``since`` is a number of another log than ``position``, Unavailable when there are too many
    listeners.
    """
    if since > position.seq or epoch not in (None, "", position.epoch):
        raise _of_another_log()
    feed = EventFeed(parts.turnstile.paced(parts.archive.events), client_id=f"sse-{secrets.token_hex(4)}")
    name_client(feed.client_id)
    limit_connects(parts)
    parts.hub.register(feed, guest())
    _limit_sends(request.environ, parts.settings.live.send_timeout_seconds)
    channel = session_channel(known(session_id))
    parts.hub.subscribe(feed, channel, seq=position.seq)
    feed.subscribe(channel, since)
    body = _Body(_frames(feed, parts.settings.live.heartbeat_seconds), feed, parts)
    headers = HEADERS | {EPOCH: position.epoch}
    return Response(body, mimetype="text/event-stream", headers=headers, direct_passthrough=True)


def _of_another_log() -> Conflict:
    return Conflict(
        "The log was rewritten since you read it: its numbers are others now.",
        code="other_epoch",
        hint="Read the snapshot, GET /api/v1/sessions/{session_id}, and go on from its seq and epoch.",
    )


class _Body:
    """The stream's octets. The server calls ``close`` however it ends, begun or not."""

    def __init__(self, frames: Iterator[bytes], feed: EventFeed, parts: Parts) -> None:
        self._frames = frames
        self._feed = feed
        self._parts = parts
        self._began = clock.monotonic()
        log.info("stream.opened")

    def __iter__(self) -> Iterator[bytes]:
        return self._frames

    def close(self) -> None:
        self._feed.close()
        self._parts.hub.unregister(self._feed)
        tell_closed(self._feed.condition, clock.monotonic() - self._began)


def _frames(feed: EventFeed, heartbeat_seconds: float) -> Iterator[bytes]:
    yield _BEGIN
    while True:
        items = feed.next(heartbeat_seconds)
        if items:
            text = b"".join(b"id: %d\ndata: %s\n\n" % (item.seq, item.envelope) for item in items)
            yield text
            feed.count(len(items), len(text))
        elif feed.gone:
            return
        else:
            yield _HEARTBEAT


def _limit_sends(environ: dict[str, Any], seconds: float) -> None:
    """A reader that takes nothing for so long loses its stream: its thread must not wait for ever."""
    sock = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
    if isinstance(sock, socket.socket):
        with suppress(OSError):
            whole, rest = divmod(seconds, 1)
            limit = struct.pack("ll", int(whole), int(rest * 1_000_000))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
