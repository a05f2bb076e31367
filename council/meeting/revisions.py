"""What changed between two versions of a text, and small changes made to one.

``difflib`` alone takes minutes for some pairs of long files. So lines that both texts have exactly once are
matched first, which is quick; ``difflib`` sees only the short gaps between them, and a long gap without such a
line is shown as replaced whole, which is still true.
"""

import difflib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from council.errors import Invalid

CONTEXT_LINES = 3
MAX_GAP = 4_096  # Lines before times lines after of a gap that difflib is given.
MAX_DEPTH = 6  # Of gaps within gaps.
MAX_CHARACTERS = 100_000  # Of one shown difference.
MAX_LINE = 1_000  # Characters of one line of it.
MAX_EDITS = 50
_CUT = "… (the rest of the difference is left out)"

Sign = Literal[" ", "-", "+"]
Pair = tuple[int, int]
"""Numbers of two lines that are equal, in the text before and in the text after."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A unified diff and its size; ``cut`` when not all of it is shown. Without a change its text is empty."""

    text: str
    added: int
    removed: int
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """Some text of a file, which is there exactly once, and what takes its place."""

    find: str
    replace: str


@dataclass(frozen=True, slots=True)
class _Line:
    sign: Sign
    text: str


def difference(before: str, after: str, *, path: str, max_characters: int = MAX_CHARACTERS) -> Difference:
    """How ``after`` came out of ``before``, as a unified diff with three lines around each change."""
    lines = list(_merged(_lines(before), _lines(after)))
    added = sum(line.sign == "+" for line in lines)
    removed = sum(line.sign == "-" for line in lines)
    if not added + removed:
        return Difference("", 0, 0)
    shown, cut = _limited([f"--- {path}", f"+++ {path}", *_hunks(lines)], max_characters)
    return Difference(shown, added, removed, cut)


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text after these edits, one after another. Raises Invalid for one that does not fit; then none counts."""
    if not 0 < len(edits) <= MAX_EDITS:
        raise Invalid(f"Give 1 to {MAX_EDITS} edits.")
    for number, edit in enumerate(edits, start=1):
        text = _replaced(text, edit, number)
    return text


# Edits


def _replaced(text: str, edit: Edit, number: int) -> str:
    find, replace = edit.find, edit.replace
    if "\r\n" in text and "\r\n" not in find:  # Models write line feeds only.
        find, replace = find.replace("\n", "\r\n"), replace.replace("\n", "\r\n")
    if not find:
        raise Invalid(f"Edit {number}: find is empty.", hint="Quote the text that is to be replaced.")
    if find == replace:
        raise Invalid(f"Edit {number}: find and replace are the same.")
    count = _count(text, find)
    if count == 0:
        raise Invalid(
            f"Edit {number}: the text to find is not in the file.",
            hint="Copy it exactly, white space included, without the line numbers.",
        )
    if count > 1:
        raise Invalid(
            f"Edit {number}: the text to find is there {count} times.",
            hint="Quote more of what is around it, so that it is there once.",
        )
    return text.replace(find, replace)


def _count(text: str, find: str) -> int:
    """How often it is there, counted up to 100; places that overlap count, too."""
    count, at = 0, text.find(find)
    while at >= 0 and count < 100:
        count, at = count + 1, text.find(find, at + 1)
    return count


# The difference


def _lines(text: str) -> list[str]:
    """Lines without their ends, as they are numbered everywhere."""
    return text.splitlines()


def _merged(before: list[str], after: list[str]) -> Iterator[_Line]:
    """Both texts as one list of lines, each kept, removed or added; of a change, what was removed comes first."""
    old = new = 0
    for next_old, next_new in (*_equal_lines(before, after), (len(before), len(after))):
        yield from (_Line("-", text) for text in before[old:next_old])
        yield from (_Line("+", text) for text in after[new:next_new])
        if next_old < len(before):
            yield _Line(" ", before[next_old])
        old, new = next_old + 1, next_new + 1


def _equal_lines(before: list[str], after: list[str], depth: int = MAX_DEPTH) -> Iterator[Pair]:
    """Pairs of equal lines, rising in both texts."""
    shorter = min(len(before), len(after))
    head = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    rest = shorter - head
    tail = next((n for n in range(rest) if before[-1 - n] != after[-1 - n]), rest)
    yield from ((n, n) for n in range(head))
    middle = _in_the_middle(before[head : len(before) - tail], after[head : len(after) - tail], depth)
    yield from ((old + head, new + head) for old, new in middle)
    yield from ((len(before) - n, len(after) - n) for n in range(tail, 0, -1))


def _in_the_middle(before: list[str], after: list[str], depth: int) -> Iterator[Pair]:
    anchors = _anchors(before, after) if depth else []
    if not anchors:
        yield from _found_by_difflib(before, after)
        return
    old = new = 0
    for next_old, next_new in (*anchors, (len(before), len(after))):
        gap = _equal_lines(before[old:next_old], after[new:next_new], depth - 1)
        yield from ((old + a, new + b) for a, b in gap)
        if next_old < len(before):
            yield next_old, next_new
        old, new = next_old + 1, next_new + 1


def _anchors(before: list[str], after: list[str]) -> list[Pair]:
    """Lines that are in each text once, as many as rise in both (Cohen's patience diff)."""
    place = {line: new for line, new in _only_once(after)}
    pairs = [(old, place[line]) for line, old in _only_once(before) if line in place]
    return _longest_rising(pairs)


def _only_once(lines: list[str]) -> Iterator[tuple[str, int]]:
    count = Counter(lines)
    return ((line, at) for at, line in enumerate(lines) if count[line] == 1)


def _longest_rising(pairs: list[Pair]) -> list[Pair]:
    """The longest part of pairs, which rise in the first number, that rises in the second one, too."""
    lowest: list[int] = []  # The smallest end of a rising part, by its length.
    ends: list[int] = []  # Which pair that is.
    before: list[int | None] = []  # The pair before each pair on the best way to it.
    for number, (_old, new) in enumerate(pairs):
        length = bisect_left(lowest, new)
        before.append(ends[length - 1] if length else None)
        lowest[length : length + 1] = [new]
        ends[length : length + 1] = [number]
    chain: list[Pair] = []
    at = ends[-1] if ends else None
    while at is not None:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _found_by_difflib(before: list[str], after: list[str]) -> Iterator[Pair]:
    if len(before) * len(after) <= MAX_GAP:
        blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
        yield from ((block.a + n, block.b + n) for block in blocks for n in range(block.size))


# How it is shown


def _hunks(lines: list[_Line]) -> Iterator[str]:
    """The changes, each with some lines around it; those close to each other together."""
    near = _near_changes(lines)
    old = new = 1
    for shown, group in groupby(zip(near, lines, strict=True), key=lambda each: each[0]):
        hunk = [line for _near, line in group]
        before = sum(line.sign != "+" for line in hunk)
        after = sum(line.sign != "-" for line in hunk)
        if shown:
            yield f"@@ -{_range(old, before)} +{_range(new, after)} @@"
            yield from (line.sign + _short(line.text) for line in hunk)
        old, new = old + before, new + after


def _near_changes(lines: list[_Line]) -> list[bool]:
    near = [False] * len(lines)
    for at, line in enumerate(lines):
        if line.sign != " ":
            first = max(0, at - CONTEXT_LINES)
            near[first : at + CONTEXT_LINES + 1] = [True] * len(near[first : at + CONTEXT_LINES + 1])
    return near


def _range(first: int, count: int) -> str:
    """As POSIX has it: an empty range stands behind the line before it."""
    return f"{first if count else first - 1},{count}"


def _short(line: str) -> str:
    return line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]}…"


def _limited(lines: Iterable[str], max_characters: int) -> tuple[str, bool]:
    shown: list[str] = []
    size = 0
    for line in lines:
        size += len(line) + 1
        if size > max_characters:
            return "\n".join([*shown, _CUT]), True
        shown.append(line)
    return "\n".join(shown), False
