"""``council restore``: put a backup in the place of what is there, which is kept."""

import os
from datetime import datetime
from pathlib import Path

import click

from council.cli import backup_file
from council.cli.data import refuse_while_in_use, size, with_data
from council.errors import Conflict
from council.settings import Settings
from council.store import copies
from council.store.migrations import HEAD


@click.command(short_help="Put a backup back.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_data
def restore(settings: Settings, *, file: Path) -> None:
    """Put the database and the secret key of a backup into the data folder.

    Council must not run on that folder: the database tells whether any process has it open. What
    was there is moved into a folder beside it. Viewers who saw more than the backup holds load
    their meetings anew.

    \b
    Example:
      council restore /mnt/backups/council-monday.tar
    """
    database = copies.path_of(settings.database)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    refuse_while_in_use(database)
    with backup_file.workroom(database) as folder:
        manifest = backup_file.unpack(file, folder)
        _check(folder / backup_file.DATABASE, manifest)
        copies.begin_new_epochs(folder / backup_file.DATABASE)
        copies.sync(folder / backup_file.DATABASE)
        key = settings.data_dir / "secret_key"
        owner = settings.data_dir.stat()
        places = {backup_file.DATABASE: database} | ({backup_file.KEY: key} if manifest.secret_key else {})
        refuse_while_in_use(database)
        aside = _move_aside(
            [*copies.files_of(database), *([key] if manifest.secret_key and key.exists() else [])]
        )
        for name, place in places.items():
            if os.geteuid() == 0:  # Root restores for whoever runs Council.
                os.chown(folder / name, owner.st_uid, owner.st_gid)
            _put(folder / name, place)
    click.echo(f"Restored what was backed up at {manifest.made_at} ({size(manifest.bytes)}).")
    if aside:
        click.echo(f"What was there before is in {aside}.")
    if manifest.secret_key and settings.secret_key:
        click.echo("COUNCIL_SECRET_KEY is set and goes before the key that was restored.")


def _check(database: Path, manifest: backup_file.Manifest) -> None:
    """Raises NoDatabase or Conflict for what could not be used."""
    found = copies.faults(database)
    if found:
        raise copies.NoDatabase(
            f"The database of the backup is damaged: {found[0]}.", hint="Use another backup."
        )
    if manifest.database_version > HEAD:
        raise Conflict(
            f"The backup was made by a newer Council ({manifest.council}).",
            hint="Install that version first.",
        )


def _move_aside(files: list[Path]) -> Path | None:
    """Put what is there into a folder of its own; where that is."""
    if not files:
        return None
    aside = files[0].parent / f"before-restore-{datetime.now().astimezone():%Y%m%d-%H%M%S.%f}"
    aside.mkdir(mode=0o700)
    for file in files:
        file.rename(aside / file.name)
    copies.sync(aside)
    return aside


def _put(file: Path, place: Path) -> None:
    """Raises Conflict when something is there by now."""
    try:
        os.link(file, place)
    except FileExistsError as problem:
        raise Conflict(
            f"{place} has just been made by another process.",
            hint="Stop Council, and try again; nothing is lost, what was there is in the newest before-restore folder.",
        ) from problem
    copies.sync(place.parent)
