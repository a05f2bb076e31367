"""Texts as terms, figures and sentences, in English and in Chinese."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.meeting.terms import figures, sentences, share, terms

LETTERS = "ab 1.!?。！\n-|[]()*:/hRef成本\u3000"


def test_terms() -> None:
    """Words without those that say nothing, plurals without their s; words that deny are kept."""
    assert terms("The costs are NOT known") == ["cost", "not", "known"]
    assert terms("四天工作") == ["四天", "天工", "工作"]
    assert terms("成本 3 million") == ["成本", "3", "million"]


def test_figures() -> None:
    """The same number is one figure, however it is written."""
    assert figures("1,200 and 1200 and １２００") == {"1200"}
    assert figures("3.50 or 3.5, 007") == {"3.5", "7"}
    assert figures("no number") == frozenset()


def test_share_of_nothing_is_nothing() -> None:
    assert share([], frozenset({"a"})) == 0.0
    assert share(["a", "a", "b"], frozenset({"a"})) == 0.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("一句。两句！三句？", ["一句。", "两句！", "三句？"]),
        ("It costs 3.5 million, e.g. in Leeds. Done.", ["It costs 3.5 million, e.g. in Leeds.", "Done."]),
        ("It is so. [Ref: L3] And so.", ["It is so. [Ref: L3]", "And so."]),
        ("It is so. [a](https://x.y) And so.", ["It is so. [a](https://x.y)", "And so."]),
        ("- one\n- two\n\n# three\nfour", ["- one", "- two", "# three\nfour"]),
        ("a line\nthat goes on", ["a line\nthat goes on"]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    """They end at a stop or with their paragraph; a reference after the stop belongs to what it is for."""
    assert [sentence.text.strip() for sentence in sentences(text)] == expected


@given(st.text(alphabet=LETTERS, max_size=200))
def test_sentences_leave_nothing_out(text: str) -> None:
    """Every letter is in exactly one sentence, at the place that is said."""
    found = sentences(text)
    assert all(text[each.start : each.end] == each.text for each in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
    assert "".join(each.text for each in found).replace("\n", "").split() == text.replace("\n", "").split()


@pytest.mark.parametrize("piece", [".", "!.", '."', "\n", "\n ", "a. ", "x. [a] ", "[", "。", "- \n"])
def test_sentences_take_linear_time(piece: str) -> None:
    """A megabyte of the worst takes a few seconds at most, where quadratic time would take hours."""
    began = time.perf_counter()
    sentences(piece * (1_000_000 // len(piece)))
    assert time.perf_counter() - began < 10
