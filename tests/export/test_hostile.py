"""Words that attack: whatever a model, a person or a document says stays text in every format."""

import io
import json
import re
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from council.export.blocks import Entry, Grid, Item, Items, Line, Listing, Outline, Prose, Section
from council.export.legible import legible, one_line
from council.export.markdown import fenced, plain, quoted
from council.export.pdf import pdf
from council.export.word import word
from tests.browser.conftest import OpenPage
from tests.export.conftest import Hold, export, words_of
from tests.support.meetings import Meeting, speaker_of
from tests.support.model_server import Answer, Reply
from tests.support.panel import Panel

ATTACK = (
    "</script><script>document.title='owned'</script><!--<script>\n"
    "<img src=x onerror=alert(1)><svg onload=alert(2)></svg></style></textarea></title>\n\n"
    "[run](javascript:alert(3)) ![seen](https://evil.example/seen.png) <https://evil.example>\n\n"
    "[Ref: L4]: https://evil.example/redefined\n\n"
    "# A heading of mine\n\n```\nan open fence\n"
    "\u202eturned round\u2066 \x01\x02\x0b\ufffe z\u0301\u0302\u0303 & < > \" ' \u2028 {{ 7*7 }} {count}"
)
SUBJECT = '"; rm -rf / </title><script>alert(4)</script> \u202e../../etc/passwd'
DOCUMENT = "</pre><script>alert(5)</script>\n]]>\n```\n# Not a heading"


@pytest.fixture
def attacked(hold: Hold) -> Meeting:
    """A meeting in which everybody says the worst."""
    panel = Panel()

    def answer(request: dict[str, Any]) -> Answer:
        return Reply(ATTACK, thinking=ATTACK) if speaker_of(request) != "chair" else panel(request)

    documents = [{"name": "plan & more.md", "content": DOCUMENT}]
    return hold(
        "council_debate", answer, subject=SUBJECT, inputs={"documents": documents, "objective": ATTACK}
    )


