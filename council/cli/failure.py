"""How a command of the terminal ends when it cannot do what was asked."""

from typing import IO, Any

import click

from council.cli.clean import clean
from council.errors import CouncilError

COULD_NOT = 1


class Failed(click.ClickException):
    """A sentence, and a hint that says what to do."""

    exit_code = COULD_NOT

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def show(self, file: IO[Any] | None = None) -> None:
        for text in (self.message, self.hint):
            if text:
                click.echo(clean(text), file=file, err=file is None)


class Unreachable(Failed):
    """No server answers, or it does not for now."""


class Refused(Failed):
    """The server has answered, and will not do it."""

    def __init__(self, message: str, hint: str, status: int) -> None:
        super().__init__(message, hint)
        self.status = status


class Rewritten(Refused):
    """The log is another one than it was: it was pruned or restored."""


def told(problem: CouncilError) -> Failed:
    return Failed(problem.message, problem.hint)
