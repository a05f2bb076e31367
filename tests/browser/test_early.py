"""Clicks that come before the script of what was clicked."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting
from tests.browser.fake_room import FakeServer

pytestmark = pytest.mark.browser


def test_a_click_waits_for_its_part(fake: FakeServer, open_page: OpenPage) -> None:
    """A tab that is chosen while its script is on its way is open when the script is there, once."""
    address = fake.add(FakeMeeting())
    page = open_page(fake.url)
    held: list[Route] = []
    page.route("**/elements/around.js", lambda route: held.append(route))
    with page.expect_request("**/elements/around.js"):
        page.goto(address, wait_until="commit")
    tab = page.get_by_role("tab", name="Analytics")
    tab.click()
    expect(tab).to_have_attribute("aria-selected", "false")
    held[0].continue_()
    expect(tab).to_have_attribute("aria-selected", "true")
