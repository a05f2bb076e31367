"""Words of others on their way to a terminal: nothing in them may steer it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.cli.clean import clean, one_line

HOSTILE = st.text(
    st.sampled_from("\x1b\x9b[]();?0123456789mHJKPX^_\\\x07\r\n\tab\u202e\u200b\u2066\u2028é汉")
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07after", "after"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;c3RvbGVu\x07pasted", "pasted"),
        ("\x9b2Jgone", "gone"),
        ("good\rbad", "good\nbad"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("bell\x07, back\x08, nul\x00", "bell, back, nul"),
        ("line\u2028line\x85line", "line\nline\nline"),
        ("[bold]no markup[/bold]", "[bold]no markup[/bold]"),
        ("naïve 汉字 👩\u200d👩\u200d👧", "naïve 汉字 👩\u200d👩\u200d👧"),
    ],
)
def test_what_is_left(text: str, shown: str) -> None:
    """Sequences are left out with what they carry; all that is meant to be read stays."""
    assert clean(text) == shown


@given(st.one_of(HOSTILE, st.text()))
def test_nothing_steers(text: str) -> None:
    """Whatever is said, no control character and none that is not seen comes through, but for ends of lines."""
    kinds = {unicodedata.category(letter) for letter in clean(text) if letter not in "\n\u200c\u200d"}
    assert not kinds & {"Cc", "Cf", "Cs"}


@given(st.one_of(HOSTILE, st.text()))
def test_cleaned_twice(text: str) -> None:
    """What is clean stays as it is: no sequence is put together by taking another one out."""
    assert clean(clean(text)) == clean(text)


def test_one_line() -> None:
    """A text that stands in a line with others has no line ends, and may be shortened."""
    assert one_line("a\nb\x1b[1m  c") == "a b c"
    assert one_line("abcdef", 4) == "abc…"
