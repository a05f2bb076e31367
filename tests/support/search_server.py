"""A search server one can script: answers as SearXNG and as Tavily do, over real HTTP."""

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

WAIT_SECONDS = 100.0  # A hold that nobody releases ends by itself.


@dataclass(frozen=True, slots=True)
class Page:
    """One HTTP answer. ``drip_seconds`` sends it byte by byte, as slowly; ``length`` may promise more than comes."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip_seconds: float = 0.0
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its query, and how it came."""

    method: str
    path: str
    query: str
    body: dict[str, Any]
    headers: dict[str, str]


Responder = Callable[[Asked], Page]


def page(*results: tuple[str, str, str], **more: Any) -> Page:
    """A page of results, each (title, url, text)."""
    listed = [{"title": title, "url": url, "content": text} for title, url, text in results]
    return Page(json.dumps({"query": "q", "results": listed} | more).encode())


class SearchServer:
    """Each ``answer`` scripts one request, in order; then the responder answers, or an empty page."""

    def __init__(self, responder: Responder | None = None) -> None:
        self.responder = responder or (lambda asked: page())
        self._changed = threading.Condition()  # Guards what is below.
        self._script: deque[Page] = deque()
        self._asked: list[Asked] = []
        self._held = False
        self._closed = False
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="search-server")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def asked(self) -> list[Asked]:
        with self._changed:
            return list(self._asked)

    @property
    def queries(self) -> list[str]:
        return [asked.query for asked in self.asked]

    def answer(self, *pages: Page) -> None:
        with self._changed:
            self._script.extend(pages)

    def hold(self) -> None:
        """Requests wait until ``release``."""
        with self._changed:
            self._held = True

    def release(self) -> None:
        with self._changed:
            self._held = False
            self._changed.notify_all()

    def wait_for_requests(self, count: int = 1, seconds: float = 60.0) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._asked) >= count, seconds):
                raise TimeoutError(f"{len(self._asked)} of {count} requests came")

    def close(self) -> None:
        with self._changed:
            if self._closed:
                return
            self._closed, self._held = True, False
            self._changed.notify_all()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    # What the request threads use

    def take(self, asked: Asked) -> Page:
        with self._changed:
            self._asked.append(asked)
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._held or self._closed, WAIT_SECONDS)
            if self._script:
                return self._script.popleft()
        return self.responder(asked)

    def pause(self, seconds: float) -> bool:
        """Wait; whether to go on."""
        with self._changed:
            return not self._changed.wait_for(lambda: self._closed, seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # server_close() joins them.

    def __init__(self, address: tuple[str, int], owner: SearchServer) -> None:
        super().__init__(address, _Handler)
        self.owner = owner

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests want."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._reply({})

    def do_POST(self) -> None:
        self._reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the test knows what it asked."""

    def _reply(self, body: dict[str, Any]) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query).get("q", [body.get("query", "")])[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.server.owner.take(Asked(self.command, self.path, query, body, headers)))

    def _send(self, page: Page) -> None:
        self.send_response(page.status)
        for name, value in ({"Content-Type": "application/json"} | page.headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(page.body) if page.length is None else page.length))
        self.end_headers()
        if not page.drip_seconds:
            self.wfile.write(page.body)
            return
        for place in range(len(page.body)):
            self.wfile.write(page.body[place : place + 1])
            if not self.server.owner.pause(page.drip_seconds):
                return
