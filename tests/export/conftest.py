"""What the tests of exports share: meetings that were really held, and readers of each format."""

import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from council.parts import Parts
from tests.browser.conftest import complaints, open_page
from tests.support.meetings import Meeting, start
from tests.support.model_server import Responder, ScriptedModelServer
from tests.test_templates import INPUTS, SUBJECT, attend

__all__ = ["complaints", "open_page"]  # Fixtures, for whoever opens an export.

FORMATS = ("md", "html", "json", "docx", "pdf")
Hold = Callable[..., Meeting]


@pytest.fixture
def begin(make_council: Callable[..., Parts]) -> Iterator[Callable[..., tuple[Meeting, ScriptedModelServer]]]:
    """Begins a meeting with whoever answers; its models, too."""
    servers: list[ScriptedModelServer] = []

    def run(
        template_id: str, responder: Responder | None = None, **fields: Any
    ) -> tuple[Meeting, ScriptedModelServer]:
        server = ScriptedModelServer(responder)
        servers.append(server)
        engine = {"breaker_repeats": 0, "retry_seconds": 0.0}
        parts = make_council(llm_base_url=server.url, llm_model="scripted", engine=engine)
        given: dict[str, Any] = {"subject": SUBJECT, "inputs": INPUTS} | fields
        return start(parts, template_id, **given), server

    yield run
    for server in servers:
        server.close()


@pytest.fixture
def hold(begin: Callable[..., tuple[Meeting, ScriptedModelServer]]) -> Hold:
    """Holds a meeting to its end, a person answering each review with the next of ``says``."""

    def run(template_id: str, responder: Responder, says: tuple[str, ...] = (), **fields: Any) -> Meeting:
        return attend(begin(template_id, responder, **fields)[0], says)

    return run


def client_of(meeting: Meeting) -> FlaskClient:
    client: FlaskClient = meeting.parts.app.test_client()  # type: ignore[attr-defined]
    return client


def export(meeting: Meeting, name: str, **query: str) -> bytes:
    """The file as it is downloaded."""
    answer = client_of(meeting).get(
        f"/api/v1/sessions/{meeting.session_id}/export", query_string={"format": name, **query}
    )
    assert answer.status_code == 200, answer.text
    return answer.data


def words_of(name: str, file: bytes) -> str:
    """What a reader of this format reads, without its gaps: they fall differently in each."""
    match name:
        case "md":
            text = re.sub(r"(?m)^> ?", "", re.sub(r"\\(.)", r"\1", file.decode()))
        case "html":
            text = _text_of_page(file.decode())
        case "json":
            session = json.loads(file)["session"]
            text = json.dumps(session, ensure_ascii=False)
        case "docx":
            text = _text_of_word(file)
        case _:
            text = _text_of_pdf(file)
    return squeezed(text)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\0]+", "", text)


def _text_of_page(page: str) -> str:
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        """Collects what is shown: neither scripts nor styles."""

        def __init__(self) -> None:
            super().__init__()
            self.pieces: list[str] = []
            self._in: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag in ("script", "style"):
                self._in.append(tag)

        def handle_endtag(self, tag: str) -> None:
            if tag in ("script", "style"):
                self._in.pop()

        def handle_data(self, data: str) -> None:
            if not self._in:
                self.pieces.append(data)

    reader = Reader()
    reader.feed(page)
    return "".join(reader.pieces)


def _text_of_word(file: bytes) -> str:
    import docx

    body = docx.Document(io.BytesIO(file)).element.body
    return "".join(node.text or "" for node in body.iter() if node.tag.endswith("}t"))


def _text_of_pdf(file: bytes) -> str:
    import pypdf

    pages = pypdf.PdfReader(io.BytesIO(file)).pages
    return "".join(re.sub(r"\n?\d+ / \d+\s*$", "", page.extract_text()) for page in pages)
