"""SearXNG and Tavily over real HTTP: what comes back, and that every failure is a sentence."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from council.errors import SearchFailed, Stopped
from council.search.base import Search
from council.search.searxng import SearxngSearch
from council.search.tavily import TavilySearch
from tests.support.search_server import Page, SearchServer, page

KEY = "tvly-s3cr3t-key"
ANSWER = page(
    ("Pilot report", "https://example.org/pilot", "Costs fell by 12 percent."),
    ("Second", "https://example.org/second", "More."),
)


@pytest.fixture
def server() -> Iterator[SearchServer]:
    with SearchServer() as made:
        yield made


def searxng(
    server: SearchServer, *, timeout: float = 5.0, most: int = 10_000, path: str = ""
) -> SearxngSearch:
    return SearxngSearch(server.url + path, timeout_seconds=timeout, max_bytes=most)


def tavily(server: SearchServer, *, timeout: float = 5.0, most: int = 10_000) -> TavilySearch:
    return TavilySearch(server.url, KEY, timeout_seconds=timeout, max_bytes=most)


@pytest.fixture(params=[searxng, tavily])
def make(request: pytest.FixtureRequest) -> Callable[..., Search]:
    made: Callable[..., Search] = request.param
    return made


def failure(search: Search) -> str:
    with pytest.raises(SearchFailed) as caught:
        search.search("a query", 3)
    assert search.name in caught.value.message
    assert KEY not in f"{caught.value!r} {caught.value.hint} {caught.value.__cause__!r}"
    return caught.value.message


# What comes back


def test_searxng_is_asked_for_json(server: SearchServer) -> None:
    """``GET /search?q=…&format=json``, below the address that was given."""
    server.answer(ANSWER)
    found = searxng(server, path="/searx").search("four-day week & costs", 1)
    assert [(each.title, each.url, each.text, each.source) for each in found] == [
        ("Pilot report", "https://example.org/pilot", "Costs fell by 12 percent.", "searxng")
    ]
    [asked] = server.asked
    assert (asked.method, asked.query) == ("GET", "four-day week & costs")
    assert asked.path.startswith("/searx/search?")
    assert "format=json" in asked.path


def test_tavily_is_asked_with_the_key_in_a_header(server: SearchServer) -> None:
    """The key is in ``Authorization`` and nowhere else; a long query is cut to what the service takes."""
    server.answer(ANSWER)
    found = tavily(server).search("x" * 500, 2)
    assert [each.url for each in found] == ["https://example.org/pilot", "https://example.org/second"]
    [asked] = server.asked
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in asked.path + json.dumps(asked.body)
    assert asked.body == {"query": "x" * 400, "max_results": 2, "include_answer": False}


def test_results_that_are_none_are_left_out(server: SearchServer, make: Callable[..., Search]) -> None:
    """No address of the web, no text, no object, or an address twice: not a result."""
    results = [
        {"title": "a", "url": "javascript:alert(1)", "content": "x"},
        {"title": "b", "url": "file:///etc/passwd", "content": "x"},
        {"title": "c", "url": "https://example.org/ x", "content": "x"},
        {"title": "d", "url": "https://example.org/d", "content": "  "},
        {"title": "e", "url": "https://example.org/e", "content": 5},
        {"title": "f", "url": "http://[", "content": "x"},
        "text",
        {"title": None, "url": "https://example.org/ok", "content": "yes\0"},
        {"title": "again", "url": "https://example.org/ok", "content": "no"},
    ]
    server.answer(Page(json.dumps({"results": results}).encode()))
    [found] = make(server).search("q", 5)
    assert (found.title, found.url, found.text) == ("https://example.org/ok", "https://example.org/ok", "yes")


def test_texts_are_cut(server: SearchServer, make: Callable[..., Search]) -> None:
    """Nobody can fill a prompt with one result."""
    server.answer(page(("t" * 5_000, "https://example.org", "x" * 100_000)))
    [found] = make(server, most=1_000_000).search("q", 5)
    assert len(found.title) == 200
    assert len(found.text) == 1_500


# Failures


@pytest.mark.parametrize(
    "body", [b"<html>hello</html>", b"[1]", b'{"results": 5}', b"{}", b"\xff\xfe", b"", b"{" * 9_000]
)
def test_garbage_is_a_failure(server: SearchServer, make: Callable[..., Search], body: bytes) -> None:
    """Only an object with a list of results is an answer."""
    server.answer(Page(body))
    assert "sent" in failure(make(server))


@pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 429, 432, 500, 503])
def test_every_other_status_is_a_failure(
    server: SearchServer, make: Callable[..., Search], status: int
) -> None:
    """The status is named; what the server wrote is not repeated, for it might repeat the key."""
    server.answer(Page(f"your key {KEY} is bad".encode() if status != 204 else b"", status=status))
    assert f"HTTP {status}" in failure(make(server))


def test_searxng_without_json_says_how_to_mend_it(server: SearchServer) -> None:
    server.answer(Page(b"Forbidden", status=403))
    assert "add json to search.formats" in failure(searxng(server))


def test_searxng_whose_engines_are_silent_found_nothing_out(server: SearchServer) -> None:
    """No result means something only if somebody looked."""
    server.answer(page(unresponsive_engines=[["google", "timeout"], ["bing", "captcha"]]))
    assert "google, bing" in failure(searxng(server))
    server.answer(page())
    assert searxng(server).search("q", 3) == ()


def test_nobody_there(make: Callable[..., Search]) -> None:
    with SearchServer() as gone:
        pass
    assert "does not answer" in failure(make(gone))


def test_silence_ends(server: SearchServer, make: Callable[..., Search]) -> None:
    """A server that says nothing costs the time-out and no more."""
    server.hold()
    assert "within 0.2 seconds" in failure(make(server, timeout=0.2))


def test_a_drip_ends(server: SearchServer, make: Callable[..., Search]) -> None:
    """A server that sends a byte now and then does not hold the search: the time is for the whole answer."""
    server.answer(Page(b" " * 1_000, drip_seconds=0.05))
    assert "within 0.3 seconds" in failure(make(server, timeout=0.3))


def test_a_huge_answer_is_not_read(server: SearchServer, make: Callable[..., Search]) -> None:
    server.answer(Page(b'{"results": [' + b" " * 50_000 + b"]}"))
    assert "more than 10,000 bytes" in failure(make(server))


def test_a_packed_answer_is_not_unpacked(server: SearchServer, make: Callable[..., Search]) -> None:
    """A few packed bytes could be gigabytes."""
    server.answer(Page(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}))
    assert "packed" in failure(make(server))
    assert server.asked[0].headers["accept-encoding"] == "identity"


def test_a_broken_answer_is_a_failure(server: SearchServer, make: Callable[..., Search]) -> None:
    server.answer(Page(b'{"results": []}', length=500))
    assert "broke the connection off" in failure(make(server, timeout=2))


def test_redirects_stay_on_the_server(server: SearchServer) -> None:
    """SearXNG may send a query on within itself; never to another host, and not for ever."""
    server.answer(Page(b"", status=302, headers={"Location": "/search/?q=x&format=json"}), ANSWER)
    assert len(searxng(server).search("q", 3)) == 2
    with SearchServer() as other:
        server.answer(Page(b"", status=302, headers={"Location": f"{other.url}/search"}))
        assert "another address" in failure(searxng(server))
        assert other.asked == []
    server.answer(*[Page(b"", status=302, headers={"Location": "/again"})] * 9)
    assert "another address" in failure(searxng(server))


def test_a_key_is_never_sent_on(server: SearchServer) -> None:
    """A request with a key follows no redirect at all."""
    server.answer(Page(b"", status=307, headers={"Location": "/elsewhere"}))
    assert "another address" in failure(tavily(server))
    assert len(server.asked) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999", "http://user:s3cr3t@127.0.0.1:9/x"])
def test_an_address_that_leads_nowhere(url: str) -> None:
    """A sentence, without the password of the address."""
    search = SearxngSearch(url, timeout_seconds=1, max_bytes=1_000)
    with pytest.raises(SearchFailed) as caught:
        search.search("q", 1)
    assert "s3cr3t" not in f"{caught.value!r}{caught.value.__cause__!r}"


def test_the_key_is_in_no_log(server: SearchServer, caplog: pytest.LogCaptureFixture) -> None:
    """Not in the library's own lines either, and not in a ``repr``."""
    caplog.set_level(logging.DEBUG)
    server.answer(Page(b"", status=500))
    search = tavily(server)
    failure(search)
    assert KEY not in caplog.text + repr(search)


def test_a_search_can_be_ended_from_outside(server: SearchServer, make: Callable[..., Search]) -> None:
    """Whoever stops the meeting does not wait for the search server."""
    server.hold()
    cancels: list[Callable[[], None]] = []
    raised: list[BaseException] = []

    @contextmanager
    def calling(cancel: Callable[[], None]) -> Iterator[None]:
        cancels.append(cancel)
        yield

    def run() -> None:
        try:
            make(server, timeout=20).search("q", 3, calling=calling)
        except BaseException as problem:
            raised.append(problem)

    thread = threading.Thread(target=run, name="searcher")
    thread.start()
    server.wait_for_requests()
    cancels[0]()
    thread.join(5)
    assert [type(problem) for problem in raised] == [Stopped]
