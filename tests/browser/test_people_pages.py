"""Signing in, one's own page, everybody, sharing, and what is left when it is taken back: a real server with people."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from council.settings import Settings
from council.store.engine import Store
from tests.browser.conftest import OpenPage
from tests.browser.panel import question, sheet
from tests.browser.rooms import wait_connection
from tests.browser.test_accessibility import Watch, axe
from tests.support import http
from tests.support.server import Server
from tests.support.tokens import token_of

__all__ = ["axe"]  # A fixture.

pytestmark = pytest.mark.browser

PASSWORD = "four words of no sense"
ROLES = {"ada": "admin", "olga": "member", "victor": "viewer"}
OF_THE_BROWSER = "the server responded with a status of 401"  # It notes each refused form.

Enter = Callable[..., Page]


@dataclass(frozen=True)
class Town:
    """A server with an admin, a member and a viewer; each asks with a token of their own."""

    server: Server
    tokens: dict[str, str]

    @property
    def url(self) -> str:
        return self.server.url

    def ask(self, name: str, method: str, path: str, /, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[name]}"}
        address = f"{self.url}/api/v1/{path}"
        answer = http.request(method, address, json=body or None, headers=headers, timeout=15)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def meeting(self, subject: str) -> str:
        """Olga's, waiting for a person's word; the id."""
        session_id: str = self.ask("olga", "POST", "sessions", template_id="quick_decision", subject=subject)[
            "session_id"
        ]
        return session_id


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    data_dir = tmp_path_factory.mktemp("town") / "instance"
    server = Server(
        data_dir, {"rehearsal_tokens_per_second": 0, "limits__sign_ins_per_minute": 1000}, forked=True
    )
    server.start()
    store = Store(Settings(data_dir=data_dir).database)
    try:
        yield Town(server, {name: token_of(store, name, role, PASSWORD) for name, role in ROLES.items()})
    finally:
        store.close()
        server.stop()


@pytest.fixture
def enter(town: Town, open_page: OpenPage) -> Enter:
    """Opens a page of the server as somebody, in a window of their own."""

    def enter(name: str, path: str = "/", **look: Any) -> Page:
        page = open_page(town.url + path, reduced_motion="reduce", **look)
        sign_in(page, name)
        page.wait_for_url(town.url + path)
        return page

    return enter


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(password)
    page.locator(".door-form button").click()


def row(page: Page, name: str) -> Locator:
    """Of a token or a user."""
    return page.locator(
        ".account-row", has=page.locator("[data-part=name]", has_text=re.compile(f"^{name}$"))
    )


def share(page: Page, name: str) -> None:
    dialog = page.get_by_role("dialog", name="Who may see it")
    dialog.get_by_label("Share with").fill(name)
    dialog.get_by_role("button", name="Share", exact=True).click()
    expect(dialog.get_by_role("status")).to_have_text(f"Shared with {name}.")


def open_share(page: Page) -> Locator:
    """The dialog of the room's menu."""
    page.get_by_role("button", name="More").click()
    page.locator("#more [data-share]").click()
    dialog = page.get_by_role("dialog", name="Who may see it")
    expect(dialog.locator("[data-part=owner]")).to_have_text("It belongs to olga.")
    return dialog


# In and out


def test_in_and_out(town: Town, open_page: OpenPage, complaints: list[str]) -> None:
    """A wrong password says so and keeps the name; the right one leads where one wanted to go; signing out ends it."""
    page = open_page(f"{town.url}/templates?q=a")
    expect(page.locator("[name=name]")).to_be_focused()
    sign_in(page, "olga", "not the right one")
    expect(page.get_by_role("alert")).to_have_text("Name and password do not belong together.")
    expect(page.locator("[name=name]")).to_have_value("olga")
    expect(page.locator("[name=password]")).to_be_focused()
    complaints[:] = [each for each in complaints if OF_THE_BROWSER not in each]
    sign_in(page, "olga")
    page.wait_for_url(f"{town.url}/templates?q=a")
    expect(page.locator("header").get_by_role("link", name="olga")).to_have_attribute("href", "/people")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{town.url}/login")
    page.goto(f"{town.url}/groups")
    page.wait_for_url(f"{town.url}/login?next=/groups")


