"""A meeting can be played again: what was shown at any moment, at any speed, while the meeting itself goes on."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting
from tests.browser.fake_room import FakeServer
from tests.browser.rooms import article, wait_connection, wait_session

pytestmark = pytest.mark.browser
VERDICT = {
    "node_id": "adjudicator", "outcome": "decided", "score": 70.0, "parts": None, "text": "Go.", "html": "<p>Go.</p>",
    "disputes": [], "orders": [], "absences": [], "ballots": None, "dissent": [], "best_draft": None,
}  # fmt: skip


def debate() -> FakeMeeting:
    """Two speak from second 0 on, one of them again after ten silent seconds; you speak up at second 5."""
    meeting = FakeMeeting("Shall we ship?")
    meeting.at_seconds = 0
    meeting.emit("execution:started", status="running")
    for node_id in ("affirmative", "negative"):
        meeting.node(node_id, "running")
        meeting.say(node_id, "First words. ")
    meeting.at_seconds = 5
    meeting.emit("user_message", message_id="u1", content="Think of Friday.", by="you")
    meeting.at_seconds = 15
    for node_id in ("affirmative", "negative"):
        meeting.say(node_id, "Last words.")
        meeting.finish(node_id)
        meeting.node(node_id, "completed")
    return meeting


def ended(meeting: FakeMeeting) -> FakeMeeting:
    meeting.at_seconds = 16
    meeting.node("adjudicator", "running")
    meeting.say("adjudicator", "I weigh both.")
    meeting.finish("adjudicator")
    meeting.at_seconds = 20
    meeting.emit("verdict", **VERDICT)
    meeting.emit("execution:completed", status="completed")
    return meeting


def open_replay(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting, at: str = "#t=0", **more: int
) -> Page:
    page = open_page(fake.add(meeting) + at, **more)
    wait_connection(page)
    expect(slider(page)).to_be_focused()
    return page


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Moment of the meeting")


def clock(page: Page) -> Locator:
    return page.locator("council-timeline [data-part=time]").first


def test_a_link_leads_to_a_moment(fake: FakeServer, open_page: OpenPage) -> None:
    """With #t=7 in the address the room shows second 7: nothing later, and status and time as they were."""
    page = open_replay(fake, open_page, ended(debate()), "#t=7")
    expect(clock(page)).to_have_text("0:07")
    expect(page.locator("article")).to_have_count(3)
    expect(article(page, "affirmative")).to_contain_text("First words.")
    expect(article(page, "affirmative")).not_to_contain_text("Last words.")
    expect(article(page, "affirmative")).to_have_attribute("data-status", "streaming")
    expect(page.locator("council-facts")).to_contain_text("In session")
    expect(page.locator("council-facts [data-part=elapsed]")).to_have_text("0:07")
    expect(page.get_by_role("heading", name="Verdict")).to_have_count(0)
    expect(page.locator("council-timeline")).to_contain_text("The meeting itself is over.")
    page.reload()
    expect(clock(page)).to_have_text("0:07")


def test_time_runs_both_ways(fake: FakeServer, open_page: OpenPage) -> None:
    """Keys move by a second or by a phase; what was not yet said disappears, and comes back word for word."""
    page = open_replay(fake, open_page, ended(debate()))
    slider(page).press("End")
    expect(page.get_by_role("heading", name="Verdict", exact=True)).to_be_visible()
    last = article(page, "affirmative").locator("[data-part=text]").inner_text()
    slider(page).press("PageDown")
    expect(clock(page)).to_have_text("0:16")
    expect(page.get_by_role("heading", name="Verdict", exact=True)).to_be_hidden()
    slider(page).press("PageDown")
    expect(clock(page)).to_have_text("0:00")
    expect(article(page, "adjudicator")).to_have_count(0)
    for _ in range(4):
        slider(page).press("ArrowRight")
    expect(clock(page)).to_have_text("0:04")
    expect(page.get_by_text("Think of Friday.")).to_have_count(0)
    expect(slider(page)).to_have_attribute("aria-valuetext", "0:04, Opening")
    slider(page).press("End")
    expect(page.get_by_text("Think of Friday.")).to_be_visible()
    expect(article(page, "affirmative").locator("[data-part=text]")).to_have_text(last)


