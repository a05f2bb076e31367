"""A meeting as people see it: real server, real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.rooms import (
    OPINIONS,
    article,
    log_of,
    overflow,
    said_in_log,
    start_meeting,
    text_of,
    wait_connection,
    wait_session,
    wait_words,
)
from tests.support.model_server import ScriptedModelServer
from tests.support.server import Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=1</script> [a](javascript:alert(1)) **bold**'
Serve = Callable[..., Server]


def test_from_the_lobby_to_the_verdict(serve: Serve, open_page: OpenPage) -> None:
    """Start, two members side by side while both speak, the chair, the verdict."""
    server = serve(rehearsal_tokens_per_second=120)
    page = open_page(server.url)
    session_id = start_meeting(page, document="The plan is to ship on Friday.")
    left, right = wait_until(lambda: places_while_all_speak(page), what="both speaking at the same time")
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] < right["x"]

    wait_session(page, "completed")
    verdict = page.locator("council-verdict")
    expect(verdict.get_by_role("heading", name="Verdict")).to_be_visible()
    score = server.get(f"/api/v1/sessions/{session_id}")["verdict"]["score"]
    assert abs(int(verdict.locator('[data-part="total"]').inner_text()) - score) <= 0.5
    expect(page.locator("[data-node]:not([data-status=completed])")).to_have_count(0)
    assert page.locator('[data-total="tokens"]').inner_text() != "0"
    expect(page.locator('[data-total="cost"]')).to_have_text("rehearsal")
    for name in ("Pause", "Resume", "Stop", "Send"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)


def places_while_all_speak(page: Page) -> list[dict[str, float]] | None:
    """Where the members' messages stand while each has said some words and goes on, in the plan too, all at one
    moment: the conversation scrolls while they speak, and soon one has ended."""
    found: list[dict[str, float]] | None = page.evaluate(
        """nodes => {
            const messages = nodes.map((node) => document.querySelector(`article[data-node-id=${node}]`));
            const speaks = (message) => message?.dataset.status === "streaming"
                && message.querySelector("[data-part=text]").textContent.length > 40;
            const runs = (node) => document.querySelector(`[data-node=${node}]`).dataset.status === "running";
            if (!messages.every(speaks) || !nodes.every(runs)) return null;
            return messages.map((message) => message.getBoundingClientRect().toJSON());
        }""",
        list(OPINIONS),
    )
    return found


def test_a_reload_in_mid_sentence_goes_on_where_it_was(serve: Serve, open_page: OpenPage) -> None:
    """What stands in the page after a reload and to the end is what the log says, no word twice or missing."""
    server = serve(rehearsal_tokens_per_second=60)
    page = open_page(server.url)
    session_id = start_meeting(page)
    wait_words(page, "affirmative")
    before = text_of(page, "affirmative")
    page.reload()
    assert text_of(page, "affirmative").startswith(before)
    wait_connection(page)
    page.get_by_role("button", name="Pause").click()
    wait_session(page, "paused")
    for node_id in OPINIONS:
        said = said_in_log(log_of(server, session_id), node_id)
        wait_until(
            lambda node_id=node_id, said=said: text_of(page, node_id) == said, what="the page as the log"
        )
    page.reload()
    for node_id in OPINIONS:
        assert text_of(page, node_id) == said_in_log(log_of(server, session_id), node_id)


def test_pause_resume_and_stop_by_their_buttons(serve: Serve, open_page: OpenPage) -> None:
    """Each takes effect, nobody speaks in a pause, in the plan neither, and what was said at a stop is kept and
    marked cut; then nothing is called live."""
    server = serve(rehearsal_tokens_per_second=60)
    page = open_page(server.url)
    session_id = start_meeting(page)
    wait_words(page, "negative")

    page.get_by_role("button", name="Pause").click()
    wait_session(page, "paused")
    said = said_in_log(log_of(server, session_id), "negative")
    wait_until(lambda: text_of(page, "negative") == said, what="the page as the log")
    elapsed = page.locator('[data-total="elapsed"]').inner_text()
    page.wait_for_timeout(1200)  # Longer than the clock's tick: it must stand still.
    assert page.locator('[data-total="elapsed"]').inner_text() == elapsed
    assert text_of(page, "negative") == said
    expect(page.locator('.graph-node[data-node="negative"]')).to_have_attribute("data-status", "suspended")
    expect(page.locator(".link-state")).to_be_visible()

    page.get_by_role("button", name="Resume").click()
    wait_session(page, "running")
    expect(page.locator('.graph-node[data-node="negative"]')).to_have_attribute("data-status", "running")
    wait_words(page, "negative", more_than=len(said))

    page.get_by_role("button", name="Stop").click()
    page.get_by_role("dialog").get_by_role("button", name="Go on").click()
    wait_session(page, "running")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    wait_session(page, "cancelled")
    expect(article(page, "negative")).to_have_attribute("data-status", "cut")
    assert text_of(page, "negative") != ""
    expect(page.locator("council-composer")).to_be_hidden()
    expect(page.locator(".link-state")).to_be_hidden()


def test_what_a_person_says_is_sent_once_and_read(serve: Serve, open_page: OpenPage) -> None:
    """Shift+Enter is a new line, Enter sends, the box is empty after the ack, and receipts name who read it."""
    page = open_page(serve(rehearsal_tokens_per_second=60).url)  # The chair has not begun when it is sent.
    start_meeting(page)
    box = page.get_by_label("Say something to the members")
    box.press_sequentially("Mind the cost")
    box.press("Shift+Enter")
    box.press_sequentially("and the date")
    assert box.input_value() == "Mind the cost\nand the date"
    box.press("Enter")
    mine = page.locator('article[data-role="user"]')
    expect(mine).to_have_count(1)
    expect(mine.locator('[data-part="text"]')).to_have_text("Mind the cost\nand the date")
    expect(box).to_have_value("")
    wait_session(page, "completed")
    expect(mine.locator('[data-part="read"]')).to_contain_text("Read by")
    expect(mine).to_have_count(1)


def test_two_browsers_see_the_same(serve: Serve, open_page: OpenPage) -> None:
    """One starts, another joins late; both see every word, and a pause by one is a pause for both."""
    page = open_page(serve(rehearsal_tokens_per_second=60).url)
    start_meeting(page)
    wait_words(page, "affirmative")
    other = open_page(page.url)
    wait_connection(other)
    other.get_by_role("button", name="Pause").click()
    for window in (page, other):
        wait_session(window, "paused")
    for node_id in OPINIONS:
        wait_until(
            lambda node_id=node_id: text_of(page, node_id) == text_of(other, node_id), what="the same words"
        )
    page.get_by_role("button", name="Resume").click()
    wait_session(other, "running")


def test_a_server_that_dies_and_comes_back(serve: Serve, open_page: OpenPage, complaints: list[str]) -> None:
    """The page says that it reconnects, keeps what was typed, and goes on by itself after the restart."""
    server = serve(rehearsal_tokens_per_second=60)
    page = open_page(server.url)
    session_id = start_meeting(page)
    wait_words(page, "affirmative")
    page.wait_for_load_state("networkidle")  # What the page fetches later is there.
    server.kill()
    wait_connection(page, "reconnecting")
    box = page.get_by_label("Say something to the members")
    box.fill("Are you there?")
    box.press("Enter")
    expect(page.locator("council-composer")).to_contain_text("Not connected")
    expect(box).to_have_value("Are you there?")

    server.start()
    wait_connection(page)
    box.press("Enter")
    expect(box).to_have_value("")
    expect(page.locator('article[data-role="user"]')).to_have_count(1)
    page.get_by_role("button", name="Pause").click()
    wait_session(page, "paused")
    shown = page.locator("article").evaluate_all("articles => articles.map((one) => one.dataset.messageId)")
    known = [message["message_id"] for message in server.get(f"/api/v1/sessions/{session_id}")["messages"]]
    assert len(shown) == len(set(shown))
    assert set(shown) <= set(known)
    del complaints[:]  # The browser itself notes each attempt that found nobody.


def test_a_models_words_are_only_words(serve: Serve, open_page: OpenPage) -> None:
    """Markup from a model, while it streams, when it is done and after a reload, is text and never runs."""
    with ScriptedModelServer(models=("scripted",)) as models:
        for _ in range(4):
            models.reply(HOSTILE)
        server = serve(llm_base_url=models.url, llm_model="scripted")
        page = open_page(server.url)
        start_meeting(page, subject=HOSTILE)
        for round_of in ("live", "reloaded"):
            wait_until(lambda: article(page, "affirmative").get_attribute("data-status") == "completed")
            assert "<script>document.title=1</script>" in text_of(page, "affirmative"), round_of
            assert page.locator("article :is(img, script), article a[href^=javascript]").count() == 0, (
                round_of
            )
            assert page.title() != "1", round_of
            page.reload()


def test_a_meeting_that_does_not_exist_is_said_so(
    serve: Serve, open_page: OpenPage, complaints: list[str]
) -> None:
    """A page of its own with status 404 and a way back."""
    server = serve()
    page = open_page(f"{server.url}/meetings/00000000-0000-4000-8000-000000000000")
    expect(page.get_by_role("heading", name="Nobody is meeting here.")).to_be_visible()
    page.get_by_role("link", name="To all meetings").click()
    expect(page.get_by_label("Subject")).to_be_visible()
    complaints[:] = [complaint for complaint in complaints if "404" not in complaint]


TOPS = """ids => ids.map((id) => document
  .querySelector(`article[data-node-id="${id}"]`).getBoundingClientRect().top)"""


@pytest.mark.parametrize(
    ("width", "scheme"), [(400, "dark"), (400, "light"), (1024, "light"), (1600, "dark")]
)
def test_every_width_and_both_themes(serve: Serve, open_page: OpenPage, width: int, scheme: str) -> None:
    """Nothing is wider than its window; at 400 px members stand one above the other; dark is dark."""
    page = open_page(serve(rehearsal_tokens_per_second=0).url, width=width, color_scheme=scheme)
    assert overflow(page) == 0
    start_meeting(page, document="word " * 200, subject="Averyveryverylongwordwithoutanyplacetobreakit" * 3)
    wait_session(page, "completed")
    assert overflow(page) == 0
    tops = page.evaluate(TOPS, list(OPINIONS))  # All at one moment: the page may be scrolling.
    assert len(set(tops)) == (2 if width == 400 else 1)
    lightness = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/)[0]")
    assert (float(lightness) < 0.5) == (scheme == "dark")
