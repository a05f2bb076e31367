"""What the tests of the terminal share: commands that are run, and terminals that are typed into."""

from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from council.cli import council
from tests.cli.terminal import Terminal

Run = Callable[..., Result]
Open = Callable[..., Terminal]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process; ``env`` are COUNCIL_* settings without their prefix."""

    def invoke(*arguments: object, env: dict[str, object] | None = None) -> Result:
        for name, value in (env or {}).items():
            monkeypatch.setenv(f"COUNCIL_{name}".upper(), str(value))
        return CliRunner().invoke(council, [str(each) for each in arguments], catch_exceptions=False)

    return invoke


@pytest.fixture
def open_terminal() -> Iterator[Open]:
    """A factory of terminals in which a command runs; keyword arguments are COUNCIL_* settings."""
    opened: list[Terminal] = []

    def make(*arguments: str, **settings: object) -> Terminal:
        opened.append(Terminal(arguments, settings))
        return opened[-1]

    yield make
    for terminal in opened:
        terminal.close()
