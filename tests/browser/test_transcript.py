"""The conversation in sections, long meetings, and jumps: what the transcript itself has to keep."""

import json
import re
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting
from tests.browser.fake_room import FakeServer
from tests.browser.rooms import article, wait_connection
from tests.browser.scenes import two_rounds
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser

LONG = 150  # More messages than a page begins with.
HELD_CHARACTERS = (
    "[...document.querySelectorAll('article .text')].reduce((sum, text) => sum + text.textContent.length, 0)"
)
HEAVY = 110  # Messages, of a page of a book each, twice: as words and as HTML.
HEADINGS = "titles => titles.map((title) => title.textContent.trim())"


def headings(page: Page) -> list[str]:
    """The sections' headings that are shown, in order."""
    shown: list[str] = page.locator("council-transcript h2.phase-title:visible").evaluate_all(HEADINGS)
    return shown


def long_meeting(status: str = "running") -> FakeMeeting:
    """The affirmative speaks again and again, round after round."""
    meeting = FakeMeeting()
    for number in range(1, LONG + 1):
        message_id = f"m{number}"
        meeting.emit("node_state_change", node_id="affirmative", status="running", round=number)
        meeting.say("affirmative", f"Words of turn {number}.", message_id=message_id)
        meeting.finish("affirmative", message_id=message_id, html=f"<p>Words of turn {number}.</p>")
    if status != "running":
        meeting.emit(f"execution:{status}", status=status)
    return meeting


def test_phases_and_rounds_have_headings(fake: FakeServer, open_page: OpenPage) -> None:
    """A fan-out by its own name, a step that stands alone by its own, and each later round says which it is."""
    page = open_page(fake.add(two_rounds()))
    wait_connection(page)
    expect(page.locator("council-transcript [data-kind=ballot]")).to_have_count(2)
    shown = headings(page)
    opinions = [heading for heading in shown if heading.startswith("Opinions")]
    assert opinions == ["Opinions", "Opinions, round 2"]
    assert shown.index("Opinions") < shown.index("Sealed ballots") < shown.index("Opinions, round 2")
    assert "Sealed ballots, round 2" in shown
    levels = page.locator("council-transcript :is(h1, h2, h3, h4):visible").evaluate_all(
        "titles => titles.map((title) => Number(title.tagName[1]))"
    )
    assert levels[0] == 2
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_a_section_folds_by_keyboard_and_a_jump_opens_it(fake: FakeServer, open_page: OpenPage) -> None:
    """Enter on its heading folds and unfolds it; whoever is sent into it finds it open."""
    page = open_page(fake.add(two_rounds()))
    wait_connection(page)
    toggle = page.get_by_role("button", name="Opinions", exact=True)
    first = page.locator('article[data-message-id="m-affirmative-1"]')
    toggle.focus()
    page.keyboard.press("Enter")
    expect(toggle).to_have_attribute("aria-expanded", "false")
    expect(first).not_to_be_in_viewport()
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('jump', {detail: {message_id: 'm-affirmative-1'}}))"
    )
    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(first).to_be_in_viewport()


def test_a_jump_to_a_node_goes_to_its_newest_words(fake: FakeServer, open_page: OpenPage) -> None:
    """Of several turns of a node the last one is marked, and has the focus."""
    page = open_page(fake.add(two_rounds()))
    wait_connection(page)
    expect(page.locator("article")).to_have_count(4)
    page.evaluate("document.dispatchEvent(new CustomEvent('jump', {detail: {node_id: 'negative'}}))")
    marked = page.locator("article[data-flash]")  # One alone, and looked at first: the mark goes soon.
    expect(marked).to_have_attribute("data-message-id", "m-negative-2")
    expect(page.locator("article:focus")).to_have_attribute("data-message-id", "m-negative-2")


@pytest.mark.parametrize("status", ["running", "completed"])
def test_a_long_meeting_is_all_there_a_moment_later(
    fake: FakeServer, open_page: OpenPage, status: str
) -> None:
    """It begins with one end, the newest while it runs; then everything stands in its order, each word once."""
    meeting = long_meeting(status)
    page = open_page(fake.add(meeting))
    wait_connection(page)
    expect(page.locator("#rest")).to_be_hidden(timeout=30_000)
    said = [f"Words of turn {number}." for number in range(1, LONG + 1)]
    texts = page.locator("article [data-part=text]")
    wait_until(
        lambda: [text.strip() for text in texts.all_text_contents()] == said, what="all words in order"
    )
    if status == "running":
        meeting.say("negative", "I disagree.")
        expect(article(page, "negative")).to_be_in_viewport()
    assert headings(page)[-1] == f"Opening, round {LONG}"


def test_what_could_not_be_fetched_is_asked_for_again(
    fake: FakeServer, open_page: OpenPage, complaints: list[str]
) -> None:
    """The page says how much is missing, and its button fetches it."""
    url = fake.add(long_meeting())
    page = open_page("about:blank")
    page.route("**/messages?*", lambda route: route.abort())
    page.goto(url)
    expect(page.locator("#rest")).to_contain_text("54 more messages could not be fetched.", timeout=30_000)
    page.unroute("**/messages?*")
    page.locator("#rest").get_by_role("button", name="Try again").click()
    expect(page.locator("article")).to_have_count(LONG, timeout=30_000)
    del complaints[:]  # The browser itself notes what it could not fetch.


def heavy_meeting() -> FakeMeeting:
    """More words than a page holds, turn after turn."""
    meeting = FakeMeeting()
    for number in range(1, HEAVY + 1):
        heavy_turn(meeting, number)
    return meeting


