"""Takes the pictures of README and docs from the running product: ``make screenshots``."""

import shutil
import tempfile
import uuid
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.browser.rooms import article, choose_template, wait_session, wait_words
from tests.support.server import Server

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SIZE = ViewportSize(width=1440, height=900)
SUBJECT = "Should all twelve teams move into one repository?"
OBJECTIVE = "Teams ship sooner, and nobody is woken at night."
DOCUMENT = """# One repository

We move all twelve teams into one repository by March.

## Why

Builds take 40 minutes today; shared caching brings them to 10.
A change to the common library touches nine repositories and takes a week.
Half of last year's incidents began with two versions of one library.

## What it takes

Two people keep the build running. Their time is not in the budget.
Each team moves within one week, with its history.
For a month both places can be written to.

## How we know

The time from merge to release falls below one day by June.
If a build takes more than 15 minutes in May, we stop and go back.
"""
EARLIER = (
    ("quick_decision", "Do we buy the second server this year?"),
    ("council_debate", "Is the office worth its rent?"),
    ("peer_ranking", "Which of the three drafts goes to the board?"),
    ("fact_checked_answer", "How long may we keep the logs of a customer who left?"),
)


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "instance", {"rehearsal_tokens_per_second": 60})
        server.start()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        try:
            _take_all(browser.new_page(viewport=SIZE), server)
        finally:
            browser.close()
            server.stop()


def _take_all(page: Page, server: Server) -> None:
    for template_id, subject in EARLIER:
        _start(server, template_id, subject)
    page.goto(f"{server.url}/meetings/{_start(server, 'deliberate_and_vote', SUBJECT)}")
    _take_room(page)
    wait_session(page, "completed")
    _take_verdict(page)
    _take_replay(page)
    _take_editor(page, server)
    _take_lobby(page, server)


def _start(server: Server, template_id: str, subject: str) -> str:
    session_id = str(uuid.uuid4())
    inputs = {"objective": OBJECTIVE, "documents": [{"name": "proposal.md", "content": DOCUMENT}]}
    body = {"session_id": session_id, "template_id": template_id, "subject": subject, "inputs": inputs}
    server.post("/api/v1/sessions", body).raise_for_status()
    return session_id


def _take_room(page: Page) -> None:
    """Members speak side by side in their second round, what it costs and who spoke when beside them."""
    page.get_by_role("tab", name="Analytics").click()
    for node_id in ("answer_c", "answer_d"):
        wait_words(page, node_id, more_than=380)
        expect(article(page, node_id)).to_have_attribute("data-status", "streaming")
    page.get_by_text("2 turns").nth(3).wait_for()
    page.screenshot(path=IMAGES / "room.png")


def _take_verdict(page: Page) -> None:
    """The ruling, and what it cost."""
    page.locator("council-verdict").evaluate("verdict => verdict.scrollIntoView({ block: 'start' })")
    page.locator("#main").evaluate("pane => pane.scrollBy(0, 72)")
    page.screenshot(path=IMAGES / "verdict.png")


def _take_replay(page: Page) -> None:
    """The same meeting as it stood in its second round, at the passage that was quoted."""
    page.evaluate("location.hash = '#t=8'")
    page.get_by_role("slider", name="Moment of the meeting").wait_for()
    article(page, "opinion_a").locator("a.ref").nth(1).evaluate("link => link.click()")
    page.locator(".lines [data-marked]").first.wait_for()
    page.locator("#follow").click()
    page.screenshot(path=IMAGES / "replay.png")


def _take_editor(page: Page, server: Server) -> None:
    server.post("/api/v1/templates/deliberate_and_vote/copy", {"name": "Our deliberation"}).raise_for_status()
    page.goto(f"{server.url}/templates/our_deliberation/edit")
    page.locator('[data-card="vote"]').click()
    page.locator("#node-name").wait_for()
    page.screenshot(path=IMAGES / "editor.png")


def _take_lobby(page: Page, server: Server) -> None:
    _start(server, "business_plan", "Open a second shop in Lyon?")
    page.goto(server.url)
    choose_template(page, "council_debate")
    page.get_by_label("Subject").fill(SUBJECT)
    page.get_by_label("Subject").blur()
    page.locator("council-estimate [data-part=numbers]").wait_for()
    page.locator("council-running progress").nth(1).wait_for()
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=IMAGES / "lobby.png")


if __name__ == "__main__":
    main()
