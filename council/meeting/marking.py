"""Marks in a message's HTML: what wants a source stands in ``<span class="unsourced">``, with why as its title.

It works on the parsed text, so that it never touches code, links or HTML: text is cut in three and
put between two tokens of ours, and whatever it holds is escaped as before.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import groupby, islice

from markdown_it.token import Token

from council.meeting.marks import Kind, Mark, has_source, unsourced_plain

CSS_CLASS = "unsourced"
_LINK = "](link)"  # What a link looks like to ``marks``: a source.
_REFERENCE = "[Ref: L1]"  # And a reference, which may also stand right after its sentence.
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_TITLES: dict[Kind, tuple[str, str]] = {
    "figure": ("No source beside this figure", "此数字未注明来源"),
    "percentage": ("No source beside this percentage", "此百分比未注明来源"),
    "money": ("No source beside this amount", "此金额未注明来源"),
    "year": ("No source beside this year", "此年份未注明来源"),
    "citation": ("This cites something without saying where to find it", "此处引用未注明出处"),
}

_CLOSED = ("link_open", "link_close", "missing_open", "missing_close")
"""Round what is never marked: links, and references to lines that are not there, which are no source either."""

Piece = tuple[Token, int]
"""A text token, and where its text begins in the text of its block."""


def mark(tokens: list[Token], supported: tuple[str, ...] = ()) -> list[Token]:
    """The same tokens with the marks in them. A row of a table is one block: a source in it is for all of it."""
    for is_row, block in _blocks(tokens):
        text, pieces = _read(block)
        if not (is_row and has_source(text)):
            _put_in(block, pieces, unsourced_plain(text, supported), chinese=bool(_CHINESE.search(text)))
    return tokens


def _blocks(tokens: list[Token]) -> Iterator[tuple[bool, list[Token]]]:
    """The inline tokens that belong together, and whether they are a row's cells."""
    row = 0
    keyed: list[tuple[int, Token]] = []
    for place, token in enumerate(tokens):
        if token.type in ("tr_open", "tr_close"):
            row = place if token.type == "tr_open" else 0
        elif token.type == "inline":
            keyed.append((row or -place, token))
    for key, group in groupby(keyed, key=lambda each: each[0]):
        yield key > 0, [token for _key, token in group]


def _read(block: list[Token]) -> tuple[str, list[Piece]]:
    """The block's text as ``marks`` wants it, and the text tokens that may be marked."""
    text: list[str] = []
    length = 0
    pieces: list[Piece] = []
    inside = 0
    for token in _children(block):
        shown = _shown(token)
        if token.type in _CLOSED:
            inside += token.nesting
        elif token.type == "text" and not inside:
            pieces.append((token, length))
        elif token.type == "text":
            shown = " " * len(shown)
        text.append(shown)
        length += len(shown)
    return "".join(text), pieces


def _children(block: list[Token]) -> Iterator[Token]:
    for number, inline in enumerate(block):
        if number:
            yield Token("softbreak", "", 0)
        yield from inline.children or ()


def _shown(token: Token) -> str:
    match token.type:
        case "text":
            return token.content
        case "link_open":
            return _REFERENCE if token.attrGet("class") == "ref" else _LINK
        case "softbreak" | "hardbreak":
            return "\n"
        case "code_inline":
            return " "
    return ""


def _put_in(block: list[Token], pieces: list[Piece], marks: tuple[Mark, ...], *, chinese: bool) -> None:
    if not marks:
        return
    ends = [mark.end for mark in marks]
    cut = {id(token): _cut(token, start, marks, ends, chinese) for token, start in pieces}
    for inline in block:
        inline.children = [made for token in inline.children or () for made in cut.get(id(token), [token])]


def _cut(token: Token, start: int, marks: tuple[Mark, ...], ends: list[int], chinese: bool) -> list[Token]:
    """The token's text in pieces, the marked ones between two tokens of ours."""
    made: list[Token] = []
    length = len(token.content)
    done = 0
    for found in islice(marks, bisect_right(ends, start), None):
        begin, end = max(0, found.start - start), min(length, found.end - start)
        if begin >= length:
            break
        made += [_text(token, done, begin), *_span(_text(token, begin, end), found.kind, chinese)]
        done = end
    return [*made, _text(token, done, length)]


def _span(text: Token, kind: Kind, chinese: bool) -> list[Token]:
    title = _TITLES[kind][1 if chinese else 0]
    opening = Token("unsourced_open", "span", 1, attrs={"class": CSS_CLASS, "title": title})
    return [opening, text, Token("unsourced_close", "span", -1)]


def _text(token: Token, start: int, end: int) -> Token:
    return Token("text", "", 0, content=token.content[start:end], level=token.level)