def heavy_turn(meeting: FakeMeeting, number: int) -> None:
    message_id, words = f"m{number}", f"Turn {number}. " + "Cost before speed. " * 350
    meeting.emit("node_state_change", node_id="affirmative", status="running", round=number)
    meeting.say("affirmative", words, message_id=message_id)
    meeting.finish("affirmative", message_id=message_id, html=f"<p>{words}</p>")


def words_of(page: Page, number: int) -> Locator:
    return page.locator(f'article[data-message-id="m{number}"] [data-part=text]')


def test_words_far_from_the_reader_go_and_come_back(fake: FakeServer, open_page: OpenPage) -> None:
    """A very long meeting: the page holds what is near; the rest keeps its place, and is back when one comes to it."""
    meeting = heavy_meeting()
    page = open_page(fake.add(meeting))
    wait_connection(page)
    expect(page.locator("#rest")).to_be_hidden(timeout=30_000)
    expect(words_of(page, 1)).to_be_empty(timeout=30_000)
    expect(words_of(page, HEAVY)).to_contain_text("Cost before speed.")
    wait_until(lambda: page.evaluate(HELD_CHARACTERS) < 520_000, what="fewer words on the page")
    assert page.evaluate(HELD_CHARACTERS) > 300_000
    for number in range(HEAVY + 1, 2 * HEAVY + 1):  # Nobody sees these grow: each comes whole.
        heavy_turn(meeting, number)
    expect(words_of(page, HEAVY - 5)).to_be_empty(timeout=30_000)
    expect(words_of(page, HEAVY + 5)).to_be_empty(timeout=30_000)
    height = page.locator("#main").evaluate("pane => pane.scrollHeight")
    page.evaluate("document.dispatchEvent(new CustomEvent('jump', {detail: {message_id: 'm1'}}))")
    expect(words_of(page, 1)).to_contain_text("Turn 1. Cost")
    expect(words_of(page, 1)).to_be_in_viewport()
    expect(page.locator(".stage:has(#message-m1)")).not_to_have_attribute("style", re.compile("block-size"))
    assert page.locator("#main").evaluate("pane => pane.scrollHeight") == pytest.approx(height, rel=0.2)


def test_words_that_were_scrolled_past_go_again(fake: FakeServer, open_page: OpenPage) -> None:
    """From one end to the other and back: the page does not keep what it fetched on the way."""
    page = open_page(fake.add(heavy_meeting()))
    expect(words_of(page, 1)).to_be_empty(timeout=30_000)
    for number in (1, HEAVY, 1, HEAVY):
        page.evaluate(
            f"document.dispatchEvent(new CustomEvent('jump', {{detail: {{message_id: 'm{number}'}}}}))"
        )
        expect(words_of(page, number)).to_contain_text(f"Turn {number}. Cost")
    expect(words_of(page, 1)).to_be_empty(timeout=30_000)
    wait_until(lambda: page.evaluate(HELD_CHARACTERS) < 520_000, what="fewer words on the page")


def test_words_that_cannot_be_fetched_are_asked_for_until_they_come(
    fake: FakeServer, open_page: OpenPage, complaints: list[str]
) -> None:
    """The row says that it waits, and nobody has to press anything."""
    page = open_page(fake.add(heavy_meeting()))
    expect(words_of(page, 1)).to_be_empty(timeout=30_000)
    page.route("**/messages?*", lambda route: route.abort())
    page.evaluate("document.dispatchEvent(new CustomEvent('jump', {detail: {message_id: 'm1'}}))")
    row = page.locator(".stage:has(#message-m1)")
    expect(row).to_have_attribute("aria-busy", "true")
    expect(words_of(page, 1)).to_be_empty()
    page.unroute("**/messages?*")
    expect(words_of(page, 1)).to_contain_text("Turn 1. Cost", timeout=10_000)
    expect(row).not_to_have_attribute("aria-busy", "true")
    del complaints[:]  # The browser itself notes what it could not fetch.


def test_a_meeting_goes_back_and_on_again(fake: FakeServer, open_page: OpenPage) -> None:
    """A replay shows what stood there then: nobody who spoke later, no word too many, and all of it at the end."""
    meeting = FakeMeeting()
    for node_id in ("affirmative", "negative"):
        meeting.say(node_id, "First words")
        meeting.say(node_id, ", and more.")
        meeting.finish(node_id, html="<p>First words, <em>and more.</em></p>")
    meeting.log = [
        json.dumps(json.loads(frame) | {"timestamp": f"2026-11-21T05:00:{second:02}.000Z"})
        for second, frame in enumerate(meeting.log)
    ]
    page = open_page(f"{fake.add(meeting)}#t=0")
    wait_connection(page)
    slider = page.get_by_role("slider", name="Moment of the meeting")
    expect(slider).to_be_enabled()
    slider.press("Home")
    expect(page.locator("article")).to_have_count(1)
    expect(article(page, "affirmative").locator("[data-part=text]")).to_have_text("First words")
    slider.press("End")
    expect(page.locator("article em")).to_have_count(2)


def test_without_scripts_the_whole_meeting_is_one_link_away(fake: FakeServer, open_page: OpenPage) -> None:
    """The newest messages are painted, and an address with all of them."""
    page = open_page(fake.add(long_meeting()), java_script_enabled=False)
    expect(page.locator("article")).to_have_count(96)
    page.get_by_role("link", name="The whole meeting on one page").click()
    expect(page.locator("article")).to_have_count(LONG, timeout=30_000)
