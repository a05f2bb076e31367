"""The list of templates: real server, real browser."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.rooms import overflow
from tests.support.server import Server

pytestmark = pytest.mark.browser
Serve = Callable[..., Server]

NODES = {
    "start": {"node_id": "start", "type": "start", "name": "Opening", "next_ids": ["solo"]},
    "solo": {
        "node_id": "solo", "type": "agent", "name": "Alone", "next_ids": ["end"],
        "properties": {"agent_id": "value_defender"},
    },
    "end": {"node_id": "end", "type": "end", "name": "Record"},
}  # fmt: skip
MINE = {"name": "Mine", "description": "One voice.", "graph": {"start_node_id": "start", "nodes": NODES}}


def keep(server: Server, **changes: object) -> str:
    """A template of the user's own; its id."""
    answer = server.post("/api/v1/templates", MINE | changes)
    assert answer.status_code == 201, answer.text
    template_id: str = answer.json()["template_id"]
    return template_id


def wait_list(page: Page) -> None:
    """Until its script has counted the cards, and hears what is pressed."""
    expect(page.locator("#count")).not_to_be_empty()


def wait_canvas(page: Page, node_id: str = "start") -> None:
    expect(page.locator(f'[data-card="{node_id}"]')).to_be_visible()


def test_what_a_card_shows(serve: Serve, open_page: OpenPage) -> None:
    """Its plan, its name, whose it is, who sits in it, and a way to start with it."""
    server = serve()
    keep(server)
    page = open_page(f"{server.url}/templates")
    built_in = page.locator('[data-template="council_debate"]')
    expect(built_in.get_by_role("img", name="How it runs")).to_be_visible()
    expect(built_in).to_contain_text("built in")
    expect(built_in.get_by_role("list", name="Members")).to_contain_text("Risk Auditor")
    expect(built_in.get_by_role("link", name="Start with this")).to_have_attribute(
        "href", "/?template=council_debate"
    )
    expect(built_in.get_by_role("button", name="Delete")).to_have_count(0)
    mine = page.locator('[data-template="mine"]')
    expect(mine).to_contain_text("your own")
    expect(mine.get_by_role("link", name="Edit")).to_have_attribute("href", "/templates/mine/edit")


def test_searching(serve: Serve, open_page: OpenPage) -> None:
    """By name, by what happens and by member; a search without a find says so."""
    page = open_page(f"{serve().url}/templates")
    wait_list(page)
    search = page.get_by_label("Search templates")
    search.fill("devil")
    expect(page.locator("[data-template]:visible")).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="1 of 8 templates")).to_be_visible()
    search.fill("nothing like it")
    expect(page.get_by_text("No template fits.")).to_be_visible()
    search.fill("")
    expect(page.locator("[data-template]:visible")).to_have_count(8)


def test_copy_and_edit(serve: Serve, open_page: OpenPage) -> None:
    """A built-in template is copied, and the copy opens in the editor."""
    server = serve()
    page = open_page(f"{server.url}/templates")
    wait_list(page)
    page.locator('[data-template="council_debate"]').get_by_role("button", name="Copy and edit").click()
    page.wait_for_url("**/templates/council_debate_copy/edit")
    wait_canvas(page, "adjudicator")
    assert server.get("/api/v1/templates/council_debate_copy")["name"] == "Council Debate (copy)"


def test_deleting(serve: Serve, open_page: OpenPage, complaints: list[str]) -> None:
    """Asked first; refused with the reason while a group uses it; gone when it may be."""
    server = serve()
    keep(server)
    group = {"name": "Us", "default_agents": {"mine": {"solo": "risk_auditor"}}}
    group_id = server.post("/api/v1/groups", group).json()["group_id"]
    page = open_page(f"{server.url}/templates")
    wait_list(page)
    mine = page.locator('[data-template="mine"]')
    dialog = page.get_by_role("dialog")
    mine.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Keep it").click()
    mine.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog.get_by_role("alert")).to_contain_text("is still used by groups: us")
    page.evaluate("id => fetch(`/api/v1/groups/${id}`, {method: 'DELETE'})", group_id)
    page.wait_for_function(
        "async () => (await (await fetch('/api/v1/groups')).json()).items.every(g => !g.default_agents.mine)"
    )
    dialog.get_by_role("button", name="Delete").click()
    expect(mine).to_have_count(0)
    del complaints[:]  # The browser itself notes the refusal.


