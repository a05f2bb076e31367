"""WCAG 2.2 AA as far as a program can tell, by axe-core, on every screen, in both themes and both languages."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.rooms import overflow, wait_connection, wait_session
from tests.support.server import Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser
Serve = Callable[..., Server]

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [("light", "en", 1280), ("dark", "zh-CN", 1280), ("light", "zh-CN", 400), ("dark", "en", 400)]
DOCUMENT = "# One repository\n\nWe move all twelve teams by March 2026.\nBuilds take 40 minutes today.\n"
PLAIN = (
    "/",
    "/templates",
    "/templates/code_review/edit",
    "/agents",
    "/groups",
    "/nowhere/at/all",
    "/meetings/none",
)


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.exists():
        reason = "axe-core is missing: run npm ci"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return AXE.read_text("utf-8")


def faults(page: Page, axe: str) -> list[str]:
    """Each fault with the element it is at; [] when axe finds none."""
    wait_until(lambda: page.evaluate("document.fonts.status") == "loaded", what="fonts")
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate(
        "async (tags) => (await axe.run(document, {runOnly: tags, resultTypes: ['violations']})).violations",
        RULES,
    )
    return [
        f"{fault['id']} at {each['target']}: {each['failureSummary']}"
        for fault in found
        for each in fault["nodes"]
    ]


def look(open_page: OpenPage, url: str, theme: str, language: str, width: int) -> Page:
    page = open_page(url, width=width, color_scheme=theme, reduced_motion="reduce", locale=language)
    assert page.locator("html").get_attribute("lang") == language
    return page


def start(server: Server, template_id: str) -> str:
    """A meeting's id."""
    body = {
        "template_id": template_id,
        "subject": "Shall all teams move into one repository?",
        "inputs": {"documents": [{"name": "plan.md", "content": DOCUMENT}]},
    }
    session_id: str = server.post("/api/v1/sessions", body).json()["session_id"]
    return session_id


@pytest.mark.parametrize(("theme", "language", "width"), LOOKS)
def test_pages_have_no_fault(
    serve: Serve, open_page: OpenPage, axe: str, complaints: list[str], theme: str, language: str, width: int
) -> None:
    """Lobby, templates, editor, agents, groups, and what stands where nothing is."""
    server = serve(rehearsal_tokens_per_second=0)
    start(server, "council_debate")
    found: list[str] = []
    for path in PLAIN:
        page = look(open_page, server.url + path, theme, language, width)
        page.wait_for_load_state("networkidle")
        found += [f"{path}: {fault}" for fault in faults(page, axe)]
        found += [f"{path} is {overflow(page)} px too wide"] if overflow(page) else []
        page.close()
    assert found == []
    complaints[:] = [each for each in complaints if "404" not in each]


@pytest.mark.parametrize(("theme", "language", "width"), LOOKS)
def test_a_room_has_no_fault(
    serve: Serve, open_page: OpenPage, axe: str, theme: str, language: str, width: int
) -> None:
    """While a person is asked, and after the verdict, with ballots, facts and a changed file in it."""
    server = serve(rehearsal_tokens_per_second=0)
    session_id = start(server, "quick_decision")
    page = look(open_page, f"{server.url}/meetings/{session_id}", theme, language, width)
    wait_connection(page)
    expect(page.locator("council-review")).to_be_visible()
    assert faults(page, axe) == []
    page.locator("council-review [data-action=approve]").click()
    wait_session(page, "completed")
    expect(page.locator("council-verdict .verdict")).to_be_visible()
    assert faults(page, axe) == []
    assert overflow(page) == 0
