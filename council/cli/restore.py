"""``council restore``: put a backup in the place of what is there, which is kept."""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import click

from council.cli import backup_file
from council.cli.data import refuse_while_in_use, size, with_data
from council.cli.exchange import exchange, listed
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
    places = {
        backup_file.KEY: settings.data_dir / "secret_key",
        backup_file.DATABASE: copies.path_of(settings.database),  # The last: with it, it is done.
    }
    database = places[backup_file.DATABASE]
    for place in places.values():
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    refuse_while_in_use(database)
    with ExitStack() as rooms:  # One beside each: they may be on two disks.
        drafts = {
            name: rooms.enter_context(backup_file.workroom(place)) / name for name, place in places.items()
        }
        manifest = _prepare(file, drafts, settings.data_dir)
        if not manifest.secret_key:
            del places[backup_file.KEY]
        refuse_while_in_use(database)
        with exchange() as work:
            work.take(_there(places))
            for name, place in places.items():
                work.put(drafts[name], place)
    click.echo(f"Restored what was backed up at {manifest.made_at} ({size(manifest.bytes)}).")
    if work.asides:
        click.echo(f"What was there before is in {listed(work.asides)}.")
    if manifest.secret_key and settings.secret_key:
        click.echo("COUNCIL_SECRET_KEY is set and goes before the key that was restored.")


def _prepare(file: Path, drafts: Mapping[str, Path], data_dir: Path) -> backup_file.Manifest:
    """Unpack what is in the file and look through it, while nothing has been moved yet."""
    manifest = backup_file.unpack(file, drafts)
    _check(drafts[backup_file.DATABASE], manifest)
    copies.begin_new_epochs(drafts[backup_file.DATABASE])
    copies.sync(drafts[backup_file.DATABASE])
    owner = data_dir.stat()
    for draft in drafts.values():
        if os.geteuid() == 0 and draft.exists():  # Root restores for whoever runs Council.
            os.chown(draft, owner.st_uid, owner.st_gid)
    return manifest


def _there(places: Mapping[str, Path]) -> list[Path]:
    """What is in these places, the database first: what is put back goes in this order, too."""
    key = places.get(backup_file.KEY)
    return [*copies.files_of(places[backup_file.DATABASE]), *([key] if key and key.exists() else [])]


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
