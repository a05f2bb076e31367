"""Differences between versions, and edits of a text: true, limited, and never slow."""

import random
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.errors import Invalid
from council.meeting.revisions import MAX_EDITS, MAX_LINE, Edit, difference, edited

lines = st.lists(st.sampled_from(["", "a", "b", "c", "- x", "end", "@@", "+y"]), max_size=40)


def patched(before: list[str], diff: str) -> list[str]:
    """What a unified diff makes of a text; every line it names must be where it says."""
    made: list[str] = []
    at = 0
    for line in diff.split("\n")[2:] if diff else []:
        if line.startswith("@@ "):
            first, count = (int(n) for n in line.split()[1].removeprefix("-").split(","))
            start = first - 1 if count else first
            made += before[at:start]
            at = start
        elif line[0] in " -":
            assert before[at] == line[1:]
            made += [before[at]] if line[0] == " " else []
            at += 1
        else:
            made.append(line[1:])
    return made + before[at:]


@given(lines, lines)
def test_a_difference_leads_from_one_text_to_the_other(before: list[str], after: list[str]) -> None:
    """Applied to the text before, it gives the text after; its counts are those of its lines."""
    found = difference("\n".join(before), "\n".join(after), path="plan.md")
    body = found.text.split("\n")[2:] if found.text else []
    before, after = "\n".join(before).splitlines(), "\n".join(after).splitlines()
    assert patched(before, found.text) == after
    assert found.added == sum(line.startswith("+") for line in body)
    assert found.removed == sum(line.startswith("-") for line in body)
    assert len(before) - found.removed + found.added == len(after)


@pytest.mark.parametrize("seed", range(5))
def test_the_patch_programme_takes_it(seed: int, tmp_path: Path) -> None:
    """It is a unified diff as every tool reads it."""
    dice = random.Random(seed)
    before = [f"line {n} {dice.randint(0, 3)}" for n in range(60)]
    after = [line for line in before if dice.random() > 0.1]
    for _ in range(5):
        after.insert(dice.randint(0, len(after)), dice.choice(["new", before[3], ""]))
    (tmp_path / "plan.md").write_text("\n".join(before) + "\n")
    found = difference("\n".join(before), "\n".join(after), path="plan.md")
    ran = subprocess.run(
        ["git", "apply", "--unidiff-zero", "-"], cwd=tmp_path, input=found.text + "\n", text=True, check=False
    )
    assert ran.returncode == 0
    assert (tmp_path / "plan.md").read_text() == "\n".join(after) + "\n"


def test_one_change_reads_as_one() -> None:
    """One line changed in the middle: three lines around it, one removed, one added."""
    before = "\n".join(f"line {n}" for n in range(1, 11))
    found = difference(before, before.replace("line 5", "line five"), path="plan.md")
    assert found.text == (
        "--- plan.md\n+++ plan.md\n@@ -2,7 +2,7 @@\n line 2\n line 3\n line 4\n-line 5\n+line five\n"
        " line 6\n line 7\n line 8"
    )
    assert (found.added, found.removed, found.cut) == (1, 1, False)


def test_the_same_text_has_no_difference() -> None:
    assert difference("a\nb", "a\nb", path="x").text == ""
    assert difference("", "a", path="x").text == "--- x\n+++ x\n@@ -0,0 +1,1 @@\n+a"
    assert difference("a", "", path="x").text == "--- x\n+++ x\n@@ -1,1 +0,0 @@\n-a"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["a", "b"] * 60_000, ["b", "a", "a"] * 40_000),
        (["x"] * 100_000, ["x"] * 50_000 + ["y"] + ["x"] * 60_000),
        ([str(n) for n in range(100_000)], [str(n) for n in range(100_000, 0, -1)]),
        ([str(n) for n in range(60_000)], [str(n) if n % 2 else "changed" for n in range(60_000)]),
        ([str(n % 70) for n in range(60_000)], [str(n % 71) for n in range(60_000)]),
    ],
)
@pytest.mark.timeout(60)
def test_no_pair_of_texts_is_slow(before: list[str], after: list[str]) -> None:
    """Texts made to be slow to compare take seconds at most, and the difference is still true."""
    began = time.process_time()
    found = difference("\n".join(before), "\n".join(after), path="x", max_characters=10**9)
    assert time.process_time() - began < 10
    assert patched(before, found.text) == after


def test_a_long_rewriting_keeps_what_stayed() -> None:
    """Hundreds of lines added and one changed far away: the lines between are shown as kept."""
    before = [f"line {n}" for n in range(3_000)]
    after = ["changed", *before[1:], *(f"more {n}" for n in range(2_000))]
    found = difference("\n".join(before), "\n".join(after), path="x", max_characters=10**6)
    assert (found.added, found.removed) == (2_001, 1)


def test_a_long_difference_is_cut_and_says_so() -> None:
    """What is shown has a limit, and so has each line of it."""
    found = difference("", "\n".join(f"line {n}" for n in range(10_000)), path="x", max_characters=2_000)
    assert found.cut
    assert found.text.endswith("left out)")
    assert len(found.text) < 2_100
    assert found.added == 10_000
    assert len(difference("", "y" * 10**6, path="x").text) < MAX_LINE + 100


# Edits


def test_edits_are_made_one_after_another() -> None:
    """A later edit sees what an earlier one made."""
    assert edited("one two", [Edit("one", "1"), Edit("1 two", "1, 2")]) == "1, 2"


def test_an_edit_may_remove_and_may_span_lines() -> None:
    assert edited("a\nb\nc", [Edit("a\nb\n", "")]) == "c"


def test_line_ends_of_windows_are_met() -> None:
    """Models write line feeds; a file with other line ends keeps its own."""
    assert edited("a\r\nb\r\nc", [Edit("a\nb", "x\ny")]) == "x\r\ny\r\nc"


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        ([], "1 to"),
        ([Edit("a", "b")] * (MAX_EDITS + 1), "1 to"),
        ([Edit("", "x")], "empty"),
        ([Edit("one", "one")], "the same"),
        ([Edit("three", "3")], "not in the file"),
        ([Edit("o", "0")], "there 2 times"),
        ([Edit("one", "1"), Edit("one", "1")], "Edit 2"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(edits: list[Edit], reason: str) -> None:
    """What is not there, or there more than once, is not guessed at."""
    with pytest.raises(Invalid, match=reason):
        edited("one two", edits)


def test_places_that_overlap_count() -> None:
    with pytest.raises(Invalid, match="there 2 times"):
        edited("aaa", [Edit("aa", "b")])


@given(st.text("ab\n "), st.text("ab\n ", min_size=1), st.text("abc\n"))
def test_an_edit_changes_exactly_one_place(text: str, find: str, replace: str) -> None:
    """What comes before and after the place is as it was; there is an edit exactly when there is one place."""
    places = [at for at in range(len(text)) if text.startswith(find, at)]
    if len(places) == 1 and find != replace:
        at = places[0]
        assert edited(text, [Edit(find, replace)]) == text[:at] + replace + text[at + len(find) :]
    else:
        with pytest.raises(Invalid):
            edited(text, [Edit(find, replace)])
