"""A message while it is spoken and after: its Markdown, its buttons, what is said aloud of it; ballots and verdicts."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from council.meeting.markdown import render
from tests.browser import scenes
from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting
from tests.browser.fake_room import FakeServer
from tests.browser.rooms import article, overflow, text_of, wait_connection
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser

SAID = """### Position

We **move**, because `make ci` takes [40 minutes](https://example.org/builds).

- one
- two

| Option | Cost |
|---|---|
| Move | 10 |

```python
count = 40  # minutes
```
"""


@pytest.fixture
def meeting() -> FakeMeeting:
    return FakeMeeting()


def open_room(fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting, **window: object) -> Page:
    page = open_page(fake.add(meeting), **window)
    wait_connection(page)
    return page


def body_of(page: Page, node_id: str = "affirmative") -> Locator:
    return article(page, node_id).locator("[data-part=text]")


def spoken(meeting: FakeMeeting, text: str, node_id: str = "affirmative") -> None:
    meeting.say(node_id, text)
    meeting.finish(node_id, html=render(text))


# While it is spoken


def test_markdown_is_read_while_it_is_written(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting
) -> None:
    """Headings, lists, tables and code have their shape before the end; no sign of it is seen, all is there."""
    page = open_room(fake, open_page, meeting)
    for begin in range(0, len(SAID), 7):
        meeting.say("affirmative", SAID[begin : begin + 7])
    body = body_of(page)
    expect(body.locator("h3")).to_have_text("### Position\n\n", use_inner_text=False)
    expect(body.locator("h3")).to_have_text("Position", use_inner_text=True)
    expect(body.locator("li")).to_have_count(2)
    expect(body.locator("td")).to_have_count(2)
    expect(body.locator("pre code")).to_have_text("count = 40  # minutes\n")
    expect(body.get_by_role("link", name="40 minutes")).to_have_attribute("rel", "noopener noreferrer")
    assert not set("#*`|") & set(body.inner_text().replace("# minutes", ""))
    assert text_of(page, "affirmative") == SAID


def test_the_caret_stands_behind_the_last_word(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting
) -> None:
    """In the block that grows, and nowhere once the member has ended."""
    page = open_room(fake, open_page, meeting)
    meeting.say("affirmative", "# One\n\n- item")
    expect(body_of(page).locator("[data-caret]")).to_have_text("- item")
    meeting.say("affirmative", "\n\nafter")
    expect(body_of(page).locator("[data-caret]")).to_have_text("after")
    expect(body_of(page).locator("[data-caret]")).to_have_count(1)
    meeting.finish("affirmative", html="<h1>One</h1>")
    expect(body_of(page).locator("[data-caret]")).to_have_count(0)


def test_the_end_of_a_turn_moves_nothing(fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting) -> None:
    """The server's rendering takes the place of ours at the same height."""
    page = open_room(fake, open_page, meeting)
    meeting.say("affirmative", SAID)
    expect(body_of(page).locator("pre code")).to_be_attached()
    before = body_of(page).evaluate("e => e.offsetHeight")
    meeting.finish("affirmative", html=render(SAID))
    expect(body_of(page).locator(".code-copy")).to_be_attached()
    assert abs(body_of(page).evaluate("e => e.offsetHeight") - before) <= 4


def test_blocks_that_are_complete_stay_the_same_nodes(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting
) -> None:
    """A selection in them outlives what comes after."""
    page = open_room(fake, open_page, meeting)
    meeting.say("affirmative", "First paragraph.\n\nSecond.\n\nThird")
    expect(body_of(page).locator("p")).to_have_count(3)
    body_of(page).locator("p").first.select_text()
    meeting.say("affirmative", " and more.\n\n" + "Word. " * 500)
    expect(body_of(page).locator("p")).to_have_count(4)
    assert page.evaluate("getSelection().toString().trim()") == "First paragraph."


# What can be done with it


def test_a_message_is_copied_as_markdown(fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting) -> None:
    """With permission, and without it as well; the button says that it worked."""
    page = open_room(fake, open_page, meeting, permissions=["clipboard-read", "clipboard-write"])
    expect(page.locator("council-announcer:defined")).to_be_attached()
    spoken(meeting, "## Go\n\nWith *care*.")
    article(page, "affirmative").hover()
    button = article(page, "affirmative").locator("[data-act=copy]")
    button.click()
    expect(button).to_have_text("Copied")
    expect(page.locator("council-announcer")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "## Go\n\nWith *care*."
    page.evaluate("navigator.clipboard.writeText('other')")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('denied')) }")
    expect(button).to_have_text("Copy")
    button.click()
    wait_until(lambda: page.evaluate("navigator.clipboard.readText()") == "## Go\n\nWith *care*.")


