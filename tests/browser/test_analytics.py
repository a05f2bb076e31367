"""The numbers of a meeting as pictures, each with its words: cost, time, scores, changed minds, phases."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser import scenes
from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting, graph, node
from tests.browser.fake_room import FakeServer
from tests.browser.rooms import wait_connection

pytestmark = pytest.mark.browser


def open_analytics(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting, at: str = "", **more: object
) -> Page:
    page = open_page(fake.add(meeting) + at, width=1600, **more)
    wait_connection(page)
    page.get_by_role("tab", name="Analytics").click()
    return page


def section(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title)


def rows(page: Page, title: str) -> Locator:
    return section(page, title).locator("li")


def spend(
    meeting: FakeMeeting, node_id: str, agent_id: str, tokens: int, usd: float | None, price: str
) -> None:
    meeting.emit(
        "token_usage", node_id=node_id, agent_id=agent_id, input_tokens=tokens, output_tokens=10,
        estimated_cost_usd=usd, price=price, estimated=False,
    )  # fmt: skip


def test_nothing_is_shown_as_nothing(fake: FakeServer, open_page: OpenPage) -> None:
    """A meeting that has just begun has no numbers yet, and says so in each place."""
    page = open_analytics(fake, open_page, FakeMeeting())
    for title, words in (
        ("Cost by member", "Nobody has spent anything yet."),
        ("Who spoke when", "Nobody has spoken yet."),
        ("Scores by round", "No score has been given."),
        ("Changed minds", "Nobody has changed their mind."),
        ("Time in each phase", "Nothing has begun yet."),
    ):
        expect(section(page, title)).to_contain_text(words)


def test_what_is_on_its_way_is_not_told_as_nothing(fake: FakeServer, open_page: OpenPage) -> None:
    """Until the numbers have come nobody is said to have spoken or spent nothing."""
    meeting = FakeMeeting()
    meeting.say("affirmative", "Yes")
    spend(meeting, "affirmative", "value_defender", 990, 0.0012, "known")
    page = open_page(fake.add(meeting), width=1600)
    wait_connection(page)
    held: list[Route] = []
    page.route(re.compile("/(usage|events)"), lambda route: held.append(route))
    with page.expect_request("**/usage"), page.expect_request("**/events?*"):
        page.get_by_role("tab", name="Analytics").click()
    expect(section(page, "Scores by round")).to_contain_text("No score has been given.")
    for title in ("Cost by member", "Who spoke when", "Time in each phase"):
        expect(section(page, title).locator("[data-part=empty]")).to_be_hidden()
    for route in held:
        route.continue_()
    expect(rows(page, "Cost by member")).to_contain_text("$0.0012")
    expect(rows(page, "Who spoke when")).to_contain_text("Value Defender")


def test_cost_is_shown_by_member_and_never_guessed(fake: FakeServer, open_page: OpenPage) -> None:
    """Dearest first; a price nobody knows is unknown; it grows with the meeting."""
    meeting = FakeMeeting()
    spend(meeting, "affirmative", "value_defender", 990, 0.0012, "known")
    spend(meeting, "negative", "risk_auditor", 90, None, "unknown")
    page = open_analytics(fake, open_page, meeting)
    costs = rows(page, "Cost by member")
    expect(costs.nth(0)).to_contain_text("Value Defender")
    expect(costs.nth(0)).to_contain_text("$0.0012")
    expect(costs.nth(0)).to_contain_text("1,000 tokens")
    expect(costs.nth(1)).to_contain_text("Risk Auditor")
    expect(costs.nth(1)).to_contain_text("unknown")
    expect(costs.nth(0)).to_have_attribute("data-seat", "1")
    spend(meeting, "adjudicator", "chief_justice", 90, 0.5, "known")
    expect(costs.nth(0)).to_contain_text("Chief Justice")


def test_who_spoke_when_is_drawn_and_said(fake: FakeServer, open_page: OpenPage) -> None:
    """Each member's turns on one line of time, how long they were, and how long the first word took."""
    meeting = FakeMeeting()
    meeting.at_seconds = 0
    meeting.node("affirmative", "running")
    meeting.node("negative", "running")
    meeting.at_seconds = 2
    meeting.say("affirmative", "Yes")
    meeting.at_seconds = 12
    meeting.finish("affirmative")
    meeting.say("negative", "No")
    meeting.at_seconds = 20
    meeting.finish("negative")
    page = open_analytics(fake, open_page, meeting)
    spoke = rows(page, "Who spoke when")
    expect(spoke.nth(0)).to_contain_text("Value Defender")
    expect(spoke.nth(0)).to_contain_text("0:10")
    expect(spoke.nth(0)).to_contain_text("1 turn · first word after 2 s")
    expect(spoke.nth(1)).to_contain_text("0:08")
    turn = spoke.nth(0).locator(".chart-lane-turn")
    expect(turn).to_have_attribute("x", "10%")
    expect(turn).to_have_attribute("width", "50%")
    expect(rows(page, "Time in each phase")).to_contain_text("Opening")


