"""The page of the API in a real browser: it draws itself, asks only this server, and can send a request."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.server import Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("explored") / "instance", {}, forked=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page, open; it fails at whatever it says in the console, or asks of others."""
    context = browser.new_context(color_scheme=request.param)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on("request", lambda sent: None if sent.url.startswith(server.url) else complaints.append(sent.url))
    page.goto(f"{server.url}/api/docs")
    page.wait_for_selector(".opblock-tag")
    yield page
    assert complaints == []
    context.close()


def test_a_request_can_be_sent(page: Page) -> None:
    """Every group of operations is there; an operation opens, is tried with its example, and is answered."""
    assert page.locator(".opblock-tag").all_inner_texts()[0].startswith("Meetings")
    page.click("#operations-tag-Meetings")
    page.click("#operations-Meetings-start_session .opblock-summary-control")
    page.click("#operations-Meetings-start_session .try-out__btn")
    page.click("#operations-Meetings-start_session .execute")
    status = page.locator(".live-responses-table .response-col_status").nth(1)
    status.wait_for()
    assert "202" in status.inner_text()


def test_one_gets_back(page: Page, server: Server) -> None:
    """The name at the top leads to the meetings."""
    page.click(".explorer-bar .brand")
    page.wait_for_url(f"{server.url}/")
