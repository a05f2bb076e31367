"""The room's three panes: their widths, what each holds, and how one gets from one to another."""

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser import scenes
from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting
from tests.browser.fake_room import FakeServer
from tests.browser.rooms import article, overflow, text_of, wait_connection
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser

NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden'); } });"
AT_END = "main.scrollTop + main.clientHeight >= main.scrollHeight - 100"
CUT_OFF = """all => all.filter((one) => one.scrollHeight > one.clientHeight + 1
  && getComputedStyle(one).overflowY !== "visible").length"""
KNOWN = {
    "knowledge_id": "k1", "group_id": "g1", "layer": "long_term", "kind": "verdict", "title": "Verdict of March",
    "content": "Two repositories were kept.", "confidence": 0.8, "session_id": "s-old", "node_id": None,
    "created_at": "2026-03-01T10:00:00.000Z", "expires_at": None, "promoted_at": None,
}  # fmt: skip


def open_room(
    fake: FakeServer,
    open_page: OpenPage,
    meeting: FakeMeeting | None = None,
    *,
    width: int = 1600,
    **window: Any,
) -> Page:
    page = open_page(fake.add(meeting or scenes.two_rounds()), width=width, **window)
    wait_panes(page)
    return page


def wait_panes(page: Page) -> None:
    wait_connection(page)
    expect(page.locator("council-panes[data-folded]")).to_be_attached()


def pane(page: Page, name: str) -> Locator:
    return page.locator(f"#pane-{name}")


def share(page: Page, name: str) -> int:
    """How much of the window's width a pane has, in percent."""
    box = pane(page, name).bounding_box()
    assert box is not None
    assert page.viewport_size is not None
    return round(box["width"] / page.viewport_size["width"] * 100)


def shares(page: Page) -> tuple[int, int, int]:
    return share(page, "plan"), share(page, "conversation"), share(page, "papers")


def splitter(page: Page, name: str) -> Locator:
    return page.get_by_role("separator", name=f"Width of the {name}")


# Widths


def test_three_panes_side_by_side(fake: FakeServer, open_page: OpenPage) -> None:
    """Plan, conversation and papers share the window; each scrolls by itself, the page does not."""
    page = open_room(fake, open_page)
    assert shares(page) == (20, 50, 30)
    assert overflow(page) == 0
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
    wait_until(lambda: page.evaluate("main.scrollHeight > main.clientHeight"), what="more than fits")
    expect(page.get_by_label("Say something to the members")).to_be_in_viewport()


def test_the_lines_between_panes_move_by_keys(fake: FakeServer, open_page: OpenPage) -> None:
    """Arrows move them, Home and End go to the limits, and their values say where they stand."""
    page = open_room(fake, open_page)
    line = splitter(page, "plan")
    line.focus()
    page.keyboard.press("ArrowRight")
    expect(line).to_have_attribute("aria-valuenow", "22")
    wait_until(lambda: share(page, "plan") == 22)
    page.keyboard.press("Home")
    expect(line).to_have_attribute("aria-valuenow", "15")
    page.keyboard.press("End")
    expect(line).to_have_attribute("aria-valuenow", "45")
    expect(line).to_have_attribute("aria-valuemax", "45")
    assert shares(page) == (45, 25, 30)
    splitter(page, "papers").focus()
    page.keyboard.press("ArrowRight")
    expect(splitter(page, "papers")).to_have_attribute("aria-valuenow", "28")


def test_the_lines_between_panes_move_by_the_pointer(fake: FakeServer, open_page: OpenPage) -> None:
    """Dragged, remembered, and reset by a double click."""
    page = open_room(fake, open_page)
    box = splitter(page, "papers").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, 500)
    page.mouse.down()
    page.mouse.move(960, 500, steps=4)
    page.mouse.up()
    wait_until(lambda: shares(page) == (20, 40, 40))
    page.reload()
    wait_until(lambda: shares(page) == (20, 40, 40))
    splitter(page, "papers").dblclick()
    wait_until(lambda: shares(page) == (20, 50, 30))