def test_where_nobody_signs_in_the_page_says_how_to_begin(
    tmp_path: Path, serve: Callable[..., Server], open_page: OpenPage
) -> None:
    """The command that makes the first user, and what follows from it; no forms for people who do not exist."""
    page = open_page(serve().url)
    page.get_by_role("link", name="People").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nobody signs in here")
    expect(page.locator("pre")).to_have_text("council user add NAME --role admin")
    expect(page.locator("form")).to_have_count(0)


# One's own page


def test_a_token_is_shown_once_and_revoked(town: Town, enter: Enter) -> None:
    """It opens the API until it is revoked, which is asked first; after a reload nobody sees its secret."""
    page = enter("olga", "/people")
    expect(page.locator("council-users")).to_have_count(0)
    page.get_by_label("What uses it").fill("Nightly")
    expect(page.get_by_label("It may").locator("option")).to_have_count(2)
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_label("The new token")).not_to_have_value("")
    secret = page.get_by_label("The new token").input_value()
    expect(page.locator("[data-part=made]")).to_contain_text("it is not shown again")

    def status() -> int:
        headers = {"Authorization": f"Bearer {secret}"}
        return http.get(f"{town.url}/api/v1/me", headers=headers).status_code

    assert status() == 200
    page.reload()
    assert secret not in page.content()
    expect(row(page, "Nightly")).to_contain_text("look only")
    row(page, "Nightly").get_by_role("button").click()
    question(page).get_by_role("button", name="Revoke").click()
    expect(row(page, "Nightly")).to_have_count(0)
    assert status() == 401


def test_a_password_is_changed_by_who_knows_it(town: Town, enter: Enter, complaints: list[str]) -> None:
    """What is wrong stands at its field: first the old one, then the new one."""
    town.ask("ada", "POST", "users", name="pat", role="viewer", password=PASSWORD)
    page = enter("pat", "/people")
    old, new = page.get_by_label("The one you have"), page.get_by_label("The new one")
    change = page.get_by_role("button", name="Change it")
    old.fill("something else entirely")
    new.fill("short")
    change.click()
    expect(page.locator("#password-error")).to_contain_text("That is not your password.")
    old.fill(PASSWORD)
    change.click()
    expect(page.locator("#new_password-error")).to_contain_text("10 to 1,024 characters")
    new.fill("other words, no more sense")
    change.click()
    expect(page.locator("council-password [role=status]")).to_have_text("Your password is changed.")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("pat")
    complaints[:] = [each for each in complaints if "status of 4" not in each]


# Everybody


def test_an_admin_lets_people_in_and_keeps_them_out(
    town: Town, enter: Enter, open_page: OpenPage, complaints: list[str]
) -> None:
    """Who was added signs in; who is kept out does not, and is let in again; who is removed is gone."""
    page = enter("ada", "/people")
    page.get_by_role("button", name="Add somebody").click()
    sheet(page).get_by_label("Name").fill("Not a name")
    sheet(page).get_by_label("Password").fill(PASSWORD)
    sheet(page).get_by_role("button", name="Save").click()
    expect(page.locator("#name-error")).to_contain_text("1 to 64 of a-z")
    sheet(page).get_by_label("Name").fill("bob")
    sheet(page).get_by_role("button", name="Save").click()
    expect(page.locator("council-users [role=status]")).to_have_text("bob may sign in.")
    page.get_by_label("Role of bob").select_option("viewer")
    expect(page.locator("council-users [role=status]")).to_have_text("bob has a new role.")
    page.get_by_role("button", name="Keep out: bob").click()
    question(page).get_by_role("button", name="Keep out").click()
    expect(row(page, "bob")).to_contain_text("kept out")
    bob = open_page(town.url)
    sign_in(bob, "bob")
    expect(bob.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="Let in again: bob").click()
    expect(row(page, "bob").locator("[data-part=out]")).to_be_hidden()
    sign_in(bob, "bob")
    expect(bob.get_by_text("You may look on: whoever starts a meeting")).to_be_visible()
    expect(bob.locator("council-start")).to_have_count(0)
    page.get_by_role("button", name="Remove bob").click()
    expect(question(page)).to_contain_text("they belong to nobody then")
    question(page).get_by_role("button", name="Remove").click()
    expect(row(page, "bob")).to_have_count(0)
    told = ("status of 4", "HTTP Authentication failed")  # The page of who is gone may ask once more.
    complaints[:] = [each for each in complaints if not any(words in each for words in told)]


