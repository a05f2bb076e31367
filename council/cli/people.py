"""``council user`` and ``council token``: who may sign in, and with what programs ask."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import click
from rich.console import Console
from rich.table import Table

from council.cli.failure import told
from council.errors import Conflict, CouncilError
from council.people.accounts import Accounts
from council.people.keys import Keys
from council.people.passwords import MIN_CHARACTERS
from council.settings import load_settings
from council.store import migrations
from council.store.engine import Store

_DAYS = 90


@click.group()
def user() -> None:
    """Who may sign in. As soon as there is one user, everybody must.

    \b
    Example:
      council user add ada --role admin
    """


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(["admin", "member", "viewer"]), default="member", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option(
    "--no-password", is_flag=True, help="They sign in with the OpenID provider, or use tokens only."
)
def add(name: str, role: str, password_stdin: bool, no_password: bool) -> None:
    """Add somebody. Asks for the password unless it comes on standard input."""
    with _store() as store:
        made = Accounts(store).add(name, role, None if no_password else _password(password_stdin))
    click.echo(f"{made['name']} may sign in as {made['role']}.")


@user.command("list")
def listed() -> None:
    """Show everybody."""
    with _store() as store:
        rows = Accounts(store).all()
    table = Table("Name", "Role", "Since", "State")
    for row in rows:
        table.add_row(row["name"], row["role"], row["created_at"][:10], "disabled" if row["disabled"] else "")
    Console().print(table if rows else "Nobody yet. council user add NAME --role admin makes the first one.")


@user.command("password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def password(name: str, password_stdin: bool) -> None:
    """Set somebody's password; every sign-in of theirs ends."""
    with _store() as store:
        Accounts(store).get(name)
        Accounts(store).set_password(name, _password(password_stdin))
    click.echo("The password is changed.")


@user.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(["admin", "member", "viewer"]))
def role(name: str, role: str) -> None:
    """Say what somebody may do: a viewer looks on, a member starts meetings, an admin does everything."""
    with _store() as store:
        Accounts(store).change(name, role=role)
    click.echo(f"{name} is {role} now.")


@user.command("disable")
@click.argument("name")
@click.option("--undo", is_flag=True, help="Let them in again.")
def disable(name: str, undo: bool) -> None:
    """Keep somebody out, and everything they made."""
    with _store() as store:
        Accounts(store).change(name, disabled=not undo)
    click.echo(f"{name} may {'sign in again' if undo else 'not sign in any more'}.")


@user.command("link")
@click.argument("name")
@click.argument("subject", required=False)
@click.option("--undo", is_flag=True, help="They do not sign in with the provider any more.")
def link(name: str, subject: str | None, undo: bool) -> None:
    """Say who somebody is at the OpenID provider: SUBJECT is "issuer|subject", as openid.refused in the log says it."""
    if bool(subject) == undo:
        raise click.UsageError("Name the subject, or --undo.")
    with _store() as store:
        Accounts(store).link(name, subject)
    click.echo(f"{name} signs in with {subject}." if subject else f"{name} is linked to nobody now.")


@user.command("remove")
@click.argument("name")
@click.confirmation_option(prompt="What they made becomes the admins'. Remove them?")
def remove(name: str) -> None:
    """Forget somebody. What they made stays, and is the admins' from now on."""
    with _store() as store:
        Accounts(store).remove(name)
    click.echo(f"{name} is gone.")


@click.group()
def token() -> None:
    """API tokens, for programs.

    \b
    Example:
      council token add ada "nightly report" --scope read --days 30
    """


@token.command("add")
@click.argument("name")
@click.argument("purpose")
@click.option("--scope", type=click.Choice(["read", "run", "admin"]), default="run", show_default=True)
@click.option("--days", type=int, default=_DAYS, show_default=True, help="0 = it never ends.")
def add_token(name: str, purpose: str, scope: str, days: int) -> None:
    """Make a token of a user's. It is shown once."""
    with _store() as store:
        owner = Accounts(store).get(name)
        key = Keys(store).token(owner["user_id"], name=purpose, scope=scope, days=days or None)
    click.echo(key.secret)
    click.echo(f"Keep it now; it is not shown again. It ends {key.expires_at or 'never'}.", err=True)


@token.command("list")
@click.argument("name")
def list_tokens(name: str) -> None:
    """Show a user's tokens, without their secrets."""
    with _store() as store:
        rows = Keys(store).tokens(Accounts(store).get(name)["user_id"])
    table = Table("Id", "For", "Scope", "Made", "Ends", "Used")
    for row in rows:
        shown = ("token_id", "name", "scope", "created_at", "expires_at", "used_at")
        table.add_row(*(str(row[column] or "never")[:16] for column in shown))
    Console().print(table)


@token.command("revoke")
@click.argument("token_id")
def revoke(token_id: str) -> None:
    """End a token. Sockets that were opened with it close within seconds."""
    with _store() as store:
        Keys(store).end(token_id)
    click.echo("It is good for nothing any more.")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = click.prompt(
        f"Password ({MIN_CHARACTERS} characters or more)", hide_input=True, confirmation_prompt="Again"
    )
    return asked


@contextmanager
def _store() -> Iterator[Store]:
    """This machine's database, made or brought to its newest version. Raises Failed."""
    try:
        settings = load_settings()
        settings.secret()
        store = Store(settings.database, synchronous=settings.database_synchronous)
        with closing(store):
            _bring_up(store)
            yield store
    except CouncilError as problem:
        raise told(problem) from problem


def _bring_up(store: Store) -> None:
    """An empty database gets its tables; one of another version may be in use by a server of that version."""
    with store.read() as connection:
        found = migrations.version(connection)
    if found not in (None, migrations.HEAD):
        raise Conflict(
            f"The database has version {found}, and this is for {migrations.HEAD}.",
            hint="Start this Council once.",
        )
    migrations.migrate(store)