def test_a_pane_is_folded_away_and_opened_again(fake: FakeServer, open_page: OpenPage) -> None:
    """By its button or by Enter on its line; what is left is a strip with its name; it stays so after a reload."""
    page = open_room(fake, open_page)
    button = pane(page, "papers").get_by_role("button", name="Papers", exact=True)
    button.click()
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("tab", name="Documents")).to_be_hidden()
    assert share(page, "papers") < 5
    page.reload()
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(page.get_by_role("tab", name="Documents")).to_be_visible()

    splitter(page, "plan").press("Enter")
    expect(splitter(page, "plan")).to_have_attribute("aria-valuenow", "0")
    expect(page.locator("council-members")).to_be_hidden()
    splitter(page, "plan").press("Enter")
    expect(page.locator("council-members")).to_be_visible()
    assert shares(page) == (20, 50, 30)


@pytest.mark.parametrize("key", ["Control", "Meta", "Alt"])
def test_a_pane_is_maximised(fake: FakeServer, open_page: OpenPage, key: str) -> None:
    """By Ctrl, Cmd or Alt with its number; the same again or Escape leaves, and the focus is where it was."""
    page = open_room(fake, open_page)
    box = page.get_by_role("button", name="Pause")
    box.focus()
    for number, name in (("1", "plan"), ("2", "conversation"), ("3", "papers")):
        page.keyboard.press(f"{key}+{number}")
        expect(pane(page, name)).to_be_visible()
        assert share(page, name) == 100
        expect(page.locator(".pane:visible")).to_have_count(1)
        page.keyboard.press(f"{key}+{number}" if number == "1" else "Escape")
        expect(page.locator(".pane:visible")).to_have_count(3)
        expect(box).to_be_focused()


def test_a_maximised_pane_stays_so(fake: FakeServer, open_page: OpenPage) -> None:
    """After a reload too; a dialog above it is what Escape closes first."""
    page = open_room(fake, open_page)
    page.get_by_role("button", name="Maximise: Conversation").click()
    page.reload()
    expect(page.locator(".pane:visible")).to_have_count(1)
    expect(page.get_by_role("button", name="Maximise: Conversation")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    expect(page.locator(".pane:visible")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".pane:visible")).to_have_count(3)


@pytest.mark.parametrize(
    "kept", ["{", "null", '{"plan": 90, "papers": "x", "folded": 3, "maximised": "cellar"}']
)
def test_nonsense_that_was_remembered_is_forgotten(fake: FakeServer, open_page: OpenPage, kept: str) -> None:
    """The panes stand where they can be used."""
    page = open_room(fake, open_page)
    page.evaluate("kept => localStorage.setItem('council-panes', kept)", kept)
    page.reload()
    wait_panes(page)
    assert share(page, "conversation") >= 25
    expect(page.locator(".pane:visible")).to_have_count(3)


def test_a_browser_that_remembers_nothing(fake: FakeServer, open_page: OpenPage) -> None:
    """Where storage is forbidden the panes work all the same."""
    page = open_room(fake, open_page)
    page.add_init_script(NO_STORAGE)
    page.reload()
    wait_panes(page)
    splitter(page, "plan").press("ArrowLeft")
    wait_until(lambda: share(page, "plan") == 18)
    page.get_by_role("tab", name="Knowledge").click()
    expect(page.get_by_role("tabpanel", name="Knowledge")).to_be_visible()


def test_a_small_desk_keeps_the_papers_folded(fake: FakeServer, open_page: OpenPage) -> None:
    """At 1024 px the conversation gets the room, until somebody opens the papers."""
    page = open_room(fake, open_page, width=1024)
    expect(page.get_by_role("tab", name="Documents")).to_be_hidden()
    assert share(page, "conversation") > 65
    pane(page, "papers").get_by_role("button", name="Papers", exact=True).click()
    page.reload()
    expect(page.get_by_role("tab", name="Documents")).to_be_visible()


# One pane at a time