def test_a_copy_that_is_not_allowed_says_so(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting
) -> None:
    """When no way is open."""
    page = open_room(fake, open_page, meeting)
    spoken(meeting, "Go.")
    page.evaluate("() => { document.execCommand = () => false }")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject() }")
    button = article(page, "affirmative").locator("[data-act=copy]")
    button.click()
    expect(button).to_have_text("The browser does not allow copying here.")


def test_a_quote_goes_into_the_box(fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting) -> None:
    """The first paragraph, or what is selected; behind what was typed already, ready to write on."""
    page = open_room(fake, open_page, meeting)
    expect(page.locator("council-composer:defined")).to_be_attached()
    spoken(meeting, "# Title\n\nBuilds take 40 minutes.\n\nAnd more.")
    box = page.get_by_label("Say something to the members")
    quote = article(page, "affirmative").get_by_role("button", name="Quote")
    quote.click()
    expect(box).to_have_value("Value Defender said:\n> Builds take 40 minutes.\n\n")
    expect(box).to_be_focused()
    page.keyboard.type("Why?")
    body_of(page).get_by_text("And more.").select_text()
    quote.click()
    expect(box).to_have_value(
        "Value Defender said:\n> Builds take 40 minutes.\n\nWhy?\n\nValue Defender said:\n> And more.\n\n"
    )


def test_the_buttons_are_reached_by_keyboard(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting
) -> None:
    """They show themselves when one of them has the focus, and are large enough to hit."""
    page = open_room(fake, open_page, meeting)
    spoken(meeting, "Go.")
    actions = article(page, "affirmative").locator(".actions")
    expect(actions).to_have_css("opacity", "0")
    article(page, "affirmative").locator("[data-act=copy]").focus()
    expect(actions).to_have_css("opacity", "1")
    page.keyboard.press("Tab")
    expect(article(page, "affirmative").get_by_role("button", name="Quote")).to_be_focused()
    for button in actions.locator("button:visible, a").all():
        box = button.bounding_box()
        assert box
        assert box["height"] >= 24


def test_on_a_touch_screen_the_buttons_are_there(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting
) -> None:
    """Nobody can hover with a finger."""
    page = open_room(fake, open_page, meeting, width=400, has_touch=True, is_mobile=True)
    spoken(meeting, "Go.")
    expect(article(page, "affirmative").locator(".actions")).to_have_css("opacity", "1")


def test_a_message_has_an_address(fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting) -> None:
    """Its link leads to it, and marks it for a moment."""
    for number in range(6):
        meeting.say("affirmative", "Line.\n\n" * 20, message_id=f"m{number}")
        meeting.finish("affirmative", html=render("Line.\n\n" * 20), message_id=f"m{number}")
    page = open_page(fake.add(meeting) + "#message-m1", height=700)
    wait_connection(page)
    message = page.locator("article[data-message-id=m1]")
    expect(message).to_be_in_viewport()
    assert message.evaluate("e => e.matches(':target')")
    link = page.locator("article[data-message-id=m3]").get_by_role("link", name="Link to this message")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("article[data-message-id=m3]")).to_be_in_viewport()
    expect(page).to_have_url(re.compile("#message-m3$"))


def test_a_long_message_is_folded(fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting) -> None:
    """For who comes later; it is never folded under the eyes of who has seen it grow."""
    page = open_room(fake, open_page, meeting)
    spoken(meeting, "A paragraph.\n\n" * 60)
    message = article(page, "affirmative")
    expect(message.get_by_role("button", name="Show less")).to_be_visible()
    whole = body_of(page).evaluate("e => e.offsetHeight")
    page.reload()
    wait_connection(page)
    button = message.get_by_role("button", name="Show all")
    expect(button).to_have_attribute("aria-expanded", "false")
    assert body_of(page).evaluate("e => e.offsetHeight") < whole / 2
    button.click()
    expect(message.get_by_role("button", name="Show less")).to_have_attribute("aria-expanded", "true")
    assert abs(body_of(page).evaluate("e => e.offsetHeight") - whole) < 4