def test_scores_are_a_line_and_a_table(fake: FakeServer, open_page: OpenPage) -> None:
    """With the score it began at, the one it wants to reach, and how far it came."""
    plan = graph(
        node("start", "start", "Start", "adjudicator"),
        node("adjudicator", "agent", "Chief Justice", "again"),
        node("again", "loop", "Again?", "adjudicator", "end") | {"properties": {"exit_on_score": 85}},
        node("end", "end", "End"),
    )
    meeting = FakeMeeting(graph=plan)
    parts = {"strategic": 70.0, "practical": 60.0, "consistency": 61.5}
    for number, total in ((1, 64.0), (2, 72.5)):
        meeting.emit("score", node_id="adjudicator", round=number, weighted_total=total, parts=parts)
    page = open_analytics(fake, open_page, meeting)
    scores = section(page, "Scores by round")
    expect(scores).to_contain_text("From 64 to 72.5 (+8.5).")
    expect(scores.get_by_role("img", name="Scores by round: 64, 73")).to_be_visible()
    expect(scores.locator(".chart-target text")).to_have_text("target 85")
    scores.get_by_text("As a table").click()
    expect(scores.get_by_role("row").nth(2)).to_have_text("272.5+8.5706061.5")


def test_changed_minds_are_listed(fake: FakeServer, open_page: OpenPage) -> None:
    """As the verdict tells it: from where to where, when, and because of whom."""
    page = open_analytics(fake, open_page, scenes.verdict())
    mind = rows(page, "Changed minds")
    expect(mind).to_contain_text("Risk Auditor")
    expect(mind.locator(".mind-stance")).to_have_text(["against", "for"])
    expect(mind).to_contain_text("Because of Value Defender. The cache was counted twice.")


def test_before_the_verdict_the_ballots_tell_who_moved(fake: FakeServer, open_page: OpenPage) -> None:
    """A vote that differs from the one before at the same ballot is a change of mind."""
    meeting = scenes.two_rounds()
    ballots = [
        scenes.cast("alice", "yes"),
        scenes.cast("bob", "yes"),
        scenes.cast("carol", "yes", "Convinced."),
    ]
    meeting.emit("ballot_closed", **scenes.closed("b2", 2, ballots=ballots))
    page = open_analytics(fake, open_page, meeting)
    expect(rows(page, "Changed minds")).to_have_count(1)
    expect(rows(page, "Changed minds")).to_contain_text("Carol")
    expect(rows(page, "Changed minds").locator(".mind-stance")).to_have_text(["No", "Yes"])


def test_in_a_replay_the_numbers_are_those_of_then(fake: FakeServer, open_page: OpenPage) -> None:
    """What was spent later is not counted yet."""
    meeting = FakeMeeting()
    meeting.at_seconds = 0
    spend(meeting, "affirmative", "value_defender", 90, 0.1, "known")
    meeting.at_seconds = 10
    spend(meeting, "negative", "risk_auditor", 90, 0.2, "known")
    page = open_analytics(fake, open_page, meeting, "#t=5")
    expect(rows(page, "Cost by member")).to_have_count(1)
    page.get_by_role("button", name="Back to live").click()
    expect(rows(page, "Cost by member")).to_have_count(2)
