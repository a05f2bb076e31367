"""Whole deliberations on a real server, as people see them and take part in them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.rooms import choose_template, wait_connection, wait_session
from tests.support.server import Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser
Serve = Callable[..., Server]

DOCUMENT = "# One repository\n\nWe move all twelve teams by March 2026.\nBuilds take 40 minutes today.\n"


def start(page: Page, template_id: str, **limits: str) -> None:
    choose_template(page, template_id)
    page.get_by_label("Subject").fill("Shall all teams move into one repository?")
    page.get_by_role("textbox", name="Document").fill(DOCUMENT)
    if limits:
        page.get_by_role("button", name="Who and how much").click()
    for name, value in limits.items():
        page.get_by_label(f"At most {name}").fill(value)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/meetings/*")
    wait_connection(page)


def shown(page: Page) -> str:
    """All that a reader reads of the meeting, row by row."""
    return page.locator("council-transcript, council-verdict").evaluate_all(
        "parts => parts.map((part) => part.textContent.replace(/\\s+/g, ' ')).join()"
    )


def test_who_comes_late_sees_what_others_saw(serve: Serve, open_page: OpenPage) -> None:
    """Opinions, ballot, facts, a person's decision and the verdict: the same live and from the snapshot."""
    page = open_page(serve(rehearsal_tokens_per_second=0).url)
    start(page, "quick_decision")
    page.get_by_label("Feedback").fill("Agreed.")
    page.get_by_role("button", name="Approve").click()
    wait_session(page, "completed")
    expect(page.locator("council-verdict")).to_contain_text("A person decided: Approve – Agreed.")
    expect(page.locator(".ballot .outcome")).to_be_visible()
    expect(page.locator(".facts-check .claim").first).to_be_visible()
    late = open_page(page.url)
    wait_connection(late)
    wait_until(lambda: shown(late) == shown(page), what="the same page")


def test_a_person_turns_the_loop(serve: Serve, open_page: OpenPage) -> None:
    """The surgeon's change is seen as a difference; rolled back, there is another round and one more version."""
    page = open_page(serve(rehearsal_tokens_per_second=0).url)
    start(page, "council_optimize")
    files = page.locator("council-review [data-part=files]")
    files.get_by_text("What was changed").click()
    expect(files.locator("[data-sign='+']").first).to_be_visible()
    page.get_by_role("button", name="Roll back").click()
    expect(page.get_by_role("heading", name="Round 2", exact=True)).to_be_visible()
    expect(page.locator(".work").filter(has_text="version 3").first).to_be_visible()
    page.get_by_role("button", name="Exit").click()
    wait_session(page, "completed")
    reference = page.locator("article a.ref").first
    reference.click()
    expect(page.locator("council-document-pane [data-marked]").first).to_be_visible()


def test_a_cap_holds_until_it_is_raised(serve: Serve, open_page: OpenPage) -> None:
    """The page says what is needed, and goes on with what a person allows."""
    page = open_page(serve(rehearsal_tokens_per_second=0).url)
    start(page, "council_debate", tokens="2000")
    wait_session(page, "paused")
    hold = page.locator("council-hold")
    expect(hold).to_contain_text("The cap is reached.")
    hold.get_by_label("Cap in tokens").fill("900000")
    hold.get_by_role("button", name="Raise the cap").click()
    wait_session(page, "completed")
    expect(hold).to_be_hidden()


def test_another_run_stands_beside_the_first(serve: Serve, open_page: OpenPage) -> None:
    """From the chair on: what was said before is the same, the ruling is another meeting's."""
    page = open_page(serve(rehearsal_tokens_per_second=0).url)
    start(page, "council_debate")
    wait_session(page, "completed")
    ruling = page.locator("article[data-node-id=adjudicator]")
    ruling.hover()
    ruling.get_by_role("button", name="Run again from here").click()
    page.get_by_label("Another task").fill("Rule in one sentence, and score.")
    page.get_by_role("dialog").get_by_role("button", name="Run again").click()
    page.get_by_role("link", name="Compare the two").click()
    expect(page.locator("[data-row=affirmative]")).to_have_attribute("data-same", "true")
    expect(page.locator("[data-row=adjudicator]")).to_be_visible(timeout=20_000)
