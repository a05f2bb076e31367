"""How members cite lines of documents, and what becomes of it on the page."""

import itertools
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from council.meeting.markdown import render
from council.meeting.paths import checked
from council.meeting.references import Paper, Papers, Reference, papers_of, references, resolve

PLAN = {"plan.md": Paper(20)}
TWO = {"plan.md": Paper(20), "notes/Budget, 2026.md": Paper(5)}


class Page(HTMLParser):
    """The links and marks of a page with their text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []  # Class, address, text.
        self._open: list[list[str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("a", "span"):
            self._open.append([given.get("class") or "", given.get("href") or "", ""])

    def handle_data(self, data: str) -> None:
        for each in self._open:
            each[2] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("a", "span"):
            kind, address, text = self._open.pop()
            self.found.append((kind, address, text))


def shown(text: str, papers: Papers | None = None) -> list[tuple[str, str, str]]:
    return Page(render(text, papers=papers, marked=False)).found


def words(html: str) -> str:
    """What a page says, without its elements."""
    said: list[str] = []
    page = HTMLParser()
    page.handle_data = said.append  # type: ignore[method-assign]
    page.feed(html)
    page.close()
    return "".join(said)


def places(text: str) -> list[tuple[str | None, int, int]]:
    return [(each.document, each.first, each.last) for each in references(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[Ref: L12-18]", [(None, 12, 18)]),
        ("[Ref: L7]", [(None, 7, 7)]),
        ("[ref:l7–L9]", [(None, 7, 9)]),
        ("[Ref: plan.md L12-18]", [("plan.md", 12, 18)]),
        ("[Ref: plan.md, L1]", [("plan.md", 1, 1)]),
        ("[Ref: plan.md:L1-2]", [("plan.md", 1, 2)]),
        ("[Ref: my plan L3.md L4]", [("my plan L3.md", 4, 4)]),
        ("[Ref: 方案.md L2-3]", [("方案.md", 2, 3)]),
        ("[Ref: Budget, 2026.md L2]", [("Budget, 2026.md", 2, 2)]),
        ("[Ref: L1-2, L5; b.md L7, L9]", [(None, 1, 2), (None, 5, 5), ("b.md", 7, 7), ("b.md", 9, 9)]),
        ("a [Ref: L1] b [Ref: L2]", [(None, 1, 1), (None, 2, 2)]),
        ("[Ref: see above]", []),
        ("[Ref: L1 and others]", []),
        ("[Ref: ]", []),
        ("[Ref: HTML5]", []),
        ("[Ref: L12345678]", []),
        ("Ref: L1", []),
        ("[Ref: L1\nL2]", []),
    ],
)
def test_what_is_a_reference(text: str, found: list[tuple[str | None, int, int]]) -> None:
    """Lines, with or without a document's name, one place or several; anything else is just text."""
    assert places(text) == found


@pytest.mark.parametrize(
    ("reference", "papers", "meant"),
    [
        ("[Ref: L20]", PLAN, ("plan.md", True)),
        ("[Ref: L21]", PLAN, (None, False)),
        ("[Ref: L19-21]", PLAN, (None, False)),
        ("[Ref: plan.md L21]", PLAN, ("plan.md", False)),
        ("[Ref: PLAN.md L1]", PLAN, ("plan.md", True)),
        ("[Ref: other.md L1]", PLAN, (None, False)),
        ("[Ref: L0]", PLAN, (None, False)),
        ("[Ref: L5-4]", PLAN, (None, False)),
        ("[Ref: L5]", TWO, ("plan.md", True)),
        ("[Ref: L5]", dict(reversed(TWO.items())), ("notes/Budget, 2026.md", True)),
        ("[Ref: L6]", dict(reversed(TWO.items())), ("plan.md", True)),
        ("[Ref: L21]", TWO, (None, False)),
        ("[Ref: budget, 2026.md L5]", TWO, ("notes/Budget, 2026.md", True)),
        ("[Ref: Document 2 L5]", TWO, ("notes/Budget, 2026.md", True)),
        ("[Ref: Document 3 L5]", TWO, (None, False)),
        ("[Ref: L1]", {}, (None, False)),
        ("[Ref: a.md L1]", {"x/a.md": Paper(1), "y/a.md": Paper(1)}, (None, False)),
    ],
)
def test_which_document_is_meant(reference: str, papers: Papers, meant: tuple[str | None, bool]) -> None:
    """The only one, the one of that name, or the one of that number; and whether it has these lines."""
    (found,) = references(reference)
    assert resolve(found, papers) == meant


def test_lines_are_counted_as_members_see_them() -> None:
    """A line end at the end makes no line more, and what ends a line in prompts ends one here."""
    found = papers_of([("a", "x\ny\n"), ("b", "x\x0cy\u2028z"), ("c", "")], {"a": 7})
    assert found == {"a": Paper(2, 7), "b": Paper(3), "c": Paper(0)}


def test_a_reference_is_a_link() -> None:
    """The page can follow it: document and lines stand in the address."""
    assert shown("As it says [Ref: plan.md L2-3].", PLAN) == [
        ("ref", "#ref=plan.md:2-3", "[Ref: plan.md L2-3]")
    ]
    assert shown("[Ref: L2]", PLAN) == [("ref", "#ref=plan.md:2-2", "[Ref: L2]")]
    assert shown("[Ref: L2]", TWO) == [("ref", "#ref=plan.md:2-2", "[Ref: L2]")]
    assert shown("[Ref: a b.md L2]") == [("ref", "#ref=a%20b.md:2-2", "[Ref: a b.md L2]")]


