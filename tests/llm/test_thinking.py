"""Thinking told apart from the answer, however the text is cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.llm.thinking import ThinkSplitter

TEXTS = st.lists(
    st.sampled_from(
        ["<think>", "</think>", "<", "th", "ink>", "</", " ", "\n", "a", "思考", "<think", "words "]
    ),
    max_size=14,
).map("".join)
CUTS = st.lists(st.integers(0, 80), max_size=12)


def split(*pieces: str) -> tuple[str, str]:
    """Thinking and answer."""
    splitter = ThinkSplitter()
    said = [each for piece in pieces for each in splitter.feed(piece)] + list(splitter.flush())
    return "".join(text for text, thinks in said if thinks), "".join(
        text for text, thinks in said if not thinks
    )


def cut(text: str, places: list[int]) -> list[str]:
    edges = [0, *sorted(min(place, len(text)) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


@given(TEXTS, CUTS)
def test_cuts_do_not_matter(text: str, places: list[int]) -> None:
    """Any division of a text into pieces gives the same thinking and the same answer."""
    assert split(*cut(text, places)) == split(text)


@given(
    st.text(max_size=20).filter(lambda text: "</think>" not in text), st.text(min_size=1, max_size=20), CUTS
)
def test_a_block_before_the_answer_is_thinking(thought: str, answer: str, places: list[int]) -> None:
    """Its text is kept, without the white space around."""
    if answer.lstrip().startswith("<"):
        return
    found = split(*cut(f"<think>{thought}</think>{answer}", places))
    assert found == (thought.lstrip(), answer.lstrip())


@pytest.mark.parametrize(
    ("text", "thinking", "answer"),
    [
        ("plain answer", "", "plain answer"),
        ("  indented answer", "", "  indented answer"),
        ("\n<think>hm</think>\n\nyes", "hm", "yes"),
        ("<think>\n\n</think>\n\nyes", "", "yes"),
        ("<think>one</think>\n<think>two</think>yes", "onetwo", "yes"),
        ("The tag <think>x</think> is text here", "", "The tag <think>x</think> is text here"),
        ("<think>hm</think>The tag <think> again", "hm", "The tag <think> again"),
        ("<think>a < b </thin c</think>yes", "a < b </thin c", "yes"),
        ("<think>cut off", "cut off", ""),
        ("<think>cut off</thi", "cut off</thi", ""),
        ("<thin", "", "<thin"),
        ("<thinking>is another word", "", "<thinking>is another word"),
        ("", "", ""),
    ],
)
def test_only_blocks_before_the_answer_are_thinking(text: str, thinking: str, answer: str) -> None:
    """Later on the tag is text: an answer may be about it."""
    assert split(text) == (thinking, answer)


def test_an_answer_is_not_kept_back() -> None:
    """Once the answer has begun, every piece goes on at once, even one that looks like a tag."""
    splitter = ThinkSplitter()
    assert list(splitter.feed("So ")) == [("So ", False)]
    assert splitter.in_answer
    assert list(splitter.feed("<thi")) == [("<thi", False)]


def test_thinking_is_not_kept_back() -> None:
    splitter = ThinkSplitter()
    assert list(splitter.feed("<think>first ")) == [("first ", True)]
    assert list(splitter.feed("second </")) == [("second ", True)]
    assert list(splitter.feed("b>")) == [("</b>", True)]
