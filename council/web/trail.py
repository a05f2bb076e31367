"""The trail each request leaves: an id, one line, one count, and a span where traces are wanted."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from flask import Flask, Response, g, request

from council import clock, trace
from council.live.condition import Condition
from council.live.hub import Listener
from council.redact import HIDDEN, is_secret_name
from council.web.requests import Requests

log = structlog.get_logger(__name__)

REQUEST_ID = "X-Request-ID"
SOCKETS = frozenset({"ws", "api_ws"})  # Endpoints.
MAX_PATH = 200

_SANE = re.compile(r"[A-Za-z0-9][\w.:+=/@-]{0,127}", re.ASCII)
_QUIET = frozenset({"static", "health.health", "health.ready", "metrics.metrics"})


def is_for_listening() -> bool:
    """Whether this request would open a socket or an event stream."""
    return request.endpoint in SOCKETS or "text/event-stream" in request.headers.get("Accept", "")


def install(app: Flask, requests: Requests) -> None:
    """First of all: whatever refuses a request after this has its id already."""

    @app.before_request
    def begin() -> None:
        g.trail_began = clock.monotonic()
        g.request_id = _request_id()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id, **_session())
        if request.endpoint not in SOCKETS:
            g.span = trace.open_request_span(_method_and_route(), dict(request.headers), _span_attributes())

    @app.after_request
    def finish(response: Response) -> Response:
        name_who()
        response.headers[REQUEST_ID] = g.get("request_id", "")
        if not _was_upgraded(response):
            _tell_finished(response, requests)
        return response

    @app.teardown_request
    def end_span(_problem: BaseException | None) -> None:
        span = g.pop("span", None)
        if span is not None:
            span.end()


def name_who() -> None:
    """From now on every line of this request says which user sent it, once that is known."""
    who = g.get("who")
    if who is not None and who.user_id is not None:
        structlog.contextvars.bind_contextvars(user_id=who.user_id)


@contextmanager
def listening(listener: Listener, kind: str) -> Iterator[None]:
    """A line when somebody begins to listen, and one when they are gone: why, how long, and how much they got."""
    began = clock.monotonic()
    log.info(f"{kind}.opened")
    try:
        yield
    finally:
        tell_closed(listener.condition, clock.monotonic() - began)


def tell_closed(last: Condition, seconds: float) -> None:
    """How one listener ended. Whoever was let go of gets a line of its own."""
    if last.evicted:
        log.warning("client.evicted", kind=last.kind, reason=last.reason)
    log.info(
        f"{last.kind}.closed",
        code=last.code,
        reason=last.reason,
        seconds=round(seconds, 3),
        frames=last.frames,
        bytes=last.octets,
    )


def name_client(client_id: str, session_id: str | None = None) -> None:
    """From now on every line of this thread, and of those it starts, names this client and its meeting."""
    session = _sane(session_id)
    structlog.contextvars.bind_contextvars(
        client_id=client_id, **({} if session is None else {"session_id": session})
    )


# A request


def _request_id() -> str:
    """The one that a proxy has given it, if it looks like one; else a new one."""
    return _sane(request.headers.get(REQUEST_ID)) or secrets.token_hex(8)


def _sane(text: str | None) -> str | None:
    return text if text is not None and _SANE.fullmatch(text) else None


def _session() -> dict[str, str]:
    session_id = _sane((request.view_args or {}).get("session_id"))
    return {} if session_id is None else {"session_id": session_id}


def _was_upgraded(response: Response) -> bool:
    """A socket's request ends when the socket does, and that has lines of its own."""
    return request.endpoint in SOCKETS and response.status_code == 200


def _tell_finished(response: Response, requests: Requests) -> None:
    seconds = clock.monotonic() - g.get("trail_began", clock.monotonic())
    requests.count(request.method, _route(), response.status_code, seconds)
    if "span" in g and g.span is not None:
        g.span.answered(response.status_code)
    tell = log.debug if request.endpoint in _QUIET else log.info
    tell(
        "request.finished",
        method=request.method[:16],
        path=_path(),
        status=response.status_code,
        milliseconds=round(seconds * 1000, 1),
        bytes=response.content_length,
    )


def _route() -> str | None:
    return request.url_rule.rule if request.url_rule is not None else None


def _method_and_route() -> str:
    return f"{request.method} {_route() or ''}".strip()


def _span_attributes() -> dict[str, Any]:
    return {"http.request.method": request.method, "http.route": _route() or "", "url.path": _path()}


def _path() -> str:
    """Without the query, which may carry a ticket, and without what the route itself calls a secret."""
    path = request.path
    for name, value in (request.view_args or {}).items():
        if is_secret_name(name):
            path = path.replace(str(value), HIDDEN)
    return path[:MAX_PATH]
