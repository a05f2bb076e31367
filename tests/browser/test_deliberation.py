"""Ballots, facts, rounds, files and money in the room, before a server that does what the test says."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import scenes
from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting
from tests.browser.fake_room import FakeServer
from tests.browser.rooms import article, overflow, tops, wait_connection
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser

LATE = {
    "rounds": ".ballot", "review": "council-review", "verdict": "council-verdict .verdict",
    "budget": "council-hold:not([hidden])", "breaker": "council-hold:not([hidden])",
    "question": "council-question", "ranking": "council-person-ballot", "score": "council-person-ballot",
}  # fmt: skip
"""What of each scene comes last."""


def open_room(fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting, **window: int) -> Page:
    page = open_page(fake.add(meeting), **window)
    wait_connection(page)
    return page


def test_sealed_slots_fill_and_open_together(fake: FakeServer, open_page: OpenPage) -> None:
    """Who has voted is seen at once, what they voted only when all ballots are in; a reload shows the same."""
    meeting = FakeMeeting(graph=scenes.ROUNDS)
    page = open_room(fake, open_page, meeting)
    meeting.emit("ballot_opened", **scenes.opened())
    ballot = page.locator(".ballot")
    slots = ballot.locator(".slot")
    expect(slots).to_have_count(4)
    expect(slots.filter(has_text="Alice")).to_contain_text("waiting")
    meeting.emit("vote_cast", node_id="ballot", ballot_id="b1", voter="alice", vote=None)
    expect(slots.filter(has_text="Alice")).to_contain_text("sealed")
    expect(ballot).to_contain_text("Sealed: 1 of 4 are in.")
    for _ in ("live", "reloaded"):
        expect(slots.filter(has_text="Alice")).to_contain_text("sealed")
        expect(ballot.locator(".option")).to_have_count(0)
        page.reload()
    wait_connection(page)

    meeting.emit("ballot_closed", **scenes.closed(outcome="passed", decision="yes"))
    expect(slots).to_have_count(0)
    expect(ballot.locator(".outcome")).to_have_text("Passed")
    expect(ballot.locator(".option").first).to_contain_text("2 · 67 %")
    assert ballot.locator("[data-line]").first.get_attribute("x1") == "67"
    ballot.get_by_text("Every vote").click()
    expect(ballot.locator(".vote", has_text="Carol")).to_contain_text("Two people cannot keep")
    page.reload()
    expect(ballot.locator(".outcome")).to_have_text("Passed")


def test_an_impasse_looks_like_one(fake: FakeServer, open_page: OpenPage) -> None:
    """It says why, and an abstention says its reason; nothing of it is green."""
    page = open_room(fake, open_page, scenes.two_rounds())
    ballot = page.locator(".ballot[data-outcome=impasse]")
    expect(ballot.locator(".outcome")).to_have_text("Impasse")
    expect(ballot).to_contain_text("3 of 4 votes count. No side reached the threshold.")
    expect(ballot.locator("[data-part=abstentions]")).to_contain_text("Dora abstained")
    expect(ballot.locator("[data-part=abstentions]")).to_contain_text("must be yes, no or abstain")


def test_rounds_stand_one_below_the_other(fake: FakeServer, open_page: OpenPage) -> None:
    """Why it goes round again stands between them, with the scores so far; nobody slips into an earlier round."""
    page = open_room(fake, open_page, scenes.two_rounds())
    divider = page.get_by_role("heading", name="Round 2", exact=True)
    expect(page.locator(".round")).to_contain_text("Nothing is settled yet")
    expect(page.get_by_role("img", name="Scores by round: 64, 73")).to_be_visible()
    messages = article(page, "negative")
    expect(messages).to_have_count(2)
    expect(divider).to_be_visible()
    above, line, below = tops(messages.nth(0), divider, messages.nth(1))
    assert above < line < below


def test_what_cannot_be_checked_is_never_green(fake: FakeServer, open_page: OpenPage) -> None:
    """Each claim with its status in words and its source; without evidence it is grey."""
    page = open_room(fake, open_page, scenes.two_rounds())
    check = page.locator(".facts-check")
    expect(check.locator(".outcome")).to_have_text("Not verified")
    expect(check).to_contain_text("Supported by evidence: 50 % of the claims.")
    colours = {
        status: check.locator(f"[data-claim={status}] .claim-status").evaluate(
            "e => getComputedStyle(e).color"
        )
        for status in ("supported", "refuted", "not_checkable")
    }
    assert len(set(colours.values())) == 3
    expect(check.locator("[data-claim=not_checkable]")).to_contain_text("not checkable")
    outside = check.get_by_role("link", name="Prices")
    assert outside.get_attribute("href") == "https://example.org/prices"


def test_a_reference_leads_to_its_line(fake: FakeServer, open_page: OpenPage) -> None:
    """From a message to the document beside it, the line marked; Escape leads back, and it opens again."""
    page = open_room(fake, open_page, scenes.two_rounds())
    expect(article(page, "affirmative").first.locator(".unsourced")).to_have_attribute(
        "title", "No source beside this figure"
    )
    link = article(page, "affirmative").first.get_by_role("link", name="plan.md:4")
    document = page.get_by_role("region", name="plan.md")
    for _ in ("first", "again"):
        link.click()
        expect(document.locator("[data-marked]")).to_have_text("Builds take 40 minutes today.")
        expect(document.locator("[data-marked]")).to_have_attribute("data-line", "4")
        page.keyboard.press("Escape")
        expect(document).to_be_hidden()
    page.goto(page.url + "#ref=plan.md:1-3")
    expect(document.locator("[data-marked]")).to_have_count(3)


def test_a_missing_document_is_said(fake: FakeServer, open_page: OpenPage, complaints: list[str]) -> None:
    """A reference to nothing opens a document that says so."""
    page = open_room(fake, open_page, FakeMeeting())
    page.evaluate("location.hash = '#ref=nowhere.md:3'")
    expect(page.get_by_role("region", name="nowhere.md")).to_contain_text("There is no such file.")
    complaints.clear()  # The browser notes every status above 400.


def test_versions_can_be_compared_and_taken_back(fake: FakeServer, open_page: OpenPage) -> None:
    """Each version with its author, reason and changes; an old one becomes the newest by one button."""
    meeting = scenes.review()
    page = open_room(fake, open_page, meeting)
    page.locator("council-files").get_by_role("link", name="plan.md").click()
    document = page.get_by_role("region", name="plan.md")
    expect(document).to_contain_text("System Surgeon: The price was missing.")
    document.get_by_role("button", name="What was changed").click()
    expect(document.locator("[data-sign='-']").first).to_have_text("-We move by March.")
    document.get_by_role("combobox", name="Version").select_option("1")
    expect(document.locator("[data-line='4']")).to_have_text("It is cheap.")
    document.get_by_role("button", name="Go back to version 1").click()
    expect(document.get_by_role("combobox", name="Version").locator("option")).to_have_count(3)
    document.get_by_role("button", name="All documents").click()
    expect(page.locator("council-files")).to_contain_text("version 3")
    assert fake.posted == [("rollback", {"path": "plan.md", "version": 1})]


def test_work_between_the_words_is_small(fake: FakeServer, open_page: OpenPage) -> None:
    """A line for each tool and file; what failed says so, what came out is folded away."""
    page = open_room(fake, open_page, scenes.review())
    lines = page.locator(".work-line")
    expect(lines).to_have_count(3)
    expect(lines.nth(1)).to_contain_text("System Surgeon wrote plan.md, version 2")
    expect(lines.nth(2)).to_contain_text("failed")
    output = lines.nth(0).locator("[data-part=output]")
    expect(output).to_be_hidden()
    lines.nth(0).get_by_text("More").click()
    expect(output).to_have_text("L1: # Plan")


def test_the_verdict_hides_nothing(fake: FakeServer, open_page: OpenPage) -> None:
    """Absences above it; the count beside the chair's word; dissent, changed minds and the best first draft below."""
    page = open_room(fake, open_page, scenes.verdict())
    verdict = page.locator("council-verdict")
    expect(verdict.locator("h2")).to_be_visible()
    expect(verdict.locator(".presence")).to_be_visible()
    presence, word = tops(verdict.locator(".presence"), verdict.locator("h2"))
    assert presence < word
    expect(verdict.locator(".presence")).to_contain_text("3 of 4 gave a full opinion.")
    expect(verdict).to_contain_text("The members decided: Yes")
    expect(verdict.locator(".deviates")).to_contain_text("The chair says “rework”")
    expect(verdict.locator(".weak")).to_contain_text("one model agreed with itself")
    expect(verdict.locator("[data-part=chair]")).to_have_text(
        "Risk Auditor ruled instead of Chief Justice: The key was refused. "
        "Risk Auditor, who ruled, is one of the members."
    )
    expect(verdict.locator("[data-part=person]")).to_have_text(
        "A person decided: Reject – Not without a budget."
    )
    expect(verdict.locator(".dissent")).to_contain_text("Two people keep the build running.")
    expect(verdict.locator(".change")).to_contain_text("Risk Auditor moved from against to for in round 2.")
    expect(verdict.locator(".change")).to_contain_text("Because of Value Defender.")
    expect(verdict.locator(".best")).to_contain_text("The council changed the answer")
    expect(verdict.locator(".best")).to_contain_text("4,210 tokens ($0.0123)")
    verdict.get_by_text("Sentence by sentence").click()
    expect(verdict.locator("[data-claim=supported]")).to_contain_text("Builds take 40 minutes.")
    expect(verdict.locator("[data-claim=none]")).to_contain_text("not checked")


