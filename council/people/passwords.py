"""Passwords: hashed with argon2id, a few at a time.

The library's parameters are those of RFC 9106 for machines with little memory: 64 MiB and three passes, about
0.1 s. Two at once are enough for a sign-in page, and bound what a flood of sign-ins takes; a few more may wait.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from council.errors import Invalid, Unavailable

MIN_CHARACTERS, MAX_CHARACTERS = 10, 1024
AT_ONCE = 2
MOST_IN_LINE = 16  # Those who wait hold a thread each.

_hasher = PasswordHasher()
_room = threading.BoundedSemaphore(AT_ONCE)
_line = threading.BoundedSemaphore(AT_ONCE + MOST_IN_LINE)


def hashed(password: str, name: str) -> str:
    """What is kept of a new password. Raises Invalid for one that is easily guessed."""
    if not MIN_CHARACTERS <= len(password) <= MAX_CHARACTERS:
        raise Invalid(
            f"password: {MIN_CHARACTERS} to {MAX_CHARACTERS:,} characters.",
            hint="Four or five words that do not belong together are easy to remember.",
        )
    if name.casefold() in password.casefold() or len(set(password)) < 5:
        raise Invalid("password: it is too easy to guess.", hint="Leave your name out of it, and vary it.")
    return rehashed(password)


def rehashed(password: str) -> str:
    """As ``hashed``, for a password that was taken before."""
    with _turn():
        return _hasher.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether it is the one. It takes as long when there is nobody with that name. Raises Unavailable."""
    with _turn():
        try:
            return _hasher.verify(kept or _nobodys(), password[:MAX_CHARACTERS]) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


@contextmanager
def _turn() -> Iterator[None]:
    """Raises Unavailable when too many wait already."""
    if not _line.acquire(blocking=False):
        raise Unavailable("Too many people are signing in.", hint="Try again in a moment.")
    try:
        with _room:
            yield
    finally:
        _line.release()


def is_old(kept: str) -> bool:
    """Whether it was hashed with weaker parameters than today's."""
    return _hasher.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    """To compare with where there is nobody: made once, when somebody tries to sign in."""
    return _hasher.hash("nobody signs in with this")
