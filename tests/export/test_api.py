"""The export over REST: names, headers, refusals, and what it costs the server."""

import json
import sys
import threading
from typing import Any

import pytest

from council.export import formats
from tests.export.conftest import FORMATS, Hold, client_of, export
from tests.support.meetings import Meeting
from tests.support.panel import Panel
from tests.web.conftest import assert_problem

NOWHERE = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


@pytest.fixture
def meeting(hold: Hold) -> Meeting:
    return hold("council_debate", Panel())


def ask(meeting: Meeting, query: str, session_id: str | None = None, **headers: str) -> Any:
    address = f"/api/v1/sessions/{session_id or meeting.session_id}/export?{query}"
    return client_of(meeting).get(address, headers=headers)


@pytest.mark.parametrize("name", FORMATS)
def test_how_it_travels(meeting: Meeting, name: str) -> None:
    """A file to be kept, under a name that says what it is; never guessed at, never run, never from a cache."""
    answer = ask(meeting, f"format={name}")
    assert answer.headers["Content-Type"] == formats.FORMATS[name].mimetype
    created = meeting.snapshot["created_at"][:10]
    plain = f'attachment; filename="{created}-One-repository-for-all-teams.{name}"'
    assert answer.headers["Content-Disposition"].startswith(plain)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "query", ["", "format=", "format=exe", "format=MD", "format=../md", "format=json&lang=xx"]
)
def test_an_unknown_format(meeting: Meeting, query: str) -> None:
    """400, and the choices."""
    problem = assert_problem(ask(meeting, query), 400, "malformed")
    assert "md, html, json, docx, pdf" in problem["message"] or "en, zh-CN" in problem["message"]


def test_an_unknown_parameter(meeting: Meeting) -> None:
    assert_problem(ask(meeting, "format=md&colour=red"), 422, "invalid")


@pytest.mark.parametrize("session_id", [NOWHERE, "nonsense"])
def test_no_such_meeting(meeting: Meeting, session_id: str) -> None:
    assert_problem(ask(meeting, "format=md", session_id), 404, "not_found")


@pytest.mark.parametrize(("name", "package", "module"), [("docx", "docx", "word"), ("pdf", "fpdf", "pdf")])
def test_a_missing_package(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch, name: str, package: str, module: str
) -> None:
    """Without its package a format is not available, and the hint says what to install."""
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"council.export.{module}", raising=False)
    problem = assert_problem(ask(meeting, f"format={name}"), 422, "not_available")
    assert "pip install -r requirements-export.txt" in problem["hint"]
    export(meeting, "md")


def test_no_font(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a font for its characters there is no PDF, and the hint says what to install."""
    monkeypatch.setattr("council.export.fonts.found", lambda families: iter(()))
    assert "apt-get install" in assert_problem(ask(meeting, "format=pdf"), 422, "not_available")["hint"]


@pytest.mark.parametrize("name", ["docx", "pdf"])
def test_too_long_to_print(meeting: Meeting, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What would keep the server busy for minutes is refused, and the other formats still take it."""
    monkeypatch.setattr(formats, "MAX_PRINTED", 100)
    problem = assert_problem(ask(meeting, f"format={name}"), 413, "too_large")
    assert "html" in problem["hint"]
    export(meeting, "html")


def test_one_at_a_time(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is printed, another waits, and then is told to come again; what is not printed does not wait."""
    printing, go_on = threading.Event(), threading.Event()

    def slow(*_: object) -> bytes:
        printing.set()
        assert go_on.wait(60)
        return b"%PDF"

    monkeypatch.setattr(formats, "_printed", slow)
    monkeypatch.setattr("council.web.api.export.MAX_WAIT_SECONDS", 0.01)
    first = threading.Thread(target=ask, args=(meeting, "format=pdf"))
    first.start()
    assert printing.wait(60)
    refused = ask(meeting, "format=pdf")
    export(meeting, "md")
    go_on.set()
    first.join()
    assert_problem(refused, 503, "unavailable")
    assert refused.headers["Retry-After"]


def test_the_readers_language(meeting: Meeting) -> None:
    """``lang`` goes before what was chosen before, and that before what the browser prefers."""
    page = ask(meeting, "format=html", **{"Accept-Language": "zh-CN"}).text
    assert '<html lang="zh-CN">' in page
    assert '<html lang="en">' in ask(meeting, "format=html&lang=en", **{"Accept-Language": "zh-CN"}).text


def test_deleted_while_it_is_exported(meeting: Meeting) -> None:
    """A log that goes away under a reader ends the answer in an error, not in a shorter log."""
    from council.errors import NotFound
    from council.export.material import Material

    material = Material.of(meeting.parts.archive, meeting.session_id)
    meeting.parts.control.delete(meeting.session_id)
    with pytest.raises(NotFound):
        list(material.events())


def test_it_is_read_while_it_is_sent(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a long log only a page is held at once: the next one is read when the last one is on its way."""
    read: list[int] = []
    archive = meeting.parts.archive
    snapshot = meeting.snapshot | {"seq": 10_000, "messages": [], "fact_checks": []}

    def events(_channel: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        read.append(after)
        return [(seq, b'{"seq":%d}' % seq) for seq in range(after + 1, after + limit + 1)]

    monkeypatch.setattr(archive, "snapshot", lambda _session_id: snapshot)
    monkeypatch.setattr(archive, "events", events)
    pages_read = []
    sent = b""
    for piece in ask(meeting, "format=json").response:
        sent += piece
        pages_read.append(len(read))
    assert len(json.loads(sent)["events"]) == 10_000
    assert pages_read == sorted(pages_read)
    assert pages_read[0] == 0
    assert pages_read[-1] == 10
    assert pages_read[len(pages_read) // 2] in (5, 6)
