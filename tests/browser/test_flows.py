"""Whole ways through the product, in both languages and both themes: real server, real browser."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.rooms import (
    OPINIONS,
    article,
    log_of,
    overflow,
    said_in_log,
    text_of,
    wait_connection,
    wait_session,
    wait_words,
)
from tests.support.server import Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser
Serve = Callable[..., Server]

ENGLISH, CHINESE = ("en", "light"), ("zh-CN", "dark")
BOTH = pytest.mark.parametrize("look", [ENGLISH, CHINESE], ids="-".join)

SUBJECT = {"en": "Shall we ship on Friday?", "zh-CN": "周五发布吗？"}
OBJECTIVE = {"en": "Nobody is called at night.", "zh-CN": "夜里不叫醒任何人。"}
INTERJECTION = {"en": "Monday is a holiday.", "zh-CN": "周一放假。"}
NAME = {"en": "Our debate", "zh-CN": "我们的辩论"}
DOCUMENT = {
    "en": "# The plan\n\nThe release changes how passwords are kept.\nTwo people are on call this weekend.",
    "zh-CN": "# 计划\n\n这次发布会改变密码的保存方式，用户需要重新登录。\n这个周末有两个人值班，他们都参与了开发。",
}

SHOWN = """() => {
  const words = "script, style, template, noscript, code, pre, kbd, textarea, option, [lang]:not(html), .shelf-card-id";
  const theirs = ".message .text, .thought, .words .text, [data-part=detail], .room-subject, .brand";
  const shown = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (walk.currentNode.data.trim() === "" || element.closest(`${words}, ${theirs}`)) continue;
    if (element.checkVisibility({ visibilityProperty: true })) shown.push(walk.currentNode.data.trim());
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
    const isTheirs = element.closest("template, [lang]:not(html), .room-subject");
    if (isTheirs || !element.checkVisibility({ visibilityProperty: true })) continue;
    for (const name of ["aria-label", "title", "placeholder"]) shown.push(element.getAttribute(name) ?? "");
  }
  for (const choice of document.querySelectorAll("select")) {
    if (choice.checkVisibility()) shown.push(...[...choice.selectedOptions].map((option) => option.textContent.trim()));
  }
  return shown;
}"""
OF_ANY_LANGUAGE = {
    "Council", "YAML", "JSON", "Markdown", "PDF", "Word", "HTML", "USD", "token", "tokens", "ids",
    "Ref", "Top-p", "top-p", "Ctrl", "Enter", "Esc", "Tab", "Alt", "Shift", "Home", "End", "Top",
}  # fmt: skip


@dataclass(frozen=True)
class Visitor:
    """A reader of one language and one theme, and the meeting house they look at."""

    page: Page
    server: Server
    language: str

    def sees_own_language(self) -> None:
        """Nothing of ours is left in English, nothing is wider than its window."""
        self.page.wait_for_load_state()
        assert overflow(self.page) == 0
        if self.language == "en":
            return
        agents = self.server.get("/api/v1/agents")["items"]
        names = {word for agent in agents for word in agent["name"].split()}
        own = names | OF_ANY_LANGUAGE
        wait_until(lambda: not self._foreign(own), what=f"a page in one language; left: {self._foreign(own)}")

    def _foreign(self, own: set[str]) -> list[str]:
        """What stands there in English; names that are still fetched stand as ids."""
        return [text for text in self.page.evaluate(SHOWN) if _english_in(text) - own]


def _english_in(text: str) -> set[str]:
    """Its English words; ids, numbers and names of files are of no language."""
    words = re.sub(r"[\w-]*[_\d/.][\w./-]+", "", text, flags=re.ASCII)
    return set(re.findall(r"[A-Za-z][A-Za-z'-]{2,}", words))


@pytest.fixture
def visit(serve: Serve, open_page: OpenPage) -> Callable[..., Visitor]:
    """A reader with this language and theme, at the lobby of a server in rehearsal."""

    def visit(look: tuple[str, str], pace: int = 0) -> Visitor:
        language, theme = look
        server = serve(rehearsal_tokens_per_second=pace)
        page = open_page(server.url, locale=language, color_scheme=theme)
        assert page.locator("html").get_attribute("lang") == language
        return Visitor(page, server, language)

    return visit


Visit = Callable[..., Visitor]


def hold_meeting(visitor: Visitor, template_id: str = "council_debate") -> str:
    """Started from the lobby with a document; the room is open. Its id."""
    page = visitor.page
    page.locator(f'[name="template_id"][value="{template_id}"]').check()
    page.locator("#subject").fill(SUBJECT[visitor.language])
    page.locator("#document").fill(DOCUMENT[visitor.language])
    page.locator("council-start [data-part=submit]").click()
    return entered(page)


def entered(page: Page) -> str:
    page.wait_for_url("**/meetings/*")
    wait_connection(page)
    return page.url.rsplit("/", 1)[1].partition("#")[0]


def over(page: Page) -> Locator:
    """The verdict, when the meeting is over."""
    wait_session(page, "completed")
    expect(page.locator("#verdict-title")).to_be_visible()
    return page.locator("council-verdict")


@BOTH
def test_the_first_visit(visit: Visit, look: tuple[str, str]) -> None:
    """One click starts a rehearsal that can be watched to its verdict; back in the lobby it is a past meeting."""
    visitor = visit(look)
    page = visitor.page
    visitor.sees_own_language()
    page.locator("council-first-run [data-part=watch]").click()
    entered(page)
    expect(over(page).locator("[data-part=total]")).to_have_text(re.compile(r"\d+"))
    visitor.sees_own_language()
    page.locator(".room-bar .brand").click()
    expect(page.locator("council-past li")).to_have_count(1)
    expect(page.locator("council-first-run")).to_have_count(0)
    visitor.sees_own_language()


@BOTH
def test_from_three_steps_to_a_verdict(visit: Visit, look: tuple[str, str], complaints: list[str]) -> None:
    """Chosen, filled in, another member, a cap; paused, cut off from the network, spoken to, reviewed, decided."""
    visitor = visit(look, pace=40)
    page, language = visitor.page, visitor.language
    page.locator('[name="template_id"][value="quick_decision"]').check()
    page.locator("#subject").fill(SUBJECT[language])
    page.locator("#document").fill(DOCUMENT[language])
    page.locator("#objective").fill(OBJECTIVE[language])
    page.locator("[data-step=who] .step-toggle").click()
    page.locator("council-seats select").first.select_option("value_defender")
    page.locator("#tokens").fill("400000")
    expect(page.locator("council-estimate [data-part=numbers]")).to_be_visible()
    visitor.sees_own_language()
    page.locator("council-start [data-part=submit]").click()
    session_id = entered(page)
    assert visitor.server.get(f"/api/v1/sessions/{session_id}")["objective"] == OBJECTIVE[language]
    expect(article(page, "pro").locator("[data-part=name]")).to_have_text("Value Defender")

    for node_id in ("pro", "con", "neutral"):
        wait_words(page, node_id, more_than=10)
    visitor.sees_own_language()
    pause(page)
    resume(page)

    be_cut_off(visitor)
    speak_up(visitor)
    asked = page.locator("council-review")
    expect(asked).to_be_visible(timeout=60_000)
    assert_nothing_is_lost(visitor, session_id, ("pro", "con", "neutral"))
    expect(page.locator('article[data-role="user"] [data-part=read]')).to_be_visible()
    visitor.sees_own_language()
    asked.locator("[data-action=approve]").click()
    over(page)
    visitor.sees_own_language()
    complaints.clear()  # The browser notes every attempt that finds no network.


def pause(page: Page) -> None:
    page.locator("council-controls [data-part=pause]").click()
    wait_session(page, "paused")


def resume(page: Page) -> None:
    page.locator("council-controls [data-part=resume]").click()
    wait_session(page, "running")


def be_cut_off(visitor: Visitor) -> None:
    """The network is pulled while members speak: it is said, what is typed stays, and it goes on by itself."""
    page, box = visitor.page, visitor.page.locator("#say")
    page.context.set_offline(True)
    wait_connection(page, "reconnecting")
    expect(page.locator("council-link")).to_be_visible()
    box.fill(INTERJECTION[visitor.language])
    box.press("Enter")
    expect(page.locator("#say-note")).to_be_visible()
    expect(box).to_have_value(INTERJECTION[visitor.language])
    visitor.sees_own_language()
    page.context.set_offline(False)
    wait_connection(page)


def speak_up(visitor: Visitor) -> None:
    """What was typed without a network is sent with one, once."""
    page = visitor.page
    page.locator("#say").press("Enter")
    expect(page.locator("#say")).to_have_value("")
    expect(page.locator('article[data-role="user"]')).to_have_count(1)


def assert_nothing_is_lost(visitor: Visitor, session_id: str, nodes: tuple[str, ...]) -> None:
    """Each message of these nodes is, letter by letter, what the log says; the ballot at its end is shown elsewhere."""
    events = log_of(visitor.server, session_id)
    for node_id in nodes:
        said = _letters(said_in_log(events, node_id).partition("```json")[0])
        assert said != ""
        wait_until(lambda: _letters(text_of(visitor.page, node_id)) == said, what=f"all words of {node_id}")  # noqa: B023


def _letters(text: str) -> str:
    """Without the marks that only lay a text out."""
    return "".join(re.findall(r"\w", re.sub(r"^\s*\d+\. ", "", text, flags=re.MULTILINE)))


@BOTH
def test_looking_back(visit: Visit, look: tuple[str, str]) -> None:
    """A reference opens its line, the numbers are there, the meeting is played again and left where it was."""
    visitor = visit(look)
    page = visitor.page
    hold_meeting(visitor)
    over(page)
    article(page, "affirmative").locator("a.ref").first.click()
    expect(page.locator("#panel-documents [data-marked]").first).to_be_in_viewport()
    visitor.sees_own_language()

    page.locator("#tab-analytics").click()
    expect(page.locator("#panel-analytics svg").first).to_be_visible()
    visitor.sees_own_language()

    page.locator("#replay").click()
    bar = page.locator("council-timeline")
    slider = bar.locator("[data-part=slider]")
    expect(slider).to_be_visible()
    # A short meeting may have been played to its end already.
    bar.locator("[data-part=toggle]").evaluate(
        "toggle => toggle.dataset.playing === 'true' && toggle.click()"
    )
    slider.fill("0")
    expect(page.locator("council-verdict h2")).to_have_count(0)
    expect(page.locator("council-composer")).to_be_hidden()
    visitor.sees_own_language()
    slider.press("End")
    expect(page.locator("#verdict-title")).to_be_visible()
    bar.locator("[data-part=leave]").click()
    expect(slider).to_have_count(0)
    expect(page.locator("#verdict-title")).to_be_visible()
    for node_id in OPINIONS:
        expect(article(page, node_id)).to_have_attribute("data-status", "completed")


@BOTH
def test_a_template_of_ones_own(visit: Visit, look: tuple[str, str]) -> None:
    """A built-in one is copied, gets a node and a link, has a fault that is mended, is saved, and holds a meeting."""
    visitor = visit(look)
    page = visitor.page
    page.locator('.site-nav a[href="/templates"]').click()
    visitor.sees_own_language()
    page.locator('[data-template="council_debate"] [data-part=copy]').click()
    page.wait_for_url("**/templates/*/edit")
    page.locator('[data-card="adjudicator"]').click()
    page.locator(".editor-tools [data-part=add]").click()
    page.locator("#palette").get_by_role("listitem").first.wait_for()
    page.locator('#palette button[data-type="agent"]').click()
    form = page.locator("#inspector")
    form.locator("#node-name").fill(NAME[visitor.language])
    form.locator("#field-agent_id").select_option("")
    expect(page.locator("#faults")).not_to_have_attribute("data-count", "0")
    page.locator(".editor-actions [data-part=save]").click()
    expect(page.locator(".editor-actions [data-part=note]")).to_have_attribute("data-problem", "true")
    form.locator("#field-agent_id").select_option("devils_advocate")
    expect(page.locator("#faults")).to_have_attribute("data-count", "0")
    page.locator("#template-name").fill(NAME[visitor.language])
    page.locator(".editor-actions [data-part=save]").click()
    expect(page.locator(".editor-title [data-part=unsaved]")).to_be_hidden()
    page.locator(".editor-actions [data-part=begin]").click()
    expect(page.locator('[name="template_id"]:checked')).to_have_value("council_debate_copy")
    page.locator("#subject").fill(SUBJECT[visitor.language])
    page.locator("council-start [data-part=submit]").click()
    entered(page)
    over(page)
    expect(page.locator("[data-member]")).to_have_count(4)


@BOTH
def test_an_agent_and_a_group_of_ones_own(visit: Visit, look: tuple[str, str]) -> None:
    """Each is made in its dialog, stands among the others, and can be chosen in the lobby."""
    visitor = visit(look)
    page = visitor.page
    for kind, more in (("agent", {"persona": OBJECTIVE}), ("group", {"system_prompt": OBJECTIVE})):
        page.goto(f"{visitor.server.url}/{kind}s")
        shelf = page.locator(f"council-{kind}s")
        expect(shelf).to_have_attribute("data-state", "ready")
        visitor.sees_own_language()
        shelf.locator("[data-part=add]").first.click()
        sheet = page.locator("dialog.sheet[open]")
        sheet.locator("#field-name").fill(NAME[visitor.language])
        for field, words in more.items():
            sheet.locator(f"#field-{field}").fill(words[visitor.language])
        visitor.sees_own_language()
        sheet.locator("[data-part=submit]").click()
        expect(sheet).to_have_count(0)
        expect(page.locator(".shelf-card-title", has_text=NAME[visitor.language])).to_be_visible()
    page.goto(visitor.server.url)
    page.locator("council-steps:defined [data-step=who] .step-toggle").click()
    for select in (page.locator("council-seats select").first, page.locator("#group")):
        select.select_option(label=NAME[visitor.language])


KINDS = {"md": "text/markdown", "html": "text/html", "json": "application/json"}


@BOTH
def test_taking_a_meeting_away(visit: Visit, look: tuple[str, str]) -> None:
    """Every link of the export menu answers with its format, in the reader's language."""
    visitor = visit(look)
    page = visitor.page
    hold_meeting(visitor)
    over(page)
    page.locator('[popovertarget="more"]').first.click()
    visitor.sees_own_language()
    links = page.locator('#more a[href*="/export"]')
    found = {}
    for link in links.all():
        href = link.get_attribute("href") or ""
        answer = page.request.get(visitor.server.url + href)
        assert answer.status == 200, href
        found[href.rpartition("=")[2]] = answer.headers["content-type"].partition(";")[0]
        if href.endswith("=html"):
            assert f'lang="{visitor.language}"' in answer.text()
    assert KINDS.items() <= found.items()
