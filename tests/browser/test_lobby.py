"""The lobby's form and lists, before a server that answers as the test says."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting
from tests.browser.fake_room import FakeServer
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser


def test_the_form_sends_what_was_filled_in(fake: FakeServer, open_page: OpenPage, tmp_path: Path) -> None:
    """Template, subject, pasted text, files and objective, under the wire's names."""
    plan = tmp_path / "plan.md"
    plan.write_text("# Größe 漢字", encoding="utf-8")
    page = open_page(fake.url)
    page.get_by_label("Template").select_option("deliberate_and_vote")
    expect(page.get_by_text("Blind opinions")).to_be_visible()
    page.get_by_label("Subject").fill("Is it time?")
    page.get_by_label("Document").fill("Pasted.")
    page.get_by_label("Choose a file").set_input_files(plan)
    expect(page.get_by_text("plan.md")).to_be_visible()
    page.get_by_label("Objective").fill("Be kind.")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/meetings/*")
    (body,) = fake.started
    assert body.pop("session_id") in page.url
    assert body == {
        "template_id": "deliberate_and_vote",
        "subject": "Is it time?",
        "inputs": {
            "document": "Pasted.",
            "documents": [{"name": "plan.md", "content": "# Größe 漢字"}],
            "objective": "Be kind.",
        },
    }


def test_a_file_that_is_not_text_is_refused(fake: FakeServer, open_page: OpenPage) -> None:
    """It is named, said why, and nothing of it is sent."""
    page = open_page(fake.url)
    picture = {"name": "photo.png", "mimeType": "image/png", "buffer": b"\x89PNG\xff\xfe"}
    page.get_by_label("Choose a file").set_input_files(picture)  # type: ignore[arg-type]
    expect(page.get_by_role("alert").filter(has_text="photo.png")).to_contain_text("not a text file")
    expect(page.locator("[data-part=files] li")).to_have_count(0)


def test_nothing_to_discuss_is_said_at_the_field(fake: FakeServer, open_page: OpenPage) -> None:
    """Without subject and document nothing is sent."""
    page = open_page(fake.url)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Give a subject or a document")).to_be_visible()
    expect(page.get_by_label("Subject")).to_have_attribute("aria-invalid", "true")
    assert fake.started == []


def test_a_refusal_stands_at_its_field_and_the_form_stays_filled(
    fake: FakeServer, open_page: OpenPage, complaints: list[str]
) -> None:
    """The server's one error shape: at the field when it names one, else at the form."""
    page = open_page(fake.url)
    page.get_by_label("Subject").fill("Is it time?")
    faults = [{"path": "inputs.objective", "reason": "Too vague.", "suggestion": "Say more."}]
    fake.refusal = (
        422,
        {"code": "invalid", "message": "m", "hint": "h", "can_retry": False, "details": faults},
    )
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#objective-error")).to_have_text("Too vague.")
    expect(page.get_by_label("Objective")).to_be_focused()

    fake.refusal = (
        503,
        {"code": "unavailable", "message": "Full.", "hint": "Wait.", "can_retry": True, "details": None},
    )
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert").filter(has_text="Full. Wait.")).to_be_visible()
    expect(page.locator("#objective-error")).to_be_hidden()
    expect(page.get_by_label("Subject")).to_have_value("Is it time?")
    expect(page.get_by_role("button", name="Start")).to_be_enabled()
    complaints.clear()  # The browser notes every status above 400.


def test_meetings_come_and_go_in_the_lists(fake: FakeServer, open_page: OpenPage) -> None:
    """A meeting that starts elsewhere appears; when it ends it is a past one."""
    page = open_page(fake.url)
    expect(page.get_by_text("No meeting is running.")).to_be_visible()
    meeting = FakeMeeting("Begun elsewhere")
    fake.add(meeting)
    running, past = page.locator("[data-part=running]"), page.locator("[data-part=past]")
    expect(running.get_by_role("link", name="Begun elsewhere")).to_be_visible(timeout=10_000)
    meeting.emit("execution:completed", status="completed")
    expect(past.get_by_role("link", name="Begun elsewhere")).to_be_visible(timeout=10_000)
    expect(running.locator("li")).to_have_count(0)


def test_rehearsal_is_called_by_its_name(fake: FakeServer, open_page: OpenPage) -> None:
    """Without a model the page says so and which variables to set; with one it does not."""
    page = open_page(fake.url)
    expect(page.get_by_text("No model is configured")).to_be_visible()
    expect(page.get_by_text("COUNCIL_LLM_BASE_URL")).to_be_visible()
    expect(page.get_by_text("COUNCIL_LLM_MODEL")).to_be_visible()
    fake.rehearsal = False
    page.reload()
    expect(page.get_by_text("No model is configured")).to_have_count(0)


def test_the_theme_is_chosen_and_remembered(fake: FakeServer, open_page: OpenPage) -> None:
    """System, light, dark, and round again; a reload keeps it."""
    page = open_page(fake.url, color_scheme="light")
    lightness = "Number(getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/)[0])"
    page.get_by_role("button", name="Theme: as the system").click()
    page.get_by_role("button", name="Theme: light").click()
    expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
    assert page.evaluate(lightness) < 0.5
    page.reload()
    assert page.evaluate(lightness) < 0.5
    page.get_by_role("button", name="Theme: dark").click()
    wait_until(lambda: page.evaluate(lightness) > 0.5)


def test_limits_and_a_group_go_with_the_form(fake: FakeServer, open_page: OpenPage) -> None:
    """Under the wire's names, minutes as seconds; what is left empty is not sent."""
    fake.groups = [{"group_id": "platform", "name": "Platform", "description": "Twelve teams."}]
    page = open_page(fake.url)
    page.get_by_label("Subject").fill("Is it time?")
    page.get_by_label("Group").select_option("platform")
    expect(page.get_by_text("Twelve teams.")).to_be_visible()
    page.get_by_text("Limits").click()
    page.get_by_label("At most USD").fill("0.5")
    page.get_by_label("At most minutes").fill("10")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/meetings/*")
    (body,) = fake.started
    assert (body["group_id"], body["budget"]) == ("platform", {"usd": 0.5, "seconds": 600})


def test_groups_are_not_shown_where_there_are_none(fake: FakeServer, open_page: OpenPage) -> None:
    """An empty choice helps nobody."""
    page = open_page(fake.url)
    expect(page.locator("council-estimate")).to_be_visible()
    expect(page.get_by_label("Group")).to_be_hidden()


def test_the_price_is_told_before_the_start(fake: FakeServer, open_page: OpenPage) -> None:
    """What it will cost as the form stands, at most how much, and what to mind; asked anew when the form changes."""
    page = open_page(fake.url)
    estimate = page.locator("council-estimate")
    expect(estimate).to_contain_text("$0.0200, at most $0.4000")
    expect(estimate).to_contain_text("62 s")
    expect(estimate).to_contain_text("This may cost more than 0.30 USD.")
    page.get_by_label("Template").select_option("council_debate")
    page.get_by_label("Subject").fill("Is it time?")
    wanted = {"template_id": "council_debate", "subject": "Is it time?", "inputs": {}}
    wait_until(lambda: fake.posted[-1] == ("estimate", wanted), what="another estimate")


def test_without_an_estimate_a_meeting_starts_all_the_same(
    fake: FakeServer, open_page: OpenPage, complaints: list[str]
) -> None:
    """Nothing is shown rather than a wrong number."""
    fake.estimate = None
    page = open_page(fake.url)
    wait_until(lambda: fake.posted != [], what="the question")
    expect(page.locator("council-estimate")).to_be_hidden()
    page.get_by_label("Subject").fill("Is it time?")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/meetings/*")
    complaints.clear()  # The browser notes every status above 400.
