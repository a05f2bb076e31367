"""References in a message's HTML: links to ``#ref=plan.md:12-18@2``, for the page to follow (``@2``: of version 2).

Lines that the document does not have are marked instead: a reference that leads nowhere is worth knowing. It works
on the parsed text, so that it never touches code, links or HTML.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

from markdown_it.token import Token

from council.meeting.references import Papers, Reference, references, resolve

CSS_CLASS = "ref"
CSS_CLASS_MISSING = "ref missing"
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_TITLES = ("The document has no such lines", "文档中没有这些行")


def link(tokens: list[Token], papers: Papers | None = None) -> list[Token]:
    """The same tokens, with links where the text refers to lines of the documents there are, if those are known."""
    for token in tokens:
        if token.type == "inline" and "[ref:" in token.content.lower():
            token.children = list(_linked(token.children or [], papers))
    return tokens


def _linked(children: list[Token], papers: Papers | None) -> Iterator[Token]:
    in_link = 0
    for token in children:
        in_link += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type == "text" and not in_link:
            yield from _cut(token, papers)
        else:
            yield token


def _cut(token: Token, papers: Papers | None) -> Iterator[Token]:
    """The token's text in pieces, each reference between two tokens of ours."""
    text, done = token.content, 0
    for found in references(text):
        yield _text(token, text[done : found.start])
        yield from _marked(found, _text(token, text[found.start : found.end]), papers)
        done = found.end
    yield _text(token, text[done:])


def _marked(found: Reference, shown: Token, papers: Papers | None) -> Iterator[Token]:
    name, exists = (found.document, found.is_sound) if papers is None else resolve(found, papers)
    if not exists:
        title = _TITLES[1 if _CHINESE.search(shown.content) else 0]
        yield Token("missing_open", "span", 1, attrs={"class": CSS_CLASS_MISSING, "title": title})
        yield shown
        yield Token("missing_close", "span", -1)
    elif name is None:
        yield shown  # To follow it one would have to know the document.
    else:
        yield Token("link_open", "a", 1, attrs={"class": CSS_CLASS, "href": _address(name, found, papers)})
        yield shown
        yield Token("link_close", "a", -1)


def _address(name: str, found: Reference, papers: Papers | None) -> str:
    version = papers[name].version if papers else None
    of_version = "" if version is None else f"@{version}"
    return f"#ref={quote(name, safe='/')}:{found.first}-{found.last}{of_version}"


def _text(token: Token, content: str) -> Token:
    return Token("text", "", 0, content=content, level=token.level)
