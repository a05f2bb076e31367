"""Parts of a room that come late: clicks before the script of what was clicked, and scripts that could not be had."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting
from tests.browser.fake_room import FakeServer
from tests.browser.rooms import wait_connection

pytestmark = pytest.mark.browser


def room_without_its_parts(fake: FakeServer, open_page: OpenPage) -> tuple[Page, list[Route]]:
    """A room whose late parts are on their way until the request for them is let through."""
    address = fake.add(FakeMeeting())
    page = open_page(fake.url)
    held: list[Route] = []
    page.route("**/elements/around.js", lambda route: held.append(route))
    with page.expect_request("**/elements/around.js"):
        page.goto(address, wait_until="commit")
    return page, held


def test_a_click_waits_for_its_part(fake: FakeServer, open_page: OpenPage) -> None:
    """A tab that is chosen while its script is on its way is open when the script is there, once."""
    page, held = room_without_its_parts(fake, open_page)
    tab = page.get_by_role("tab", name="Analytics")
    tab.click()
    expect(tab).to_have_attribute("aria-selected", "false")
    held[0].continue_()
    expect(tab).to_have_attribute("aria-selected", "true")


def test_a_click_in_the_menu_waits_too(fake: FakeServer, open_page: OpenPage) -> None:
    """What its buttons do is done by others: until those have come, they are waited for."""
    page, held = room_without_its_parts(fake, open_page)
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    held[0].continue_()
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_what_could_not_be_fetched_comes_with_the_connection(
    fake: FakeServer, open_page: OpenPage, complaints: list[str]
) -> None:
    """A server that died while the page was opened: when it is back the room is whole, though nothing has happened."""
    meeting = FakeMeeting()
    address = fake.add(meeting)
    page = open_page(fake.url)
    page.route("**/elements/around.js", lambda route: route.abort())
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/around.js")):
        page.goto(address)
    wait_connection(page)
    page.unroute("**/elements/around.js")
    meeting.drop_everybody()
    expect(page.locator("council-composer:defined")).to_be_visible()
    complaints[:] = [each for each in complaints if "ERR_FAILED" not in each]
