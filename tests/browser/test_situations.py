"""Situations nobody planned: a meeting deleted under one's eyes, two tabs at once, a clock that is a day off."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting
from tests.browser.fake_room import FakeServer
from tests.browser.rooms import article, start_meeting, text_of, wait_connection, wait_session, wait_words
from tests.support.server import Server

pytestmark = pytest.mark.browser
Serve = Callable[..., Server]
DAY_MS = 24 * 60 * 60 * 1000


def address(server: Server, session_id: str) -> str:
    return f"{server.url}/api/v1/sessions/{session_id}"


def begin(server: Server, **body: object) -> str:
    """A meeting that was started elsewhere."""
    given = {"template_id": "council_debate", "subject": "Shall we ship on Friday?"} | body
    session_id: str = server.post("/api/v1/sessions", given).json()["session_id"]
    return session_id


def elapsed_seconds(page: Page) -> int:
    shown = page.locator('[data-total="elapsed"]').inner_text()
    minutes, seconds = re.fullmatch(r"(\d+):(\d\d)", shown).groups()  # type: ignore[union-attr]
    return int(minutes) * 60 + int(seconds)


# Deleted


def test_a_meeting_that_is_deleted_under_ones_eyes(serve: Serve, open_page: OpenPage) -> None:
    """What stands there stays to be read and copied, nothing is tried again, and one can leave."""
    server = serve(rehearsal_tokens_per_second=0)
    page = open_page(server.url, permissions=["clipboard-read", "clipboard-write"])
    session_id = start_meeting(page)
    wait_session(page, "completed")
    said = text_of(page, "affirmative")
    assert page.request.delete(address(server, session_id)).status == 204

    link = page.locator("council-link")
    expect(link).to_contain_text("This meeting was deleted.")
    expect(link).to_contain_text("Deleted")
    expect(link.get_by_role("button", name="Reconnect")).to_be_hidden()
    wait_connection(page, "disconnected")
    assert text_of(page, "affirmative") == said
    link.get_by_role("button", name="Copy what is here").click()
    expect(link).to_contain_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert said.split("\n")[0].strip() in copied
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_connection(page, "disconnected")
    link.get_by_role("link", name="All meetings").click()
    expect(page.get_by_role("button", name="Start")).to_be_visible()


# Two tabs


def test_paused_in_one_tab_and_resumed_in_the_other(serve: Serve, open_page: OpenPage) -> None:
    """Each tab shows what the other did, with the button that fits."""
    server = serve(rehearsal_tokens_per_second=20)
    first = open_page(server.url)
    start_meeting(first)
    wait_words(first, "affirmative", 5)
    second = open_page(first.url)
    wait_connection(second)
    first.get_by_role("button", name="Pause").click()
    wait_session(second, "paused")
    second.get_by_role("button", name="Resume").click()
    wait_session(first, "running")
    expect(first.get_by_role("button", name="Pause")).to_be_enabled()
    expect(first.get_by_role("button", name="Resume")).to_be_hidden()


def test_a_command_that_comes_too_late_is_explained(fake: FakeServer, open_page: OpenPage) -> None:
    """A tab whose button is behind the times is told at the button why its command was refused."""
    meeting = FakeMeeting()
    page = open_page(fake.add(meeting))
    wait_connection(page)
    meeting.refuses["pause_session"] = "A finished session cannot be paused."
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("council-controls")).to_contain_text("A finished session cannot be paused.")
    expect(page.get_by_role("button", name="Pause")).to_be_enabled()


def test_a_review_that_was_answered_in_the_other_tab(serve: Serve, open_page: OpenPage) -> None:
    """Answered in one tab, the form closes in the other, and both say what was decided."""
    server = serve(rehearsal_tokens_per_second=0)
    session_id = begin(server, template_id="quick_decision")
    first, second = (open_page(f"{server.url}/meetings/{session_id}") for _ in range(2))
    for page in (first, second):
        expect(page.get_by_role("button", name="Approve", exact=True)).to_be_visible(timeout=30_000)
    first.get_by_role("button", name="Approve", exact=True).click()
    for page in (first, second):
        wait_session(page, "completed")
        expect(page.get_by_role("button", name="Approve", exact=True)).to_be_hidden()
        expect(page.locator("council-transcript")).to_contain_text("Approve, by")


# A clock that is off


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_is_a_day_off(serve: Serve, open_page: OpenPage, days: int) -> None:
    """Elapsed time and time that is left are the server's, whatever the browser believes today is."""
    server = serve(rehearsal_tokens_per_second=0)
    session_id = begin(server, template_id="quick_decision")
    page = open_page("about:blank")
    page.add_init_script(
        f"""{{ const Real = Date; const off = {days * DAY_MS};
        globalThis.Date = class extends Real {{
          constructor(...given) {{ given.length ? super(...given) : super(Real.now() + off); }}
          static now() {{ return Real.now() + off; }}
        }}; }}"""
    )
    page.goto(f"{server.url}/meetings/{session_id}")
    wait_connection(page)
    expect(page.get_by_role("button", name="Approve", exact=True)).to_be_visible(timeout=30_000)
    assert elapsed_seconds(page) < 120
    snapshot = server.get(f"/api/v1/sessions/{session_id}")
    assert snapshot["review"]["timeout"] == 30
    expect(page.locator("body")).to_contain_text(re.compile(r"Time left: (29:\d\d|30:00)"))
    expect(article(page, "pro")).to_have_attribute("data-status", "completed")
