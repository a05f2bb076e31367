"""The page of the groups, and that of one group, in front of a real Council."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from council.parts import Parts
from tests.browser.conftest import OpenPage
from tests.browser.panel import WIDTHS, Home, at_home, card, question, sheet
from tests.browser.rooms import overflow
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser

SEATS = {"council_debate": {"negative": "devils_advocate"}, "*": {"adjudicator": "chief_justice"}}


@pytest.fixture
def home(make_council: Callable[..., Parts]) -> Iterator[Home]:
    with at_home(make_council()) as home:
        yield home


@pytest.fixture
def team(home: Home) -> str:
    """A group of the user's own; its id."""
    words = {"description": "Three people.", "system_prompt": "Prefer what runs at night."}
    group_id: str = home.post("groups", name="Platform team", default_agents=SEATS, **words)["group_id"]
    return group_id


def opened(open_page: OpenPage, home: Home, address: str = "/groups", **more: object) -> Page:
    page = open_page(home.url + address, **more)
    expect(page.locator("council-group:not(:defined)")).to_have_count(0)
    if "group=" not in address:
        expect(page.locator("council-groups")).to_have_attribute("data-state", "ready")
    return page


def meet(home: Home, group_id: str, subject: str) -> str:
    """A meeting of the group, to its end."""
    body = {"template_id": "council_debate", "subject": subject, "group_id": group_id}
    session_id: str = home.post("sessions", **body)["session_id"]
    wait_until(lambda: home.get(f"sessions/{session_id}")["status"] == "completed", what="the end")
    return session_id


# Cards and editor


def test_a_card_tells_of_a_group(home: Home, team: str, open_page: OpenPage) -> None:
    """Who usually sits there, how much it knows, where it met last, and the way to a meeting of it."""
    home.post(f"groups/{team}/knowledge", title="Queue", content="It lost tasks in the spring.")
    session_id = meet(home, team, "Shall we move?")
    known = len(home.get(f"groups/{team}/knowledge")["items"])
    page = opened(open_page, home)
    its = card(page, team)
    expect(its).to_contain_text("Three people.")
    expect(its.locator(".avatar")).to_have_text(["DA", "CJ"])
    expect(its.get_by_role("list", name="Usual members")).to_contain_text("Devil's Advocate")
    expect(its).to_contain_text(f"{known} thing")
    expect(its.get_by_role("link", name="Shall we move?")).to_have_attribute(
        "href", f"/meetings/{session_id}"
    )
    expect(its.get_by_role("link", name="Start a meeting with Platform team")).to_have_attribute(
        "href", f"/?group={team}"
    )
    council = card(page, "the_council")
    expect(council).to_contain_text("No usual seats")
    expect(council.get_by_role("button")).to_have_text(["Copy and edit"])


def test_a_new_group_is_made_with_its_seats(home: Home, open_page: OpenPage) -> None:
    """Of one template and of all; by keyboard a row comes with the focus and leaves it at the next."""
    page = opened(open_page, home)
    page.get_by_role("button", name="New group").click()
    form = sheet(page)
    form.get_by_label("Name", exact=True).fill("Night shift")
    expect(form.get_by_label("Id")).to_have_attribute("placeholder", "night_shift")
    form.get_by_label("Words for every member").fill("Be brief.")
    form.get_by_role("button", name="Add a seat").press("Enter")
    expect(form.get_by_role("combobox", name="Template")).to_be_focused()
    form.get_by_role("combobox", name="Template").select_option("council_debate")
    form.get_by_role("combobox", name="Seat").select_option("negative")
    form.get_by_role("combobox", name="Agent").select_option("devils_advocate")
    form.get_by_role("button", name="Add a seat").click()
    form.get_by_role("combobox", name="Template").nth(1).select_option("*")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("Choose a seat and an agent in every row")).to_be_visible()
    form.get_by_role("combobox", name="Seat").nth(1).select_option("adjudicator")
    form.get_by_role("combobox", name="Agent").nth(1).select_option("chief_justice")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Night shift is saved.")).to_be_visible()
    kept = home.get("groups/night_shift")
    assert (kept["system_prompt"], kept["default_agents"]) == ("Be brief.", SEATS)


