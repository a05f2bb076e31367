"""A real Council in this process for the pages of agents and groups, and what their tests do again and again."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page

from council import clock
from council.meeting.recall import Finding
from council.parts import Parts
from council.store import knowledge
from tests.live.serving import werkzeug
from tests.support import http

WIDTHS = (400, 1024, 1600)


class Home:
    """Its address, and its REST interface."""

    def __init__(self, port: int, parts: Parts) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._parts = parts

    def get(self, path: str) -> Any:
        return self._ask("GET", path)

    def post(self, path: str, **body: Any) -> Any:
        return self._ask("POST", path, json=body)

    def put(self, path: str, **body: Any) -> Any:
        return self._ask("PUT", path, json=body)

    def find(self, group_id: str, content: str) -> None:
        """A meeting of the group has found this out, whichever it was."""
        finding = Finding("fact", content, content.ljust(60, "."), 0.9)
        where = {"session_id": str(uuid.uuid4()), "node_id": "facts", "at": clock.timestamp()}
        with self._parts.store.write() as connection:
            knowledge.remember(connection, group_id, [finding], **where)

    def ids(self, kind: str) -> set[str]:
        """Of all agents or groups."""
        return {item[f"{kind}_id"] for item in self.get(f"{kind}s")["items"]}

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        address = f"{self.url}/api/v1/{path}"
        answer = http.request(method, address, timeout=15, **more)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def at_home(parts: Parts) -> Iterator[Home]:
    with werkzeug(parts.app) as port:  # type: ignore[attr-defined]
        yield Home(port, parts)


def card(page: Page, own_id: str) -> Locator:
    return page.locator(f'.shelf-card[data-id="{own_id}"]')


def names(page: Page) -> list[str]:
    """Of the cards, as they stand."""
    return page.locator(".shelf-card-title").all_text_contents()


def sheet(page: Page) -> Locator:
    """The dialog in which something is changed."""
    return page.locator("dialog.sheet[open]")


def question(page: Page) -> Locator:
    """The dialog that asks before something is lost, or says why it cannot be done."""
    return page.locator("dialog.dialog[open]")
