"""What an exported file is called: the subject and the date, in a name that every system takes."""

import re
from urllib.parse import quote

from council.export.legible import one_line

MAX_CHARACTERS = 60
_NOT_IN_NAMES = re.compile(r"[^\w\s-]", re.UNICODE)
_GAPS = re.compile(r"[\s_-]+")


def filename(subject: str, created_at: str, extension: str) -> str:
    """``2026-11-21-four-day-week.md``: letters and digits of any script, no path, no dot but the last."""
    words = _GAPS.sub("-", _NOT_IN_NAMES.sub(" ", one_line(subject))).strip("-")[:MAX_CHARACTERS].strip("-")
    date = created_at[:10]
    return f"{date}-{words or 'meeting'}.{extension}"


def disposition(name: str) -> str:
    """The header that has a browser keep the answer under this name, and under a plain one if it knows no better."""
    stem, _, extension = name.rpartition(".")
    plain = _GAPS.sub("-", re.sub(r"[^A-Za-z0-9]", "-", stem)).strip("-")
    return f"attachment; filename=\"{plain}.{extension}\"; filename*=UTF-8''{quote(name, safe='')}"