def test_the_last_admin_stays(enter: Enter, complaints: list[str]) -> None:
    """The page says why, and shows the role as it is."""
    page = enter("ada", "/people")
    page.get_by_label("Role of ada").select_option("member")
    expect(page.locator("council-users [role=alert]")).to_contain_text("ada is the only admin.")
    expect(page.get_by_label("Role of ada")).to_have_value("admin")
    complaints[:] = [each for each in complaints if "status of 403" not in each]


# Sharing


def test_a_meeting_is_shared_and_taken_back(town: Town, enter: Enter) -> None:
    """Its owner shares it from its menu; the other one looks on, is offered nothing they may not do, and is told when
    it is taken back."""
    session_id = town.meeting("Shall we share this?")
    olga = enter("olga", f"/meetings/{session_id}")
    expect(olga.locator("council-composer")).to_be_visible()
    dialog = open_share(olga)
    expect(dialog.locator("[data-part=nobody]")).to_be_visible()
    share(olga, "victor")

    victor = enter("victor", "/")
    expect(victor.locator("council-start")).to_have_count(0)
    victor.get_by_role("link", name="Shall we share this?").click()
    wait_connection(victor)
    expect(victor.locator("body")).to_have_attribute("data-right", "read")
    expect(victor.get_by_text("You may look on here, and change nothing.")).to_be_visible()
    expect(victor.locator("council-review")).to_contain_text("you may look on")
    for name in ("Pause", "Stop", "Send", "Approve", "Quote", "Run again from here"):
        expect(victor.get_by_role("button", name=name, exact=True).filter(visible=True)).to_have_count(0)
    assert "(!)" not in victor.title()

    dialog.get_by_role("button", name="Take back from victor").click()
    link = victor.locator("council-link")
    expect(link).to_contain_text("Not shared with you any more")
    expect(link.get_by_role("link", name="All meetings")).to_be_visible()


def test_who_may_take_part_sees_whose_it_is_and_changes_no_shares(town: Town, enter: Enter) -> None:
    """They have the box to speak, the list without its buttons, and no way to delete."""
    session_id = town.meeting("May others speak?")
    town.ask("ada", "POST", "users", name="guy", role="member", password=PASSWORD)
    town.ask("olga", "PUT", f"sessions/{session_id}/shares/guy", level="run")
    page = enter("guy", f"/meetings/{session_id}")
    expect(page.locator("council-composer")).to_be_visible()
    dialog = open_share(page)
    expect(dialog.locator(".share-row")).to_contain_text("may take part")
    expect(dialog.get_by_role("button").filter(visible=True)).to_have_count(1)  # To close it.
    town.ask("olga", "POST", f"sessions/{session_id}/control", action="stop")
    page.goto(town.url)
    past = page.locator("council-past .session", has_text="May others speak?")
    expect(past.locator("[data-part=compare]")).to_be_visible()
    expect(past.locator("[data-part=delete]")).to_be_hidden()


def test_templates_and_groups_are_shared_from_their_cards(town: Town, enter: Enter) -> None:
    """Whoever it is shared with looks inside and copies; to change or delete it is not offered."""
    town.ask("olga", "POST", "templates/council_debate/copy", name="Our debate")
    town.ask("olga", "POST", "groups", name="Platform team")
    olga, victor = enter("olga", "/templates"), enter("victor", "/groups")
    expect(victor.locator(".shelf-card", has_text="Platform team")).to_have_count(0)
    for path, name in (("/templates", "Our debate"), ("/groups", "Platform team")):
        olga.goto(town.url + path)
        card = olga.locator(".shelf-card", has_text=name)
        card.locator("[data-share]").click()
        share(olga, "victor")
        victor.goto(town.url + path)
        shown = victor.locator(".shelf-card", has_text=name)
        expect(shown).to_contain_text("shared")
        expect(
            shown.get_by_role("button", name=re.compile("Delete|Edit|Copy")).filter(visible=True)
        ).to_have_count(0)


# Signed out meanwhile


