"""``council sessions``: which meetings there are."""

import json
import sys
from datetime import datetime
from typing import Any

import click

from council.cli.clean import one_line
from council.cli.server import Server, with_server

Data = dict[str, Any]


@click.command(short_help="List meetings.")
@click.option("--status", help="pending, running, paused, completed, failed, cancelled; several with commas.")
@click.option("--q", "words", help="Part of the subject.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many at most."
)
@click.option("--json", "as_json", is_flag=True, help="One meeting a line, as JSON.")
@with_server
def sessions(server: Server, *, status: str | None, words: str | None, limit: int, as_json: bool) -> None:
    """List the meetings of a running server, newest first.

    Into a pipe each meeting is a line with its id, status, beginning, template and subject, with
    tabs between them.

    \b
    Example:
      council sessions --status running,paused
    """
    items = server.get("/sessions", status=status, q=words, limit=limit)["items"]
    if as_json:
        for item in items:
            click.echo(json.dumps(item))
    elif sys.stdout.isatty():
        _draw(items)
    else:
        for item in items:
            click.echo("\t".join(one_line(str(item[name])) for name in _COLUMNS))


_COLUMNS = ("session_id", "status", "created_at", "template_id", "subject")


def _draw(items: list[Data]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("id", "status", "begun", "template", "subject", box=None, header_style="bold")
    for item in items:
        waits = " (waits for a person)" if item["waiting_for"] else ""
        cells = (item["session_id"][:8], item["status"] + waits, _local(item["created_at"]))
        table.add_row(*(Text(one_line(str(cell))) for cell in (*cells, item["template_id"], item["subject"])))
    Console(markup=False, highlight=False, emoji=False).print(table if items else "No meetings.")


def _local(timestamp: str) -> str:
    return f"{datetime.fromisoformat(timestamp).astimezone():%Y-%m-%d %H:%M}"