def test_a_link_leads_to_the_version_that_was_read() -> None:
    """Lines move when a document is edited: what was cited is where it was."""
    found = shown("[Ref: L2] [Ref: a.md L1]", {"plan.md": Paper(20, 3), "a.md": Paper(1, 1)})
    assert [address for _kind, address, _text in found] == ["#ref=plan.md:2-2@3", "#ref=a.md:1-1@1"]


def test_several_places_are_several_links() -> None:
    """Each leads to its own lines, and together they are the text that was written."""
    found = shown("[Ref: L2, plan.md L4-5]", PLAN)
    assert [address for _kind, address, _text in found] == ["#ref=plan.md:2-2", "#ref=plan.md:4-5"]
    assert ">[Ref: L2</a>, <a" in render("[Ref: L2, plan.md L4-5]", papers=PLAN)


def test_lines_that_are_not_there_are_marked() -> None:
    """A reference to what the document does not have leads nowhere, and says so in its language."""
    ((kind, address, text),) = shown("[Ref: L21]", PLAN)
    assert (kind, address, text) == ("ref missing", "", "[Ref: L21]")
    assert "The document has no such lines" in render("[Ref: L21]", papers=PLAN)
    assert "文档中没有这些行" in render("[Ref: 方案.md L21]", papers=PLAN)


def test_without_documents_nothing_is_known_to_be_missing() -> None:
    """Where the line counts are not known, every reference that could be one is a link; with no document, none is."""
    assert shown("[Ref: plan.md L999]")[0][0] == "ref"
    assert shown("[Ref: L999]") == []
    assert shown("[Ref: L9-1]")[0][0] == "ref missing"
    assert shown("[Ref: L1]", {})[0][0] == "ref missing"


@pytest.mark.parametrize("text", ["`[Ref: L1]`", "```\n[Ref: L1]\n```", "    [Ref: L1]"])
def test_code_stays_as_it_is(text: str) -> None:
    """What stands in code is quoted, not cited."""
    assert shown(text, PLAN) == []


def test_a_link_stays_the_link_it_is() -> None:
    """A reference inside a link is its text."""
    assert shown("[see [Ref: L1]](https://example.org)", PLAN) == [
        ("", "https://example.org", "see [Ref: L1]")
    ]


def test_in_tables_lists_and_emphasis() -> None:
    """Wherever there is text, its references are links."""
    text = "# A [Ref: L1]\n\n- **b [Ref: L2]**\n\n|a|\n|-|\n|[Ref: L3]|"
    assert [address[-3:] for kind, address, _text in shown(text, PLAN) if kind == "ref"] == [
        "1-1",
        "2-2",
        "3-3",
    ]


def test_nobody_else_makes_such_links() -> None:
    """A message cannot give a class to a link of its own."""
    written = '<a class="ref" href="#ref=plan.md:1-1">x</a> [y](#ref=plan.md:1-1 "ref")'
    assert shown(written, PLAN) == [("", "#ref=plan.md:1-1", "y")]


def test_a_cited_figure_has_its_source() -> None:
    """A figure beside a reference is not marked as one without a source."""
    assert "unsourced" not in render("It costs 40% [Ref: plan.md L2].", papers=PLAN)
    assert "unsourced" in render("It costs 40%.", papers=PLAN)


@given(st.text("[]Ref: L123-,;.a\n`*<>\"'&#", max_size=60), st.sampled_from([None, {}, PLAN, TWO]))
def test_links_change_no_word(text: str, papers: Papers | None) -> None:
    """The page with its links says, word for word, what it says without them."""
    message = f"x {text} [Ref: L1] {text}"
    plain = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    assert words(render(message, papers=papers, marked=False)) == words(plain.render(message))


@given(st.text("[]Ref: L12,-;.a\n", max_size=60))
def test_references_stand_apart(text: str) -> None:
    """They are found in order, and none overlaps another."""
    found = references(f"{text}[Ref: L1, L2]{text}")
    assert len(found) >= 2
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))


@given(st.text(min_size=1, max_size=30), st.integers(1, 9_999), st.integers(0, 500))
def test_every_path_can_be_cited(name: str, first: int, more: int) -> None:
    """Whatever a file is called, it is found by its name, and the address names it and its lines."""
    try:
        path = checked(name)
    except Exception:
        return
    if set(path) & set("[]\n") or path != path.strip(" \t,;:，；：、"):
        return  # Such a name cannot stand in a reference.
    ((document, start, end),) = places(f"[Ref: {path} L{first}-{first + more}]")
    assert (document, start, end) == (path, first, first + more)
    ((kind, address, _text),) = [each for each in shown("[Ref: L1]", {path: Paper(1)}) if each[0]]
    assert (kind, unquote(address)) == ("ref", f"#ref={path}:1-1")
    assert resolve(
        Reference(path, first, first + more, 0, 0), {path: Paper(first + more), "other": Paper(1)}
    ) == (
        path,
        True,
    )


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text", ["[Ref:" * 10_000, "[Ref: " + "L1," * 19_000 + "]", "[Ref: L1]" * 6_000, "[Ref: L" * 8_000]
)
def test_hostile_text_is_not_slow(text: str) -> None:
    """Text made to be slow to read takes no long time."""
    assert render(text, papers=PLAN)
