"""One request to a search server: JSON within a time and a size, from that server and no other."""

from typing import Any
from urllib.parse import urlsplit

import httpx2

from council.clock import monotonic
from council.errors import Malformed, SearchFailed, Stopped
from council.jsontext import parse_object
from council.llm.address import is_local
from council.llm.connection import Connection
from council.llm.pace import Pace
from council.search.base import MAX_TEXT, MAX_TITLE, Calling, Found

MAX_REDIRECTS = 3
MAX_URL = 2_000
_REDIRECTS = (301, 302, 303, 307, 308)


class SearchServer:
    """A server with a JSON API. Errors name the source and what to do; they repeat nothing that it said."""

    def __init__(
        self, name: str, base_url: str, *, timeout_seconds: float, max_bytes: int, hints: dict[int, str]
    ) -> None:
        """``hints`` say what an HTTP status means there."""
        self.name = name
        self._base_url = base_url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._max_bytes = max_bytes
        self._hints = hints

    def get(self, path: str, parameters: dict[str, str], calling: Calling) -> dict[str, Any]:
        """The answer's object. A redirect is followed only within the same server. Raises SearchFailed, Stopped."""
        url = httpx2.URL(f"{self._base_url}{path}", params=parameters)
        return self._ask(_Request("GET", url, {}, None, MAX_REDIRECTS), calling)

    def post(
        self, path: str, body: dict[str, Any], headers: dict[str, str], calling: Calling
    ) -> dict[str, Any]:
        """The same for a request with a key, which is sent to this address and to no other."""
        return self._ask(_Request("POST", httpx2.URL(f"{self._base_url}{path}"), headers, body, 0), calling)

    # One request

    def _ask(self, request: "_Request", calling: Calling) -> dict[str, Any]:
        connection = Connection(Pace(0.0))
        deadline = monotonic() + self._timeout_seconds
        try:
            with (
                calling(connection.cut),
                connection.client(
                    read_seconds=self._timeout_seconds, trust_env=not is_local(self._base_url)
                ) as http,
            ):
                return self._object(self._read(http, request, deadline))
        except (httpx2.HTTPError, httpx2.InvalidURL, SearchFailed) as problem:
            if connection.is_cut:
                raise Stopped("The search was cancelled.") from problem
            raise self._failure(
                problem
            ) from None  # Not chained: its text may hold the address with a password.

    def _read(self, http: httpx2.Client, request: "_Request", deadline: float) -> bytes:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", **request.headers}
        with http.stream(request.method, request.url, headers=headers, json=request.body) as response:
            if response.status_code in _REDIRECTS:
                again = request.redirected(response.headers.get("location", ""))
                if again is None:
                    raise self._says("sends us to another address; set the one where it ends up")
            else:
                return self._body(response, deadline)
        return self._read(http, again, deadline)

    def _body(self, response: httpx2.Response, deadline: float) -> bytes:
        if response.status_code != 200:
            hint = self._hints.get(response.status_code, "")
            raise self._says(f"answered with HTTP {response.status_code}{f': {hint}' if hint else ''}")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise self._says("sends packed data, which was not asked for")
        body = bytearray()
        for piece in response.iter_raw():
            body += piece
            if len(body) > self._max_bytes:
                raise self._says(f"sent more than {self._max_bytes:,} bytes")
            if monotonic() > deadline:
                raise self._too_slow()
        return bytes(body)

    def _object(self, body: bytes) -> dict[str, Any]:
        try:
            return parse_object(body)
        except Malformed:
            raise self._says("sent something that is not a JSON object") from None

    # Failing

    def _failure(self, problem: Exception) -> SearchFailed:
        match problem:
            case SearchFailed():
                return problem
            case httpx2.ConnectError() | httpx2.ConnectTimeout() | httpx2.ProxyError():
                return self._says("does not answer: nothing is there, or it cannot be reached")
            case httpx2.TimeoutException():
                return self._too_slow()
            case httpx2.InvalidURL() | httpx2.UnsupportedProtocol() | httpx2.LocalProtocolError():
                return self._says("has an address that cannot be used")
            case _:
                return self._says("broke the connection off")

    def _too_slow(self) -> SearchFailed:
        return self._says(f"did not answer within {self._timeout_seconds:g} seconds")

    def _says(self, what: str) -> SearchFailed:
        return SearchFailed(f"{self.name} {what}.")


class _Request:
    """What is sent, and how often it may be sent on."""

    def __init__(
        self,
        method: str,
        url: httpx2.URL,
        headers: dict[str, str],
        body: dict[str, Any] | None,
        redirects: int,
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self._redirects = redirects

    def redirected(self, location: str) -> "_Request | None":
        """The request that follows a redirect; ``None`` where it must not be followed."""
        url = self.url.join(location)
        same = (url.scheme, url.host, url.port) == (self.url.scheme, self.url.host, self.url.port)
        if not (location and same and self._redirects):
            return None
        url = url.copy_with(userinfo=self.url.userinfo)
        return _Request(self.method, url, self.headers, self.body, self._redirects - 1)


def results_of(answer: dict[str, Any], source: str, limit: int) -> tuple[Found, ...] | None:
    """What a list of ``{title, url, content}`` holds, each address once; ``None`` when there is no such list."""
    listed = answer.get("results")
    if not isinstance(listed, list):
        return None
    found: dict[str, Found] = {}
    for raw in listed:
        one = _result(raw, source)
        if one is not None and one.url is not None:
            found.setdefault(one.url, one)
    return tuple(found.values())[:limit]


def _result(raw: Any, source: str) -> Found | None:
    if not isinstance(raw, dict):
        return None
    url, text, title = raw.get("url"), raw.get("content"), raw.get("title")
    if not isinstance(url, str) or not isinstance(text, str) or not text.strip() or not _is_web(url):
        return None
    name = title if isinstance(title, str) and title.strip() else url
    return Found(" ".join(name.split())[:MAX_TITLE], text.strip()[:MAX_TEXT], source, url=url)


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_plain = url.isprintable() and not any(letter.isspace() for letter in url)
    return len(url) <= MAX_URL and is_plain and parts.scheme in ("http", "https") and bool(parts.hostname)
