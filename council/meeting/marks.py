"""Figures, shares, money, years and citations in a text that have no source beside them.

A source is a reference into a document (``[Ref: L12-18]``) or an address of the web, in the same
sentence or right after it; a sentence that was checked and found supported needs none. Code, links
and the addresses themselves are never marked. One pass of each pattern, none of which can turn back
far: a line of a megabyte takes linear time.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from council.meeting.terms import Sentence, sentences, terms

Kind = Literal["figure", "percentage", "money", "year", "citation"]

_SOURCE = re.compile(
    r"\[Ref:[^\[\]\n]{1,200}\]"
    r"|\]\([^()\s]{1,2000}\)"
    r"|https?://[^\s<>\"]{1,2000}"
    r"|\bdoi:\s?10\.\d{4,9}/\S{1,200}|\barXiv:\s?\d{4}\.\d{4,5}",
    re.IGNORECASE,
)
_LINK = re.compile(r"\[[^\[\]\n]{0,500}\]\([^()\s]{1,2000}\)")
_NUMBER = re.compile(r"(?<![A-Za-z0-9０-９_.,/#^第])(?<![A-Za-z0-9][-−–—~～:])[0-9０-９]++(?:[.,][0-9]++)*+")
_RANGE_AFTER = re.compile(r"\s?[-–—~～至到]\s?[0-9]++(?:[.,][0-9]++)*+(?![-/])")
_WORD_NUMBER = re.compile(
    r"百分之[零一二两三四五六七八九十百点]{1,12}"
    r"|[一二两三四五六七八九十][一二两三四五六七八九十百千]{0,7}[万亿][余多]?(?:美元|欧元|元|人民币)?"
)
_CURRENCY_BEFORE = re.compile(
    r"(?:[$€£¥￥₹]|\b(?:US\$|USD|EUR|GBP|CNY|RMB|JPY|HKD|CHF|Rs)|人民币|美元|欧元)\s?\Z", re.IGNORECASE
)
_NAMED_BEFORE = re.compile(
    r"(?:\b(?:chapter|section|step|point|option|item|part|phase|round|version|page|line|lines|figure|table|no|member|rule"
    r"|article|question|issue|claim|stage)\.?|第)\s{1,2}\Z",
    re.IGNORECASE,
)
_SCALE = r"(?:\s?(?:thousand|million|billion|trillion|hundred|mn|bn|[kKmM]\b|[万亿千百]{1,2}))?[余多]?"
_MONEY_AFTER = re.compile(
    rf"{_SCALE}\s?(?:(?:USD|EUR|GBP|CNY|RMB|JPY|HKD|CHF|dollars?|euros?|pounds?|yuan|yen|cents?)\b|[€£]|美元|欧元|英镑|日元|港元"
    r"|人民币|元|块钱)",
    re.IGNORECASE,
)
_SHARE_AFTER = re.compile(
    r"\s?(?:[%％‰]|(?:percent|per cent|percentage points?|pct)\b|个百分点|成(?![为了功立本员就果]))",
    re.IGNORECASE,
)
_SCALE_AFTER = re.compile(
    r"\s?(?:(?:thousand|million|billion|trillion|hundred|dozen|times|fold|mn|bn)\b|[kKmMxX×]\b|[万亿千百倍])",
    re.IGNORECASE,
)
_YEAR_AFTER = re.compile(r"\s?年|[-/](?:0?[1-9]|1[0-2])(?:[-/][0-3]?[0-9])?\b")
_UNIT_AFTER = re.compile(
    r"\s?(?:ms|s|h|kg|g|km|m|cm|mm|GB|MB|TB|KB|Hz|kHz|MHz|GHz|W|kW|MW|kWh|MWh|GWh|V|°C|°F|px|dB|bps|Mbps|Gbps|pp)\b"
)
_COUNTED = re.compile(r"\s?[余多]?[人个名家条次项件台套份万]")
_WORD_AFTER = re.compile(r"[^\W\d]")
_ITEM_BEFORE = re.compile(r"(?:\A|\n)[ \t>]{0,8}\Z")
_ITEM_AFTER = re.compile(r"[.)、]")
_CITATION = re.compile(
    r"\b[A-Z][\w'’-]{1,40}(?:\s(?:and|&)\s[A-Z][\w'’-]{1,40}|\set\sal\.?)?,?\s\(?(?:19|20)\d{2}[a-z]?\)"  # Name (2020)
    r"|\bet\sal\b\.?"
    r"|\b(?i:according to|as reported by|as cited (?:in|by))\s(?:the\s|an?\s)?[\w'’-]{2,40}"
    r"|\b(?i:studies|surveys|research|a study|a survey|a report|an analysis|experts|scientists|researchers|economists)"
    r"(?:\s[\w'’-]{1,30}){0,3}\s(?:shows?|showed|shown|found|finds?|suggests?|suggested|indicates?|indicated|says?|agree|confirms?"
    r"|proves?|report(?:s|ed)?)\b"
    r"|(?<![\]\w])\[\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,9}\](?!\()"  # [12], [3, 4]
    r"|(?:根据|依据|据)[^，。；！？,\n]{1,24}?(?:研究|报告|统计|调查|数据|报道|分析|显示)"
    r"|(?:研究|调查|统计|报告|数据|专家|学者)[^，。；！？,\n]{0,6}?(?:表明|显示|认为|指出|发现|证明)"
)

_FENCE_LINE = re.compile(r"[ >]{0,12}(`{3,}+|~{3,}+)([^\n]*+)")
_BACKTICKS = re.compile(r"`++")
_NOT_LINE_END = re.compile(r"[^\n]")

_CONTEXT = 24  # Characters before a number that may name it.


@dataclass(frozen=True, slots=True)
class Mark:
    """A place that wants a source."""

    start: int
    end: int
    kind: Kind


def unsourced(text: str, supported: tuple[str, ...] = ()) -> tuple[Mark, ...]:
    """The places of a Markdown text that have no source. ``supported`` are sentences that a check has borne out."""
    return unsourced_plain(_without_code(text), supported)


def unsourced_plain(text: str, supported: tuple[str, ...] = ()) -> tuple[Mark, ...]:
    """The same for text that holds no code."""
    found = list(_places(text))
    if not found:
        return ()
    units = sentences(text)
    sourced = _sourced(text, units, supported)
    starts = [unit.start for unit in units]
    return tuple(mark for mark in found if bisect_right(starts, mark.start) - 1 not in sourced)


def has_source(text: str) -> bool:
    """Whether a source stands anywhere in it."""
    return _SOURCE.search(text) is not None


# What wants a source


def _places(text: str) -> Iterator[Mark]:
    """All places in order, none inside another; a citation takes its year with it."""
    marks = [Mark(*found.span(), "citation") for found in _CITATION.finditer(text)]
    marks += [*_word_numbers(text), *_numbers(text)]
    hidden = [found.span() for pattern in (_SOURCE, _LINK) for found in pattern.finditer(text)]
    taken = [(start, end, None) for start, end in hidden] + [(mark.start, mark.end, mark) for mark in marks]
    last = 0
    for start, end, mark in sorted(taken, key=lambda each: (each[0], each[2] is not None)):
        if mark is None:
            last = max(last, end)
        elif start >= last:
            last = end
            yield mark


def _word_numbers(text: str) -> Iterator[Mark]:
    for found in _WORD_NUMBER.finditer(text):
        words = found.group()
        kind: Kind = (
            "percentage" if words.startswith("百分之") else "money" if words.endswith("元") else "figure"
        )
        yield Mark(*found.span(), kind)


def _numbers(text: str) -> Iterator[Mark]:
    for found in _NUMBER.finditer(text):
        mark = _number(text, found.start(), found.end())
        if mark is not None:
            yield mark


def _number(text: str, start: int, end: int) -> Mark | None:
    """What a number is by what stands right before and after it; ``None`` for one that claims nothing."""
    before = text[max(0, start - _CONTEXT) : start]
    ranged = _RANGE_AFTER.match(text, end)
    with_unit = _with_unit(text, start, ranged.end(), before) if ranged else None
    if with_unit := with_unit or _with_unit(text, start, end, before):
        return with_unit
    if _NAMED_BEFORE.search(before) or _is_item(text, before, end):
        return None
    return _bare(text, start, end)


def _with_unit(text: str, start: int, end: int, before: str) -> Mark | None:
    if after := _SHARE_AFTER.match(text, end):
        return Mark(start, after.end(), "percentage")
    if currency := _CURRENCY_BEFORE.search(before):
        scale = _SCALE_AFTER.match(text, end)
        return Mark(start - len(currency.group()), scale.end() if scale else end, "money")
    if after := _MONEY_AFTER.match(text, end):
        return Mark(start, after.end(), "money")
    if after := _SCALE_AFTER.match(text, end) or _UNIT_AFTER.match(text, end):
        return Mark(start, after.end(), "figure")
    return None


def _is_item(text: str, before: str, end: int) -> bool:
    """Whether it numbers an item of a list."""
    return bool(
        _ITEM_AFTER.match(text, end)
        and (len(before) < _CONTEXT or "\n" in before)
        and _ITEM_BEFORE.search(before)
    )


def _bare(text: str, start: int, end: int) -> Mark | None:
    """A number without a unit: a year, a figure of two digits or more, or nothing that wants a source."""
    digits = text[start:end]
    if len(digits) == 4 and digits.isdecimal():
        if dated := _YEAR_AFTER.match(text, end):
            return Mark(start, dated.end(), "year")
        if 1500 <= int(digits) < 2200 and not _is_part(text, end) and not _COUNTED.match(text, end):
            return Mark(start, end, "year")
    if len(digits) < 2 or _is_part(text, end) or digits.count(".") > 1:
        return None
    return Mark(start, end, "figure")


def _is_part(text: str, end: int) -> bool:
    """Whether it is a piece of a name (``12th``, ``3D``), of a time or a fraction. Chinese goes on at once."""
    rest = text[end : end + 1]
    return rest in (":", "/", "_", "^") or (rest.isascii() and bool(_WORD_AFTER.match(rest)))


# What has one


def _sourced(text: str, units: list[Sentence], supported: tuple[str, ...]) -> set[int]:
    """The numbers of the sentences that have a source, or were borne out."""
    starts = [unit.start for unit in units]
    sourced = {bisect_right(starts, found.start()) - 1 for found in _SOURCE.finditer(text)}
    borne_out = {tuple(terms(sentence)) for sentence in supported}
    if borne_out:
        sourced |= {place for place, unit in enumerate(units) if tuple(terms(unit.text)) in borne_out}
    return sourced


# Code


def _without_code(text: str) -> str:
    """Code as spaces, so that every place keeps its number."""
    if "`" not in text and "~~~" not in text:
        return text
    lines: list[str] = []
    fence = ""
    for line in text.splitlines(keepends=True):
        found = _FENCE_LINE.match(line)
        run, rest = (found[1], found[2]) if found else ("", "")
        if fence:
            lines.append(_blank(line))
            is_end = run[:1] == fence[0] and len(run) >= len(fence) and not rest.strip()
            fence = "" if is_end else fence
        elif run and not (run[0] == "`" and "`" in rest):
            lines.append(_blank(line))
            fence = run
        else:
            lines.append(line)
    return _without_inline_code("".join(lines))


def _without_inline_code(text: str) -> str:
    """A run of backticks closes with the next run of its length, as CommonMark has it."""
    runs = [found.span() for found in _BACKTICKS.finditer(text)]
    closing = _closing_runs(runs)
    pieces: list[str] = []
    done, place = 0, 0
    while place < len(runs):
        last = closing[place]
        if last is not None:
            pieces += [text[done : runs[place][0]], _blank(text[runs[place][0] : runs[last][1]])]
            done, place = runs[last][1], last
        place += 1
    return "".join([*pieces, text[done:]])


def _closing_runs(runs: list[tuple[int, int]]) -> list[int | None]:
    """For each run, the next one that is as long."""
    nearest: dict[int, int] = {}
    closing: list[int | None] = [None] * len(runs)
    for place in range(len(runs) - 1, -1, -1):
        length = runs[place][1] - runs[place][0]
        closing[place] = nearest.get(length)
        nearest[length] = place
    return closing


def _blank(text: str) -> str:
    return _NOT_LINE_END.sub(" ", text)
