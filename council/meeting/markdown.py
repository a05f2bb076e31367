"""A finished message as HTML that is safe to show: Markdown without HTML, then sanitised once more."""

import functools
from typing import Any

import nh3

from council.meeting.references import Papers

_TAGS = {
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote",
    "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "a", "span",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "span": {"class", "title"},
    "code": {"class"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
}
_CLASSES = {"a": {"ref"}}
_SCHEMES = {"http", "https", "mailto"}
MAX_RENDERED = 60_000  # Characters. Longer messages are shown as plain text: some take seconds to render.


def render(
    text: str,
    *,
    marked: bool = True,
    supported: tuple[str, ...] = (),
    papers: Papers | None = None,
) -> str:
    """Sanitised HTML. No images (a remote image tells who reads), no HTML of the text's own.

    ``marked``: what wants a source is marked, except in sentences that a check has ``supported``. ``papers`` are
    the documents there are: references to lines that none of them has are marked, the others are links.
    """
    if len(text) > MAX_RENDERED:
        return f"<pre>{nh3.clean_text(text)}</pre>"
    return nh3.clean(
        _unsafe(text, marked, supported, papers),
        tags=_TAGS,
        allowed_classes=_CLASSES,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


def _unsafe(text: str, marked: bool, supported: tuple[str, ...], papers: Papers | None) -> str:
    """The HTML before it is sanitised."""
    from council.meeting.linking import link
    from council.meeting.marking import mark

    parser = _parser()
    tokens = link(parser.parse(text), papers)
    html: str = parser.renderer.render(mark(tokens, supported) if marked else tokens, parser.options, {})
    return html


@functools.cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "highlight": _highlight}).enable(
        ["table", "strikethrough"]
    )
    return parser.disable("image")


def prepare() -> None:
    """Fetch what rendering needs while there are files to be had: a server may be out of descriptors later."""
    render("```python\npass\n```")


def _highlight(code: str, language: str, _attributes: str) -> str:
    """Code as spans with short classes; an unknown language stays as it is, and so does one that cannot be fetched."""
    try:
        return _highlighted(code, language)
    except (ImportError, OSError):
        return ""


def _highlighted(code: str, language: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language) if language else None
    except ClassNotFound:
        lexer = None
    return highlight(code, lexer, HtmlFormatter(nowrap=True)) if lexer else ""
