"""References to lines of documents, ``[Ref: L12-18]`` or ``[Ref: plan.md L12-18]``: found, and looked up."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_REFERENCE = re.compile(r"\[Ref:([^\[\]\n]{1,400})\]", re.IGNORECASE)
_PLACE = re.compile(
    r"(?P<name>[^\n]*?)\bL(?P<first>\d{1,7})(?:\s?[-–—−]\s?L?(?P<last>\d{1,7}))?\s*(?=[,;，；、]|$)",
    re.IGNORECASE,
)
_BETWEEN = " \t,;:，；：、"
_POSITION = re.compile(r"document (\d{1,3})", re.IGNORECASE)  # As prompts number them.


@dataclass(frozen=True, slots=True)
class Reference:
    """Lines ``first`` to ``last`` of a document, or of the only one; and where this stands in the text."""

    document: str | None
    first: int
    last: int
    start: int
    end: int

    @property
    def is_sound(self) -> bool:
        """There could be such lines."""
        return 0 < self.first <= self.last


@dataclass(frozen=True, slots=True)
class Paper:
    """How many lines a document has, in the version that is referred to."""

    lines: int
    version: int | None = None


Papers = Mapping[str, Paper]
"""Documents by their names, in their order."""


def references(text: str) -> tuple[Reference, ...]:
    """Every reference in a text, in order. What looks like one but names no lines is none."""
    return tuple(each for found in _REFERENCE.finditer(text) for each in _places(found))


def resolve(reference: Reference, papers: Papers) -> tuple[str | None, bool]:
    """Which document it means, and whether that has these lines.

    Without a name, and with several documents, it means the first one that has them.
    """
    if not reference.is_sound:
        return None, False
    if reference.document is None:
        name = next((name for name, paper in papers.items() if reference.last <= paper.lines), None)
    else:
        name = _known_as(reference.document, tuple(papers))
    return name, name is not None and reference.last <= papers[name].lines


def papers_of(documents: Iterable[tuple[str, str]], versions: Mapping[str, int] | None = None) -> Papers:
    """What there is to refer to; lines are counted as they are numbered in prompts."""
    known = versions or {}
    return {name: Paper(len(content.splitlines()), known.get(name)) for name, content in documents}


# Finding


def _places(found: re.Match[str]) -> tuple[Reference, ...]:
    """The places one pair of brackets names; the whole of it, brackets included, is divided among them."""
    body, offset = found[1], found.start(1)
    places = list(_PLACE.finditer(body))
    if not places or body[places[-1].end() :].strip():
        return ()
    made: list[Reference] = []
    name: str | None = None
    for number, place in enumerate(places):
        name = place["name"].strip(_BETWEEN) or name
        first = int(place["first"])
        last = int(place["last"] or first)
        before = len(place[0]) - len(place[0].lstrip(_BETWEEN))
        start = found.start() if number == 0 else offset + place.start() + before
        end = found.end() if number == len(places) - 1 else offset + place.end()
        made.append(Reference(name, first, last, start, end))
    return tuple(made)


def _known_as(name: str, documents: tuple[str, ...]) -> str | None:
    """The document of this name: exactly, whatever its case, by its last part, or by its number in the prompt."""
    if name in documents:
        return name
    folded = name.casefold()
    for alike in (
        [each for each in documents if each.casefold() == folded],
        [each for each in documents if each.casefold().endswith(f"/{folded}")],
    ):
        if len(alike) == 1:
            return alike[0]
    position = _POSITION.fullmatch(name)
    number = int(position[1]) if position else 0
    return documents[number - 1] if 0 < number <= len(documents) else None