def test_a_template_from_a_sentence(serve: Serve, open_page: OpenPage) -> None:
    """The rehearsal says that it understands nothing; the draft is shown, opened unsaved, and can be saved."""
    server = serve(rehearsal_tokens_per_second=0)
    page = open_page(f"{server.url}/templates")
    wait_list(page)
    page.get_by_role("button", name="Generate from a sentence").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("It understands nothing.")
    dialog.get_by_role("button", name="Generate").click()
    expect(dialog.get_by_role("alert")).to_have_text("Say what the meeting should be like.")
    dialog.get_by_label("In a sentence or a few").fill(
        "Three experts review code, they vote, a person approves."
    )
    dialog.get_by_role("button", name="Generate").click()
    expect(dialog.locator('[data-card][data-type="vote"]')).to_be_visible()
    before = len(server.get("/api/v1/templates")["items"])
    dialog.get_by_role("button", name="Open in the editor").click()
    page.wait_for_url("**/templates/new?draft=*")
    expect(page.locator('[data-card][data-type="vote"]')).to_be_visible()
    assert len(server.get("/api/v1/templates")["items"]) == before
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/templates/*/edit")
    assert len(server.get("/api/v1/templates")["items"]) == before + 1


@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_a_file_is_imported(serve: Serve, open_page: OpenPage, kind: str) -> None:
    """JSON or YAML, as it was read from the API or written by hand; it opens unsaved."""
    page = open_page(f"{serve().url}/templates")
    wait_list(page)
    text = json.dumps(MINE, indent="\t" if kind == "json" else None)
    file = {"name": f"mine.{kind}", "mimeType": "text/plain", "buffer": text.encode()}
    page.locator("#import-file").set_input_files(file)  # type: ignore[arg-type]
    page.wait_for_url("**/templates/new?draft=*")
    expect(page.get_by_label("Name of the template")).to_have_value("Mine")
    wait_canvas(page, "solo")


def test_a_file_that_is_no_template(serve: Serve, open_page: OpenPage, complaints: list[str]) -> None:
    """What is wrong is said with its line, and nothing is opened."""
    page = open_page(f"{serve().url}/templates")
    wait_list(page)
    page.locator("#import-file").set_input_files(
        {"name": "x.yaml", "mimeType": "text/plain", "buffer": b"name: x\nnodes: ["}
    )
    expect(page.get_by_role("alert")).to_contain_text("line 2")
    page.locator("#import-file").set_input_files(
        {"name": "x.yaml", "mimeType": "text/plain", "buffer": b"\xff\xfe\x00"}
    )
    expect(page.get_by_role("alert")).to_contain_text("is not a text")
    del complaints[:]


@pytest.mark.parametrize(
    ("width", "scheme"), [(400, "dark"), (400, "light"), (1024, "light"), (1600, "dark")]
)
def test_every_width_and_both_themes(serve: Serve, open_page: OpenPage, width: int, scheme: str) -> None:
    """Nothing is wider than its window, whatever a template is called."""
    server = serve()
    keep(server, name="Averyveryverylongwordwithoutanyplacetobreakit" * 2, description="word " * 100)
    page = open_page(f"{server.url}/templates", width=width, color_scheme=scheme)
    wait_list(page)
    assert overflow(page) == 0
    page.get_by_role("button", name="Generate from a sentence").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert overflow(page) == 0
