"""``council meet``: start a meeting, and sit in on it."""

import uuid
from pathlib import Path
from typing import Any

import click

from council.cli.attend import attend
from council.cli.failure import Failed
from council.cli.server import Server, with_server
from council.cli.show_options import with_views

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(short_help="Start a meeting, and watch it.")
@click.argument("subject", default="")
@click.option("--template", default="council_debate", show_default=True, help="How the meeting runs.")
@click.option(
    "--document",
    "documents",
    type=_FILE,
    multiple=True,
    help="A text it is about; several if need be.",
)
@click.option("--objective", default="", help="What is to come of it.")
@click.option("--group", metavar="GROUP", help="The group whose meeting it is.")
@click.option("--agents", metavar="NODE=AGENT", multiple=True, help="Who sits where; several if need be.")
@click.option("--budget", type=float, metavar="USD", help="The most it may cost.")
@click.option("--tokens", type=int, help="The most tokens it may use.")
@click.option("--seconds", type=float, help="The longest it may run, waiting for people not counted.")
@click.option("--detach", is_flag=True, help="Start it, say its id, and do not watch.")
@with_views
@with_server
def meet(server: Server, *, plain: bool, as_json: bool, detach: bool, **given: Any) -> None:
    """Start a meeting on a running server, and show it until it is over.

    Ctrl+C asks whether to pause, to stop, or to leave while it goes on. Questions to people are
    asked here when there is a terminal. The exit code is 0 when the meeting was completed, 3 when
    it failed, 4 when it was stopped, and 5 when you left before its end.

    \b
    Example:
      council meet "Shall we move to a four-day week?" --document figures.md --budget 0.5
    """
    session_id = str(uuid.uuid4())
    server.post("/sessions", _body(session_id, given))
    if detach:
        click.echo(session_id)
        return
    raise SystemExit(attend(server, session_id, plain=plain, as_json=as_json))


def _body(session_id: str, given: dict[str, Any]) -> dict[str, Any]:
    """The request; what was not given is left out."""
    cap = {"usd": given["budget"], "tokens": given["tokens"], "seconds": given["seconds"]}
    inputs = {"documents": [_document(path) for path in given["documents"]], "objective": given["objective"]}
    body = {
        "session_id": session_id,
        "template_id": given["template"],
        "subject": given["subject"],
        "inputs": {name: value for name, value in inputs.items() if value},
        "group_id": given["group"],
        "agents": dict(_seat(each) for each in given["agents"]),
        "budget": {name: value for name, value in cap.items() if value is not None},
    }
    return {name: value for name, value in body.items() if value}


def _document(path: Path) -> dict[str, str]:
    try:
        return {"name": path.name, "content": path.read_text("utf-8")}
    except (OSError, UnicodeDecodeError) as problem:
        raise Failed(
            f"{path} cannot be read as UTF-8 text.", "Give it as plain text or Markdown."
        ) from problem


def _seat(text: str) -> tuple[str, str]:
    node_id, equals, agent_id = text.partition("=")
    if not (node_id and equals and agent_id):
        raise click.BadParameter(f"{text!r}: write it as NODE=AGENT.", param_hint="--agents")
    return node_id, agent_id
