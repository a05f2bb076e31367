"""What the commands that work on this machine's data have in common."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from council.cli.failure import Failed, told
from council.clock import Deadline
from council.errors import Conflict, CouncilError
from council.settings import Settings, load_settings
from council.store import copies

QUIET_SECONDS = 1.0  # Nothing is said about what takes no longer.


def with_data(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the settings as its first argument; a CouncilError ends it with a sentence."""

    @wraps(command)
    def prepared(**arguments: Any) -> Any:
        try:
            return command(load_settings(), **arguments)
        except CouncilError as problem:
            raise told(problem) from problem
        except OSError as problem:
            about = f"{problem.filename}: " if problem.filename else ""
            raise Failed(f"{about}{problem.strerror or problem}.", "See to it, and try again.") from problem

    return prepared


def database_of(settings: Settings) -> Path:
    """Where the database is. Raises NoDatabase when there is none."""
    path = copies.path_of(settings.database)
    if not path.is_file():
        raise copies.NoDatabase(
            f"There is no database at {path}.",
            hint="Set COUNCIL_DATA_DIR as for the server, or run this where the server is run.",
        )
    return path


def refuse_while_in_use(database: Path) -> None:
    """Raises Conflict while any process has it open."""
    if copies.is_in_use(database):
        raise Conflict(
            f"A process has {database} open: most likely Council runs on it.", hint="Stop it, and try again."
        )


class Meter:
    """How far a long step has come, on one line of the standard error output."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._quiet = Deadline(QUIET_SECONDS)
        self._said = -1

    def __call__(self, done: int, total: int) -> None:
        percent = 100 * done // max(1, total)
        if self._quiet.passed() and percent != self._said:
            self._said = percent
            click.echo(f"\r{self._what}: {percent} %", nl=percent == 100, err=True)


def size(count: int) -> str:
    """Bytes for people."""
    number = float(count)
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"