@pytest.mark.parametrize("width", [400, 800])
def test_narrow_screens_show_one_pane(fake: FakeServer, open_page: OpenPage, width: int) -> None:
    """The conversation first; the others at one press; nothing that was typed or read is lost on the way."""
    page = open_room(fake, open_page, width=width)
    panes = page.get_by_role("navigation", name="Panes")
    expect(page.locator(".pane:visible")).to_have_attribute("id", "pane-conversation")
    expect(page.locator(".room-bar .status")).to_be_in_viewport()
    box = page.get_by_label("Say something to the members")
    expect(box).to_be_in_viewport()
    box.fill("Half a thought")
    expect(page.locator(".ballot")).to_have_count(2)  # Nothing comes any more that would move the page.
    page.locator("#main").evaluate("main => (main.scrollTop = 120)")
    panes.get_by_role("button", name="Plan").click()
    expect(page.locator(".pane:visible")).to_have_attribute("id", "pane-plan")
    expect(panes.get_by_role("button", name="Plan")).to_have_attribute("aria-pressed", "true")
    panes.get_by_role("button", name="Papers").click()
    expect(page.get_by_role("tab", name="Documents")).to_be_visible()
    assert overflow(page) == 0
    panes.get_by_role("button", name="Conversation").click()
    expect(box).to_have_value("Half a thought")
    assert page.evaluate("main.scrollTop") == 120


def test_a_low_window_scrolls(fake: FakeServer, open_page: OpenPage) -> None:
    """On a phone that lies on its side everything can still be reached."""
    page = open_room(fake, open_page, width=640, height=320)
    box = page.get_by_label("Say something to the members")
    box.scroll_into_view_if_needed()
    expect(box).to_be_in_viewport()


# Papers


def test_tabs_are_tabs(fake: FakeServer, open_page: OpenPage) -> None:
    """One stop for Tab; arrows, Home and End choose; the choice is remembered."""
    page = open_room(fake, open_page)
    tab = {name: page.get_by_role("tab", name=name) for name in ("Documents", "Knowledge", "Analytics")}
    tab["Documents"].focus()
    page.keyboard.press("ArrowRight")
    expect(tab["Knowledge"]).to_be_focused()
    expect(tab["Knowledge"]).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tabpanel", name="Knowledge")).to_be_visible()
    expect(page.get_by_role("tabpanel", name="Documents")).to_be_hidden()
    page.keyboard.press("End")
    expect(tab["Analytics"]).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(tab["Documents"]).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[role=tab][tabindex='-1']")).to_have_count(2)
    expect(page.locator("council-analytics > *").first).to_be_attached()
    page.reload()
    expect(tab["Analytics"]).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tabpanel", name="Analytics")).to_be_visible()


def test_documents_say_how_long_they_are_and_whose(fake: FakeServer, open_page: OpenPage) -> None:
    """The newest version of each with its author and reason; in its history, who wrote which."""
    page = open_room(fake, open_page, scenes.review())
    file = page.locator("council-files .file")
    expect(file).to_contain_text("45 characters version 2, System Surgeon")
    expect(file).to_contain_text("The price was missing.")
    file.get_by_role("link").click()
    versions = page.get_by_role("combobox", name="Version").locator("option")
    expect(versions).to_have_text(["Version 2, System Surgeon", "Version 1, a person"])


def test_a_meeting_without_documents_says_so(fake: FakeServer, open_page: OpenPage) -> None:
    """And the first one that is written takes the place of that sentence."""
    meeting = FakeMeeting()
    meeting._snapshot["documents"] = []
    page = open_room(fake, open_page, meeting)
    none = page.get_by_text("This meeting has no documents.")
    expect(none).to_be_visible()
    meeting.write("notes.md", "# Notes\n")
    expect(page.locator("council-files").get_by_role("link", name="notes.md")).to_be_visible()
    expect(none).to_be_hidden()


@pytest.mark.parametrize("width", [400, 1024, 1600])
def test_a_reference_leads_there_and_back(fake: FakeServer, open_page: OpenPage, width: int) -> None:
    """The papers open, the line is marked and announced; one button leads back to the link, the panes as before."""
    page = open_room(fake, open_page, width=width)
    link = article(page, "negative").first.get_by_role("link", name="plan.md:4")
    document = page.get_by_role("region", name="plan.md")
    for back in ("button", "Escape"):
        link.click()
        expect(document.locator("[data-marked]")).to_be_in_viewport()
        expect(document.get_by_role("status")).to_have_text("plan.md, line 4, is marked.")
        expect(document.get_by_role("region", name="Text")).to_be_focused()
        if back == "button":
            document.get_by_role("button", name="Back to where you were").click()
        else:
            page.keyboard.press("Escape")
        expect(document).to_be_hidden()
        expect(link).to_be_focused()
        expect(link).to_be_in_viewport()
        expect(page.get_by_role("tab", name="Documents")).to_be_visible(visible=width == 1600)
    assert "#ref" not in page.url


