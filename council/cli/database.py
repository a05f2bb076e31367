"""``council database``: which version the data has, and its way to another one."""

from datetime import datetime

import click

from council.cli.backup import backup
from council.cli.data import database_of, refuse_while_in_use, with_data
from council.settings import Settings
from council.store import copies, migrations
from council.store.engine import Store


@click.group()
def database() -> None:
    """Look at the database's version, and change it.

    \b
    Example:
      council database version
    """


@database.command()
@with_data
def version(settings: Settings) -> None:
    """Say which version the database has, and which one this Council knows."""
    found = copies.version_of(database_of(settings))
    click.echo(f"The database has version {found or 'none'}; this Council knows {migrations.HEAD}.")


@database.command()
@with_data
def upgrade(settings: Settings) -> None:
    """Bring the database to this Council's version, as its next start would do.

    Nobody may have the database open. Back up first: council backup.
    """
    path = database_of(settings)
    refuse_while_in_use(path)
    before = copies.version_of(path)
    store = Store(settings.database)
    try:
        migrations.migrate(store)
    finally:
        store.close()
    click.echo(f"The database had version {before or 'none'} and has {migrations.HEAD} now.")


@database.command()
@click.argument("target")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_data
def rollback(settings: Settings, *, target: str, yes: bool) -> None:
    """Bring the database back to the older version TARGET, for an older Council.

    Nobody may have the database open. It is backed up first, into the data folder. What the older
    version does not know is lost, and is told before.

    \b
    Example:
      council database rollback 0002
    """
    path = database_of(settings)
    present = copies.version_of(path)
    refuse_while_in_use(path)
    migrations.check_older(target, present)
    _tell_losses(present or "", target)
    if not yes:
        click.confirm(f"Roll back from {present} to {target}?", abort=True)
    _back_up(settings)
    refuse_while_in_use(path)
    _roll_back(settings, target)
    click.echo(
        f"The database has version {target} now. Start the Council of that version: a newer one upgrades it."
    )


def _tell_losses(present: str, target: str) -> None:
    for text in migrations.losses(present, target):
        click.echo(text)


def _back_up(settings: Settings) -> None:
    """In the form that ``council restore`` takes."""
    name = f"before-rollback-{datetime.now().astimezone():%Y%m%d-%H%M%S.%f}.tar"
    click.get_current_context().invoke(backup, file=settings.data_dir / name, force=False)


def _roll_back(settings: Settings, target: str) -> None:
    store = Store(settings.database)
    try:
        migrations.rollback(store, target)
    finally:
        store.close()
