"""What wants a source: figures, shares, money, years and citations, in English and in Chinese."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.meeting.markdown import render
from council.meeting.marks import unsourced
from council.meeting.references import papers_of

PIECES = [
    "30%", "$1.2 million", "in 2019", "300万元", "百分之三十", "根据某报告", "12,000", "[Ref: L3]", "https://a.b/3",
    "[x](http://a.b)", "`", "```", "\n", "\n\n", ". ", "。", "- ", "| ", "**", "Smith et al. (2020)", " ", "a", "10-20",
    "[12]", "~~~", ">", "第3条", "studies show", "]", "(", "\t",
]  # fmt: skip


def marked(text: str) -> list[tuple[str, str]]:
    return [(text[mark.start : mark.end], mark.kind) for mark in unsourced(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It saves 30% of $1.2 million.", [("30%", "percentage"), ("$1.2 million", "money")]),
        ("12.5 per cent, 3 percentage points", [
            ("12.5 per cent", "percentage"), ("3 percentage points", "percentage")]),
        ("10-20% or 5–7 dollars", [("10-20%", "percentage"), ("5–7 dollars", "money")]),
        ("5 million euros, USD 30, €50k, 30 USD", [
            ("5 million euros", "money"), ("USD 30", "money"), ("€50k", "money"), ("30 USD", "money")]),
        ("In 2019, on 2024-05-01", [("2019", "year"), ("2024-05-01", "year")]),
        ("12,000 people in 45 towns, 3 billion stars, 5 GB, 3x", [
            ("12,000", "figure"), ("45", "figure"), ("3 billion", "figure"), ("5 GB", "figure"), ("3x", "figure")]),
        ("According to the WHO it is so.", [("According to the WHO", "citation")]),
        ("Studies show it. Research has shown it.", [
            ("Studies show", "citation"), ("Research has shown", "citation")]),
        ("Smith et al. (2020) say so [12].", [("Smith et al. (2020)", "citation"), ("[12]", "citation")]),
        ("成本是300万元，2024年增长了百分之三十。", [
            ("300万元", "money"), ("2024年", "year"), ("百分之三十", "percentage")]),
        ("有5亿人，增长3成，三百万元，提高2个百分点", [
            ("5亿", "figure"), ("3成", "percentage"), ("三百万元", "money"), ("2个百分点", "percentage")]),
        ("研究表明如此。根据世卫组织的报告，如此。", [("研究表明", "citation"), ("根据世卫组织的报告", "citation")]),
    ],
)  # fmt: skip
def test_what_is_marked(text: str, expected: list[tuple[str, str]]) -> None:
    """Each with its kind, and all of it: sign, number, scale and unit."""
    assert marked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "We have 3 options and 2 ways.",
        "Step 12, section 45, option 10, rule 33, 第12条.",
        "GPT-4, A4, 12th, 3D, v1.2.3, at 12:30, 1/3",
        "1. one\n12. twelve",
        "`99%` and ``50 dollars``",
        "```\n99%\n```\nand\n~~~\n$5\n~~~",
        "[30% more](https://example.org/30)",
        "https://example.org/2019/30%25",
        "千万不要。一成不变。",
    ],
)
def test_what_is_not(text: str) -> None:
    """Small numbers, numbers that are names, times, list numbers; code, links and addresses."""
    assert marked(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "It saves 30% [Ref: L12-18].",
        "It saves 30% [Ref: plan.md L12-18], every year.",
        "It saves 30%. [Ref: L3]",
        "It saves 30% ([report](https://example.org)).",
        "It saves 30%, see https://example.org/a.",
        "According to the WHO (doi:10.1000/182) it is 30%.",
        "节省了30%[Ref: L3]。",
    ],
)
def test_a_source_beside_it_is_enough(text: str) -> None:
    """In the same sentence, or right after it."""
    assert marked(text) == []


def test_a_source_is_for_its_own_sentence() -> None:
    assert marked("It saves 30% [Ref: L3]. It costs 40%.") == [("40%", "percentage")]
    assert marked("节省了30%[Ref: L3]。成本40%。") == [("40%", "percentage")]


def test_a_sentence_that_was_checked_needs_none() -> None:
    """That one, whatever its markup; no other."""
    text = "It **saves** 30%. It costs 40%."
    assert [text[m.start : m.end] for m in unsourced(text, ("It saves 30%.",))] == ["40%"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(max_examples=300, deadline=None)
def test_marks_are_in_order_and_inside(text: str) -> None:
    """None overlaps another, none is empty, and rendering with marks changes no letter of the text."""
    found = unsourced(text)
    assert all(0 <= mark.start < mark.end <= len(text) for mark in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
    assert _words(render(text)) == _words(render(text, marked=False))


def _words(html: str) -> str:
    import nh3

    return nh3.clean(html, tags=set(), attributes={})


@pytest.mark.parametrize(
    "piece",
    ["1", "1.", "1,", ".", "a. ", "A'", "`", " `` ", "[", "[Ref: ", "\n", "据", "一", "30% ", "(", "研究", "[a](",
     "studies ", "!.", "```\n", "第", "1-", "$", "百分之", "12:", "x. [a] ", "Aa & "],
)  # fmt: skip
def test_a_line_of_a_megabyte_takes_linear_time(piece: str) -> None:
    """A few seconds at most, whatever it repeats; quadratic time would take hours."""
    began = time.perf_counter()
    unsourced(piece * (1_000_000 // len(piece)))
    assert time.perf_counter() - began < 10


# On the page


def test_marks_in_html() -> None:
    """A span with why it is there; in a Chinese text, in Chinese."""
    assert render("It saves 30%.") == (
        '<p>It saves <span class="unsourced" title="No source beside this percentage">30%</span>.</p>\n'
    )
    assert 'title="此金额未注明来源">300万元</span>' in render("成本300万元。")


def test_marks_never_touch_code_or_links() -> None:
    html = render("`30%` [40%](https://example.org/50%)\n\n    60%\n\n```\n70%\n```\n\n80% off")
    assert html.count("unsourced") == 1
    assert ">80%</span>" in html


def test_a_row_shares_its_source() -> None:
    """A reference in one cell is for the whole row, and for no other row."""
    html = render("|a|b|\n|-|-|\n|30%|[Ref: L3]|\n|40%|x|")
    assert "unsourced" in html
    assert ">40%</span>" in html
    assert ">30%</span>" not in html


def test_a_reference_to_lines_that_are_not_there_is_no_source() -> None:
    papers = papers_of([("plan.md", "a\nb\nc")])
    assert ">30%</span>" in render("It saves 30% [Ref: L99].", papers=papers)
    assert "unsourced" not in render("It saves 30% [Ref: L2].", papers=papers)


def test_a_mark_across_markup() -> None:
    """Bold or not, it is marked; and the text is escaped as ever."""
    html = render("**30**% <b>40%</b> & $5 million")
    assert "<b>" not in html
    assert html.count('class="unsourced"') >= 3


def test_marks_can_be_left_out() -> None:
    assert render("30%", marked=False) == "<p>30%</p>\n"


def test_marking_costs_little() -> None:
    """The longest message that is rendered at all takes a second or two, marks included."""
    began = time.perf_counter()
    render(("30% **40%** " * 10_000)[:60_000])
    assert time.perf_counter() - began < 8
