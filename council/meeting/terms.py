"""Texts as what they are made of: terms to compare them by, figures, and sentences with their places.

All of it takes linear time: whatever a model or a document holds, one pass over it is enough.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUN = re.compile(rf"[{_CJK}]++|[^\W{_CJK}_]++")
_IS_CJK = re.compile(rf"[{_CJK}]")
_FIGURE = re.compile(r"\d++(?:[.,]\d++)*+")
MAX_TERM = 64

_STOP_WORDS = """
a about after all also an and are as at be been but by can could do does for from had has have he her his how i if in
into is it its may more most of on one or our she should so some such than that the their them then there these they
this those to up was we were what when which who will with would you your
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words that say nothing of a text's matter. Words that deny (not, no, never) are none of them."""

_END = re.compile(
    r"(?<![.!?…])(?<!e\.g)(?<!i\.e)(?<!approx)(?<!\bvs)(?<!\bca)(?<!\bNo)(?<!\bal)"  # No stops of abbreviations.
    r"[.!?…]++[\"'”’)\]*_]*+(?=\s|\Z)"  # A stop, with what closes after it, where a word could begin.
    r"|[。！？；]++[\"'”’」』）】*_]*+"
    r"|\n[ \t]*+\n"
    r"|\n(?=[ \t]{0,8}(?:[-*+>#|]|\d{1,9}[.)、]))"  # The next line is an item, a heading or a row.
    r"|(?<=\|)\n"
)
_AFTERTHOUGHT = re.compile(
    r"\s{0,4}(?:\[[^\[\]\n]{1,200}\](?:\([^()\s]{1,500}\))?|\(https?://[^()\s]{1,500}\))"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and where it stands in its text."""

    start: int
    end: int
    text: str


def terms(text: str) -> list[str]:
    """The text's terms in order: words without those that say nothing; of Chinese, pairs of characters."""
    found: list[str] = []
    for run in _RUN.finditer(unicodedata.normalize("NFKC", text).casefold()):
        word = run.group()
        if _IS_CJK.match(word):
            found += _pairs(word)
        elif word not in STOP_WORDS:
            found.append(_stem(word[:MAX_TERM]))
    return found


def figures(text: str) -> frozenset[str]:
    """The numbers in it, as digits: ``1,200`` and ``1200`` are one figure."""
    plain = unicodedata.normalize("NFKC", text)
    return frozenset(_value(found.group()) for found in _FIGURE.finditer(plain))


def share(wanted: list[str], given: frozenset[str]) -> float:
    """How much of ``wanted`` is among ``given``, from 0 to 1; nothing wanted is 0."""
    different = set(wanted)
    return len(different & given) / len(different) if different else 0.0


def sentences(text: str) -> list[Sentence]:
    """The text's sentences, English and Chinese; a reference right after a full stop belongs to what it is for."""
    return [Sentence(start, end, text[start:end]) for start, end in _spans(text) if text[start:end].strip()]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _END.finditer(text):
        if found.end() <= start:
            continue  # Inside a reference that was taken in already.
        end = found.end()
        while after := _AFTERTHOUGHT.match(text, end):
            end = after.end()
        yield start, end
        start = end
    yield start, len(text)


def _pairs(run: str) -> list[str]:
    return [run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)]


def _stem(word: str) -> str:
    """Without a plural's s: rough, and the same for both texts that are compared."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _value(figure: str) -> str:
    """Commas that part thousands are left out, and zeros that say nothing."""
    whole, dot, rest = figure.rpartition(".") if figure.count(".") == 1 else (figure, "", "")
    whole = whole.replace(",", "")
    rest = rest.rstrip("0")
    return f"{whole.lstrip('0') or '0'}{dot}{rest}" if rest else whole.lstrip("0") or "0"