def test_the_page_runs_nothing(attacked: Meeting, open_page: OpenPage, tmp_path: Any) -> None:
    """No script of a message runs, nothing is fetched and its policy had nothing to stop, replayed to the end."""
    path = tmp_path / "export.html"
    path.write_bytes(export(attacked, "html"))
    page = open_page("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.goto(path.as_uri())
    page.get_by_label("Speed").select_option("20")
    page.get_by_role("button", name="Play").click()
    page.locator("#player[data-state=ended]").wait_for()
    assert asked == [path.as_uri()]
    assert "owned" not in page.title()
    assert page.locator("img, svg, iframe, object").count() == 0
    assert page.locator("script").count() == 2
    addresses = [link.get_attribute("href") or "" for link in page.locator("a").all()]
    assert [each for each in addresses if not each.startswith(("#", "https://evil.example"))] == []
    assert page.get_by_text("document.title='owned'").count() > 0


def test_markdown_keeps_its_own_structure(attacked: Meeting) -> None:
    """A trusting reader finds no tag, picture, foreign definition or heading that is not ours."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table"])
    env: dict[str, Any] = {}
    tokens = reader.parse(export(attacked, "md").decode(), env)
    kinds = {child.type for token in tokens for child in (token, *(token.children or []))}
    assert not kinds & {"html_block", "html_inline", "image"}
    assert not env.get("references")
    outside = [token for token in tokens if token.level == 0]
    titles = [tokens[tokens.index(token) + 1].content for token in outside if token.type == "heading_open"]
    assert not [title for title in titles if title.startswith(("A heading of mine", "Not a heading"))]
    assert "Conversation" in titles


def test_word_can_open_it(attacked: Meeting) -> None:
    """The file is well-formed XML throughout, and links lead to the web or nowhere."""
    with zipfile.ZipFile(io.BytesIO(export(attacked, "docx"))) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(parts.read(name))
        links = re.findall(
            r'Target="([^"]+)" TargetMode="External"', parts.read("word/_rels/document.xml.rels").decode()
        )
    assert [each for each in links if not each.startswith("https://evil.example")] == []


@pytest.mark.parametrize("name", ["md", "html", "docx", "pdf"])
def test_nothing_of_it_is_lost(attacked: Meeting, name: str) -> None:
    """What can be read of the attack is read as text."""
    words = words_of(name, export(attacked, name))
    for sentence in ("document.title='owned'", "alert(5)", "rm-rf", "{{7*7}}", "{count}"):
        assert sentence in words, sentence


def test_pdf_links_lead_to_the_web(attacked: Meeting) -> None:
    """No action in the file but opening an address of the web, and none of them by itself."""
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(export(attacked, "pdf")))
    notes = [note.get_object() for page in reader.pages for note in page.get("/Annots") or []]
    actions = [note["/A"] for note in notes if "/A" in note]
    assert {str(action["/S"]) for action in actions} <= {"/URI"}
    assert all(str(action["/URI"]).startswith("https://evil.example") for action in actions)
    assert "/OpenAction" not in reader.trailer["/Root"] or "/JS" not in str(
        reader.trailer["/Root"]["/OpenAction"]
    )


def test_json_holds_it_unchanged(attacked: Meeting) -> None:
    """The record keeps every character that was said."""
    session = json.loads(export(attacked, "json"))["session"]
    assert session["messages"][0]["content"] == attacked.snapshot["messages"][0]["content"]
    assert session["subject"] == attacked.snapshot["subject"]


# Single texts

TRUSTING = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


PIECES = (
    "<b>", "<!--", "`", "``", "```\n", "~~~\n", "\n", "\\", "![", "[a](", "javascript:x)", "]: x", "> ", "- ", "  ",
    "a",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_quotations_stay_quotations(text: str) -> None:
    """However a text is put together, it opens no tag, shows no picture and ends inside its quotation."""
    env: dict[str, Any] = {}
    tokens = TRUSTING.parse(f"{quoted(text)}\n\n## After", env)
    kinds = {child.type for token in tokens for child in (token, *(token.children or []))}
    assert not kinds & {"html_block", "html_inline", "image"}
    assert not env.get("references")
    assert [token.content for token in tokens if token.type == "inline"][-1] == "After"
    assert tokens[-1].type == "heading_close"


@given(st.text())
def test_plain_text_means_nothing(text: str) -> None:
    """A name or a title is one paragraph, whatever stands in it."""
    tokens = TRUSTING.parse(f"x {plain(text)}")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    inside = {child.type for child in tokens[1].children or []}
    assert inside <= {"text", "text_special"}


@given(st.text(alphabet="`~a\n"))
def test_fences_are_longer_than_any_in_them(text: str) -> None:
    """What stands in a fence cannot end it."""
    tokens = TRUSTING.parse(fenced(text))
    assert [token.type for token in tokens] == ["fence"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a `List<String>` here", "> a `List<String>` here"),
        ("a <b>bold</b> word", "> a \\<b>bold\\</b> word"),
        ("```html\n<b>\n```", "> ```html\n> <b>\n> ```"),
        ("```\nopen", "> ```\n> open\n> ```"),
        ("1 < 2 and [Ref: L4]", "> 1 < 2 and [Ref: L4]"),
        ("![x](https://a.example/x.png)", "> \\![x](https://a.example/x.png)"),
        ("[x](javascript:alert)", "> ```\n> [x](javascript:alert)\n> ```"),
        ("two\r\nlines", "> two\n> lines"),
    ],
)
def test_how_words_are_quoted(said: str, shown: str) -> None:
    """Code and references stay as they are; tags and pictures lose their meaning; the rest stands in a fence."""
    assert quoted(said) == shown


WIDE = "|" + " a |" * 60 + "\n|" + " --- |" * 60 + "\n|" + " wordwordword |" * 60
TOWERS = {
    "a deep list": "\n".join(f"{'  ' * depth}- level {depth}" for depth in range(60)),
    "a deep quotation": ">" * 60 + " deep",
    "a wide table": WIDE,
    "a tall cell": f"| a | b |\n| --- | --- |\n| {'long ' * 3_000} | b |",
    "a ragged table": "| a | b |\n| --- | --- |\n| 1 |\n| 1 | 2 | 3 |",
    "a long word": "x" * 20_000,
    "a long line": "[" * 20_000,
    "long Chinese": "界" * 5_000,
    "no letters at all": "\u0378\U0001f9ff\ue000",
    "many accents": "z" + "\u0301" * 500,
    "right to left": "\u202e" + "שלום" * 50,
    "empty things": "- \n\n> \n\n```\n```\n\n| |\n| --- |\n| |",
}


@pytest.mark.parametrize("text", TOWERS.values(), ids=TOWERS.keys())
def test_pages_hold_what_does_not_fit(text: str) -> None:
    """However deep, wide or long a text is, and in whatever script, there is a document with it."""
    blocks = (
        Prose(text), Listing(text), Line(text), Grid(("a", text), ((text, "b"),)), Items((Item(text, text, text),)),
    )  # fmt: skip
    entry = Entry("k", "message", text, text, (text,), blocks)
    outline = Outline("en", text, text, (), (Section("a", text, (entry,)),), text)
    assert pdf(outline, "2026-11-21T05:00:00.123Z", "{count}").startswith(b"%PDF")
    assert word(outline, "2026-11-21T05:00:00.123Z").startswith(b"PK")


def test_controls_are_left_out() -> None:
    """Controls go, all kinds of line ends become one, and nothing turns a line round."""
    assert legible("a\0\x01b\r\nc\u2028d\x85e\ufffe\ud800") == "ab\nc\nd\ne"
    assert one_line("a\u202eb\n c") == "ab c"


def test_long_text_is_quick() -> None:
    """A megabyte of brackets stands as it is: nobody parses it."""
    text = "[" * 1_000_000
    assert quoted(text).startswith("> ```\n> [[[")
