"""What an export is made of: a few kinds of blocks, which every format knows how to set."""

from dataclasses import dataclass
from typing import Literal

Weight = Literal["plain", "note", "warning", "strong"]


@dataclass(frozen=True, slots=True)
class Title:
    """A heading within a section or an entry."""

    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of plain text."""

    text: str
    weight: Weight = "plain"


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what they stand for, one under the other."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a head; numbers stand in the columns that ``numeric`` names."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list: what leads it, what it says, what is added, and where that leads."""

    lead: str
    text: str = ""
    note: str = ""
    links: tuple[
        tuple[str, str | None], ...
    ] = ()  # Words, and an address if there is one that may be followed.


@dataclass(frozen=True, slots=True)
class Items:
    rows: tuple[Item, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Prose:
    """Somebody's words in Markdown: ``html`` is what the server made of them, ``thinking`` what went before."""

    text: str
    html: str = ""
    thinking: str = ""
    summary: str = ""  # Shown folded away under these words, where a format can fold.


@dataclass(frozen=True, slots=True)
class Listing:
    """Text as it stands, line by line; ``name`` tells listings apart where lines are linked to."""

    text: str
    name: str = ""
    summary: str = ""


Block = Title | Line | Facts | Grid | Items | Prose | Listing


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. ``key`` is what a replay calls it; ``result`` is what came of it later."""

    key: str
    kind: str
    title: str
    about: str
    marks: tuple[str, ...]
    blocks: tuple[Block, ...]
    result: tuple[Block, ...] = ()
    seat: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    content: tuple[Block | Entry, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole export, in the reader's language. ``notes`` say what it is, and what it is not."""

    language: str
    title: str
    about: str
    notes: tuple[Line, ...]
    sections: tuple[Section, ...]
    footer: str