def test_a_seat_is_removed_and_two_cannot_share_one(home: Home, team: str, open_page: OpenPage) -> None:
    page = opened(open_page, home)
    page.get_by_role("button", name="Edit Platform team", exact=True).click()
    form = sheet(page)
    expect(form.locator(".seat-row")).to_have_count(2)
    form.get_by_role("button", name="Add a seat").click()
    form.get_by_role("combobox", name="Template").nth(2).select_option("council_debate")
    form.get_by_role("combobox", name="Seat").nth(2).select_option("negative")
    form.get_by_role("combobox", name="Agent").nth(2).select_option("supporter")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("Two agents cannot sit in one seat.")).to_be_visible()
    form.get_by_role("button", name="Remove the seat negative, Council Debate").first.press("Enter")
    expect(form.locator(".seat-row")).to_have_count(2)
    form.get_by_role("button", name="Save").click()
    expect(sheet(page)).to_have_count(0)
    assert home.get(f"groups/{team}")["default_agents"]["council_debate"] == {"negative": "supporter"}


def test_a_seat_that_is_no_more_is_shown_and_told(
    home: Home, open_page: OpenPage, complaints: list[str]
) -> None:
    """It is not dropped in silence: the server says why it cannot stay, at the seats."""
    graph = home.get("templates/council_debate")["graph"]
    template = home.post("templates", name="Ours", graph=graph)
    home.post("groups", name="Team", default_agents={"ours": {"negative": "supporter"}})
    graph = json.loads(json.dumps(graph).replace('"negative"', '"contra"'))
    home.put("templates/ours", name="Ours", graph=graph, updated_at=template["updated_at"])
    page = opened(open_page, home)
    page.get_by_role("button", name="Edit Team", exact=True).click()
    form = sheet(page)
    expect(form.get_by_role("combobox", name="Seat").locator("option:checked")).to_have_text(
        "negative (not there any more)"
    )
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("No agent sits at this node.")).to_be_visible()
    complaints.clear()  # The browser notes every status above 400.


def test_when_somebody_else_has_saved_one_chooses(
    home: Home, team: str, open_page: OpenPage, complaints: list[str]
) -> None:
    page = opened(open_page, home)
    page.get_by_role("button", name="Edit Platform team", exact=True).click()
    page.get_by_label("In a line").fill("Mine.")
    home.put(f"groups/{team}", name="Platform team", description="Theirs.", default_agents=SEATS)
    sheet(page).get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Show theirs").click()
    expect(page.get_by_label("In a line")).to_have_value("Theirs.")
    page.keyboard.press("Escape")
    expect(sheet(page)).to_have_count(0)
    complaints.clear()


def test_a_copy_of_a_built_in_group_is_ones_own(home: Home, open_page: OpenPage) -> None:
    page = opened(open_page, home)
    page.get_by_role("button", name="Copy and edit The Council").click()
    sheet(page).get_by_label("Name", exact=True).fill("Our Council")
    sheet(page).get_by_role("button", name="Save").click()
    expect(card(page, "our_council").get_by_text("your own")).to_be_visible()
    assert home.get("groups/our_council")["system_prompt"].startswith("You sit in a standing council")


def test_a_group_is_deleted_after_a_question(home: Home, team: str, open_page: OpenPage) -> None:
    """From its own page one comes back to all groups."""
    page = opened(open_page, home, f"/groups?group={team}")
    page.get_by_role("button", name="Delete", exact=True).first.click()
    expect(question(page)).to_contain_text("What it knows is forgotten with it.")
    question(page).get_by_role("button", name="Delete").click()
    page.wait_for_url("**/groups")
    expect(card(page, "the_council")).to_be_visible()
    expect(card(page, team)).to_have_count(0)


