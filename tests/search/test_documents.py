"""Passages of the meeting's documents, and where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.meeting.prompts import numbered
from council.search.base import MAX_TEXT
from council.search.documents import DocumentSearch

PLAN = """# Plan

The office in Leeds costs 40,000 pounds a year.
It is half empty on Fridays.

A four-day week would save 12 percent of these costs,
says the facility team.

Customers were not asked.
"""
CHINESE = "第一章\n\n四天工作制试点节省了百分之十二的成本。\n\n客户没有被询问。\n"


def test_a_passage_says_where_it_stands() -> None:
    """``plan.md L6-7``: the numbers that members see."""
    [found, *_rest] = DocumentSearch([("plan.md", PLAN)]).search("four-day week saves percent", 3)
    assert (found.title, found.path, found.lines, found.place) == (
        "plan.md L6-7",
        "plan.md",
        "L6-7",
        "plan.md L6-7",
    )
    assert found.text.startswith("A four-day week would save 12 percent")


def test_the_best_passage_comes_first() -> None:
    """More terms, and rarer ones, count more; the others follow; what shares too little is left out."""
    found = DocumentSearch([("plan.md", PLAN)]).search("what does the office in Leeds cost a year", 5)
    assert [each.lines for each in found] == ["L3-4"]
    assert DocumentSearch([("plan.md", PLAN)]).search("bananas on the moon", 5) == ()


def test_chinese_is_found() -> None:
    """There are no spaces to go by: pairs of characters are the terms."""
    search = DocumentSearch([("a.md", PLAN), ("计划.md", CHINESE)])
    [found, *_rest] = search.search("四天工作制节省成本", 3)
    assert found.place == "计划.md L3"


def test_no_more_than_asked_for() -> None:
    search = DocumentSearch([("a.md", "\n\n".join(f"the blue whale number {n}" for n in range(50)))])
    assert len(search.search("blue whale", 4)) == 4


@pytest.mark.timeout(30)
def test_a_line_of_a_megabyte() -> None:
    """It is cut into passages of the same line, and found within a second or two."""
    text = (
        "the cat sat on the mat. " * 20_000
        + "A walrus sang in Tromsø. "
        + "the cat sat on the mat. " * 20_000
    )
    [found] = DocumentSearch([("long.txt", text)]).search("walrus sang Tromsø", 3)
    assert found.place == "long.txt L1"
    assert "walrus" in found.text


@given(st.text(alphabet="ab \n\t。.\x0b\u2028", max_size=300), st.integers(1, 400))
def test_every_passage_stands_at_its_lines(text: str, repeated: int) -> None:
    """What a passage quotes is in the lines that it names, as members see them."""
    content = text * repeated if len(text) * repeated < 20_000 else text
    lines = numbered(content).split("\n") if content else []
    plain = [line.partition(": ")[2] for line in lines]
    for found in DocumentSearch([("d", content)]).search(content[:200] or "a", 50):
        assert found.lines is not None
        first, _, last = found.lines.replace("L", "").partition("-")
        named = "\n".join(content.splitlines()[int(first) - 1 : int(last or first)])
        assert len(found.text) <= MAX_TEXT + 12
        assert all(part in named for part in found.text.split("\n"))
    assert len(plain) == len(lines)
