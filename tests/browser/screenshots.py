"""Takes the pictures of README and docs from the running product: ``make screenshots``."""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.browser.rooms import choose_template
from tests.support.server import Server

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SUBJECT = "Should all teams move into one repository?"
DOCUMENT = """# One repository

We move all twelve teams into one repository by March.
Builds take 40 minutes today; shared caching brings them to 10.
Two people keep the build running. Their time is not in the budget.
"""


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "instance", {"rehearsal_tokens_per_second": 60})
        server.start()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        try:
            _take_all(browser.new_page(viewport={"width": 1280, "height": 860}), server.url)
        finally:
            browser.close()
            server.stop()


def _take_all(page: Page, url: str) -> None:
    page.goto(url)
    choose_template(page, "council_debate")
    page.get_by_label("Subject").fill(SUBJECT)
    page.get_by_role("textbox", name="Document").fill(DOCUMENT)
    page.screenshot(path=IMAGES / "lobby.png")
    page.get_by_role("button", name="Start").click()
    page.get_by_text("What the document says").first.wait_for(timeout=60_000)
    page.screenshot(path=IMAGES / "room.png")
    page.locator("body[data-session-status=completed]").wait_for(timeout=120_000)
    page.get_by_role("heading", name="Verdict").scroll_into_view_if_needed()
    page.screenshot(path=IMAGES / "verdict.png")


if __name__ == "__main__":
    main()
