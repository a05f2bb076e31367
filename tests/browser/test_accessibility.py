"""WCAG 2.2 AA as far as a program can tell, by axe-core, on every screen, in both themes and both languages."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.rooms import overflow, wait_connection, wait_session
from tests.support.server import Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [("light", "en", 1280), ("dark", "zh-CN", 400)]
DOCUMENT = "# One repository\n\nWe move all twelve teams by March 2026.\nBuilds take 40 minutes today.\n"
PLAIN = ("/templates", "/templates/code_review/edit", "/groups", "/nowhere/at/all", "/meetings/none")


@dataclass(frozen=True)
class House:
    """A server where people have met: a meeting that is over, a group that held it, a template of their own."""

    server: Server
    over: str
    group_id: str
    template_id: str

    @property
    def url(self) -> str:
        return self.server.url


class Watch:
    """Notes each fault of a page with where it was found."""

    def __init__(self, page: Page, axe: str) -> None:
        self.page = page
        self.found: list[str] = []
        self._axe = axe

    def look(self, where: str) -> None:
        """Also notes when the page is wider than its window."""
        page = self.page
        wait_until(lambda: page.evaluate("document.fonts.status") == "loaded", what="fonts")
        if not page.evaluate("'axe' in window"):
            page.evaluate(self._axe)
        found: list[dict[str, Any]] = page.evaluate(
            "async (tags) => (await axe.run(document, {runOnly: tags, resultTypes: ['violations']})).violations",
            RULES,
        )
        self.found += [
            f"{where}: {fault['id']} at {each['target']}: {each['failureSummary']}"
            for fault in found
            for each in fault["nodes"]
        ]
        if overflow(page):
            self.found.append(f"{where}: {overflow(page)} px too wide")


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.exists():
        reason = "axe-core is missing: run npm ci"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return AXE.read_text("utf-8")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    server = Server(
        tmp_path_factory.mktemp("house") / "instance", {"rehearsal_tokens_per_second": 0}, forked=True
    )
    server.start()
    try:
        group_id = server.post("/api/v1/groups", {"name": "Platform team"}).json()["group_id"]
        note = {"title": "Queue", "content": "It lost tasks in the spring."}
        server.post(f"/api/v1/groups/{group_id}/knowledge", note).raise_for_status()
        over = start(server, "deliberate_and_vote", group_id=group_id)
        wait_until(lambda: server.get(f"/api/v1/sessions/{over}")["status"] == "completed", what="the end")
        copy = server.post("/api/v1/templates/deliberate_and_vote/copy", {"name": "Our deliberation"})
        yield House(server, over, group_id, copy.json()["template_id"])
    finally:
        server.stop()


@pytest.fixture(params=LOOKS, ids=lambda look: "-".join(map(str, look)))
def watch(request: pytest.FixtureRequest, house: House, open_page: OpenPage, axe: str) -> Watch:
    """One window in one look."""
    theme, language, width = request.param
    page = open_page(house.url, width=width, color_scheme=theme, reduced_motion="reduce", locale=language)
    assert page.locator("html").get_attribute("lang") == language
    return Watch(page, axe)


def start(server: Server, template_id: str, **more: object) -> str:
    """A meeting's id."""
    body = {
        "template_id": template_id,
        "subject": "Shall all teams move into one repository?",
        "inputs": {"documents": [{"name": "plan.md", "content": DOCUMENT}]},
        **more,
    }
    session_id: str = server.post("/api/v1/sessions", body).json()["session_id"]
    return session_id


def turn_to(page: Page, pane: str) -> None:
    """Where only one pane is shown at a time, to this one."""
    switch = page.locator(f"[data-switch={pane}]")
    if switch.is_visible():
        switch.click()


def enter(page: Page, house: House, session_id: str, at: str = "") -> None:
    page.goto(f"{house.url}/meetings/{session_id}{at}")
    wait_connection(page)


def unfold(page: Page) -> None:
    """Axe takes a link in the hidden half of a folded message for one that lies on top of the button below."""
    folded = page.locator("[data-act=fold][aria-expanded=false]:visible")
    for left in reversed(range(folded.count())):
        folded.first.click()
        expect(folded).to_have_count(left)


