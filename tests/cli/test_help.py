"""The commands explain themselves, and are found where they are said to be."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from council.cli import council
from tests.cli.conftest import Run
from tests.support.server import ROOT


def every_command(command: click.Command = council, *path: str) -> Iterator[tuple[str, ...]]:
    yield path
    for name, inner in inside(command).items():
        yield from every_command(inner, *path, name)


def inside(command: click.Command) -> dict[str, click.Command]:
    """The commands of a group."""
    if not isinstance(command, click.Group):
        return {}
    context = click.Context(command)
    found = {name: command.get_command(context, name) for name in command.list_commands(context)}
    return {name: each for name, each in found.items() if each is not None}


@pytest.mark.parametrize("path", list(every_command()), ids=" ".join)
def test_help(run: Run, path: tuple[str, ...]) -> None:
    """Every command and group says what it does."""
    result = run(*path, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.stdout


@pytest.mark.parametrize("command", inside(council).values(), ids=lambda command: command.name)
def test_examples(command: click.Command) -> None:
    """Every command shows an example that it understands: its options exist, and its values fit."""
    _, found, example = (command.help or "").partition("Example:\n")
    assert found
    [typed, *_] = shlex.split(example.strip().splitlines()[0].partition(" | ")[0], comments=True), None
    assert typed[:2] == ["council", command.name]
    if not isinstance(command, click.Group):
        options = [word for word in typed[2:] if word.startswith("--")]
        known = {name for parameter in command.params for name in parameter.opts}
        assert set(options) <= known


def test_as_a_module() -> None:
    """``python -m council`` is the command."""
    shown = subprocess.run(
        [sys.executable, "-m", "council", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "council [OPTIONS] COMMAND" in shown.stdout


def test_as_a_command(tmp_path: Path) -> None:
    """What ``make setup`` writes works in any folder, and beside a file there that is called as one of our own."""
    folder = tmp_path / "venv" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    (folder / "python").chmod(0o755)
    venv = tmp_path / "venv"
    for _ in range(2):  # Made again, it is the same.
        make = ["make", "-B", f"VENV={venv}", "-o", f"{venv}/.installed", f"{venv}/bin/council"]
        subprocess.run(make, cwd=ROOT, check=True, capture_output=True, timeout=20)
    (tmp_path / "rich.py").write_text("raise AssertionError('the wrong one')")
    shown = subprocess.run(
        [str(folder / "council"), "sessions", "--help"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert shown.returncode == 0, shown.stderr
    assert "List the meetings" in shown.stdout
