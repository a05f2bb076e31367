"""A meeting run again, and the two side by side."""

import pytest
from playwright.sync_api import expect

from tests.browser import scenes
from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting
from tests.browser.fake_room import FakeServer
from tests.browser.rooms import article, overflow, wait_connection

pytestmark = pytest.mark.browser


def test_a_meeting_is_run_again_from_a_node(fake: FakeServer, open_page: OpenPage) -> None:
    """With another agent and another task; the new meeting says whose run it is and leads to both."""
    meeting = FakeMeeting()
    page = open_page(fake.add(meeting))
    wait_connection(page)
    meeting.say("negative", "Too dear.")
    expect(article(page, "negative")).to_have_attribute("data-status", "streaming")
    expect(article(page, "negative").get_by_text("Run again from here")).to_be_hidden()
    meeting.finish("negative")
    article(page, "negative").hover()
    article(page, "negative").get_by_role("button", name="Run again from here").click()
    dialog = page.get_by_role("dialog", name="Run again from Risk Auditor")
    dialog.get_by_label("Who sits there").select_option("chief_justice")
    dialog.get_by_label("Another task").fill("Be brief.")
    dialog.get_by_role("button", name="Run again").click()
    page.wait_for_url(lambda url: meeting.session_id not in url)
    ((kind, body),) = fake.posted
    assert kind == "rerun"
    assert body.pop("new_session_id")
    assert body == {
        "node_id": "negative",
        "agents": {"negative": "chief_justice"},
        "tasks": {"negative": "Be brief."},
    }
    expect(page.locator(".rerun-note")).to_contain_text("from “Risk Auditor” on")
    page.get_by_role("link", name="Compare the two").click()
    expect(page.locator("[data-side]")).to_have_count(2)
    assert meeting.session_id in page.url


def test_two_meetings_stand_side_by_side(fake: FakeServer, open_page: OpenPage) -> None:
    """What differs by node and verdict; what is the same is folded; it follows what still runs."""
    first, second = scenes.verdict(), scenes.two_rounds()
    fake.add(second)
    page = open_page(f"{fake.add(first)}?beside={second.session_id}")
    expect(page.locator("[data-side='1']")).to_contain_text("Concluded")
    expect(page.locator("[data-side='2']")).to_contain_text("In session")
    expect(page.locator("[data-row=affirmative]")).to_have_attribute("data-same", "true")
    expect(page.locator("[data-row=adjudicator]")).to_have_count(0)
    second.say("adjudicator", "Another ruling.")
    second.finish("adjudicator")
    second.emit("verdict", **scenes.VERDICT | {"word": "reject", "html": "<p>No.</p>"})
    row = page.locator("[data-row=adjudicator]")
    expect(row).to_contain_text("Nothing was said here.", timeout=10_000)
    expect(row).to_contain_text("Another ruling.")
    expect(page.get_by_text("Decided · reject")).to_be_visible()
    for width in (400, 1024):
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow(page) == 0


def test_one_that_does_not_exist_is_a_page_with_its_status(
    fake: FakeServer, open_page: OpenPage, complaints: list[str]
) -> None:
    """404, for people."""
    page = open_page(f"{fake.add(FakeMeeting())}?beside=nobody")
    expect(page.get_by_text("Nobody is meeting here.")).to_be_visible()
    complaints.clear()
