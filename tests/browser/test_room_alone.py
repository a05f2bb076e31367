"""The room in moments that no rehearsal gives, before a server that does what the test says."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting
from tests.browser.fake_room import FakeServer
from tests.browser.rooms import article, text_of, tops, wait_connection, wait_session
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser

VERDICT = {
    "node_id": "adjudicator", "outcome": "decided", "word": "pass", "score": 91.0,
    "parts": {"strategic": 95.0, "practical": 90.0, "consistency": 86.7}, "text": "Go.", "html": "<p>Go.</p>",
    "disputes": [{"claim": "It is cheap", "evidence": "Line 3"}], "orders": ["Measure it"], "absences": [],
    "ballots": None, "dissent": [], "best_draft": None,
}  # fmt: skip

AT_REST = """() => new Promise((done) => {
  const top = main.scrollTop;
  requestAnimationFrame(() => requestAnimationFrame(() => done(main.scrollTop === top)));
})"""


@pytest.fixture
def meeting() -> FakeMeeting:
    return FakeMeeting()


def test_an_absent_member_stands_above_the_verdict(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting
) -> None:
    """The reason is shown where the member would have spoken and above what was decided without it."""
    page = open_page(fake.add(meeting))
    wait_connection(page)
    meeting.say("affirmative", "I am here.")
    meeting.finish("affirmative")
    meeting.node("negative", "failed")
    meeting.emit(
        "error",
        node_id="negative",
        error="No answer in 120 s.",
        code="model_timeout",
        hint="",
        can_retry=True,
    )
    meeting.emit(
        "verdict",
        **VERDICT | {"outcome": "partial", "absences": [{"node_id": "negative", "reason": "No answer."}]},
    )
    fault = page.locator(".fault")
    expect(fault).to_contain_text("Risk Auditor is absent")
    expect(page.locator(".member", has_text="Risk Auditor")).to_contain_text("absent")
    verdict = page.locator("council-verdict")
    expect(verdict.get_by_role("heading", level=2)).to_have_text("Partial result")
    expect(verdict.locator("[data-part=word]")).to_be_hidden()
    expect(verdict.locator(".absence")).to_be_visible()
    absences, heading = tops(verdict.locator(".absence"), verdict.locator("h2"))
    assert absences < heading
    page.reload()
    expect(page.locator(".fault")).to_contain_text("No answer in 120 s.")


@pytest.mark.parametrize("over", [True, False])
def test_an_address_that_names_the_verdict_leads_to_it(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting, over: bool
) -> None:
    """Whoever is sent the address of a verdict sees it, however long the meeting was."""
    address = fake.add(meeting)
    for number in range(30):
        meeting.say("affirmative", "A line.\n\n" * 20, message_id=f"m{number}")
        meeting.finish("affirmative", message_id=f"m{number}")
    meeting.emit(
        "verdict", **VERDICT | {"orders": [f"Measure it for the {number}th time" for number in range(60)]}
    )
    if over:
        meeting.emit("execution:completed", status="completed")
    page = open_page(f"{address}#verdict-title")
    wait_connection(page)
    expect(page.get_by_role("heading", name="Verdict")).to_be_in_viewport()


def test_a_turn_that_is_taken_again_replaces_the_discarded_one(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting
) -> None:
    """Struck while nothing stands in for it, gone when the new turn begins."""
    page = open_page(fake.add(meeting))
    wait_connection(page)
    meeting.say("affirmative", "First try", message_id="m1")
    expect(article(page, "affirmative")).to_have_attribute("data-status", "streaming")
    meeting.emit("message_discarded", message_id="m1", node_id="affirmative", reason="restart")
    expect(article(page, "affirmative")).to_have_attribute("data-status", "discarded")
    meeting.say("affirmative", "Second try", message_id="m2")
    expect(article(page, "affirmative")).to_have_count(1)
    wait_until(lambda: text_of(page, "affirmative") == "Second try")


def test_thinking_is_folded_away(fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting) -> None:
    """It is there for who opens it, and never part of the answer."""
    page = open_page(fake.add(meeting))
    wait_connection(page)
    meeting.say("affirmative", "Let me see. ", thinking=True)
    meeting.say("affirmative", "Yes.")
    meeting.say("affirmative", "Well, ", thinking=True)
    wait_until(lambda: text_of(page, "affirmative") == "Yes.")
    thought = article(page, "affirmative").locator("[data-part=thought]")
    expect(thought).to_be_hidden()
    article(page, "affirmative").get_by_text("Thinking").click()
    expect(thought).to_have_text("Let me see. Well, ")


def test_markup_that_slipped_through_is_dropped(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting, complaints: list[str]
) -> None:
    """The server cleans it; the page does not trust that."""
    page = open_page(fake.add(meeting))
    wait_connection(page)
    meeting.say("affirmative", "Hi")
    meeting.finish(
        "affirmative",
        html="<p onclick='x()'>Hi <b>bold</b> <img src=x onerror='document.title=1'><script>document.title=1</script>"
        "<a href='javascript:x()'>a</a> <a href='https://example.org/'>b</a>"
        "<svg onload='x()'><style>p{}</style></svg></p>",
    )
    body = article(page, "affirmative").locator("[data-part=text]")
    expect(body).to_have_text("Hi bold a b")
    assert body.locator("img, script, svg, style, [onclick], [href^=javascript]").count() == 0
    assert body.locator("a[href='https://example.org/'][rel~=noopener]").count() == 1
    assert page.title() != "1"
    # The parser notes each handler and style it was forbidden to make.
    complaints[:] = [complaint for complaint in complaints if "The action has been blocked" not in complaint]


def test_a_log_that_was_replaced_is_loaded_anew(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting
) -> None:
    """Another epoch: the page takes the snapshot and goes on from its number, without a reload."""
    page = open_page(fake.add(meeting))
    wait_connection(page)
    meeting.say("affirmative", "Before ")
    wait_until(lambda: text_of(page, "affirmative") == "Before ")
    page.evaluate("window.here = true")
    meeting.epoch = "e2"
    meeting.drop_everybody(1012)
    meeting.say("affirmative", "and after.")
    wait_until(lambda: text_of(page, "affirmative") == "Before and after.")
    wait_connection(page)
    meeting.say("affirmative", " Live.")
    wait_until(lambda: text_of(page, "affirmative") == "Before and after. Live.")
    assert page.evaluate("window.here")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (4401, "Sign in to follow"),
        (4403, "Not shared with you any more"),
        (4404, "was deleted"),
        (1000, "was closed"),
    ],
)
def test_an_end_for_good_is_said(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting, code: int, words: str
) -> None:
    """The page stops and says why."""
    meeting.close_code = code
    page = open_page(fake.add(meeting))
    wait_connection(page, "disconnected")
    expect(page.locator("council-link")).to_contain_text(words)


def test_the_box_is_cleared_on_the_ack_and_not_before(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting
) -> None:
    """A server that does not answer keeps the words in the box; after a reconnect they are sent once more."""
    page = open_page(fake.add(meeting))
    wait_connection(page)
    meeting.acknowledges = False
    box = page.get_by_label("Say something to the members")
    box.fill("Hello?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("waiting for the server")).to_be_visible()
    expect(box).to_have_value("Hello?")
    wait_until(lambda: bool(meeting.obeyed), what="the command that is not answered")
    meeting.acknowledges = True
    meeting.drop_everybody(1012)
    expect(box).to_have_value("")
    expect(page.locator('article[data-role="user"]')).to_have_count(1)


def test_readers_keep_their_place(fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting) -> None:
    """Who is at the end follows; who scrolled up is left there and has a way back."""
    page = open_page(fake.add(meeting), height=600)
    wait_connection(page)
    for _ in range(40):
        meeting.say("affirmative", "Another line of what is said here.\n\n")
    wait_until(lambda: page.locator("article p").count() >= 40, what="its lines, formatted")
    at_end = "main.scrollTop + main.clientHeight >= main.scrollHeight - 100"
    wait_until(lambda: page.evaluate(at_end))
    page.locator("#main").hover()
    page.mouse.wheel(0, -900)
    wait_until(lambda: not page.evaluate(at_end))
    wait_until(lambda: page.evaluate(AT_REST), what="the end of the scroll")
    place = page.evaluate("main.scrollTop")
    meeting.say("affirmative", "More. " * 200)
    wait_until(lambda: text_of(page, "affirmative").endswith("More. "))
    assert page.evaluate("main.scrollTop") == place
    page.get_by_role("button", name="To the newest words").click()
    wait_until(lambda: page.evaluate(at_end))


def test_money_is_honest(fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting) -> None:
    """A price nobody knows is unknown; known money adds to it and does not hide it."""
    page = open_page(fake.add(meeting))
    wait_connection(page)
    cost = page.locator('[data-total="cost"]')
    usage = {
        "node_id": "affirmative",
        "agent_id": None,
        "input_tokens": 900,
        "output_tokens": 100,
        "estimated": False,
    }
    meeting.emit("token_usage", **usage, estimated_cost_usd=None, price="unknown")
    expect(cost).to_have_text("unknown")
    meeting.emit("token_usage", **usage, estimated_cost_usd=0.0125, price="known")
    expect(cost).to_have_text("$0.0125 + unknown")
    expect(page.locator('[data-total="tokens"]')).to_have_text("2,000")


def test_an_event_nobody_knows_is_ignored(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting
) -> None:
    """And what follows it is not."""
    page = open_page(fake.add(meeting))
    wait_connection(page)
    meeting.emit("something_new", node_id="vote", options=["yes"])
    meeting.emit("execution:paused", status="paused", reason="user")
    wait_session(page, "paused")
