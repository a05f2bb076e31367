"""What a model says to do harm or by accident: it stays text, and the page keeps its shape."""

import pytest
from playwright.sync_api import Page, expect

from council.meeting.markdown import render
from tests.browser.conftest import OpenPage
from tests.browser.fake_meeting import FakeMeeting
from tests.browser.fake_room import FakeServer
from tests.browser.rooms import article, overflow, text_of, wait_connection
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser

ZALGO = "".join(letter + "\u0351\u034e\u0321\u0315\u0348\u0335\u0327" * 12 for letter in "Zalgo ")
HOSTILE = {
    "script": "Hi <script>document.title='pwned'</script>\n\n<script src=//evil.example/x.js></script>",
    "svg": "<svg onload=\"document.title='pwned'\"><style>*{display:none!important}</style></svg>",
    "handlers": "<img src=x onerror=\"document.title='pwned'\"> ![x](https://evil.example/spy.png)",
    "links": "[a](javascript:document.title='pwned') [b](data:text/html,<script>1</script>) [c](vbscript:x)",
    "long_line": "x" * 1_000_000,
    "long_word_in_table": f"| a | b |\n|---|---|\n| {'wide' * 300} | {'`code`' * 60} |\n",
    "long_code": f"```js\n{'let a = 1; ' * 400}\n```\n\n    {'indented ' * 300}",
    "right_to_left": "\u202egnp.exe\u202c and \u2066isolated \u202eopen to the end",
    "zalgo": ZALGO * 30,
    "broken": "**never *closed `or [link](http://\n\n```\n| a | b |\n> > > 1. - # x\n~~~\n<details open><summary>",
    "nested": "> " * 300 + "- " * 300 + "*" * 600 + "[" * 600,
    "control": "\u0000nul \u0007bell \u200bzero \ufeffmark \u2028line \r\n# crlf",
}


def open_room(fake: FakeServer, open_page: OpenPage, meeting: FakeMeeting, **window: object) -> Page:
    page = open_page(fake.add(meeting), **window)
    wait_connection(page)
    return page


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_stay_text(fake: FakeServer, open_page: OpenPage, name: str) -> None:
    """Live, finished and reloaded, on a phone: nothing runs, nothing is fetched, nothing is wider than the window."""
    meeting = FakeMeeting()
    page = open_room(fake, open_page, meeting, width=400)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    text = HOSTILE[name]
    meeting.say("affirmative", text)
    wait_until(
        lambda: (
            text_of(page, "affirmative") == text.replace("\r\n", "\n") or text_of(page, "affirmative") == text
        )
    )
    expect(article(page, "affirmative").locator("[data-markup=live]")).to_be_attached()
    _is_harmless(page)
    meeting.finish("affirmative", html=render(text))
    expect(article(page, "affirmative")).to_have_attribute("data-status", "completed")
    _is_harmless(page)
    page.reload()
    wait_connection(page)
    expect(article(page, "affirmative")).to_have_attribute("data-status", "completed")
    _is_harmless(page)
    assert [url for url in asked if "evil.example" in url] == []


def _is_harmless(page: Page) -> None:
    body = article(page, "affirmative").locator("[data-part=text]")
    assert page.title() != "pwned"
    assert body.locator("script, style, svg, img, iframe, object, embed, form, input").count() == 0
    assert (
        body.locator("[onload], [onerror], [onclick], [style], [href^=javascript], [href^=data]").count() == 0
    )
    assert overflow(page) == 0
    assert body.evaluate(
        "e => e.getBoundingClientRect().right <= e.closest('article').getBoundingClientRect().right"
    )


@pytest.mark.parametrize("name", ["\u202eevil\u202c", ZALGO * 4, "W" * 300, "<b>x</b>"])
def test_a_name_stays_in_its_place(fake: FakeServer, open_page: OpenPage, name: str) -> None:
    """Marks, stacked accents and length: it neither leaves its card nor turns what stands beside it."""
    meeting = FakeMeeting()
    meeting._snapshot["panel"] = {
        "members": [
            {
                "node_id": "affirmative",
                "agent_id": "value_defender",
                "name": name,
                "provider": "fake",
                "model": "model-1",
            }
        ],
        "diverse": True,
        "rehearsal": False,
    }
    page = open_room(fake, open_page, meeting, width=400)
    meeting.say("affirmative", "Hello.")
    heading = article(page, "affirmative").get_by_role("heading")
    expect(heading).to_have_text(name)
    assert overflow(page) == 0
    box, card = heading.bounding_box(), article(page, "affirmative").bounding_box()
    assert box
    assert card
    assert card["x"] <= box["x"]
    assert box["x"] + box["width"] <= card["x"] + card["width"]
    assert heading.evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"
    assert heading.evaluate("e => getComputedStyle(e).overflowY") == "clip"
    model = article(page, "affirmative").locator("[data-part=model]")
    assert model.evaluate("e => getComputedStyle(e).direction") == "ltr"


def test_stacked_accents_stay_in_their_message(fake: FakeServer, open_page: OpenPage) -> None:
    """What towers over a line is cut at the edge of the text, not painted over the neighbour."""
    meeting = FakeMeeting()
    page = open_room(fake, open_page, meeting)
    meeting.say("affirmative", ZALGO)
    body = article(page, "affirmative").locator("[data-part=text]")
    expect(body).to_contain_text("Z")
    assert body.evaluate("e => getComputedStyle(e).overflowY") == "clip"


def test_a_paragraph_reads_in_its_own_direction(fake: FakeServer, open_page: OpenPage) -> None:
    """Arabic beside English: each begins on its own side."""
    meeting = FakeMeeting()
    page = open_room(fake, open_page, meeting)
    meeting.say("affirmative", "English first.\n\nمرحبا بالعالم.\n\nend")
    paragraphs = article(page, "affirmative").locator("[data-part=text] p")
    expect(paragraphs).to_have_count(3)
    assert paragraphs.nth(1).evaluate("e => getComputedStyle(e).unicodeBidi") == "plaintext"
    begin = "e => { const r = document.createRange(); r.selectNodeContents(e); return r.getBoundingClientRect().right }"
    card = article(page, "affirmative").locator("[data-part=text]").bounding_box()
    assert card
    assert abs(paragraphs.nth(1).evaluate(begin) - (card["x"] + card["width"])) < 2