def test_a_document_from_the_list_leads_back_to_the_list(fake: FakeServer, open_page: OpenPage) -> None:
    """There is nowhere else to go back to."""
    page = open_room(fake, open_page)
    link = page.locator("council-files").get_by_role("link", name="plan.md")
    link.click()
    document = page.get_by_role("region", name="plan.md")
    expect(document.get_by_role("button", name="Back to where you were")).to_be_hidden()
    document.get_by_role("button", name="All documents").click()
    expect(link).to_be_focused()


def test_without_a_group_nothing_is_known(fake: FakeServer, open_page: OpenPage) -> None:
    """The tab says so, asks nobody, and still lists what was recalled."""
    page = open_room(fake, open_page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("tab", name="Knowledge").click()
    panel = page.get_by_role("tabpanel", name="Knowledge")
    expect(panel).to_contain_text("This meeting has no group")
    expect(panel).to_contain_text("Recalled in this meeting")
    expect(panel).to_contain_text("Two repositories were kept.")
    expect(panel.get_by_role("search")).to_be_hidden()
    assert any("elements/knowledge.js" in url for url in asked)
    assert not any("/api/" in url for url in asked)


def test_the_groups_knowledge_is_searched(fake: FakeServer, open_page: OpenPage) -> None:
    """By words and memory on the server, by kind on the page; with its source and how sure it is."""
    meeting = scenes.two_rounds()
    meeting._snapshot["group_id"] = "g1"
    page = open_page(fake.add(meeting), width=1600)
    wait_panes(page)
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url.partition("?")[2])
        items = [] if "nothing" in route.request.url else [KNOWN, KNOWN | {"kind": "note", "title": "A note"}]
        route.fulfill(body=json.dumps({"items": items, "next": None}), content_type="application/json")

    page.route("**/api/v1/groups/g1/knowledge?*", answer)
    page.get_by_role("tab", name="Knowledge").click()
    found = page.locator("[data-part=found] .known-item")
    expect(found).to_have_count(2)
    expect(found.first).to_contain_text("Verdict · Long-term memory · confidence 80 %")
    expect(found.first.get_by_role("link")).to_have_attribute("href", "/meetings/s-old")
    page.get_by_role("combobox", name="Kind").select_option("note")
    expect(found).to_have_count(1)
    page.get_by_role("combobox", name="Memory").select_option("working")
    page.get_by_role("searchbox", name="Search the knowledge").fill("nothing like it")
    expect(page.get_by_role("tabpanel", name="Knowledge")).to_contain_text("Nothing was found.")
    assert asked[-1] == "limit=50&q=nothing+like+it&layer=working"


# Plan


def test_a_node_leads_to_what_was_said_there(fake: FakeServer, open_page: OpenPage) -> None:
    """To its newest message, which is marked for a moment and has the focus; by the pointer or by Enter."""
    page = open_room(fake, open_page)
    newest = article(page, "affirmative").last
    expect(page.locator(".ballot")).to_have_count(2)
    page.locator("#main").evaluate("main => (main.scrollTop = 0)")
    node = page.get_by_role("button", name="Value Defender: done, round 2")
    node.click()
    expect(newest).to_have_attribute("data-flash", "true")  # First: it goes soon.
    expect(newest).to_be_focused()
    expect(newest).to_be_in_viewport()
    node.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(article(page, "negative").last).to_be_focused()
    page.locator("[data-node=ballot]").click()
    expect(page.locator(".ballot").last).to_be_focused()
    page.locator("[data-node=adjudicator]").click()
    expect(page.locator("council-graph").get_by_role("status")).to_have_text("Nothing was said there yet.")


def test_a_node_leads_out_of_the_plan_on_a_phone(fake: FakeServer, open_page: OpenPage) -> None:
    """The conversation comes to the front."""
    page = open_room(fake, open_page, width=400)
    page.get_by_role("navigation", name="Panes").get_by_role("button", name="Plan").click()
    page.locator("[data-node=negative]").click()
    expect(article(page, "negative").last).to_be_in_viewport()


