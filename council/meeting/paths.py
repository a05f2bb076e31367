"""Paths of a meeting's files: names that mean the same on every system, and nothing but a name on any.

Files live in the database only. But people unpack exports, and a path that climbs out of a folder, or that
one system takes for another file's, must not come into the record in the first place.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import NoReturn

from council.errors import Invalid

MAX_CHARACTERS = 255
HINT = "Use a relative path such as plan.md or notes/budget.md."
_FORBIDDEN = re.compile(r'[\\:*?"<>|]')  # Each means something else, or nothing, to some system.
_DRIVE = re.compile(r"[A-Za-z]:")
_JOINERS = "\u200c\u200d"  # Persian and emoji are written with them; nothing shows them.
_RESERVED = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)", re.IGNORECASE
)  # Windows


def checked(path: str) -> str:
    """The path in NFC, if it is a safe one. Raises Invalid with the reason."""
    path = unicodedata.normalize("NFC", path)
    if not path:
        _refuse("A path cannot be empty.")
    if len(path) > MAX_CHARACTERS:
        _refuse(f"A path has at most {MAX_CHARACTERS} characters; this one has {len(path):,}.")
    _check_characters(path)
    for name in path.split("/"):
        _check_name(name)
    return path


def check_twins(path: str, others: Iterable[str]) -> None:
    """Raises Invalid when some system would take the path for one of the others, or for a folder of theirs."""
    key = _key(path)
    for other in others:
        other_key = _key(other)
        if key == other_key and path != other:
            _refuse(f"The path differs from {other!r} only in how it is written.", f"Write {other!r}.")
        if key.startswith(f"{other_key}/") or other_key.startswith(f"{key}/"):
            _refuse(f"{other!r} is there already: one name cannot be a file and a folder.")


def check_all(names: Iterable[str]) -> tuple[str, ...]:
    """The names of documents given together, each safe and none twice. Raises Invalid."""
    found: list[str] = []
    for name in names:
        path = checked(name)
        if path in found:
            _refuse(f"Two documents are called {path!r}.", "Give each document a name of its own.")
        check_twins(path, found)
        found.append(path)
    return tuple(found)


def _check_characters(path: str) -> None:
    if path.startswith("/"):
        _refuse("A path is relative: it cannot begin with /.")
    if _DRIVE.match(path):
        _refuse("A path is relative: it cannot begin with a drive's letter.")
    if found := _FORBIDDEN.search(path):
        _refuse(f"A path cannot hold {found[0]!r}; folders are separated by /.")
    if any(_is_invisible(character) for character in path):
        _refuse("A path cannot hold control characters or other invisible ones.")


def _is_invisible(character: str) -> bool:
    """Controls, marks of direction, private and half characters, line ends."""
    return (
        unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and character not in _JOINERS
    )


def _check_name(name: str) -> None:
    """Check what stands between two separators."""
    if not name:
        _refuse("A path cannot have an empty part: no // and no / at its end.")
    if name in (".", ".."):
        _refuse(f"A path cannot climb: {name!r} is no name.")
    if name != name.strip():
        _refuse("No part of a path begins or ends with a space.")
    if name.endswith("."):
        _refuse("No part of a path ends with a full stop.")
    if _RESERVED.match(name):
        _refuse(f"{name!r} is a device's name on some systems.")


def _key(path: str) -> str:
    """Equal for paths that some file system does not tell apart."""
    visible = "".join(character for character in path if character not in _JOINERS)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", visible).casefold())


def _refuse(reason: str, hint: str = HINT) -> NoReturn:
    raise Invalid(reason, code="bad_path", hint=hint)
