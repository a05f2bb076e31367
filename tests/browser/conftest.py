"""A real Chromium, and a watch on every page it opens: no error in the console, nothing its policy had to stop."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.fake_room import FakeServer
from tests.support.chromium import ARGUMENTS

__all__ = ["ARGUMENTS"]

expect.set_options(timeout=20_000)  # A machine that tests on every core is slow now and then.

OpenPage = Callable[..., Page]


@pytest.fixture
def complaints() -> list[str]:
    """What the pages of this test complained of. A test that expects some takes them off the list."""
    return []


@pytest.fixture
def open_page(browser: Browser, complaints: list[str]) -> Iterator[OpenPage]:
    """Opens an address in a window of its own; keyword arguments are the context's."""
    contexts: list[BrowserContext] = []

    def open_page(url: str, *, width: int = 1280, height: int = 900, **context: object) -> Page:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **context))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: _note(complaints, message))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    server = FakeServer()
    yield server
    server.close()


def _note(complaints: list[str], message: ConsoleMessage) -> None:
    if message.type == "error":
        complaints.append(message.text)
