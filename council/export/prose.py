"""Somebody's Markdown for formats that know paragraphs and runs: whatever it cannot say in them stays text."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from council.export.blocks import Grid, Item
from council.export.legible import legible

MAX_READ = 60_000  # Characters. What is longer is set as it stands: some of it takes seconds to read.
_SAFE = ("http://", "https://", "mailto:")

Kind = Literal["plain", "heading", "item", "quote", "code"]


@dataclass(frozen=True, slots=True)
class Run:
    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``sign`` leads an item of a list; ``depth`` is how far in it stands."""

    kind: Kind
    runs: tuple[Run, ...]
    depth: int = 0
    sign: str = ""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def paragraphs(text: str) -> Iterator[Paragraph | Grid]:
    """The text paragraph by paragraph, and its tables."""
    text = legible(text)
    if len(text) > MAX_READ:
        return (Paragraph("plain", (Run(line),)) for line in text.split("\n") if line.strip())
    return _Reader(_parser().parse(text)).read()


def runs_of(item: Item) -> Iterator[Run]:
    """A line of a list in runs."""
    if item.lead:
        yield Run(f"{item.lead} ", bold=True)
    yield Run(item.text)
    if item.note:
        yield Run(f" – {item.note}" if item.text else item.note, italic=True)
    for words, address in item.links:
        yield Run(" ")
        yield Run(words or address or "", link=address)


@dataclass(slots=True)
class _List:
    """An open list; ``number`` is the next item's, if it is numbered."""

    number: int | None


class _Reader:
    """Walks over the tokens once. ``_sign`` waits for the paragraph it leads."""

    def __init__(self, tokens: list[Any]) -> None:
        self._tokens = iter(tokens)
        self._lists: list[_List] = []
        self._quotes = 0
        self._heading = False
        self._sign = ""

    def read(self) -> Iterator[Paragraph | Grid]:
        for token in self._tokens:
            match token.type:
                case "bullet_list_open":
                    self._lists.append(_List(None))
                case "ordered_list_open":
                    self._lists.append(_List(int(token.attrGet("start") or 1)))
                case "bullet_list_close" | "ordered_list_close":
                    self._lists.pop()
                case "list_item_open":
                    self._sign = self._next_sign(self._lists[-1])
                case "blockquote_open" | "blockquote_close":
                    self._quotes += token.nesting
                case "heading_open" | "heading_close":
                    self._heading = token.nesting > 0
                case "table_open":
                    yield self._table()
                case "fence" | "code_block":
                    yield self._paragraph("code", (Run(token.content.rstrip("\n"), code=True),))
                case "inline":
                    yield self._paragraph(self._kind, tuple(_runs(token.children or [])))

    @property
    def _kind(self) -> Kind:
        if self._heading:
            return "heading"
        if self._lists:
            return "item"
        return "quote" if self._quotes else "plain"

    def _paragraph(self, kind: Kind, runs: tuple[Run, ...]) -> Paragraph:
        sign, self._sign = self._sign, ""
        return Paragraph(kind, runs, depth=len(self._lists) + self._quotes, sign=sign)

    @staticmethod
    def _next_sign(open_list: _List) -> str:
        if open_list.number is None:
            return "•"
        open_list.number += 1
        return f"{open_list.number - 1}."

    def _table(self) -> Grid:
        rows: list[list[str]] = []
        for token in self._tokens:
            match token.type:
                case "table_close":
                    break
                case "tr_open":
                    rows.append([])
                case "inline":
                    rows[-1].append("".join(run.text for run in _runs(token.children or [])))
        head, *rest = (tuple(row) for row in rows)
        return Grid(head, tuple(rest))


def _runs(children: list[Any]) -> Iterator[Run]:
    style = Run("")
    for token in children:
        match token.type:
            case "strong_open" | "strong_close":
                style = replace(style, bold=token.nesting > 0)
            case "em_open" | "em_close":
                style = replace(style, italic=token.nesting > 0)
            case "link_open":
                style = replace(style, link=_followed(token.attrGet("href")))
            case "link_close":
                style = replace(style, link=None)
            case "code_inline":
                yield replace(style, text=token.content, code=True)
            case "softbreak":
                yield replace(style, text=" ")
            case "hardbreak":
                yield replace(style, text="\n")
            case "text":
                yield replace(style, text=token.content)


def _followed(address: Any) -> str | None:
    """The address, if a reader may be sent there."""
    found = str(address or "")
    return found if found.lower().startswith(_SAFE) else None


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