def test_a_group_that_meets_is_not_deleted(
    home: Home, team: str, open_page: OpenPage, complaints: list[str]
) -> None:
    """One is told why, and shown the way to its meetings."""
    page = opened(open_page, home)
    problem = {"code": "in_use", "message": "m", "hint": "h", "can_retry": False, "details": None}
    page.route(f"**/api/v1/groups/{team}", lambda route: route.fulfill(status=409, json={"error": problem}))
    page.get_by_role("button", name="Delete Platform team").click()
    question(page).get_by_role("button", name="Delete").click()
    expect(question(page)).to_contain_text("One of its meetings is not over.")
    expect(question(page).get_by_role("link", name="To its meetings")).to_have_attribute(
        "href", f"/groups?group={team}"
    )
    complaints.clear()


# One group


def test_its_page_tells_seats_words_and_meetings(home: Home, team: str, open_page: OpenPage) -> None:
    """With names where there are names, and a meeting one click away."""
    session_id = meet(home, team, "Shall we move?")
    page = opened(open_page, home, f"/groups?group={team}")
    expect(page).to_have_title("Platform team – Council")
    expect(page.locator(".group-seats")).to_contain_text("Devil's Advocate")
    expect(page.locator(".group-seats")).to_contain_text("Risk Auditor, Council Debate")
    expect(page.locator(".group-seats")).to_contain_text("adjudicator, Every template")
    expect(page.get_by_text("Prefer what runs at night.")).to_be_visible()
    expect(page.get_by_role("link", name="Shall we move?")).to_have_attribute(
        "href", f"/meetings/{session_id}"
    )
    expect(page.get_by_role("link", name="Start a meeting")).to_have_attribute("href", f"/?group={team}")


def test_its_meetings_come_page_by_page(home: Home, team: str, open_page: OpenPage) -> None:
    for number in range(11):
        home.post("sessions", template_id="council_debate", subject=f"Matter {number}", group_id=team)
    page = opened(open_page, home, f"/groups?group={team}")
    meetings = page.locator("council-group-meetings")
    expect(meetings.locator("li")).to_have_count(10)
    meetings.get_by_role("button", name="Show older").click()
    expect(meetings.locator("li")).to_have_count(11)
    expect(meetings.get_by_role("button", name="Show older")).to_be_hidden()


def test_a_group_without_anything_says_so(home: Home, open_page: OpenPage) -> None:
    """Each part in words, not as a hole."""
    home.post("groups", name="Empty")
    page = opened(open_page, home, "/groups?group=empty")
    expect(page.get_by_text("It knows nothing yet.")).to_be_visible()
    expect(page.get_by_text("It has not met yet.")).to_be_visible()
    expect(page.get_by_text("None: whoever the template names.")).to_be_visible()
    expect(page.get_by_text("None.", exact=True)).to_be_visible()


def test_a_note_is_written_changed_and_forgotten(home: Home, team: str, open_page: OpenPage) -> None:
    page = opened(open_page, home, f"/groups?group={team}")
    page.get_by_role("button", name="Write a note").click()
    form = sheet(page)
    form.get_by_role("button", name="Save").click()
    expect(form.locator("#title-error")).to_have_text("This is needed.")
    form.get_by_label("Title").fill("Queue")
    form.get_by_label("Text").fill("It lost tasks.")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It is kept now.")).to_be_visible()
    expect(page.locator(".knowledge-item")).to_contain_text("It lost tasks.")
    page.get_by_role("button", name="Edit Queue").click()
    sheet(page).get_by_label("Text").fill("It lost tasks twice.")
    sheet(page).get_by_role("button", name="Save").click()
    expect(page.locator(".knowledge-item")).to_contain_text("It lost tasks twice.")
    expect(page.get_by_role("button", name="Edit Queue")).to_be_focused()
    page.get_by_role("button", name="Delete Queue").click()
    question(page).get_by_role("button", name="Delete").click()
    expect(page.get_by_text("It is forgotten.")).to_be_visible()
    expect(page.get_by_text("It knows nothing yet.")).to_be_visible()
    assert home.get(f"groups/{team}/knowledge")["items"] == []


