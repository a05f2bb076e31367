"""The lobby's form and lists, before a server that answers as the test says."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from council.web.lobby import seats
from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting
from tests.browser.fake_room import FakeServer
from tests.browser.rooms import choose_template, overflow, wait_connection, wait_session
from tests.support.server import Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser
Serve = Callable[..., Server]


def step(page: Page, name: str) -> Locator:
    """The heading that opens and closes a step."""
    return page.locator("council-steps:defined").get_by_role("button", name=name)


def over(fake: FakeServer, *subjects: str, status: str = "completed") -> list[FakeMeeting]:
    """Meetings that are over, in this order."""
    meetings = [FakeMeeting(subject) for subject in subjects]
    for meeting in meetings:
        meeting.emit(f"execution:{status}", status=status)
        fake.add(meeting)
    return meetings


def start(page: Page) -> None:
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/meetings/*")


# The form


def test_the_form_sends_what_was_filled_in(fake: FakeServer, open_page: OpenPage, tmp_path: Path) -> None:
    """Template, subject, pasted text, files and objective, under the wire's names."""
    plan = tmp_path / "plan.md"
    plan.write_text("# Größe 漢字", encoding="utf-8")
    page = open_page(fake.url)
    choose_template(page, "deliberate_and_vote")
    expect(page.get_by_text("Blind opinions")).to_be_visible()
    page.get_by_label("Subject").fill("Is it time?")
    page.get_by_label("Document").fill("Pasted.")
    page.get_by_label("Choose a file").set_input_files(plan)
    expect(page.get_by_text("plan.md")).to_be_visible()
    page.get_by_label("Objective").fill("Be kind.")
    start(page)
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


def test_who_knows_what_to_ask_types_and_starts(fake: FakeServer, open_page: OpenPage) -> None:
    """Without a click: the subject stands open, the start is in sight, and Ctrl+Enter is as good."""
    page = open_page(fake.url, width=1280, height=700)
    expect(page.get_by_role("button", name="Start")).to_be_in_viewport(ratio=1)
    page.get_by_label("Subject").fill("Is it time?")
    expect(page.get_by_role("button", name="Start")).to_be_in_viewport(ratio=1)
    page.get_by_label("Subject").press("Control+Enter")
    page.wait_for_url("**/meetings/*")
    assert [body["subject"] for body in fake.started] == ["Is it time?"]


