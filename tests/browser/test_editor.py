"""The editor of a template: real server, real browser."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.rooms import overflow
from tests.browser.test_templates_page import MINE, keep, wait_canvas
from tests.support.server import Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser
Serve = Callable[..., Server]


def card(page: Page, node_id: str) -> Locator:
    return page.locator(f'[data-card="{node_id}"]')


def press(page: Page, node_id: str) -> Locator:
    """What of the card is pressed and has the focus."""
    return card(page, node_id).locator("[role=button]")


def form(page: Page) -> Locator:
    return page.get_by_role("complementary", name="What is selected")


def add(page: Page, node_type: str) -> None:
    page.get_by_role("button", name="Add a node").click()
    page.get_by_role("dialog").locator(f'button[data-type="{node_type}"]').click()


def links(page: Page) -> set[tuple[str, str]]:
    found = page.locator(".node-link").evaluate_all(
        "all => all.map((one) => [one.dataset.source, one.dataset.target])"
    )
    return {(source, target) for source, target in found}


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()


def kept(server: Server, template_id: str = "mine") -> dict[str, Any]:
    template: dict[str, Any] = server.get(f"/api/v1/templates/{template_id}")
    return template


def open_mine(serve: Serve, open_page: OpenPage, **more: Any) -> tuple[Server, Page]:
    server = serve()
    keep(server)
    page = open_page(f"{server.url}/templates/mine/edit", **more)
    wait_canvas(page)
    return server, page


def test_from_nothing_to_a_meeting(serve: Serve, open_page: OpenPage) -> None:
    """A new template gets a name and a ballot, is saved under an id made of its name, and can be started with."""
    server = serve()
    page = open_page(f"{server.url}/templates/new")
    wait_canvas(page)
    page.get_by_label("Name of the template").fill("Two steps")
    card(page, "first").click()
    add(page, "vote")
    expect(form(page).get_by_role("heading", name="Ballot")).to_be_visible()
    assert links(page) == {("start", "first"), ("first", "vote"), ("vote", "end")}
    save(page)
    assert page.url.endswith("/templates/two_steps/edit")
    assert list(kept(server, "two_steps")["graph"]["nodes"]) == ["start", "first", "end", "vote"]
    expect(page.get_by_role("link", name="Start with this")).to_have_attribute("href", "/?template=two_steps")


def test_a_form_by_its_schema(serve: Serve, open_page: OpenPage) -> None:
    """Choices, numbers, lists, texts and switches; what nobody touched is saved as it was."""
    server, page = open_mine(serve, open_page)
    card(page, "solo").click()
    form(page).get_by_label("Name", exact=True).fill("The only one")
    form(page).get_by_label("Agent", exact=True).select_option("risk_auditor")
    form(page).get_by_label("Reads").select_option("none")
    form(page).get_by_label("search").check()
    form(page).get_by_label("Task").fill("Say it\nin two lines.")
    form(page).get_by_text("Limits").click()
    form(page).get_by_label("At most tokens").fill("500")
    expect(card(page, "solo")).to_contain_text("The only one")
    save(page)
    node = kept(server)["graph"]["nodes"]["solo"]
    assert node["name"] == "The only one"
    assert node["properties"] == {
        "agent_id": "risk_auditor", "visibility": "none", "tools": ["search"], "task": "Say it\nin two lines.",
        "max_tokens": 500,
    }  # fmt: skip


def test_faults_while_typing(serve: Serve, open_page: OpenPage) -> None:
    """At the field, on the card and in the list, with the way there; saving is refused until it is mended."""
    server, page = open_mine(serve, open_page)
    card(page, "solo").click()
    form(page).get_by_text("Limits").click()
    field = form(page).get_by_label("At most tokens")
    field.fill("many")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(card(page, "solo")).to_have_attribute("data-faults", "1")
    expect(page.locator("#faults")).to_contain_text("Faults: 1")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Not saved: there are faults.")).to_be_visible()
    card(page, "end").click()
    page.get_by_role("button", name="Go there").click()
    expect(field).to_be_focused()
    assert field.input_value() == "many"
    field.fill("12")
    expect(card(page, "solo")).to_have_attribute("data-faults", "0")
    save(page)
    assert kept(server)["graph"]["nodes"]["solo"]["properties"]["max_tokens"] == 12


def test_connecting_by_mouse(serve: Serve, open_page: OpenPage) -> None:
    """From a card's port to another card; a link is selected by a click and deleted by a key, and comes back."""
    _server, page = open_mine(serve, open_page)
    port = card(page, "start").locator(".card-port-dot").bounding_box()
    end = card(page, "end").bounding_box()
    assert port is not None
    assert end is not None
    page.mouse.move(port["x"] + port["width"] / 2, port["y"] + port["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 30, end["y"] + 20, steps=5)
    page.mouse.up()
    expect(page.locator('.node-link[data-source="start"][data-target="end"]')).to_have_count(1)
    page.mouse.click(end["x"] + end["width"] / 2, end["y"] - 20)
    expect(form(page).get_by_role("heading", name="Link")).to_be_visible()
    page.keyboard.press("Delete")
    wait_until(lambda: links(page) == {("start", "solo"), ("solo", "end")}, what="the link's end")
    page.keyboard.press("Control+z")
    wait_until(lambda: ("start", "end") in links(page), what="the link again")


def test_moving_by_mouse_and_by_keys(serve: Serve, open_page: OpenPage) -> None:
    """A card stays where it is put, by mouse or key; each is a change that is not saved yet, and can be undone."""
    _server, page = open_mine(serve, open_page)
    solo = card(page, "solo")
    box = solo.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 40, steps=5)
    page.mouse.up()
    expect(solo).not_to_have_attribute("transform", "translate(0 102)")
    moved = solo.get_attribute("transform") or ""
    expect(page.get_by_text("not saved", exact=True)).to_be_visible()
    press(page, "solo").focus()
    page.keyboard.press("ArrowRight")
    wait_until(lambda: solo.get_attribute("transform") != moved, what="a step to the right")
    page.keyboard.press("Control+z")
    expect(solo).to_have_attribute("transform", moved)
    page.keyboard.press("Control+z")
    expect(solo).to_have_attribute("transform", "translate(0 102)")
    expect(page.get_by_text("not saved", exact=True)).to_be_hidden()
    page.keyboard.press("Control+y")
    expect(solo).to_have_attribute("transform", moved)


def test_everybody_sees_it_where_it_was_put(serve: Serve, open_page: OpenPage) -> None:
    """Where a node was put is saved with the template, and there for whoever opens it, in the YAML, and in a copy;
    tidied up, it stands where it stood at first."""
    server, page = open_mine(serve, open_page)
    page.get_by_role("button", name="YAML").click()
    text = page.get_by_label("The template as YAML")
    press(page, "solo").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(text).to_have_value(re.compile("\nlayout:\n  solo: {x: 60, y: 112}\n$"))
    save(page)
    assert kept(server)["layout"] == {"solo": {"x": 60, "y": 112}}
    other = open_page(page.url)
    expect(card(other, "solo")).to_have_attribute("transform", "translate(60 112)")
    expect(card(other, "end")).to_have_attribute("transform", "translate(0 204)")
    assert server.post("/api/v1/templates/mine/copy", {}).json()["layout"] == {"solo": {"x": 60, "y": 112}}
    other.get_by_role("button", name="Tidy up").click()
    expect(card(other, "solo")).to_have_attribute("transform", "translate(0 102)")
    save(other)
    assert kept(server)["layout"] == {}


def test_all_of_it_by_keyboard(serve: Serve, open_page: OpenPage) -> None:
    """Add, connect, order, disconnect and delete without a mouse; undo and redo."""
    _server, page = open_mine(serve, open_page)
    press(page, "solo").focus()
    expect(press(page, "solo")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Add a node").press("Enter")
    page.get_by_role("dialog").locator('button[data-type="parallel"]').press("Enter")
    assert ("solo", "parallel") in links(page)
    expect(form(page).get_by_label("Name", exact=True)).to_be_focused()
    form(page).get_by_label("Connect to").select_option("start")
    assert ("parallel", "start") in links(page)
    form(page).get_by_role("button", name="Opening: earlier").press("Enter")
    expect(form(page).get_by_role("listitem").first).to_contain_text("Opening")
    form(page).get_by_role("button", name="Delete the link to Opening").press("Enter")
    wait_until(lambda: ("parallel", "start") not in links(page), what="the link's end")
    press(page, "parallel").focus()
    page.keyboard.press("Delete")
    expect(card(page, "parallel")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(card(page, "parallel")).to_have_count(1)
    page.keyboard.press("Control+Shift+z")
    expect(card(page, "parallel")).to_have_count(0)


def test_the_plan_as_a_list(serve: Serve, open_page: OpenPage) -> None:
    """Every node with what it is and where it leads; choosing one opens its form."""
    _server, page = open_mine(serve, open_page)
    page.get_by_role("button", name="List").click()
    rows = page.get_by_role("list", name="Nodes").get_by_role("button")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("leads to Record")
    rows.nth(1).click()
    expect(form(page).get_by_label("Name", exact=True)).to_have_value("Alone")


def test_an_id_changes_with_its_links(serve: Serve, open_page: OpenPage) -> None:
    """And one that another node has is refused, with a free one."""
    server, page = open_mine(serve, open_page)
    card(page, "solo").click()
    form(page).get_by_text("Id", exact=True).click()
    field = form(page).get_by_label("Id of this node")
    field.fill("end")
    field.blur()
    expect(form(page).get_by_role("alert")).to_contain_text("end_2 is free")
    field.fill("voice")
    field.blur()
    expect(card(page, "voice")).to_have_count(1)
    assert links(page) == {("start", "voice"), ("voice", "end")}
    save(page)
    assert list(kept(server)["graph"]["nodes"]) == ["start", "voice", "end"]


def test_yaml_beside_it(serve: Serve, open_page: OpenPage, complaints: list[str]) -> None:
    """What is typed there changes the picture, and the other way; what cannot be read stays, with its line."""
    _server, page = open_mine(serve, open_page)
    page.get_by_role("button", name="YAML").click()
    text = page.get_by_label("The template as YAML")
    wait_until(lambda: "name: Mine" in text.input_value(), what="the YAML")
    whole = text.input_value()
    text.fill(whole.replace("name: Alone", "name: All alone"))
    expect(card(page, "solo")).to_contain_text("All alone")
    text.fill(whole + "  [")
    expect(page.locator(".yaml-fault")).to_contain_text("This is not YAML")
    expect(page.locator(".yaml-fault")).to_contain_text("Line")
    assert text.input_value() == whole + "  ["
    expect(card(page, "solo")).to_contain_text("All alone")
    text.fill(whole)
    expect(card(page, "solo")).to_contain_text("Alone")
    card(page, "solo").click()
    form(page).get_by_label("Name", exact=True).fill("From the form")
    wait_until(lambda: "From the form" in text.input_value(), what="the form's word in the YAML")
    del complaints[:]


def test_the_estimate(serve: Serve, open_page: OpenPage) -> None:
    """Calls and tokens as they are now; nothing as long as there are faults."""
    _server, page = open_mine(serve, open_page)
    calls = page.locator("#estimate [data-part=calls]")
    expect(calls).to_have_text("1")
    card(page, "solo").click()
    add(page, "agent")
    expect(calls).to_have_text("2")
    press(page, "end").focus()
    page.keyboard.press("Delete")
    expect(calls).to_have_text("–")


def test_saving_while_it_is_being_saved(serve: Serve, open_page: OpenPage) -> None:
    """What was changed meanwhile is saved afterwards."""
    server, page = open_mine(serve, open_page)
    held: list[Route] = []
    page.route("**/api/v1/templates/mine", lambda route: route.continue_() if held else held.append(route))
    name = page.get_by_label("Name of the template")
    name.fill("First")
    page.get_by_role("button", name="Save", exact=True).click()
    wait_until(lambda: bool(page.evaluate("true") and held), what="the first save")
    name.fill("Second")
    page.get_by_role("button", name="Save", exact=True).click()
    held[0].continue_()
    wait_until(
        lambda: bool(page.evaluate("true")) and kept(server)["name"] == "Second", what="the second save"
    )


def test_somebody_else_saved_meanwhile(serve: Serve, open_page: OpenPage, complaints: list[str]) -> None:
    """Nothing is overwritten: theirs can be loaded, or one's own kept as a copy."""
    server, page = open_mine(serve, open_page)
    other = open_page(page.url)
    wait_canvas(other)
    for window, name in ((page, "First"), (other, "Second")):
        window.get_by_label("Name of the template").fill(name)
    save(page)
    other.get_by_role("button", name="Save", exact=True).click()
    dialog = other.get_by_role("dialog")
    expect(dialog).to_contain_text("Somebody else saved this template meanwhile.")
    dialog.get_by_role("button", name="Save as a copy").click()
    other.get_by_role("dialog").get_by_label("Name").fill("Second")
    other.get_by_role("dialog").get_by_role("button", name="Save").click()
    other.wait_for_url("**/templates/second/edit")
    assert (kept(server)["name"], kept(server, "second")["name"]) == ("First", "Second")
    del complaints[:]


def test_loading_what_the_other_saved(serve: Serve, open_page: OpenPage, complaints: list[str]) -> None:
    server, page = open_mine(serve, open_page)
    page.get_by_label("Name of the template").fill("My own")
    page.evaluate(
        "body => fetch('/api/v1/templates/mine', {method: 'PUT', headers: {'Content-Type': 'application/json'}, body})",
        json.dumps(MINE | {"name": "Theirs"}),
    )
    wait_until(lambda: kept(server)["name"] == "Theirs", what="the other's change")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Load theirs").click()
    expect(page.get_by_label("Name of the template")).to_have_value("Theirs")
    del complaints[:]


def test_a_template_deleted_meanwhile(serve: Serve, open_page: OpenPage, complaints: list[str]) -> None:
    """What is here can be kept as a new one."""
    server, page = open_mine(serve, open_page)
    page.get_by_label("Name of the template").fill("Still here")
    page.evaluate("() => fetch('/api/v1/templates/mine', {method: 'DELETE'})")
    page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("was deleted meanwhile")
    dialog.get_by_role("button", name="Save it again").click()
    page.wait_for_url("**/templates/still_here/edit")
    assert kept(server, "still_here")["name"] == "Still here"
    del complaints[:]


def test_a_template_that_comes_with_council(serve: Serve, open_page: OpenPage) -> None:
    """It can be looked at, not changed; its copy can."""
    page = open_page(f"{serve().url}/templates/council_debate/edit")
    card(page, "adjudicator").click()
    expect(form(page).get_by_label("Name", exact=True)).to_be_disabled()
    expect(page.get_by_role("button", name="Add a node")).to_be_hidden()
    press(page, "adjudicator").focus()
    page.keyboard.press("Delete")
    expect(card(page, "adjudicator")).to_have_count(1)
    page.get_by_role("button", name="Copy and edit").click()
    page.wait_for_url("**/templates/council_debate_copy/edit")
    expect(page.get_by_role("button", name="Add a node")).to_be_visible()


def test_what_is_not_saved_is_kept(serve: Serve, open_page: OpenPage) -> None:
    """Leaving is asked about; a reload brings the draft back, and it can be discarded."""
    _server, page = open_mine(serve, open_page)
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.get_by_label("Name of the template").fill("Not yet saved")
    page.reload()
    assert asked == ["beforeunload"]
    expect(page.get_by_label("Name of the template")).to_have_value("Not yet saved")
    expect(page.get_by_text("What you had not saved is here again.")).to_be_visible()
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_label("Name of the template")).to_have_value("Mine")


def test_three_hundred_nodes(serve: Serve, open_page: OpenPage) -> None:
    """They are drawn, one is moved and one is renamed."""
    server = serve()
    ids = [f"n{n}" for n in range(300)]
    nodes = {
        "start": MINE["graph"]["nodes"]["start"] | {"next_ids": ids[:4]},
        "end": MINE["graph"]["nodes"]["end"],
    }  # type: ignore[index]
    for at, node_id in enumerate(ids):
        following = ids[at + 4 : at + 5] or ["end"]
        nodes[node_id] = {
            "node_id": node_id, "type": "agent", "name": f"Member {at}", "next_ids": following,
            "properties": {"agent_id": "member_a"},
        }  # fmt: skip
    template_id = keep(server, name="Large", graph={"start_node_id": "start", "nodes": nodes})
    page = open_page(f"{server.url}/templates/{template_id}/edit")
    expect(page.locator("[data-card]")).to_have_count(302)
    press(page, "n7").focus()
    before = card(page, "n7").get_attribute("transform")
    page.keyboard.press("ArrowRight")
    expect(card(page, "n7")).not_to_have_attribute("transform", before or "")
    form(page).get_by_label("Name", exact=True).fill("Seven")
    expect(card(page, "n7")).to_contain_text("Seven")


@pytest.mark.parametrize(
    ("width", "scheme"), [(400, "dark"), (400, "light"), (1024, "light"), (1600, "dark")]
)
def test_every_width_and_both_themes(serve: Serve, open_page: OpenPage, width: int, scheme: str) -> None:
    """Nothing is wider than its window, with the form of a node and the YAML open."""
    _server, page = open_mine(serve, open_page, width=width, color_scheme=scheme)
    assert overflow(page) == 0
    card(page, "solo").click()
    page.get_by_role("button", name="YAML").click()
    expect(page.get_by_label("The template as YAML")).to_be_visible()
    assert overflow(page) == 0