def test_what_it_knows_is_searched_filtered_and_kept(home: Home, team: str, open_page: OpenPage) -> None:
    """The server searches all of it; working memory can be kept and not be edited."""
    for number in range(21):
        home.post(f"groups/{team}/knowledge", title=f"Note {number}", content=f"About matter {number}.")
    home.find(team, "The queue loses tasks.")
    page = opened(open_page, home, f"/groups?group={team}")
    known = page.locator("council-group-knowledge")
    rows = known.locator(".knowledge-item")
    expect(rows).to_have_count(20)
    known.get_by_role("button", name="Show older").click()
    expect(known.get_by_role("button", name="Show older")).to_be_hidden()
    known.get_by_label("Search what the group knows").fill("matter 17")
    expect(rows).to_have_count(1)
    known.get_by_label("Search what the group knows").fill("nothing of the kind")
    expect(known.get_by_text("Nothing fits that.")).to_be_visible()
    known.get_by_label("Search what the group knows").fill("")
    known.get_by_text("Working memory", exact=True).click()
    expect(rows).to_have_count(1)
    expect(rows.get_by_role("link", name="from a meeting")).to_be_visible()
    expect(rows).to_contain_text("confidence 90 %")
    expect(rows.get_by_role("button")).to_have_text(["Keep", "Delete"])
    rows.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("It is kept now.")).to_be_visible()
    expect(rows).to_have_count(0)
    known.get_by_text("Long-term memory", exact=True).click()
    expect(rows.first).to_contain_text("The queue loses tasks.")


def test_what_does_not_come_can_be_asked_for_again(
    home: Home, team: str, open_page: OpenPage, complaints: list[str]
) -> None:
    """Knowledge and meetings each by themselves."""
    page = opened(open_page, home, f"/groups?group={team}")
    expect(page.get_by_text("It has not met yet.")).to_be_visible()
    page.route("**/api/v1/groups/**", lambda route: route.abort())
    page.route("**/api/v1/sessions**", lambda route: route.abort())
    page.reload()
    expect(page.get_by_text("The server cannot be reached.")).to_be_visible()
    expect(page.get_by_text("The meetings could not be read.")).to_be_visible()
    page.unroute_all()
    for part in ("knowledge", "meetings"):
        page.locator(f"council-group-{part}").get_by_role("button", name="Try again").click()
    expect(page.get_by_text("It knows nothing yet.")).to_be_visible()
    expect(page.get_by_text("It has not met yet.")).to_be_visible()
    complaints.clear()


def test_a_group_that_does_not_exist_is_not_found(
    home: Home, open_page: OpenPage, complaints: list[str]
) -> None:
    page = opened(open_page, home, "/groups?group=nobody")
    expect(page.get_by_text("There is nothing here.")).to_be_visible()
    complaints.clear()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_it_fits_every_window(
    home: Home, team: str, open_page: OpenPage, width: int, scheme: str, language: str
) -> None:
    """Nothing is wider than the window: the list, the editor, and the page of one group with long words in it."""
    home.post(f"groups/{team}/knowledge", title="T" * 200, content="c" * 2000)
    page = opened(open_page, home, f"/groups?lang={language}", width=width, color_scheme=scheme)
    assert overflow(page) == 0
    card(page, team).locator("[data-part=edit]").click()
    expect(page.locator(".seat-row")).to_have_count(2)
    wide = "[...document.querySelectorAll('.sheet-body')].some((body) => body.scrollWidth > body.clientWidth)"
    assert page.evaluate(wide) is False
    page.goto(f"{home.url}/groups?group={team}")
    expect(page.locator(".knowledge-item")).to_have_count(1)
    assert overflow(page) == 0