def test_steps_are_gone_through_by_keyboard(fake: FakeServer, open_page: OpenPage) -> None:
    """Next and Back close one and open the other; a closed step says what it holds; nothing typed is lost."""
    page = open_page(fake.url)
    page.get_by_role("radio", name="Deliberate and vote").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="Council debate")).to_be_checked()
    page.get_by_role("button", name="Next").first.press("Enter")
    expect(step(page, "How it runs")).to_have_attribute("aria-expanded", "false")
    expect(step(page, "How it runs")).to_have_accessible_description("Council debate")
    expect(step(page, "What it is about")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("Is it time?")
    page.get_by_role("button", name="Next").press("Enter")
    expect(step(page, "What it is about")).to_have_accessible_description("Is it time?")
    expect(step(page, "Who and how much")).to_have_attribute("aria-expanded", "true")
    page.get_by_label("At most USD").fill("0.5")
    page.get_by_role("button", name="Back").press("Enter")
    expect(step(page, "Who and how much")).to_have_accessible_description(re.compile("0.5000"))
    expect(page.get_by_label("Subject")).to_have_value("Is it time?")
    step(page, "How it runs").press("Enter")
    expect(page.get_by_role("radio", name="Council debate")).to_be_checked()


def test_a_draft_survives_a_reload(fake: FakeServer, open_page: OpenPage) -> None:
    """Everything that was chosen, typed or dropped, and which steps were open; a started meeting leaves none."""
    fake.groups = [{"group_id": "platform", "name": "Platform", "description": "Twelve teams."}]
    page = open_page(fake.url)
    choose_template(page, "council_debate")
    page.get_by_label("Subject").fill("Is it time?")
    page.get_by_label("Document").fill("Pasted.")
    page.get_by_label("Choose a file").set_input_files(
        {"name": "plan.md", "mimeType": "text/plain", "buffer": b"A plan."}
    )
    expect(page.get_by_text("plan.md")).to_be_visible()
    step(page, "Who and how much").click()
    page.get_by_label("Group", exact=True).select_option("platform")
    page.get_by_label("Value Defender").select_option("risk_auditor")
    page.get_by_label("At most minutes").fill("10")
    page.reload()
    expect(page.get_by_label("Value Defender")).to_have_value("risk_auditor")
    expect(page.get_by_label("Group", exact=True)).to_have_value("platform")
    start(page)
    (body,) = fake.started
    body.pop("session_id")
    assert body == {
        "template_id": "council_debate",
        "subject": "Is it time?",
        "inputs": {"document": "Pasted.", "documents": [{"name": "plan.md", "content": "A plan."}]},
        "agents": {"affirmative": "risk_auditor"},
        "group_id": "platform",
        "budget": {"seconds": 600},
    }
    page.goto(fake.url)
    expect(page.get_by_label("Subject")).to_have_value("")


def test_files_may_be_dropped_and_pasted(fake: FakeServer, open_page: OpenPage) -> None:
    """As well as chosen; each is listed and may be removed again."""
    page = open_page(fake.url)
    expect(page.locator("council-document:defined")).to_be_attached()
    for kind, field in (("drop", "dataTransfer"), ("paste", "clipboardData")):
        page.get_by_label("Document").evaluate(
            """(area, [kind, field]) => {
                const data = new DataTransfer();
                data.items.add(new File(["Words"], `${kind}.txt`, { type: "text/plain" }));
                const event = field === "dataTransfer" ? new DragEvent(kind, { bubbles: true, dataTransfer: data })
                  : new ClipboardEvent(kind, { bubbles: true, clipboardData: data });
                area.dispatchEvent(event);
            }""",
            [kind, field],
        )
        expect(page.get_by_text(f"{kind}.txt")).to_be_visible()
    page.get_by_role("button", name="Remove drop.txt").click()
    expect(page.get_by_text("drop.txt")).to_have_count(0)
    expect(page.get_by_text("paste.txt")).to_be_visible()


def test_a_file_that_is_not_text_is_refused(fake: FakeServer, open_page: OpenPage) -> None:
    """It is named, said why, and nothing of it is sent."""
    page = open_page(fake.url)
    expect(page.locator("council-document:defined")).to_be_attached()
    picture = {"name": "photo.png", "mimeType": "image/png", "buffer": b"\x89PNG\xff\xfe"}
    page.get_by_label("Choose a file").set_input_files(picture)  # type: ignore[arg-type]
    expect(page.get_by_role("alert").filter(has_text="photo.png")).to_contain_text("not a text file")
    expect(page.locator("[data-part=files] li")).to_have_count(0)


def test_nothing_to_discuss_is_said_at_the_field(fake: FakeServer, open_page: OpenPage) -> None:
    """Without subject and document nothing is sent; the step of the field opens."""
    page = open_page(fake.url)
    step(page, "What it is about").click()
    expect(page.get_by_label("Subject")).to_be_hidden()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Give a subject or a document")).to_be_visible()
    expect(page.get_by_label("Subject")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Subject")).to_be_focused()
    assert fake.started == []


def test_a_refusal_stands_at_its_field_and_the_form_stays_filled(
    fake: FakeServer, open_page: OpenPage, complaints: list[str]
) -> None:
    """The server's one error shape: at the field when it names one, in the step of the field, else at the form."""
    page = open_page(fake.url)
    choose_template(page, "council_debate")
    page.get_by_label("Subject").fill("Is it time?")
    problem = {"code": "invalid", "message": "m", "hint": "h", "can_retry": False}
    for path, label in (
        ("inputs.objective", "Objective"),
        ("budget.seconds", "At most minutes"),
        ("agents.adjudicator", "Chief Justice"),
    ):
        fake.refusal = (422, problem | {"details": [{"path": path, "reason": f"Bad {path}."}]})
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_text(f"Bad {path}.")).to_be_visible()
        expect(page.get_by_label(label)).to_be_focused()

    fake.refusal = (
        503,
        {"code": "unavailable", "message": "Full.", "hint": "Wait.", "can_retry": True, "details": None},
    )
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert").filter(has_text="Full. Wait.")).to_be_visible()
    expect(page.get_by_text("Bad inputs.objective.")).to_have_count(0)
    expect(page.get_by_label("Subject")).to_have_value("Is it time?")
    expect(page.get_by_role("button", name="Start")).to_be_enabled()
    complaints.clear()  # The browser notes every status above 400.


def test_without_a_server_nothing_is_lost(
    fake: FakeServer, open_page: OpenPage, complaints: list[str]
) -> None:
    """The start says that it cannot be reached, and so do the lists; back again, the same form starts."""
    over(fake, "An old one")
    page = open_page(fake.url)
    page.get_by_label("Subject").fill("Is it time?")
    page.context.set_offline(True)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()
    page.get_by_label("Search past meetings").fill("old")
    expect(page.get_by_text("Past meetings cannot be listed now")).to_be_visible()
    expect(page.get_by_text("The list cannot be brought up to date")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_hidden()
    expect(page.get_by_role("link", name="An old one")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Past meetings cannot be listed now")).to_be_hidden()
    start(page)
    assert [body["subject"] for body in fake.started] == ["Is it time?"]
    complaints.clear()  # The browser notes every request that fails.


# Templates, members, limits


def test_a_template_shows_its_plan(fake: FakeServer, open_page: OpenPage) -> None:
    """Small on its card and in full below; the shelf is one click away."""
    page = open_page(fake.url)
    expect(page.locator(".template-card svg")).to_have_count(2)
    page.get_by_text("The plan in full").click()
    expect(page.locator(".plan-graph")).to_contain_text("Sealed")
    choose_template(page, "council_debate")
    expect(page.locator(".plan-graph")).to_contain_text("Auditor")
    expect(page.get_by_role("link", name="Edit / copy")).to_have_attribute(
        "href", "/templates#council_debate"
    )


def test_cards_that_are_out_of_sight_are_one_click_away(fake: FakeServer, open_page: OpenPage) -> None:
    """A row where they do not fit, all at once where they are asked for; the page is never wider."""
    page = open_page(fake.url, width=400)
    last = page.locator(".template-card").last
    expect(last).not_to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Show all").click()
    assert (last.bounding_box() or {})["x"] < 200
    assert overflow(page) == 0
    page.get_by_role("button", name="Show fewer").click()
    expect(page.get_by_role("button", name="Show all")).to_be_visible()


def test_members_are_chosen_by_seat(fake: FakeServer, open_page: OpenPage) -> None:
    """Who is not replaced is not named; each template keeps its own choices."""
    page = open_page(fake.url)
    choose_template(page, "council_debate")
    step(page, "Who and how much").click()
    page.get_by_label("Risk Auditor").select_option("Chief Justice")
    choose_template(page, "deliberate_and_vote")
    expect(page.get_by_text("Nobody has a fixed seat")).to_be_visible()
    choose_template(page, "council_debate")
    expect(page.get_by_label("Risk Auditor")).to_have_value("chief_justice")
    page.get_by_label("Subject").fill("Is it time?")
    wanted = {"agents": {"negative": "chief_justice"}, "subject": "Is it time?"}
    wait_until(
        lambda: any(wanted.items() <= body.items() for _, body in fake.posted),
        what="an estimate with the members",
    )
    start(page)
    assert fake.started[0]["agents"] == {"negative": "chief_justice"}


def test_a_group_brings_its_usual_members(fake: FakeServer, open_page: OpenPage) -> None:
    """The seat shows who would sit there; that is not sent, the server knows it."""
    usual = {"council_debate": {"affirmative": "chief_justice"}}
    fake.groups = [{"group_id": "platform", "name": "Platform", "default_agents": usual}]
    page = open_page(fake.url)
    choose_template(page, "council_debate")
    step(page, "Who and how much").click()
    seat = page.get_by_label("Value Defender").locator("option:checked")
    expect(seat).to_have_text("Value Defender")
    page.get_by_label("Group", exact=True).select_option("platform")
    expect(seat).to_have_text("Chief Justice")
    page.get_by_label("Subject").fill("Is it time?")
    start(page)
    assert "agents" not in fake.started[0]


def test_a_group_in_the_address_is_chosen(fake: FakeServer, open_page: OpenPage) -> None:
    """It brings its members and goes with the form; one that does not exist is none."""
    usual = {"council_debate": {"affirmative": "chief_justice"}}
    fake.groups = [{"group_id": "platform", "name": "Platform", "default_agents": usual}]
    page = open_page(f"{fake.url}/?group=platform")
    choose_template(page, "council_debate")
    step(page, "Who and how much").click()
    expect(page.get_by_label("Group", exact=True)).to_have_value("platform")
    seat = page.get_by_label("Value Defender").locator("option:checked")
    expect(seat).to_have_text("Chief Justice")
    page.get_by_label("Subject").fill("Is it time?")
    start(page)
    assert fake.started[0]["group_id"] == "platform"
    page.goto(f"{fake.url}/?group=nobody")
    step(page, "Who and how much").click()
    expect(page.get_by_label("Group", exact=True)).to_have_value("")


def test_who_starts_before_the_groups_have_come_starts_with_the_one_they_wished_for(
    fake: FakeServer, open_page: OpenPage
) -> None:
    """The address named it."""
    fake.groups = [{"group_id": "platform", "name": "Platform"}]
    page = open_page("about:blank")
    held: list[Route] = []
    page.route("**/api/v1/groups*", lambda route: held.append(route))
    page.goto(f"{fake.url}/?group=platform")
    choose_template(page, "council_debate")
    page.get_by_label("Subject").fill("Is it time?")
    start(page)
    assert fake.started[0]["group_id"] == "platform"
    assert held


def test_agents_that_cannot_be_listed_may_be_asked_for_again(
    fake: FakeServer, open_page: OpenPage, complaints: list[str]
) -> None:
    """Until then the usual ones sit, and a meeting can start."""
    agents, fake.agents = fake.agents, None
    page = open_page(fake.url)
    choose_template(page, "council_debate")
    step(page, "Who and how much").click()
    expect(page.get_by_text("The agents cannot be listed now")).to_be_visible()
    fake.agents = agents
    page.get_by_role("button", name="Try again").click()
    page.get_by_label("Risk Auditor").select_option("Chief Justice")
    expect(page.get_by_text("The agents cannot be listed now")).to_be_hidden()
    complaints.clear()  # The browser notes every status above 400.


def test_limits_and_a_group_go_with_the_form(fake: FakeServer, open_page: OpenPage) -> None:
    """Under the wire's names, minutes as seconds; what is left empty is not sent."""
    fake.groups = [{"group_id": "platform", "name": "Platform", "description": "Twelve teams."}]
    page = open_page(fake.url)
    page.get_by_label("Subject").fill("Is it time?")
    step(page, "Who and how much").click()
    page.get_by_label("Group", exact=True).select_option("platform")
    expect(page.get_by_text("Twelve teams.")).to_be_visible()
    page.get_by_label("At most USD").fill("0.5")
    page.get_by_label("At most minutes").fill("10")
    start(page)
    (body,) = fake.started
    assert (body["group_id"], body["budget"]) == ("platform", {"usd": 0.5, "seconds": 600})


def test_groups_are_not_shown_where_there_are_none(fake: FakeServer, open_page: OpenPage) -> None:
    """An empty choice helps nobody."""
    over(fake, "An old one")
    page = open_page(fake.url)
    step(page, "Who and how much").click()
    expect(page.get_by_label("At most USD")).to_be_visible()
    expect(page.get_by_label("Group", exact=True)).to_be_hidden()
    expect(page.get_by_label("Whose meeting")).to_be_hidden()


def test_an_agent_has_one_seat_wherever_it_sits() -> None:
    """Whoever is replaced at one node is replaced at all: it is asked once, with all its roles."""
    graph = {
        "nodes": {
            "start": {"name": "Opening", "properties": {}},
            "first": {"name": "First", "properties": {"agent_id": "a"}},
            "other": {"name": "Other", "properties": {"agent_id": "b"}},
            "again": {"name": "", "properties": {"agent_id": "a"}},
        }
    }
    assert seats(graph) == [
        {"agent_id": "a", "node_ids": ["first", "again"], "roles": ["First", "again"]},
        {"agent_id": "b", "node_ids": ["other"], "roles": ["Other"]},
    ]


# What it would cost


def test_the_price_is_told_before_the_start(fake: FakeServer, open_page: OpenPage) -> None:
    """What it will cost as the form stands, at most how much, and what to mind; asked anew when the form changes."""
    page = open_page(fake.url)
    estimate = page.locator("council-estimate")
    expect(estimate).to_contain_text("$0.0200, at most $0.4000")
    expect(estimate).to_contain_text("62 s")
    expect(estimate).to_contain_text("This may cost more than 0.30 USD.")
    choose_template(page, "council_debate")
    page.get_by_label("Subject").fill("Is it time?")
    wanted = {"template_id": "council_debate", "subject": "Is it time?", "inputs": {}}
    wait_until(lambda: ("estimate", wanted) in fake.posted, what="another estimate")


def test_a_price_that_nobody_knows_is_not_zero(fake: FakeServer, open_page: OpenPage) -> None:
    """Unknown is said as such, for the meeting and at the member; rehearsal is called rehearsal."""
    assert fake.estimate is not None
    sums = {
        case: fake.estimate[case] | {"usd": None, "unknown_price_tokens": 9}
        for case in ("low", "expected", "worst")
    }
    member = {"agent_id": "value_defender", "provider": "acme", "model": "big-1", "price": "unknown"}
    fake.estimate |= sums | {"nodes": [{"node_id": "affirmative", "members": [member]}]}
    page = open_page(fake.url)
    choose_template(page, "council_debate")
    step(page, "Who and how much").click()
    expect(page.locator("council-estimate [data-part=cost]")).to_have_text("unknown")
    expect(page.get_by_text("big-1 (acme), price unknown")).to_be_visible()
    member |= {"provider": "rehearsal", "price": "local"}
    fake.estimate["expected"] = fake.estimate["worst"] = sums["worst"] | {"usd": 0, "unknown_price_tokens": 0}
    page.get_by_label("Subject").fill("Is it time?")
    expect(page.locator("council-estimate [data-part=cost]")).to_have_text("rehearsal")
    expect(page.get_by_text("Rehearsal speaks: no model.")).to_be_visible()


def test_without_an_estimate_a_meeting_starts_all_the_same(
    fake: FakeServer, open_page: OpenPage, complaints: list[str]
) -> None:
    """It is said that there is none, and no wrong number is shown."""
    fake.estimate = None
    page = open_page(fake.url)
    expect(page.get_by_text("No estimate at the moment.")).to_be_visible()
    expect(page.locator("council-estimate dl")).to_be_hidden()
    page.get_by_label("Subject").fill("Is it time?")
    start(page)
    complaints.clear()  # The browser notes every status above 400.


# Meetings that run


def test_meetings_come_and_go_in_the_lists(fake: FakeServer, open_page: OpenPage) -> None:
    """A meeting that starts elsewhere appears; when it ends it is a past one."""
    page = open_page(fake.url)
    expect(page.get_by_text("No meeting is running.")).to_be_visible()
    meeting = FakeMeeting("Begun elsewhere")
    fake.add(meeting)
    running, past = page.locator("council-running li"), page.locator("council-past li")
    expect(running.get_by_role("link", name="Begun elsewhere")).to_be_visible()
    meeting.emit("execution:completed", status="completed")
    expect(past.get_by_role("link", name="Begun elsewhere")).to_be_visible()
    expect(running).to_have_count(0)


def test_a_running_meeting_shows_who_speaks(fake: FakeServer, open_page: OpenPage) -> None:
    """Live: who is at work, how far it is, and that it waits for a person."""
    meeting = FakeMeeting("Is it time?")
    fake.add(meeting)
    page = open_page(fake.url)
    row = page.locator("council-running li")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    meeting.node("opening", "completed")
    meeting.node("affirmative", "running")
    meeting.node("negative", "running")
    expect(row).to_contain_text("Value Defender, Risk Auditor")
    expect(row.get_by_role("progressbar")).to_have_attribute("aria-label", "1 of 3 steps")
    expect(row.get_by_text("Waits for a person")).to_be_hidden()
    meeting.emit("human_interaction_required", node_id="adjudicator", review_id="r", kind="review")
    expect(row.get_by_text("Waits for a person")).to_be_visible()
    meeting.emit(
        "node_resumed", node_id="adjudicator", review_id="r", action="approve", by="you", feedback="", diff=""
    )
    expect(row.get_by_text("Waits for a person")).to_be_hidden()


def test_without_the_feed_the_list_is_kept_by_asking(fake: FakeServer, open_page: OpenPage) -> None:
    """It does not say that it is live then."""
    page = open_page(fake.url)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    page.evaluate("window.WebSocket.prototype.close = () => {}")
    fake.tells_news = False
    fake.drop_feeds()
    expect(page.get_by_text("Every few seconds")).to_be_visible()
    fake.add(FakeMeeting("Begun elsewhere"))
    expect(page.get_by_role("link", name="Begun elsewhere")).to_be_visible()


# Meetings that are over


def test_past_meetings_are_searched_and_filtered(fake: FakeServer, open_page: OpenPage) -> None:
    """By words, by how they ended, by whose they were; it is said how many there are, and when there is none."""
    fake.groups = [{"group_id": "platform", "name": "Platform"}]
    over(fake, "Ship on Friday?", "Hire a chair?")
    (stopped,) = over(fake, "Ship at all?", status="cancelled")
    stopped._snapshot["group_id"] = "platform"
    page = open_page(fake.url)
    rows = page.locator("council-past li")
    expect(rows).to_have_count(3)
    expect(page.get_by_text("3 in all")).to_be_visible()
    page.get_by_label("Search past meetings").fill("ship")
    expect(rows).to_have_count(2)
    page.get_by_label("How it ended").select_option("Stopped")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Ship at all?")
    page.get_by_label("Whose meeting").select_option("Platform")
    expect(rows).to_have_count(1)
    page.get_by_label("How it ended").select_option("Failed")
    expect(page.get_by_text("No meeting is like that.")).to_be_visible()
    page.get_by_role("button", name="Show all meetings").click()
    expect(rows).to_have_count(3)
    expect(page.get_by_label("Search past meetings")).to_be_focused()


def test_older_meetings_are_paged_to_and_stay(fake: FakeServer, open_page: OpenPage) -> None:
    """Show older adds a page; news from the server takes nothing away again."""
    over(fake, *(f"Number {number}" for number in range(45)))
    page = open_page(fake.url)
    rows, older = page.locator("council-past li"), page.get_by_role("button", name="Show older")
    expect(rows).to_have_count(20)
    expect(page.get_by_text("20 shown, there are more")).to_be_visible()
    older.click()
    expect(rows).to_have_count(40)
    meeting = FakeMeeting("Just ended")
    fake.add(meeting)
    expect(page.get_by_role("link", name="Just ended")).to_be_visible()
    meeting.emit("execution:completed", status="completed")
    expect(rows.first).to_contain_text("Just ended")
    expect(rows).to_have_count(40)
    older.click()
    expect(rows).to_have_count(46)
    expect(older).to_be_hidden()


def test_a_meeting_is_deleted_after_a_question(
    fake: FakeServer, open_page: OpenPage, complaints: list[str]
) -> None:
    """The dialog names it; keeping it keeps it, a refusal is shown, and then it is gone."""
    kept, gone = over(fake, "To be kept", "To be deleted")
    page = open_page(fake.url)
    row = page.locator("council-past:defined li").filter(has_text="To be deleted")
    dialog = page.get_by_role("dialog", name="Delete this meeting?")
    row.get_by_role("button", name="Delete").click()
    expect(dialog).to_contain_text("To be deleted")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    fake.refusal = (409, {"code": "conflict", "message": "It runs again.", "hint": "", "can_retry": False})
    row.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_contain_text("It runs again.")
    fake.refusal = None
    dialog.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    expect(page.get_by_role("heading", name="Past meetings")).to_be_focused()
    assert list(fake.meetings) == [kept.session_id]
    assert gone.session_id not in fake.meetings
    complaints.clear()  # The browser notes every status above 400.


def test_two_past_meetings_are_compared(fake: FakeServer, open_page: OpenPage) -> None:
    """The first is marked, the second opens both; chosen again, the first is let go."""
    first, second = over(fake, "The first", "The second")
    page = open_page(fake.url)
    rows = page.locator("council-past:defined li")
    choose = rows.filter(has_text="The first").get_by_role("button", name="Compare")
    choose.click()
    expect(page.get_by_text("Choose another one to compare with “The first”.")).to_be_visible()
    expect(choose).to_have_attribute("aria-pressed", "true")
    choose.click()
    expect(choose).to_have_attribute("aria-pressed", "false")
    choose.click()
    rows.filter(has_text="The second").get_by_role("button", name="Compare").click()
    page.wait_for_url(f"**/meetings/{first.session_id}?beside={second.session_id}")


# Newcomers, and what all pages have


def test_a_rehearsal_is_one_click_away(serve: Serve, open_page: OpenPage) -> None:
    """Who has never met is told what happens and shown it, with nothing in the way; afterwards the help is gone."""
    page = open_page(serve(rehearsal_tokens_per_second=0).url)
    expect(page.get_by_role("heading", name="Your first meeting")).to_be_visible()
    bar = page.locator(".start-bar").bounding_box()
    watch = page.get_by_role("button", name="Watch a rehearsal")
    assert bar is not None
    assert bar["y"] >= page.locator(".steps").bounding_box()["y"]  # type: ignore[index]
    watch.click()
    page.wait_for_url("**/meetings/*")
    wait_connection(page)
    expect(page.get_by_text("four days a week").first).to_be_visible()
    wait_session(page, "completed")
    page.goto("/".join(page.url.split("/")[:3]))
    expect(page.get_by_role("heading", name="Your first meeting")).to_have_count(0)
    expect(page.locator("council-past li")).to_have_count(1)


def test_the_sample_is_called_what_it_is(
    fake: FakeServer, open_page: OpenPage, complaints: list[str]
) -> None:
    """Real models are no rehearsal, and cost what they cost; a start that fails is said beside the button."""
    fake.rehearsal = False
    fake.refusal = (503, {"code": "unavailable", "message": "Full.", "hint": "Wait.", "can_retry": True})
    page = open_page(fake.url)
    expect(page.get_by_text("Your own models speak, at their price.")).to_be_visible()
    page.get_by_role("button", name="Hold a sample meeting").click()
    expect(page.get_by_role("alert").filter(has_text="Full. Wait.")).to_be_visible()
    fake.refusal = None
    page.get_by_role("button", name="Hold a sample meeting").click()
    page.wait_for_url("**/meetings/*")
    assert fake.started[0]["template_id"] == "council_debate"
    complaints.clear()  # The browser notes every status above 400.


def test_a_meeting_that_waits_is_marked_by_the_server(serve: Serve, open_page: OpenPage) -> None:
    """In the list that it paints and keeps: whoever looks in sees that a person is waited for."""
    server = serve(rehearsal_tokens_per_second=0)
    page = open_page(server.url)
    choose_template(page, "quick_decision")
    page.get_by_label("Subject").fill("Shall we?")
    start(page)
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    page.goto(server.url)
    expect(page.locator("council-running li")).to_contain_text("Waits for a person")
    (listed,) = server.get("/api/v1/sessions?status=running,paused")["items"]
    assert [asked["node_id"] for asked in listed["waiting_for"]] == ["review"]
    assert listed["node_statuses"]["review"] == "suspended"


@pytest.mark.parametrize("width", [400, 1024, 1600])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_width_in_both_languages(
    fake: FakeServer, open_page: OpenPage, width: int, language: str
) -> None:
    """With every step open nothing is wider than its window."""
    over(fake, "Averyveryverylongwordwithoutanyplacetobreakit" * 3)
    page = open_page(f"{fake.url}/?lang={language}", width=width)
    choose_template_by_value = page.locator('[name="template_id"][value="council_debate"]')
    choose_template_by_value.check()
    page.locator("council-steps:defined [data-step=who] .step-toggle").click()
    expect(page.locator("#usd")).to_be_visible()
    assert overflow(page) == 0


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