def test_a_cap_is_raised_where_it_is_hit(fake: FakeServer, open_page: OpenPage) -> None:
    """Spent, reserved and unknown are three numbers; the form offers what has a cap, and goes when it goes on."""
    page = open_room(fake, open_page, scenes.held())
    budget = page.locator("council-budget")
    for name, amount in (("spent", "$0.8500"), ("reserved", "$0.1200"), ("unknown", "1,200 tokens")):
        expect(budget.locator(f"[data-budget={name}]")).to_have_text(amount)
    expect(budget).to_contain_text("$0.8500 of $1.00")
    form = page.locator("council-hold")
    expect(form).to_contain_text("The next call may cost 0.21 USD.")
    expect(form.get_by_label("Cap in tokens")).to_be_hidden()
    form.get_by_label("Cap in USD").fill("3.5")
    form.get_by_role("button", name="Raise the cap").click()
    expect(form).to_be_hidden()
    assert fake.posted == [("control", {"action": "resume", "budget": {"usd": 3.5, "seconds": 1200}})]


def test_the_breaker_wants_a_word(fake: FakeServer, open_page: OpenPage) -> None:
    """Without a note nothing is sent; with one it is, and kept."""
    page = open_room(fake, open_page, scenes.held("breaker"))
    form = page.locator("council-hold")
    expect(form).to_contain_text("The same answer came three times.")
    form.get_by_role("button", name="Let it go on").click()
    expect(form.get_by_role("alert")).to_contain_text("Say why it may go on")
    assert fake.posted == []
    form.get_by_label("Why it may go on").fill("It is nearly done.")
    form.get_by_role("button", name="Let it go on").click()
    expect(form).to_be_hidden()
    assert fake.posted == [("control", {"action": "resume", "note": "It is nearly done."})]


