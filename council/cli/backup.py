"""``council backup``: everything that a Council keeps, in one file, while it runs."""

import os
from datetime import datetime
from pathlib import Path

import click

from council import __version__, clock
from council.cli import backup_file
from council.cli.backup_file import FORM, Manifest
from council.cli.data import Meter, database_of, size, with_data
from council.errors import Conflict
from council.settings import Settings
from council.store import copies


@click.command(short_help="Back up everything, while Council runs.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@with_data
def backup(settings: Settings, *, file: Path | None, force: bool) -> None:
    """Copy the database and the secret key into one file, and check the copy.

    Council may run meanwhile, and nobody waits for it. The file is written under another name and
    gets its own when it is whole; only you may read it. Without FILE it is called after the time.

    \b
    Example:
      council backup /mnt/backups/council-monday.tar
    """
    target = file or Path(f"council-{datetime.now().astimezone():%Y%m%d-%H%M%S}.tar")
    if target.exists() and not force:
        raise Conflict(f"{target} exists.", hint="Name another file, or say --force.")
    source = database_of(settings)
    with backup_file.workroom(target) as folder:
        copied = folder / backup_file.DATABASE
        copies.copy(source, copied, Meter("Copying"))
        _check(copied)
        key = _key(settings)
        backup_file.write(target, copied, key, _manifest(copied, key), force=force)
    whole = size(target.stat().st_size)
    kept = (
        "the database and the secret key" if key else "the database; the secret key is in COUNCIL_SECRET_KEY"
    )
    click.echo(f"{target}: {whole}, checked. It holds {kept}.")


def _check(copied: Path) -> None:
    found = copies.faults(copied)
    if found:
        raise copies.NoDatabase(
            f"The database is damaged: {found[0]}.", hint="Restore an older backup: council restore FILE."
        )


def _key(settings: Settings) -> Path | None:
    """The file of the key, unless it is kept elsewhere."""
    path = settings.data_dir / "secret_key"
    return None if settings.secret_key or not path.is_file() else path


def _manifest(copied: Path, key: Path | None) -> Manifest:
    os.chmod(copied, 0o600)
    return Manifest(
        form=FORM,
        council=__version__,
        made_at=clock.timestamp(),
        database_version=copies.version_of(copied) or "",
        bytes=copied.stat().st_size,
        sha256=backup_file.fingerprint(copied.open("rb")),
        secret_key=key is not None,
    )