def test_a_node_tells_how_it_stands(fake: FakeServer, open_page: OpenPage) -> None:
    """In words for those who do not see its colour, with a badge where it was visited again."""
    meeting = FakeMeeting(graph=scenes.ROUNDS)
    page = open_room(fake, open_page, meeting)
    node = page.locator("[data-node=affirmative]")
    button = node.locator("[role=button]")
    expect(button).to_have_attribute("aria-label", "Value Defender: waiting")
    expect(node.locator(".graph-round")).to_have_count(0)
    meeting.node("affirmative", "running")
    expect(button).to_have_attribute("aria-label", "Value Defender: speaking")
    meeting.emit("node_state_change", node_id="affirmative", status="running", round=2)
    expect(button).to_have_attribute("aria-label", "Value Defender: speaking, round 2")
    expect(node.locator(".graph-round")).to_have_text("×2")
    assert page.locator("[data-node] [tabindex='0']").count() == 1


def test_the_plan_grows_and_shrinks(fake: FakeServer, open_page: OpenPage) -> None:
    """By its buttons, by + − 0, by the wheel with Ctrl; what is larger than its frame scrolls in it."""
    page = open_room(fake, open_page)
    drawing = page.locator("council-graph svg.graph")
    frame = page.locator(".graph-frame")

    def width() -> int:
        return int(drawing.get_attribute("width") or 0)

    page.locator("[data-node=start] [role=button]").focus()
    page.keyboard.press("0")  # It may not have been fitted to its frame yet.
    fitted = width()
    page.get_by_role("button", name="Larger").click()
    assert width() > fitted
    page.locator("[data-node=start] [role=button]").focus()
    page.keyboard.press("-")
    assert abs(width() - fitted) <= 1
    frame.hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -480)
    page.keyboard.up("Control")
    wait_until(lambda: width() > 2 * fitted)
    assert frame.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    assert overflow(page) == 0
    page.keyboard.press("0")
    wait_until(lambda: width() == fitted)


def test_the_legend_names_every_look(fake: FakeServer, open_page: OpenPage) -> None:
    """Folded away until somebody asks."""
    page = open_room(fake, open_page)
    page.get_by_text("Legend").click()
    for word in ("waiting", "speaking", "done", "on hold", "absent", "skipped", "leads back"):
        expect(page.locator(".legend").get_by_text(word)).to_be_visible()


# Following


def test_new_words_are_counted_for_those_who_are_elsewhere(fake: FakeServer, open_page: OpenPage) -> None:
    """The way back to the end says how many messages came meanwhile."""
    meeting = FakeMeeting()
    page = open_room(fake, open_page, meeting, height=600)
    meeting.say("affirmative", "A line of what is said here.\n\n" * 40)
    wait_until(lambda: page.locator("article p").count() >= 40, what="its lines, formatted")
    wait_until(lambda: page.evaluate(AT_END))
    page.locator("#main").evaluate("main => main.scrollBy(0, -500)")
    button = page.get_by_role("button", name="To the newest words")
    expect(button).to_have_text("To the newest words")
    meeting.say("negative", "One.")
    meeting.say("adjudicator", "Two.")
    expect(button).to_have_text("To the newest words (2 new)")
    button.click()
    expect(button).to_be_hidden()
    wait_until(lambda: page.evaluate(AT_END))


def test_a_page_that_shrinks_and_grows_at_once_moves_nobody(fake: FakeServer, open_page: OpenPage) -> None:
    """The browser scrolls up when the page shrinks; whoever was at the end is at the end of what came instead."""
    meeting = FakeMeeting()
    page = open_room(fake, open_page, meeting, height=600)
    meeting.say("affirmative", "A line of what is said here.\n\n" * 40)
    wait_until(lambda: page.locator("article p").count() >= 40, what="its lines, formatted")
    page.evaluate(
        "main.querySelector('council-transcript').append(Object.assign(document.createElement('div'), {id: 'rest'}))"
    )
    page.evaluate("rest.style.blockSize = '600px'")
    wait_until(lambda: page.evaluate(AT_END))
    page.evaluate("rest.style.blockSize = 0; void main.scrollTop; rest.style.blockSize = '900px'")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate(AT_END)


