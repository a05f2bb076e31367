"""Who asks, and how much they may do."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["read", "run", "admin"]
"""Look on; take part and make things; everything. Each has what is before it."""

Role = Literal["viewer", "member", "admin"]

LEVELS: tuple[Level, ...] = ("read", "run", "admin")
LEVEL_OF: dict[Role, Level] = {"viewer": "read", "member": "run", "admin": "admin"}


def reaches(level: Level, wanted: Level) -> bool:
    """Whether ``level`` has all that ``wanted`` has."""
    return LEVELS.index(level) >= LEVELS.index(wanted)


def lower(one: Level, other: Level) -> Level:
    """What both have."""
    return LEVELS[min(LEVELS.index(one), LEVELS.index(other))]


@dataclass(frozen=True, slots=True)
class Who:
    """One who asks. ``credential_id`` is what they showed, and ``None`` where nobody has to sign in."""

    user_id: str | None
    name: str
    level: Level
    credential_id: str | None = None
    with_cookie: bool = False

    @property
    def is_admin(self) -> bool:
        return self.level == "admin"


OPERATOR = Who(None, "person", "admin")
"""Whoever uses a server on this machine's own address, as long as there are no users."""