def test_thinking_says_how_long_it_is(fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting) -> None:
    """Folded away, live and after a reload."""
    page = open_room(fake, open_page, meeting)
    meeting.say("affirmative", "Let me see. " * 100, thinking=True)
    summary = article(page, "affirmative").locator("summary")
    expect(summary).to_contain_text("Thinking 1,200 characters")
    page.reload()
    expect(summary).to_contain_text("Thinking 1,200 characters")


def test_code_is_coloured_named_and_copied(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting
) -> None:
    """Its button copies the code alone; a wide table scrolls in its own box."""
    wide = "| " + " | ".join("columnname" for _ in range(30)) + " |\n|" + "---|" * 30 + "\n"
    spoken(meeting, SAID + "\n" + wide)
    page = open_room(fake, open_page, meeting, width=400, permissions=["clipboard-read", "clipboard-write"])
    pre = body_of(page).locator(".code-box pre")
    expect(pre).to_have_attribute("data-language", "python")
    plain, comment = (
        pre.locator(part).evaluate("e => getComputedStyle(e).color") for part in ("code", ".c1")
    )
    assert plain != comment
    body_of(page).get_by_role("button", name="Copy the code").click()
    wait_until(lambda: page.evaluate("navigator.clipboard.readText()") == "count = 40  # minutes\n")
    box = body_of(page).locator(".table-box").last
    assert box.evaluate("e => e.scrollWidth > e.clientWidth")
    expect(box).to_have_attribute("tabindex", "0")
    assert overflow(page) == 0


# What is said aloud


def test_who_has_finished_is_announced_together(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting
) -> None:
    """Names, not texts, in one polite region; the words that come are in none."""
    page = open_room(fake, open_page, meeting)
    region = page.locator("council-announcer")
    expect(region).to_have_attribute("aria-live", "polite")
    for node_id in ("affirmative", "negative"):
        meeting.say(node_id, "Some words.")
    expect(article(page, "negative")).to_be_attached()
    assert page.locator("council-transcript[aria-live], council-transcript [aria-live]").count() == 0
    for node_id in ("affirmative", "negative"):
        meeting.finish(node_id, html="<p>Some words.</p>")
    expect(region).to_have_text("Value Defender and Risk Auditor have finished speaking.")
    meeting.say("adjudicator", "So be it.")
    meeting.finish("adjudicator", html="<p>So be it.</p>")
    expect(region).to_have_text("Chief Justice has finished speaking.")


# Ballots, facts and verdicts


def test_ballots_open_together(fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting) -> None:
    """Under the reader's eyes they unfold; who comes later finds them open. An impasse says that it is no decision."""
    page = open_room(fake, open_page, meeting)
    ballot = page.locator(".ballot")
    meeting.emit("ballot_opened", **scenes.opened())
    expect(ballot.locator(".slot")).to_have_count(4)
    meeting.emit("vote_cast", node_id="ballot", ballot_id="b1", voter="bob", vote=None)
    expect(ballot.locator(".slot[data-fresh=true]")).to_contain_text("Bob")
    expect(ballot.locator(".paper")).to_have_count(0)
    meeting.emit("ballot_closed", **scenes.closed())
    expect(ballot.locator(".paper")).to_have_count(4)
    expect(ballot.locator(".paper", has_text="Carol")).to_contain_text("No")
    expect(ballot.locator(".paper", has_text="Dora")).to_contain_text("abstained")
    expect(ballot).to_have_attribute("data-opening", "true")
    expect(ballot).to_contain_text("No decision: nothing was passed and nothing was rejected.")
    page.reload()
    expect(ballot.locator(".paper")).to_have_count(4)
    assert ballot.get_attribute("data-opening") is None


def test_nothing_moves_for_who_wants_that(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting
) -> None:
    """With reduced motion ballots are simply open."""
    page = open_room(fake, open_page, meeting, reduced_motion="reduce")
    meeting.emit("ballot_opened", **scenes.opened())
    expect(page.locator(".slot")).to_have_count(4)
    meeting.emit("ballot_closed", **scenes.closed())
    expect(page.locator(".ballot .paper").first).to_have_css("animation-name", "none")


