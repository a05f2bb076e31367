"""``council watch``: sit in on a meeting that runs, or read one that is over."""

import click

from council.cli.attend import attend
from council.cli.server import Server, with_server
from council.cli.show_options import with_views


@click.command(short_help="Watch a meeting that runs or is over.")
@click.argument("session")
@with_views
@with_server
def watch(server: Server, session: str, *, plain: bool, as_json: bool) -> None:
    """Show a meeting from its beginning, and then live until it is over.

    SESSION is its id, how the id begins, or the word latest. When the connection is lost it is made
    again, and what was missed is told; when the log was rewritten meanwhile, that is said and the
    meeting is told anew. Ctrl+C and exit codes are as in `council meet`.

    \b
    Example:
      council watch latest --plain | grep -i risk
    """
    raise SystemExit(attend(server, server.find(session), plain=plain, as_json=as_json))