def test_a_place_is_never_stolen(fake: FakeServer, open_page: OpenPage) -> None:
    """Neither by what grows above, nor by a longer text in the box, nor by a reload."""
    meeting = FakeMeeting()
    page = open_room(fake, open_page, meeting, height=700)
    meeting.say("affirmative", "Let me think. " * 200, thinking=True)
    meeting.say("affirmative", "\n\n".join(f"Line {number}" for number in range(80)))
    wait_until(lambda: text_of(page, "affirmative").endswith("Line 79"))
    wait_until(lambda: page.locator("article p").count() >= 80, what="its lines, formatted")
    wait_until(lambda: page.evaluate(AT_END))
    box = page.get_by_label("Say something to the members")
    box.fill("One\n" * 6)
    wait_until(lambda: page.evaluate(AT_END))
    page.locator("#main").evaluate("main => main.scrollBy(0, -700)")
    expect(page.get_by_role("button", name="To the newest words")).to_be_visible()
    seen = page.evaluate("document.elementFromPoint(800, 400).closest('article') !== null")
    assert seen
    end = "main.scrollHeight - main.scrollTop"
    before = page.evaluate(end)
    page.locator("details.thinking").evaluate("details => (details.open = true)")
    wait_until(lambda: abs(page.evaluate(end) - before) <= 2, what="the same lines in view")
    top = page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(main.scrollTop))))"
    )
    meeting.say("affirmative", "And more. " * 100)
    wait_until(lambda: text_of(page, "affirmative").endswith("And more. "))
    assert page.evaluate("main.scrollTop") == top
    page.locator("details.thinking").evaluate("details => (details.open = false)")
    wait_until(lambda: page.evaluate("main.scrollTop") < top)
    top = page.evaluate("main.scrollTop")
    page.reload()
    wait_panes(page)
    wait_until(lambda: abs(page.evaluate("main.scrollTop") - top) <= 40, what="the place before the reload")


@pytest.mark.parametrize("width", [400, 1600])
def test_links_in_the_bar_lead_into_the_conversation(
    fake: FakeServer, open_page: OpenPage, width: int
) -> None:
    """To the verdict, from wherever one is."""
    page = open_room(fake, open_page, scenes.verdict(), width=width)
    if width == 400:
        page.get_by_role("navigation", name="Panes").get_by_role("button", name="Papers").click()
    page.get_by_role("link", name="Go to the verdict").click()
    expect(page.locator("#verdict-title")).to_be_in_viewport()


# The bar


def test_the_menu_holds_what_is_rarely_wanted(fake: FakeServer, open_page: OpenPage) -> None:
    """The meeting in five formats, as plain downloads, and the keys."""
    meeting = scenes.two_rounds()
    page = open_room(fake, open_page, meeting, width=400)
    page.get_by_role("button", name="More").click()
    menu = page.locator("#more")
    hrefs = menu.locator("a[download]").evaluate_all(
        "links => links.map((link) => link.getAttribute('href'))"
    )
    export = f"/api/v1/sessions/{meeting.session_id}/export?lang=en&format="
    assert hrefs == [export + name for name in ("md", "html", "json", "docx", "pdf")]
    menu.get_by_role("button", name="Keyboard shortcuts").click()
    expect(menu).to_be_hidden()
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert overflow(page) == 0


def test_keys_are_letters_where_one_types(fake: FakeServer, open_page: OpenPage) -> None:
    """“?” shows the keys and “/” leads to the box, but in the box both are what they are."""
    page = open_room(fake, open_page)
    box = page.get_by_label("Say something to the members")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("Why? a/b")
    expect(box).to_have_value("Why? a/b")
    expect(page.locator("#keys")).to_be_hidden()


def test_on_paper_everything_stands_in_a_row(fake: FakeServer, open_page: OpenPage) -> None:
    """First what was said, then the plan; nothing scrolls, nothing is cut off, whatever was on the screen."""
    page = open_room(fake, open_page, scenes.verdict(), width=800)
    page.get_by_role("navigation", name="Panes").get_by_role("button", name="Papers").click()
    page.emulate_media(media="print")
    for part in ("council-verdict .verdict", "council-members", "council-files", "council-graph svg.graph"):
        expect(page.locator(part)).to_be_visible()
    for part in (".panes", ".pane", ".pane-body"):
        hidden = page.locator(part).evaluate_all(CUT_OFF)
        assert hidden == 0, part
    said, plan = (
        page.locator("council-transcript").bounding_box(),
        page.locator("council-graph").bounding_box(),
    )
    assert said is not None
    assert plan is not None
    assert said["y"] + said["height"] <= plan["y"]
    expect(page.locator("council-composer")).to_be_hidden()
