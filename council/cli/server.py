"""A server, asked over REST and server-sent events."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import click
import httpx2
from pydantic import SecretStr

from council.cli.failure import Failed, Refused, Rewritten, Unreachable, told
from council.errors import CouncilError
from council.settings import load_terminal_settings

API = "/api/v1"
ANSWER_SECONDS = 30.0
CONNECT_SECONDS = 5.0
SILENCE_SECONDS = (
    90.0  # A stream says something at least at every heartbeat; a server may be set to slow ones.
)
OTHER_EPOCH = "other_epoch"
_MAY_PASS = frozenset({429, 502, 503, 504})

Data = dict[str, Any]


class Server:
    """One address and, if there is one, a token for it. Every call raises Unreachable or Refused."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = _checked(url)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        timeout = httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
        self._client = httpx2.Client(
            base_url=self.url, headers=headers, timeout=timeout, trust_env=not _is_loopback(self.url)
        )

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, **query: object) -> Data:
        asked = {name: str(value) for name, value in query.items() if value not in (None, "")}
        return self._answer("GET", path, params=asked)

    def post(self, path: str, body: Data, *, key: str | None = None) -> Data:
        """With ``key`` the same request again has no second effect."""
        return self._answer("POST", path, json=body, headers={"Idempotency-Key": key} if key else {})

    def session(self, session_id: str) -> Data:
        """The snapshot of a meeting."""
        return self.get(f"/sessions/{quote(session_id, safe='')}")

    def find(self, named: str) -> str:
        """The meeting whose id begins like this, or the ``latest`` one. Raises Failed."""
        if len(named) >= 32:
            return named
        items = self.get("/sessions", limit=1 if named == "latest" else 1000)["items"]
        found = [
            item["session_id"] for item in items if named == "latest" or item["session_id"].startswith(named)
        ]
        if len(found) == 1:
            return str(found[0])
        count = "Several meetings begin" if found else "There is no meeting that begins"
        raise Failed(f"{count} with {named!r}.", "`council sessions` lists them.")

    @contextmanager
    def listen(self, session_id: str, after: int, epoch: str) -> Iterator[Iterator[bytes]]:
        """The octets of a meeting's event stream that follow event ``after`` of the log of this epoch.

        Raises Rewritten when there is another log by now.
        """
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(after)}
        timeout = httpx2.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
        path = f"{API}/sessions/{session_id}/events"
        with (
            self._reached(),
            self._client.stream(
                "GET", path, params={"epoch": epoch}, headers=headers, timeout=timeout
            ) as response,
        ):
            if response.status_code != 200:
                response.read()
                raise self._refusal(response)
            yield response.iter_raw()

    def _answer(self, method: str, path: str, **more: Any) -> Data:
        with self._reached():
            response = self._client.request(method, f"{API}{path}", **more)
        if response.status_code >= 300:
            raise self._refusal(response)
        found = _parsed(response)
        if not isinstance(found, dict):
            raise Failed(f"What answers at {self.url} is no Council.", "Check --server or COUNCIL_URL.")
        return found

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except httpx2.ConnectError as problem:
            raise Unreachable(
                f"No Council answers at {self.url}.",
                "Start one with `make run`, or name another with --server or COUNCIL_URL.",
            ) from problem
        except httpx2.HTTPError as problem:
            name = type(problem).__name__
            raise Unreachable(f"The connection to {self.url} failed ({name}).", "Try again.") from problem

    def _refusal(self, response: httpx2.Response) -> Failed:
        found = _parsed(response)
        error = found.get("error") if isinstance(found, dict) else None
        if not isinstance(error, dict):
            error = {"message": f"{self.url} answers with HTTP status {response.status_code}."}
        message, hint = str(error.get("message", "")), str(error.get("hint", ""))
        if response.status_code in _MAY_PASS:
            return Unreachable(message, hint)
        if error.get("code") == OTHER_EPOCH:
            return Rewritten(message, hint, response.status_code)
        if response.status_code == 401:
            hint = "Put an API token into COUNCIL_TOKEN, or into a file that COUNCIL_TOKEN_FILE names."
        return Refused(message, hint, response.status_code)


def with_server(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the option ``--server``, and a ``Server`` as its first argument."""

    @click.option("--server", "url", metavar="URL", help="Where the server is; else COUNCIL_URL.")
    @wraps(command)
    def connected(url: str | None, **arguments: Any) -> Any:
        server = _server(url)
        try:
            return command(server, **arguments)
        finally:
            server.close()

    return connected


def _server(url: str | None) -> Server:
    try:
        settings = load_terminal_settings()
    except CouncilError as problem:
        raise told(problem) from problem
    token = _token(settings.token, settings.token_file)
    server = Server(url or settings.url, token)
    if token and server.url.startswith("http://") and not _is_loopback(server.url):
        click.echo(f"Warning: the token travels to {server.url} unencrypted. Use https.", err=True)
    return server


def _token(given: SecretStr | None, file: Path | None) -> str | None:
    """The token, from the environment or its file. Raises Failed when it cannot be one."""
    try:
        text = given.get_secret_value() if given else file.read_text("utf-8") if file else ""
    except (OSError, UnicodeDecodeError) as problem:
        raise Failed(
            f"{file} cannot be read.", "COUNCIL_TOKEN_FILE names a file with an API token."
        ) from problem
    token = text.strip()
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise Failed(
            "The token has characters that no token has.", "Copy it again, without quotes and line ends."
        )
    return token or None


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and (parts.port or True)
    except ValueError:
        fits = False
    if not fits:
        raise Failed(f"{url!r} is no address of a server.", "Write it like http://127.0.0.1:8000.")
    return url.rstrip("/")


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _parsed(response: httpx2.Response) -> Any:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None
