"""A file's path: the same name everywhere, and never a way out of a folder."""

import posixpath
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from council.errors import Invalid
from council.meeting.paths import MAX_CHARACTERS, check_all, check_twins, checked

GOOD = (
    "plan.md",
    "notes/budget.md",
    "方案.md",
    "a b.txt",
    ".hidden",
    "con-cept.md",
    "x" * MAX_CHARACTERS,
    "می\u200cخواهم.md",
)
BAD = {
    "": "empty",
    "/etc/passwd": "relative",
    "../secret": "climb",
    "a/../b": "climb",
    "a/./b": "climb",
    "./a": "climb",
    "a//b": "empty part",
    "a/": "empty part",
    "a\\b": "separated",
    "C:/x": "drive",
    "c:x": "drive",
    "ab:stream": "cannot hold",
    "what?.md": "cannot hold",
    "a\nb": "control",
    "a\x00b": "control",
    "a\x7fb": "control",
    "evil\u202egpj.md": "invisible",
    "a\u200bb": "invisible",
    "\ufeffa": "invisible",
    "a\ud800": "invisible",
    " a": "space",
    "a /b": "space",
    "a\u3000": "space",
    "a.": "full stop",
    "dir./x": "full stop",
    "...": "full stop",
    "nul": "device",
    "x/COM1.txt": "device",
    "LPT\u00b2": "device",
    "x" * (MAX_CHARACTERS + 1): "at most",
}  # fmt: skip

PIECES = (*"aB./\\: \0\n~", "..", "nul", "é", "e\u0301", "\u202e", "\u200d", "ß", "İ", "C:")
hostile = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=12).map("".join)


def accepted(path: str) -> str | None:
    try:
        return checked(path)
    except Invalid:
        return None


@pytest.mark.parametrize("path", GOOD)
def test_ordinary_names_are_paths(path: str) -> None:
    """Names as people write them, in any script, are taken as they are."""
    assert checked(path) == path


@pytest.mark.parametrize(("path", "reason"), BAD.items())
def test_others_are_refused_with_the_reason(path: str, reason: str) -> None:
    """What is no safe path is refused, and the reason is said."""
    with pytest.raises(Invalid, match=reason) as refusal:
        checked(path)
    assert refusal.value.hint


@given(hostile)
def test_an_accepted_path_stays_inside_any_folder(path: str) -> None:
    """Joined to a folder it never leaves it, on POSIX or on Windows."""
    found = accepted(path)
    assume(found is not None)
    assert found is not None
    inside = PurePosixPath("/srv/files") / found
    assert posixpath.normpath(str(inside)) == str(inside)
    assert inside.is_relative_to("/srv/files")
    windows = PureWindowsPath("D:\\files") / found
    assert ".." not in windows.parts
    assert windows.is_relative_to("D:\\files")
    assert len(windows.parts) == len(inside.parts) - 1


@given(hostile)
def test_an_accepted_path_is_one_way_to_write_it(path: str) -> None:
    """It is in NFC, of bearable length, and accepted again as it is."""
    found = accepted(path)
    assume(found is not None)
    assert found is not None
    assert unicodedata.is_normalized("NFC", found)
    assert 0 < len(found) <= MAX_CHARACTERS
    assert checked(found) == found
    found.encode()


@given(hostile)
def test_twins_are_refused(path: str) -> None:
    """A path that differs from another one only in case, or in how its accents are coded, is refused."""
    found = accepted(path)
    assume(found is not None)
    assert found is not None
    check_twins(found, [found])
    for twin in (found.upper(), found.swapcase(), found.replace("a", "a\u200d")):
        other = accepted(twin)
        if other is not None and other != found and other.casefold() == found.casefold():
            with pytest.raises(Invalid, match="only in how it is written"):
                check_twins(other, ["unlike.txt", found])


def test_a_joiner_makes_no_new_name() -> None:
    with pytest.raises(Invalid, match="only in how"):
        check_twins("pl\u200dan.md", ["plan.md"])


@pytest.mark.parametrize(("path", "other"), [("notes/a.md", "Notes"), ("notes", "NOTES/a.md")])
def test_a_file_is_no_folder(path: str, other: str) -> None:
    """One name cannot be both."""
    with pytest.raises(Invalid, match="a file and a folder"):
        check_twins(path, [other])


def test_documents_have_names_of_their_own() -> None:
    """Two documents of one name, or of twin names, are refused together; NFD comes out as NFC."""
    assert check_all(["cafe\u0301.md", "b.md"]) == ("caf\u00e9.md", "b.md")
    for names in (["a.md", "a.md"], ["a.md", "A.md"], ["caf\u00e9", "cafe\u0301"]):
        with pytest.raises(Invalid):
            check_all(names)