def test_it_plays_by_itself_and_skips_silence(fake: FakeServer, open_page: OpenPage) -> None:
    """Replay begins at the beginning; at 20x it comes to the end, and Space plays it once more."""
    page = open_page(fake.add(ended(debate())))
    wait_connection(page)
    page.get_by_role("button", name="Replay").click()
    expect(slider(page)).to_be_focused()
    page.get_by_role("radio", name="20×").check()
    expect(clock(page)).to_have_text("0:20")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.get_by_role("radio", name="0.5×").check()
    slider(page).press(" ")
    expect(page.get_by_role("button", name="Hold", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Verdict", exact=True)).to_be_hidden()
    slider(page).press(" ")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_the_meeting_goes_on_underneath(fake: FakeServer, open_page: OpenPage) -> None:
    """While one looks back nobody can answer or speak; the recording grows, and Back to live shows all that came."""
    meeting = debate()
    page = open_replay(fake, open_page, meeting, "#t=3")
    expect(page.locator("council-timeline")).to_contain_text("The meeting itself goes on")
    expect(page.get_by_label("Say something to the members")).to_be_hidden()
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    meeting.at_seconds = 30
    meeting.node("adjudicator", "running")
    meeting.say("adjudicator", "Now I weigh.")
    expect(page.locator("council-timeline [data-part=length]")).to_have_text("0:30")
    expect(article(page, "adjudicator")).to_have_count(0)
    slider(page).press("End")
    expect(article(page, "adjudicator")).to_contain_text("Now I weigh.")
    slider(page).press("Home")
    page.get_by_role("button", name="Back to live").click()
    expect(article(page, "adjudicator")).to_contain_text("Now I weigh.")
    expect(page.get_by_label("Say something to the members")).to_be_visible()
    expect(page.locator("council-timeline")).to_be_empty()
    expect(page).to_have_url(re.compile(r"/meetings/[0-9a-f-]+$"))
    ended(meeting)
    wait_session(page, "completed")


def test_moments_are_marked_and_can_be_jumped_to(fake: FakeServer, open_page: OpenPage) -> None:
    """Phases and moments stand on the track; the list of them is made of buttons."""
    page = open_replay(fake, open_page, ended(debate()))
    expect(page.locator(".track-phase title")).to_have_text(["Opening", "Chief Justice"])
    expect(page.locator(".track-mark title")).to_have_text(["you speaks up", "Verdict"])
    page.get_by_role("button", name="Moments").click()
    page.get_by_role("button", name="0:05 you speaks up").click()
    expect(clock(page)).to_have_text("0:05")
    expect(page.get_by_text("Think of Friday.")).to_be_visible()
    page.get_by_role("button", name="Next phase").click()
    expect(clock(page)).to_have_text("0:16")


def test_the_whole_log_is_fetched_page_by_page(fake: FakeServer, open_page: OpenPage) -> None:
    """However small the pages are that the server gives."""
    fake.log_page = 3
    page = open_replay(fake, open_page, ended(debate()), "#t=20")
    expect(page.get_by_role("heading", name="Verdict", exact=True)).to_be_visible()


def test_a_record_that_cannot_be_fetched_can_be_asked_for_again(
    fake: FakeServer, open_page: OpenPage, complaints: list[str]
) -> None:
    """The reason is said, and the meeting stays in view meanwhile."""
    page = open_page(fake.add(ended(debate())))
    wait_connection(page)
    page.route("**/events?*", lambda route: route.abort())
    page.get_by_role("button", name="Replay").click()
    expect(page.locator("council-timeline")).to_contain_text("The server cannot be reached.")
    expect(page.get_by_role("heading", name="Verdict", exact=True)).to_be_visible()
    page.unroute("**/events?*")
    page.get_by_role("button", name="Try again").click()
    expect(slider(page)).to_be_visible()
    assert all("ERR_FAILED" in complaint for complaint in complaints)
    complaints.clear()


@pytest.mark.parametrize("width", [400, 1024, 1600])
def test_the_bar_fits_its_window(fake: FakeServer, open_page: OpenPage, width: int) -> None:
    """Nothing is wider than the window, and every control is large enough for a finger."""
    page = open_replay(fake, open_page, ended(debate()), width=width)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    for control in page.locator("council-timeline :is(button, label):visible").all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["height"], box["width"]) >= 24
        assert 0 <= box["x"] <= width - box["width"]