def close(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_pages_have_no_fault(house: House, watch: Watch, complaints: list[str]) -> None:
    """The lists of what there is, the editor of a template that stays as it is, and where nothing is."""
    page = watch.page
    for path in PLAIN:
        page.goto(house.url + path)
        page.wait_for_load_state("networkidle")
        watch.look(path)
    assert watch.found == []
    complaints[:] = [each for each in complaints if "404" not in each]


def test_the_lobby_has_no_fault(house: House, watch: Watch) -> None:
    """With past meetings, and while one of them may be deleted."""
    page = watch.page
    past = page.locator("council-past .session").first
    expect(past.locator(".status")).not_to_be_empty()
    page.wait_for_load_state("networkidle")
    watch.look("lobby")
    past.locator("[data-part=delete]").click()
    expect(page.locator("dialog[open]")).to_be_visible()
    watch.look("deleting a meeting")
    assert watch.found == []


def test_the_editor_has_no_fault(house: House, watch: Watch) -> None:
    """With a node selected, with the YAML open, as a list, and while a node is added."""
    page = watch.page
    page.goto(f"{house.url}/templates/{house.template_id}/edit")
    page.locator("[data-card=vote]").click()
    expect(page.locator("#node-name")).to_be_visible()
    watch.look("node selected")
    page.locator("[data-part=show-yaml]").click()
    expect(page.locator("#yaml textarea")).to_have_value(re.compile("node_id"))
    watch.look("YAML open")
    page.locator("[data-part=show-yaml]").click()
    page.locator("[data-part=show-list]").click()
    expect(page.locator("#outline")).to_be_visible()
    watch.look("as a list")
    page.locator("[data-part=add]").click()
    expect(page.locator("#palette")).to_be_visible()
    watch.look("adding a node")
    assert watch.found == []


def test_agents_and_groups_have_no_fault(house: House, watch: Watch) -> None:
    """The cards, the editors open over them, and the page of one group with what it knows and where it met."""
    page = watch.page
    for kind in ("agent", "group"):
        page.goto(f"{house.url}/{kind}s")
        expect(page.locator(f"council-{kind}s")).to_have_attribute("data-state", "ready")
        watch.look(f"{kind}s")
        page.locator(f"council-{kind}s [data-part=add]").first.click()
        expect(page.locator("dialog.sheet[open]")).to_be_visible()
        watch.look(f"editor of a new {kind}")
    page.goto(f"{house.url}/groups?group={house.group_id}")
    expect(page.locator(".knowledge-item").first).to_be_visible()
    expect(page.locator(".group-meeting").first).to_be_visible()
    watch.look("a group")
    page.locator("council-group-knowledge [data-part=add]").click()
    expect(page.locator("dialog.sheet[open]")).to_be_visible()
    watch.look("writing a note")
    assert watch.found == []


def test_a_room_that_asks_has_no_fault(house: House, watch: Watch) -> None:
    """While a person is asked, before it is stopped, and what a person is told about keys; then its verdict."""
    page = watch.page
    enter(page, house, start(house.server, "quick_decision"))
    expect(page.locator("council-review")).to_be_visible()
    watch.look("asked")
    page.locator("council-controls [data-part=stop]").click()
    expect(page.locator("dialog[open]")).to_be_visible()
    watch.look("stopping")
    close(page)
    page.locator("[popovertarget=more]").first.click()
    expect(page.locator("#more")).to_be_visible()
    watch.look("menu")
    page.locator("#more [data-keys]").click()
    expect(page.locator("#keys")).to_be_visible()
    watch.look("keys")
    close(page)
    page.locator("council-review [data-action=approve]").click()
    wait_session(page, "completed")
    expect(page.locator("council-verdict .verdict")).to_be_visible()
    watch.look("verdict of a person")
    assert watch.found == []


def test_a_room_that_is_over_has_no_fault(house: House, watch: Watch) -> None:
    """Its verdict with ballots, its plan, a document, what the group knows, its numbers, and its replay."""
    page = watch.page
    enter(page, house, house.over)
    expect(page.locator("council-verdict .verdict")).to_be_visible()
    unfold(page)
    watch.look("verdict")
    turn_to(page, "plan")
    watch.look("plan")
    turn_to(page, "papers")
    page.locator("council-files a").first.click()
    expect(page.locator("council-document-pane [data-part=lines] > *").first).to_be_visible()
    watch.look("a document")
    page.locator("#tab-knowledge").click()
    expect(page.locator("council-knowledge li").first).to_be_visible()
    watch.look("knowledge")
    page.locator("#tab-analytics").click()
    expect(page.locator("council-analytics .numbers-row").first).to_be_visible()
    watch.look("analytics")
    page.goto("about:blank")
    enter(page, house, house.over, "#t=0")
    expect(page.locator(".timeline-slider")).to_be_visible()
    watch.look("replay")
    assert watch.found == []