def test_who_is_signed_out_loses_nothing(town: Town, enter: Enter, complaints: list[str]) -> None:
    """The room says so and leads to the sign-in beside it; after it the room goes on, and what was typed is there."""
    session_id = town.meeting("Who goes out?")
    page = enter("olga", f"/meetings/{session_id}")
    wait_connection(page)
    page.get_by_label("Say something to the members").fill("half a thou")
    other = page.context.new_page()
    other.goto(f"{town.url}/people")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/login")
    link = page.locator("council-link")
    expect(link).to_contain_text("Signed out")
    way = link.get_by_role("link", name="Sign in")
    expect(way).to_have_attribute("href", f"/login?next=%2Fmeetings%2F{session_id}")
    with page.expect_popup() as opened:
        way.click()
    sign_in(opened.value, "olga")
    wait_connection(opened.value)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # Headless windows are all seen.
    wait_connection(page)
    page.get_by_label("Say something to the members").press("Enter")
    expect(page.get_by_text("half a thou").first).to_be_visible()
    complaints[:] = [each for each in complaints if OF_THE_BROWSER not in each]


def test_a_form_outlives_its_sign_in(town: Town, enter: Enter, complaints: list[str]) -> None:
    """What is refused because nobody is signed in any more is saved once somebody is again, as it was typed."""
    page = enter("olga", "/groups")
    page.get_by_role("button", name="New group").click()
    sheet(page).get_by_label("Name").fill("Late shift")
    page.context.clear_cookies(name="council_sign_in")
    sheet(page).get_by_role("button", name="Save").click()
    bar = page.locator(".signed-out")
    expect(bar).to_contain_text("What you typed is still here.")
    with page.expect_popup() as opened:
        bar.get_by_role("link", name="Sign in").click()
    sign_in(opened.value, "olga")
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Those who meet more than once")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # Headless windows are all seen.
    expect(bar).to_have_count(0)
    sheet(page).get_by_role("button", name="Save").click()
    expect(page.locator(".shelf-card", has_text="Late shift")).to_be_visible()
    complaints[:] = [each for each in complaints if OF_THE_BROWSER not in each]


def test_the_pages_have_no_fault(town: Town, enter: Enter, open_page: OpenPage, axe: str) -> None:
    """The door, one's page with everybody on it, its dialogs, and who may see a meeting, narrow and dark as well."""
    session_id = town.meeting("Is it for everybody?")
    town.ask("olga", "PUT", f"sessions/{session_id}/shares/*", level="read")
    for look in ({"width": 1280, "color_scheme": "light"}, {"width": 400, "color_scheme": "dark"}):
        door = Watch(open_page(f"{town.url}/login", **look), axe)
        door.page.locator(".door-help summary").click()
        door.look("door")
        watch = Watch(enter("ada", "/people", **look), axe)
        watch.look("people")
        watch.page.get_by_role("button", name="Add somebody").click()
        watch.look("adding somebody")
        watch.page.goto(f"{town.url}/meetings/{session_id}")
        wait_connection(watch.page)
        expect(open_share(watch.page).locator(".share-row")).to_have_count(1)
        watch.look("sharing")
        assert door.found + watch.found == []


def test_who_may_look_only_can_look_into_the_editor(enter: Enter, complaints: list[str]) -> None:
    """The plan can be looked at from all sides and not be changed; no button does nothing."""
    page = enter("victor", "/templates/new")
    expect(page.get_by_text("You may look only.")).to_be_visible()
    expect(page.locator("#template-name")).to_be_disabled()
    page.locator('[data-card="first"]').click()
    expect(page.locator("#node-name")).to_be_disabled()
    named = {button.inner_text() for button in page.locator("main button:visible").all()}
    assert not named & {"Save", "Save as", "Add a node", "Delete this node", "Copy and edit", "Begin here"}
    page.keyboard.press("Control+s")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert complaints == []


@pytest.mark.parametrize("path", ["/agents", "/groups", "/templates"])
def test_who_may_look_only_is_offered_nothing_to_change(enter: Enter, path: str) -> None:
    """The lists say so, and have no button for it."""
    page = enter("victor", path)
    expect(page.get_by_text("You may look only.")).to_be_visible()
    if path != "/groups":
        expect(page.locator(".shelf-card").first).to_be_visible()
    offers = re.compile("^(New|Edit|Delete|Copy|Import|Generate|Start)")
    expect(page.get_by_role("button", name=offers)).to_have_count(0)
    expect(page.get_by_role("link", name=offers)).to_have_count(0)
