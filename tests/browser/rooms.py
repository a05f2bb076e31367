"""What the tests do in a browser again and again."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.support.server import Server
from tests.support.waiting import wait_until

OPINIONS = ("affirmative", "negative")


def start_meeting(page: Page, subject: str = "Shall we ship on Friday?", document: str = "") -> str:
    """Fill in the lobby's form and start; the new session's id."""
    choose_template(page, "council_debate")
    page.get_by_label("Subject").fill(subject)
    page.get_by_label("Document").fill(document)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/meetings/*")
    wait_connection(page)
    return page.url.rsplit("/", 1)[1].partition("?")[0]


def choose_template(page: Page, template_id: str) -> None:
    page.get_by_role("radiogroup", name="Template").locator(f'[value="{template_id}"]').check()


def wait_connection(page: Page, status: str = "connected") -> None:
    expect(page.locator("body")).to_have_attribute("data-connection", status, timeout=30_000)


def wait_session(page: Page, status: str) -> None:
    expect(page.locator("body")).to_have_attribute("data-session-status", status, timeout=60_000)


def article(page: Page, node_id: str) -> Locator:
    return page.locator(f'article[data-node-id="{node_id}"]')


def text_of(page: Page, node_id: str) -> str:
    """The words of a node's message as they stand in the page, without name, thinking and notes."""
    return article(page, node_id).locator('[data-part="text"]').text_content() or ""


def wait_words(page: Page, node_id: str, more_than: int = 40) -> None:
    """Until the node has said something worth comparing."""
    wait_until(lambda: article(page, node_id).count() == 1, what=f"a message of {node_id}")
    wait_until(lambda: len(text_of(page, node_id)) > more_than, what=f"words of {node_id}")


def log_of(server: Server, session_id: str) -> list[dict[str, Any]]:
    """The whole log of a session, page by page."""
    events: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = server.get(f"/api/v1/sessions/{session_id}/events?after={after}&limit=500")
        events += page["events"]
        after = page["next"]
    return events


def said_in_log(events: list[dict[str, Any]], node_id: str) -> str:
    """What the chunks of a node's answer come to."""
    chunks = [
        event["data"] for event in events if event["event"] == "token_stream" and event["node_id"] == node_id
    ]
    return "".join(chunk["chunk"] for chunk in chunks if not chunk["is_thinking"])


def tops(*parts: Locator) -> list[float]:
    """Where they begin, from the top down, all at one moment: the page may be scrolling."""
    found: list[float] = parts[0].page.evaluate(
        "parts => parts.map((part) => part.getBoundingClientRect().top)",
        [part.element_handle() for part in parts],
    )
    return found


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width