def test_a_claim_leads_to_its_sentence(fake: FakeServer, open_page: OpenPage) -> None:
    """The words are marked where they were said; a claim in other words says that they were other words."""
    page = open_room(fake, open_page, scenes.two_rounds())
    claim = page.locator(".claim", has_text="Caching is free")
    claim.get_by_role("button", name="Where it was said").click()
    expect(claim).to_contain_text("Nobody said it in these very words.")
    claim = page.locator(".claim", has_text="Builds take 40 minutes.")
    claim.get_by_role("button", name="Where it was said").click()
    assert page.evaluate("[...CSS.highlights.get('said')][0].toString()").lower() == "builds take 40 minutes"


def test_marks_are_more_than_colours(fake: FakeServer, open_page: OpenPage) -> None:
    """Each status of a claim has its own sign and its word."""
    page = open_room(fake, open_page, scenes.two_rounds())
    signs = {
        status: page.locator(f"[data-claim={status}] .claim-status").evaluate(
            "e => getComputedStyle(e, '::before').content"
        )
        for status in ("supported", "refuted", "not_checkable")
    }
    assert len(set(signs.values())) == 3


@pytest.mark.parametrize(
    ("changes", "heading", "sign"),
    [
        ({}, "Verdict", "✓"),
        ({"outcome": "impasse", "word": None, "score": None, "parts": None}, "Impasse", "="),
        ({"outcome": "partial", "partial_reason": "below_quorum", "word": None}, "Partial result", "…"),
    ],
)
def test_an_outcome_is_seen_at_a_glance(
    fake: FakeServer,
    open_page: OpenPage,
    meeting: FakeMeeting,
    changes: dict[str, object],
    heading: str,
    sign: str,
) -> None:
    """In words, by a sign, and by a border that is dashed where nothing was decided."""
    page = open_room(fake, open_page, meeting)
    meeting.emit("verdict", **scenes.VERDICT | changes)
    verdict = page.locator("council-verdict")
    expect(verdict.get_by_role("heading", level=2)).to_have_text(heading)
    expect(page.locator("council-announcer")).to_have_text("The verdict is in.")
    content = verdict.locator(".verdict-sign").evaluate("e => getComputedStyle(e, '::before').content")
    assert content.startswith(f'"{sign}"')
    style = verdict.locator(".verdict").evaluate("e => getComputedStyle(e).borderTopStyle")
    assert style == ("dashed" if changes else "solid")


def test_the_count_against_the_chair_in_the_readers_language(
    fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting
) -> None:
    """The server's sentence is made anew from what it holds; so are the reasons of absence that are known."""
    page = open_room(fake, open_page, meeting)
    ballots = {
        name: scenes.closed()[name] for name in ("node_id", "ballot_id", "outcome", "decision", "count")
    }
    meeting.emit("ballot_opened", **scenes.opened())
    meeting.emit("ballot_closed", **scenes.closed(outcome="passed", decision="yes"))
    meeting.emit(
        "verdict",
        **scenes.VERDICT
        | {
            "chair_deviates": "The chair says 'rework'; the count says 'yes'.",
            "ballots": ballots | {"outcome": "passed", "decision": "yes"},
            "absences": [{"node_id": "negative", "reason": "its answer broke off"}],
        },
    )
    verdict = page.locator("council-verdict")
    expect(verdict.locator(".deviates p")).to_have_text("The chair says “rework”; the count says “Yes”.")
    expect(verdict.locator(".absence")).to_have_text("Risk Auditor its answer broke off")
    expect(verdict.locator(".verdict-count .option")).to_have_count(2)
    expect(verdict.locator(".verdict-count")).to_contain_text("Abstained: 1.")


def test_a_changed_mind_is_a_picture_and_a_sentence(fake: FakeServer, open_page: OpenPage) -> None:
    """From where to where, in which round; the picture is not read twice."""
    page = open_room(fake, open_page, scenes.verdict())
    change = page.locator(".change")
    expect(change.locator("[data-stance=against]")).to_have_text("against")
    expect(change.locator("[data-stance=for]")).to_have_text("for")
    expect(change.locator(".move")).to_have_attribute("aria-hidden", "true")
    expect(change.locator(".move-line")).to_have_text("Round 2")
