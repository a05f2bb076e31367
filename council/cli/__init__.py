"""The command ``council``: what is done from a terminal, on this machine's data or with a running server."""

from importlib import import_module

import click

COMMANDS = {
    "meet": "meet",
    "watch": "watch",
    "replay": "replay",
    "sessions": "sessions",
    "doctor": "doctor",
    "backup": "backup",
    "restore": "restore",
    "prune": "prune",
    "database": "database",
    "user": "people",
    "token": "people",
}
"""Every command and its module here, in the order of the help. Another one is added here, and nowhere else."""


class _Loaded(click.Group):
    """Loads a command when it is called: no command waits for what only another one needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = getattr(import_module(f"council.cli.{COMMANDS[cmd_name]}"), cmd_name)
        return found


@click.group(cls=_Loaded, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def council() -> None:
    """Council: a meeting room for language models and people.

    \b
    Example:
      council meet "Tabs or spaces?"
    """


def main() -> None:
    council(prog_name="council")