def test_one_member_is_cut_short(fake: FakeServer, open_page: OpenPage) -> None:
    """Its own button stops it and nobody else; who has ended has none."""
    meeting = FakeMeeting()
    page = open_room(fake, open_page, meeting)
    meeting.say("affirmative", "On and on")
    meeting.say("negative", "Briefly.")
    meeting.finish("negative")
    expect(article(page, "negative")).to_have_attribute("data-status", "completed")
    expect(article(page, "negative").get_by_role("button", name="End turn")).to_be_hidden()
    article(page, "affirmative").get_by_role("button", name="End turn").click()
    expect(article(page, "affirmative").get_by_role("button", name="End turn")).to_be_disabled()
    data = {"session_id": meeting.session_id, "node_id": "affirmative"}
    wait_until(lambda: bool(meeting.obeyed), what="the command")
    assert [(command["cmd"], command["data"]) for command in meeting.obeyed] == [("stop_session", data)]
    meeting.finish("affirmative", finish="cut")
    expect(article(page, "affirmative")).to_have_attribute("data-status", "cut")


@pytest.mark.parametrize("width", [400, 1024, 1600])
@pytest.mark.parametrize("scene", sorted(scenes.SCENES))
def test_nothing_is_wider_than_its_window(
    fake: FakeServer, open_page: OpenPage, scene: str, width: int
) -> None:
    """Every scene on a phone, a tablet and a wide screen."""
    page = open_room(fake, open_page, scenes.SCENES[scene](), width=width)
    expect(page.locator(LATE[scene]).first).to_be_attached()
    assert overflow(page) == 0
