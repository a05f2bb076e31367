"""One real Chromium for all tests that need a page: Playwright runs once in a process."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first one is Chromium without the browser around it, which starts three times as fast."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = os.environ.get("COUNCIL_TEST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        reason = "no Chromium on this machine: install the package chromium"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()
