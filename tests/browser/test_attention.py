"""The room calls back a reader who looks elsewhere: by its title, its icon, and a notification if that was wanted."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import scenes
from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting
from tests.browser.fake_room import FakeServer
from tests.browser.rooms import wait_connection

pytestmark = pytest.mark.browser
BELL = "Notify me when the meeting waits for me"
WATCHED = """
  globalThis.notices = [];
  globalThis.permission = "%s";
  globalThis.Notification = class {
    static get permission() { return globalThis.permission; }
    static async requestPermission() { return (globalThis.permission = "%s"); }
    constructor(title, options) {
      Object.assign(this, { title, ...options, closed: false });
      globalThis.notices.push(this);
    }
    close() { this.closed = true; }
  };
  Document.prototype.hasFocus = () => globalThis.looked ?? false;
"""


def open_watched(
    fake: FakeServer,
    open_page: OpenPage,
    meeting: FakeMeeting,
    *,
    before: str = "default",
    after: str = "granted",
) -> Page:
    """A room in a window nobody looks at, whose notifications can be read."""
    page = open_page("about:blank")
    page.add_init_script(WATCHED % (before, after))
    page.goto(fake.add(meeting))
    wait_connection(page)
    return page


def notices(page: Page) -> list[dict[str, object]]:
    return page.evaluate(
        "() => globalThis.notices.map(({ title, body, tag, closed }) => ({ title, body, tag, closed }))"
    )


def ask(meeting: FakeMeeting, **changes: object) -> None:
    meeting.emit(
        "human_interaction_required", **scenes.required("question", reason="How many builds?", **changes)
    )


def test_the_title_and_the_icon_say_that_somebody_is_waited_for(
    fake: FakeServer, open_page: OpenPage
) -> None:
    """As long as it is so, in a replay too, and no longer."""
    meeting = FakeMeeting("Shall we ship?")
    page = open_page(fake.add(meeting))
    wait_connection(page)
    expect(page).to_have_title("Shall we ship? – Council")
    ask(meeting)
    expect(page).to_have_title("(!) Waits for you – Shall we ship? – Council")
    expect(page.locator("link[rel=icon]")).to_have_attribute("href", "/static/img/favicon-waits.svg")
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_role("slider", name="Moment of the meeting")).to_be_visible()
    expect(page).to_have_title("(!) Waits for you – Shall we ship? – Council")
    meeting.emit("node_resumed", node_id="review", review_id="r1", action="answer", by="you")
    expect(page).to_have_title("Shall we ship? – Council")
    expect(page.locator("link[rel=icon]")).to_have_attribute("href", "/static/img/favicon.svg")


def test_a_meeting_that_stands_still_by_itself_says_so(fake: FakeServer, open_page: OpenPage) -> None:
    """A pause that a person wanted does not call anybody."""
    meeting = FakeMeeting("Shall we ship?")
    page = open_page(fake.add(meeting))
    wait_connection(page)
    meeting.emit("execution:paused", status="paused", reason="user")
    expect(page.locator("body")).to_have_attribute("data-session-status", "paused")
    expect(page).to_have_title("Shall we ship? – Council")
    meeting.emit("execution:resumed", status="running")
    meeting.emit("execution:paused", status="paused", reason="budget", detail="Not enough.")
    expect(page).to_have_title("(!) Paused – Shall we ship? – Council")


def test_nobody_is_notified_who_has_not_asked_for_it(fake: FakeServer, open_page: OpenPage) -> None:
    """The browser is not even asked for its permission."""
    meeting = FakeMeeting()
    page = open_watched(fake, open_page, meeting, before="granted")
    expect(page.get_by_role("button", name="Pause")).to_be_enabled()  # What could notify is there.
    ask(meeting)
    expect(page.locator("council-question")).to_be_visible()
    assert notices(page) == []


def test_one_notification_for_each_request(fake: FakeServer, open_page: OpenPage) -> None:
    """With a tag, so that two windows show one; the reminder takes its place; an answer takes it away."""
    meeting = FakeMeeting("Shall we ship?")
    page = open_watched(fake, open_page, meeting)
    bell = page.get_by_role("button", name=BELL)
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("You will be notified while this page is open.")).to_be_visible()
    ask(meeting, expires_at="2099-01-01T00:00:00.000Z")
    expect(page.locator("council-question")).to_be_visible()
    assert notices(page) == [{
        "title": "Shall we ship?", "body": "The meeting waits for you.\nHow many builds?", "tag": "council-r1",
        "closed": False,
    }]  # fmt: skip
    meeting.emit(
        "human_interaction_reminder", node_id="review", review_id="r1", expires_at="2099-01-01T00:00:00.000Z"
    )
    expect(page.locator("council-attention")).to_contain_text("Reminder: time left")
    assert [notice["tag"] for notice in notices(page)] == ["council-r1", "council-r1"]
    meeting.emit("human_interaction_expired", node_id="review", review_id="r1", action="reject")
    expect(page.locator("council-attention")).to_contain_text("Nobody came in time.")
    assert notices(page)[-1]["closed"] is True


def test_the_choice_is_remembered(fake: FakeServer, open_page: OpenPage) -> None:
    """By the browser; a second press takes it back."""
    page = open_watched(fake, open_page, FakeMeeting(), before="granted")
    bell = page.get_by_role("button", name=BELL)
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(bell).to_have_attribute("aria-pressed", "true")
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_text("Notifications are off.")).to_be_visible()


def test_a_notification_leads_to_the_form(fake: FakeServer, open_page: OpenPage) -> None:
    """A click shows the tab, and the cursor stands in the form."""
    meeting = FakeMeeting()
    page = open_watched(fake, open_page, meeting, before="granted")
    page.get_by_role("button", name=BELL).click()
    expect(page.get_by_role("button", name=BELL)).to_have_attribute("aria-pressed", "true")
    ask(meeting)
    expect(page.locator("council-question")).to_be_visible()
    page.wait_for_function("() => globalThis.notices.length === 1")
    page.evaluate("() => globalThis.notices[0].onclick()")
    expect(page.get_by_label("Your answer")).to_be_focused()


def test_who_looks_at_the_page_needs_no_notification(fake: FakeServer, open_page: OpenPage) -> None:
    """The form is there to be seen."""
    meeting = FakeMeeting()
    page = open_watched(fake, open_page, meeting, before="granted")
    page.get_by_role("button", name=BELL).click()
    expect(page.get_by_role("button", name=BELL)).to_have_attribute("aria-pressed", "true")
    page.evaluate("() => { globalThis.looked = true; }")
    ask(meeting)
    expect(page.locator("council-question")).to_be_visible()
    assert notices(page) == []


def test_a_browser_that_blocks_notifications_is_named_as_the_reason(
    fake: FakeServer, open_page: OpenPage
) -> None:
    """Nothing is promised that will not come."""
    page = open_watched(fake, open_page, FakeMeeting(), after="denied")
    page.get_by_role("button", name=BELL).click()
    expect(page.get_by_text("The browser blocks notifications from this address")).to_be_visible()
    expect(page.get_by_role("button", name=BELL)).to_have_attribute("aria-pressed", "false")
