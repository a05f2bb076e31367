"""One thing the doctor looked at."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "fault"]
FAULT: Level = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """``todo`` says what to do about it; for what is right it is empty, or says what could be had."""

    what: str
    level: Level
    text: str
    todo: str = ""


def ok(what: str, text: str, todo: str = "") -> Finding:
    return Finding(what, "ok", text, todo)


def warning(what: str, text: str, todo: str) -> Finding:
    return Finding(what, "warning", text, todo)


def fault(what: str, text: str, todo: str) -> Finding:
    return Finding(what, "fault", text, todo)
