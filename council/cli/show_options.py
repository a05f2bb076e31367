"""How a meeting is to be shown: options that several commands have."""

from collections.abc import Callable
from typing import Any

import click


def with_views(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command ``--plain`` and ``--json``."""
    command = click.option("--json", "as_json", is_flag=True, help="One event a line, as JSON.")(command)
    return click.option("--plain", is_flag=True, help="Line by line, as into a pipe.")(command)
