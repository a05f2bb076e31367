"""Names of exported files: they say what is in them, and no system stumbles over them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.export.filename import MAX_CHARACTERS, disposition, filename

CREATED = "2026-11-21T05:00:00.123Z"


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("Shall we?", "2026-11-21-Shall-we.md"),
        ("../../etc/passwd", "2026-11-21-etc-passwd.md"),
        ("a\\b:c*d|e", "2026-11-21-a-b-c-d-e.md"),
        ("CON", "2026-11-21-CON.md"),
        ("我们搬吗？", "2026-11-21-我们搬吗.md"),
        ('"; filename=x', "2026-11-21-filename-x.md"),
        ("", "2026-11-21-meeting.md"),
        ("\u202e...", "2026-11-21-meeting.md"),
    ],
)
def test_names(subject: str, name: str) -> None:
    """The date and the subject's words, joined by hyphens."""
    assert filename(subject, CREATED, "md") == name


@given(st.text())
def test_no_subject_makes_a_bad_name(subject: str) -> None:
    """No path, no second dot, no quotation mark, no control; short; and a header of one line in ASCII."""
    name = filename(subject, CREATED, "pdf")
    assert name.count(".") == 1
    assert not set(name) & set("/\\:*?\"<>|;'%\r\n\0")
    assert len(name) <= len("2026-11-21-.pdf") + MAX_CHARACTERS
    header = disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2


def test_both_names_travel() -> None:
    """Who knows RFC 5987 gets the whole name, who does not a plain one."""
    header = disposition("2026-11-21-我们搬吗.md")
    assert 'filename="2026-11-21.md"' in header
    assert "filename*=UTF-8''2026-11-21-%E6%88%91%E4%BB%AC" in header
