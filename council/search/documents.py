"""The documents of a meeting, searched by the terms they share with a query; Chinese, too."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

from council.meeting.terms import terms
from council.search.base import MAX_TEXT, Calling, Found, freely

NAME = "documents"
MAX_LINES = 12
ENOUGH_CHARACTERS = 800  # A passage ends with the line that brings it there.


class DocumentSearch:
    """An index over some texts, made once and then only read.

    A passage is a paragraph, or a part of a long one. It scores the sum of the query's terms in it, rare ones
    counting more (Spärck Jones 1972), and long passages a little less.
    """

    name = NAME
    is_set_up = True

    def __init__(self, documents: Sequence[tuple[str, str]]) -> None:
        self._passages: list[Found] = []
        self._lengths: list[int] = []
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for name, content in documents:
            for passage in _passages(name, content):
                self._add(passage)
        self._usual_length = sum(self._lengths) / max(1, len(self._lengths)) or 1.0

    def search(self, query: str, limit: int, *, calling: Calling = freely) -> tuple[Found, ...]:
        wanted = list(dict.fromkeys(terms(query)))
        shared: defaultdict[int, int] = defaultdict(int)
        score: defaultdict[int, float] = defaultdict(float)
        for term in wanted:
            places = self._places.get(term, [])
            weight = math.log(1 + len(self._passages) / (1 + len(places)))
            for place in places:
                shared[place] += 1
                score[place] += weight / (0.75 + 0.25 * self._lengths[place] / self._usual_length)
        least = 2 if len(wanted) > 2 else 1
        enough = [place for place, count in shared.items() if count >= least]
        enough.sort(key=lambda place: (-score[place], place))
        return tuple(self._passages[place] for place in enough[:limit])

    def _add(self, passage: Found) -> None:
        different = set(terms(passage.text))
        for term in different:
            self._places[term].append(len(self._passages))
        self._passages.append(passage)
        self._lengths.append(len(different))


def _passages(name: str, content: str) -> Iterator[Found]:
    path = " ".join(name.split())
    for first, last, text in _paragraphs(content):
        lines = f"L{first}" if first == last else f"L{first}-{last}"
        yield Found(f"{path} {lines}", text, NAME, path=path, lines=lines)


def _paragraphs(content: str) -> Iterator[tuple[int, int, str]]:
    """First line, last line and text of each passage, with the line numbers that members see."""
    gathered: list[str] = []
    first, size = 0, 0
    for number, line in enumerate(content.splitlines(), start=1):
        bare = line.strip()
        if gathered and (not bare or len(gathered) >= MAX_LINES or size + len(bare) > MAX_TEXT):
            yield first, first + len(gathered) - 1, "\n".join(gathered)
            gathered, size = [], 0
        if len(bare) > MAX_TEXT:
            yield from ((number, number, part) for part in _parts(bare))
        elif bare:
            first = first if gathered else number
            gathered.append(bare)
            size += len(bare)
        if size >= ENOUGH_CHARACTERS:
            yield first, number, "\n".join(gathered)
            gathered, size = [], 0
    if gathered:
        yield first, first + len(gathered) - 1, "\n".join(gathered)


def _parts(line: str) -> Iterator[str]:
    """A long line in pieces, cut where a sentence or a word ends if there is such a place near."""
    start = 0
    while start < len(line):
        end = min(len(line), start + MAX_TEXT)
        if end < len(line):
            near = [line.rfind(stop, start + ENOUGH_CHARACTERS, end) for stop in ("。", ". ", " ")]
            end = next((place + 1 for place in near if place > 0), end)
        yield line[start:end].strip()
        start = end
