"""On paper, without motion, and in the colours of a system that chooses them itself."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import scenes
from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting
from tests.browser.fake_room import FakeServer
from tests.browser.rooms import overflow, wait_connection, wait_words

pytestmark = pytest.mark.browser

A4 = {"width": 687, "height": 1001}  # Between margins, in CSS pixels.
CONTROLS = "button:not(.phase-toggle), .button, input, select, textarea, dialog, [popover], nav"
SHOWN = (
    "all => all.filter(one => one.checkVisibility({ visibilityProperty: true })).map(one => one.outerHTML)"
)
LIGHT = "document.defaultView.getComputedStyle(document.body).backgroundColor"
SKIPPED = "all => all.filter(one => !one.checkVisibility({ contentVisibilityAuto: true })).length"
CUT = "all => all.filter(one => one.scrollHeight > one.clientHeight + 1 && one.clientHeight > 0).length"
BARE = """all => all
  .filter(one => one.checkVisibility({ visibilityProperty: true }) && getComputedStyle(one).borderTopStyle === 'none')
  .map(one => one.outerHTML)"""


def on_paper(page: Page) -> Page:
    page.emulate_media(media="print")
    page.set_viewport_size(A4)  # type: ignore[arg-type]
    return page


def room(fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting, **more: object) -> Page:
    page = open_page(fake.add(meeting), **more)
    wait_connection(page)
    return page


def long_debate() -> FakeMeeting:
    """One has said more than is shown at first, one is speaking."""
    meeting = FakeMeeting()
    meeting.emit("execution:started", status="running")
    meeting.node("affirmative", "running")
    meeting.say("affirmative", "One line of very many.\n\n" * 60)
    meeting.finish("affirmative")
    meeting.node("affirmative", "completed")
    meeting.node("negative", "running")
    meeting.say("negative", "I am still weighing what was said before me. " * 2)
    return meeting


def test_on_paper_a_meeting_is_to_be_read(fake: FakeServer, open_page: OpenPage) -> None:
    """Light whatever the theme, no controls, as wide as the paper; the verdict, the plan and who was there."""
    page = on_paper(room(fake, open_page, scenes.verdict(), color_scheme="dark"))
    for part in (
        "h1",
        "council-verdict .verdict",
        "council-graph svg.graph",
        "council-members",
        "council-files",
    ):
        expect(page.locator(part).first).to_be_visible()
    assert page.locator(CONTROLS).evaluate_all(SHOWN) == []
    assert page.evaluate(LIGHT) == "rgb(255, 255, 255)"
    assert overflow(page) == 0


def test_on_paper_nothing_is_folded(fake: FakeServer, open_page: OpenPage) -> None:
    """A long message is there to its end, and so is a phase that was folded away on the screen."""
    page = room(fake, open_page, long_debate())
    expect(page.locator(".message[data-folded=true]")).to_have_count(1)
    page.locator(".phase-toggle:visible").first.click()
    on_paper(page)
    assert page.locator(".stage, .message .text").evaluate_all(SKIPPED) == 0
    assert page.locator(".message .text").evaluate_all(CUT) == 0


def test_on_paper_the_lobby_lists_its_meetings(fake: FakeServer, open_page: OpenPage) -> None:
    """Who meets and who met; the form for the next meeting stays on the screen."""
    fake.add(scenes.verdict())
    page = on_paper(open_page(fake.url, color_scheme="dark"))
    expect(page.locator(".lobby-sessions")).to_be_visible()
    expect(page.locator(".lobby-start")).to_be_hidden()
    assert page.locator(CONTROLS).evaluate_all(SHOWN) == []
    assert page.evaluate(LIGHT) == "rgb(255, 255, 255)"
    assert overflow(page) == 0


def test_nothing_moves_for_whom_motion_is_too_much(fake: FakeServer, open_page: OpenPage) -> None:
    """Not even while somebody speaks."""
    page = room(fake, open_page, long_debate(), reduced_motion="reduce")
    wait_words(page, "negative")
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("width", [400, 1280])
def test_in_forced_colours_what_can_be_pressed_has_a_border(
    fake: FakeServer, open_page: OpenPage, width: int
) -> None:
    """For a background that says it is not painted there."""
    page = room(fake, open_page, long_debate(), width=width, forced_colors="active")
    assert page.locator("button, .button").evaluate_all(BARE) == []
    assert overflow(page) == 0
