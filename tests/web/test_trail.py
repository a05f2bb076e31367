"""The trail a request leaves in the log: who sent it, and no secret of its address."""

from typing import Any

import pytest
import structlog
from flask import Flask, g

from council.live.condition import Condition
from council.people.who import Who
from council.redact import HIDDEN
from council.web import trail
from council.web.requests import Requests

SECRET = "Zz0123456789abcdef"


class Lines:
    """Stands in for the logger, and keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def info(self, event: str, **fields: Any) -> None:
        self.told.append({"event": event} | structlog.contextvars.get_contextvars() | fields)

    debug = warning = info


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    kept = Lines()
    monkeypatch.setattr(trail, "log", kept)
    return kept


@pytest.fixture
def app() -> Flask:
    """A small application whose requests are Ann's."""
    app = Flask(__name__)
    trail.install(app, Requests())

    @app.before_request
    def sign_in() -> None:
        g.who = Who("user-1", "Ann", "run")

    @app.get("/shared/<token>")
    def shared(token: str) -> str:
        return "here"

    @app.get("/sessions/<session_id>")
    def session(session_id: str) -> str:
        return "a meeting"

    return app


def test_a_secret_in_an_address_is_hidden(app: Flask, lines: Lines) -> None:
    """What the route itself calls a token is not told, nor is the query."""
    assert app.test_client().get(f"/shared/{SECRET}?also={SECRET}").text == "here"
    [line] = lines.told
    assert line["path"] == f"/shared/{HIDDEN}"
    assert SECRET not in str(lines.told)


def test_the_user_is_named(app: Flask, lines: Lines) -> None:
    """By their id, once the sign-in has said who they are."""
    app.test_client().get("/shared/a")
    assert lines.told[0]["user_id"] == "user-1"
    assert "Ann" not in str(lines.told)


def test_the_meeting_is_named(app: Flask, lines: Lines) -> None:
    """When the address names one that could be one; a request begins without what the one before it was about."""
    client = app.test_client()
    for path in ("/sessions/2e03ba57-d625", "/sessions/a%20b%0Ac", "/shared/a"):
        client.get(path)
    assert [line.get("session_id") for line in lines.told] == ["2e03ba57-d625", None, None]
    assert len({line["request_id"] for line in lines.told}) == 3


@pytest.mark.parametrize(("reason", "events"), [("slow", 2), ("stalled", 2), ("closed", 1), ("broken", 1)])
def test_an_eviction_has_a_line_of_its_own(lines: Lines, reason: str, events: int) -> None:
    """Who took too little is told as such, and then as everybody who leaves."""
    trail.tell_closed(Condition("socket", 1013, reason, 5, 700, 0, 0), 1.23456)
    assert [line["event"] for line in lines.told] == ["client.evicted", "socket.closed"][-events:]
    about = {"code": 1013, "reason": reason, "seconds": 1.235, "frames": 5, "bytes": 700}
    assert lines.told[-1].items() >= about.items()


def test_a_long_address_is_cut(app: Flask, lines: Lines) -> None:
    """Nobody fills the log with one request."""
    app.test_client().get("/" + "x" * 5000)
    assert len(lines.told[0]["path"]) == trail.MAX_PATH
