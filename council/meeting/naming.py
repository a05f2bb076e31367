"""Ids that are made of names, so that people can read them."""

import re
import unicodedata
from collections.abc import Callable, Iterator

ID_PATTERN = r"^\w[\w.-]*$"
MAX_MADE = 60
RESERVED = frozenset({"validate", "estimate", "generate", "yaml", "copy", "person"})
"""Words that stand in addresses where an id may stand, too; and whoever votes in the room."""

_BETWEEN_WORDS = re.compile(r"[\W_]+")


def slug(name: str) -> str:
    """The name in small letters, words joined by underscores, in any script; empty when it has no letter or digit."""
    plain = unicodedata.normalize("NFKC", name).lower()
    return _BETWEEN_WORDS.sub("_", plain).strip("_")[:MAX_MADE].rstrip("_")


def free_id(name: str, otherwise: str, is_taken: Callable[[str], bool]) -> str:
    """The first id made of this name that nobody has; ``otherwise`` stands for a name without letters."""
    return next(each for each in _candidates(slug(name) or otherwise) if not is_taken(each))


def _candidates(base: str) -> Iterator[str]:
    if base not in RESERVED:
        yield base
    number = 2
    while True:
        yield f"{base}_{number}"
        number += 1
