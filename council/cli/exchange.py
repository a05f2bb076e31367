"""Files put in the place of others, which are kept: all of them, or none."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from council.errors import Conflict, CouncilError, Unavailable
from council.store import copies

_NO_LINKS = frozenset({errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})


def name_new(draft: Path, place: Path) -> None:
    """Give a finished file its name, on the same disk. Raises FileExistsError when something has it.

    Where there are no hard links (exFAT, CIFS) the name is taken by an empty file first, for a moment.
    """
    try:
        os.link(draft, place)
    except OSError as problem:
        if problem.errno not in _NO_LINKS:
            raise
        _reserve(place)
        _replace(draft, place)


def _reserve(place: Path) -> None:
    os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _replace(draft: Path, reserved: Path) -> None:
    try:
        draft.replace(reserved)
    except OSError:
        reserved.unlink()
        raise


class Exchange:
    """What was moved so far, and how it is undone. Files never leave their folder's disk."""

    def __init__(self) -> None:
        self.asides: list[Path] = []
        self._name = f"before-restore-{datetime.now().astimezone():%Y%m%d-%H%M%S.%f}"
        self._taken: list[Path] = []
        self._put: list[Path] = []

    def take(self, places: Iterable[Path]) -> None:
        """Move each into a folder beside it."""
        for place in places:
            aside = place.parent.resolve() / self._name
            if aside not in self.asides:
                aside.mkdir(mode=0o700)
                self.asides.append(aside)
            place.rename(aside / place.name)
            self._taken.append(place)
        for aside in self.asides:
            copies.sync(aside)

    def put(self, draft: Path, place: Path) -> None:
        """Raises Conflict when something is there by now."""
        try:
            name_new(draft, place)
        except FileExistsError as problem:
            raise Conflict(
                f"{place} has just been made by another process.", hint="Stop Council, and try again."
            ) from problem
        self._put.append(place)
        copies.sync(place.parent)

    def undo(self) -> None:
        """Raises OSError at the first that cannot be put back.

        The others stay aside with it: a log of SQLite's beside another database would be played into that.
        """
        while self._put:
            self._put.pop().unlink()
        while self._taken:
            place = self._taken[0]
            kept = place.parent / self._name / place.name
            name_new(kept, place)
            kept.unlink(missing_ok=True)
            del self._taken[0]
        for aside in self.asides:
            with suppress(OSError):
                aside.rmdir()


@contextmanager
def exchange() -> Iterator[Exchange]:
    """What is raised within puts everything back. Raises Unavailable where the disk was the reason."""
    work = Exchange()
    try:
        yield work
    except BaseException as problem:
        _put_back(work, problem)
        if isinstance(problem, OSError):
            raise Unavailable(
                f"{_said(problem)}.", hint="What was there is in its place again. See to it, and try again."
            ) from problem
        raise


def _put_back(work: Exchange, problem: BaseException) -> None:
    """Raises Unavailable, with where the old files are, when it cannot be done."""
    try:
        work.undo()
    except OSError as other:
        raise Unavailable(
            f"{_said(problem).rstrip('.')}. Then what was there could not be put back: {_said(other)}.",
            hint=f"It is in {listed(work.asides)}. Stop Council, and move it back before you try again.",
        ) from problem


def listed(folders: Iterable[Path]) -> str:
    return " and ".join(map(str, folders))


def _said(problem: BaseException) -> str:
    if isinstance(problem, OSError):
        return (
            f"{problem.filename}: {problem.strerror}"
            if problem.filename
            else f"{problem.strerror or problem}"
        )
    return problem.message if isinstance(problem, CouncilError) else type(problem).__name__
