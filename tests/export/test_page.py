"""The HTML export in a real Chromium, opened from a file: one can read it, and watch the meeting again."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.rooms import wait_session
from tests.export.conftest import Hold, export
from tests.support.meetings import Meeting, ruling
from tests.support.model_server import Reply
from tests.support.panel import Panel
from tests.support.server import Server

pytestmark = pytest.mark.browser
Show = Callable[..., Page]


@pytest.fixture
def show(open_page: OpenPage, tmp_path: Path) -> Show:
    """Opens the export of a meeting from a file; it asks for nothing else."""

    def show(meeting: Meeting, *, lang: str = "en", **window: object) -> Page:
        path = tmp_path / "export.html"
        path.write_bytes(export(meeting, "html", lang=lang))
        page = open_page("about:blank", **window)
        page.on("request", lambda request: expect_file(request.url))
        page.goto(path.as_uri())
        return page

    def expect_file(url: str) -> None:
        assert url.startswith("file:"), url

    return show


@pytest.fixture
def meeting(hold: Hold) -> Meeting:
    return hold(
        "deliberate_and_vote", Panel(stances={"member_a": ("against", "for")}, votes={"member_d": "no"})
    )


def scrub(page: Page, share: float) -> None:
    """Move the slider to this share of the meeting."""
    slider = page.get_by_label("Moment")
    slider.evaluate(
        """(slider, share) => { slider.value = slider.max * share; slider.dispatchEvent(new Event("input")); }""",
        share,
    )


def test_from_the_room(serve: Callable[..., Server], open_page: OpenPage) -> None:
    """The room offers each format that this server can make, and the browser keeps the file under its name."""
    server = serve(rehearsal_tokens_per_second=0)
    body = {"template_id": "council_debate", "subject": "Shall we?"}
    session_id = server.post("/api/v1/sessions", body).json()["session_id"]
    page = open_page(f"{server.url}/meetings/{session_id}")
    wait_session(page, "completed")
    for label, extension in (("Markdown", "md"), ("Web page with replay", "html"), ("PDF", "pdf")):
        page.get_by_role("button", name="More", exact=True).click()
        with page.expect_download() as kept:
            page.get_by_role("link", name=label).click()
        assert kept.value.suggested_filename.endswith(f"-Shall-we.{extension}")
        page.keyboard.press("Escape")


def test_it_shows_the_meeting(show: Show, meeting: Meeting) -> None:
    """Opened, it shows the verdict and every message as it was set, without a move."""
    page = show(meeting)
    expect(page).to_have_title("One repository for all teams?")
    expect(page.get_by_role("heading", name="Verdict", exact=True)).to_be_visible()
    messages = [message["message_id"] for message in meeting.snapshot["messages"]]
    for message_id in messages:
        expect(
            page.locator(f'[data-key="{message_id}"] .text, [data-key="{message_id}"] .plain').first
        ).to_be_attached()


def test_it_plays_to_the_end(show: Show, meeting: Meeting) -> None:
    """Played, it begins with nothing, and at its end stands the verdict."""
    page = show(meeting)
    verdict = page.locator('[data-key="verdict"]')
    scrub(page, 0)
    expect(verdict).to_be_hidden()
    page.get_by_label("Speed").select_option("20")
    page.get_by_role("button", name="Play").click()
    expect(page.locator("#player")).to_have_attribute("data-state", "ended")
    expect(verdict).to_be_visible()
    expect(page.locator("[data-key]:visible")).to_have_count(page.locator("[data-key]").count())


def test_a_moment_of_it(show: Show, meeting: Meeting) -> None:
    """At a moment in between, a message stands as far as it was said, and a ballot is sealed until it is closed."""
    page = show(meeting)
    opened, closed = (
        next(e for e in meeting.events if e["event"] == name) for name in ("ballot_opened", "ballot_closed")
    )
    ballot = page.locator(f'[data-key="{opened["data"]["ballot_id"]}"]')
    assert closed["seq"] > opened["seq"]
    states = set()
    for step in range(101):
        scrub(page, step / 100)
        states.add((ballot.is_visible(), ballot.locator("[data-result]").is_visible()))
    assert (False, False) in states
    assert (True, True) in states
    assert (False, True) not in states


def test_growing_text(show: Show, hold: Hold) -> None:
    """While it is said a message is plain text that grows; when it is whole it stands as it was set."""
    said = "**Whole** words 😀 and more of them, said slowly. " * 20

    def slowly(_request: object) -> Reply:
        return Reply(said, chunk_size=60, delay_seconds=0.01)

    meeting = hold("council_debate", slowly)
    page = show(meeting)
    first = meeting.messages("affirmative")[0]
    article = page.locator(f'[data-key="{first["message_id"]}"]')
    lengths = []
    for step in range(60):
        scrub(page, step / 60)
        growing = article.locator(".growing")
        if growing.count():
            shown = growing.inner_text()
            assert said.startswith(shown)
            lengths.append(len(shown))
    assert lengths == sorted(lengths)
    assert len(set(lengths)) > 3
    page.get_by_role("button", name="Show all").click()
    expect(article.locator(".text strong").first).to_have_text("Whole")


def test_references_lead_to_the_document(show: Show, meeting: Meeting) -> None:
    """A reference leads to the lines of the document in the same file."""
    page = show(meeting)
    page.get_by_role("link", name="[Ref: L4]").first.click()
    expect(page.locator("li:target")).to_have_text("Builds take 40 minutes today.")
    expect(page.locator("li:target")).to_be_in_viewport()


def test_rounds_of_a_loop(show: Show, hold: Hold) -> None:
    """With a verdict in each round, the one that stands appears when the last was given."""
    panel = Panel(rulings=(ruling(60, 60, 60), ruling(95, 95, 95, word="pass")))
    page = show(hold("council_optimize", panel, says=("continue", "skip")))
    expect(page.get_by_role("heading", name="Round 2", exact=True)).to_be_visible()
    scrub(page, 0.3)
    expect(page.locator('[data-key="verdict"]')).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1024, 1600])
def test_it_fits(show: Show, meeting: Meeting, width: int, scheme: str) -> None:
    """Nothing is wider than its window; targets are large enough; keys reach the player."""
    page = show(meeting, width=width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for button in page.locator("#player button, #player select, #player input").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 24
    page.get_by_role("button", name="Play").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#player")).to_have_attribute("data-state", re.compile("playing|ended"))


def test_in_chinese(show: Show, meeting: Meeting) -> None:
    """The page says in which language it is."""
    assert show(meeting, lang="zh-CN").locator("html").get_attribute("lang") == "zh-CN"


def test_it_prints(show: Show, meeting: Meeting) -> None:
    """On paper there is no player, and the whole meeting."""
    page = show(meeting)
    page.emulate_media(media="print")
    expect(page.locator("#player")).to_be_hidden()
    expect(page.locator('[data-key="verdict"]')).to_be_visible()
