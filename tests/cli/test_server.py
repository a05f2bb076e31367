"""A server, asked over REST: who it is, what is shown to it, and what is said when it does not answer."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.cli.conftest import Run

TOKEN = "ct_only-for-the-server"


class Listening(HTTPServer):
    """Answers everything with one answer, and writes down what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.answer: tuple[int, bytes] = (200, b'{"items": [], "next": null}')
        self.tokens: list[str | None] = []


class _Handler(BaseHTTPRequestHandler):
    server: Listening

    def do_GET(self) -> None:
        self.server.tokens.append(self.headers["Authorization"])
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def listening() -> Iterator[Listening]:
    with Listening() as server:
        thread = threading.Thread(target=server.serve_forever, name="listening")
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_nobody_answers(run: Run) -> None:
    """Without a server the command says so, and what to do."""
    result = run("sessions", "--server", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "No Council answers at http://127.0.0.1:9." in result.stderr
    assert "make run" in result.stderr


def test_where_it_is(run: Run, listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    """COUNCIL_URL names the server, ``--server`` goes before it, and no proxy of the environment is asked."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert run("sessions", env={"url": listening.url}).exit_code == 0
    assert run("sessions", "--server", f"{listening.url}/", env={"url": "http://127.0.0.1:9"}).exit_code == 0


def test_the_token(run: Run, listening: Listening, tmp_path: Path) -> None:
    """It comes from COUNCIL_TOKEN, or from the file that COUNCIL_TOKEN_FILE names, and is shown to nobody else."""
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    asked = run("sessions", env={"url": listening.url, "token_file": tmp_path / "token"})
    again = run("sessions", env={"token": f"{TOKEN}-2"})
    assert listening.tokens == [f"Bearer {TOKEN}", f"Bearer {TOKEN}-2"]
    assert TOKEN not in asked.output + again.output


def test_no_token(run: Run, listening: Listening) -> None:
    """Without one none is sent; a server that wants one is told of with where to put it."""
    error = {
        "code": "sign_in_needed",
        "message": "Sign in first.",
        "hint": "",
        "can_retry": False,
        "details": None,
    }
    listening.answer = (401, json.dumps({"error": error}).encode())
    result = run("sessions", env={"url": listening.url})
    assert listening.tokens == [None]
    assert result.exit_code == 1
    assert "Sign in first." in result.stderr
    assert "COUNCIL_TOKEN_FILE" in result.stderr


@pytest.mark.parametrize("bad", ["two words", "trailing\x1b[2J", "ünicode"])
def test_a_token_that_is_none(run: Run, listening: Listening, bad: str) -> None:
    """A token with characters that none has is not sent, and not shown."""
    result = run("sessions", env={"url": listening.url, "token": bad})
    assert result.exit_code == 1
    assert listening.tokens == []
    assert bad not in result.output


def test_a_token_file_that_is_missing(run: Run, tmp_path: Path) -> None:
    """The variable that names it is named."""
    result = run("sessions", env={"token_file": tmp_path / "nowhere"})
    assert result.exit_code == 1
    assert "COUNCIL_TOKEN_FILE" in result.stderr


@pytest.mark.parametrize(
    "url", ["localhost:8000", "ftp://127.0.0.1", "http://", "http://[", "http://h:99999999"]
)
def test_an_address_that_is_none(run: Run, url: str) -> None:
    """It is said how an address is written."""
    result = run("sessions", "--server", url)
    assert result.exit_code == 1
    assert "http://127.0.0.1:8000" in result.stderr


@pytest.mark.parametrize("body", [b"<html>It works!</html>", b"[]", b'{"items": [}'])
def test_something_else_answers(run: Run, listening: Listening, body: bytes) -> None:
    """A server that is no Council is told from one."""
    listening.answer = (200, body)
    result = run("sessions", env={"url": listening.url})
    assert result.exit_code == 1
    assert "no Council" in result.stderr


def test_an_unknown_setting(run: Run) -> None:
    """A misspelt name stops the command as it stops the server."""
    result = run("sessions", env={"toke": TOKEN})
    assert result.exit_code == 1
    assert "COUNCIL_TOKEN" in result.stderr


def test_a_hostile_server(run: Run, listening: Listening) -> None:
    """What a server says of an error cannot steer the terminal."""
    error = {"code": "x", "message": "\x1b]0;owned\x07No \x1b[2Jway.", "hint": "\x9b5A", "can_retry": False}
    listening.answer = (409, json.dumps({"error": error}).encode())
    result = run("sessions", env={"url": listening.url})
    assert result.stderr.strip() == "No way."
