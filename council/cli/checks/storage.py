"""The data: its folder, the disk, the database, and the key that signs cookies."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from council.cli.checks.finding import Finding, fault, ok, warning
from council.cli.data import size
from council.errors import CouncilError
from council.settings import Settings
from council.store import copies
from council.store.migrations import HEAD

LEAST_BYTES, FEW_BYTES = 100_000_000, 1_000_000_000
LEAST_KEY_CHARACTERS = 16
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWOTH


def folder(settings: Settings) -> Iterator[Finding]:
    path = settings.data_dir.absolute()
    there = _nearest(path)
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        yield fault(
            "data folder", f"{path} cannot be written.", "Give this user the right, or set COUNCIL_DATA_DIR."
        )
        return
    yield _privacy(path) if path.exists() else ok("data folder", f"{path} will be made at the start.")
    yield disk(there, shutil.disk_usage(there).free)


def _privacy(path: Path) -> Finding:
    mode = path.stat().st_mode
    if mode & _OTHERS_WRITE:
        return fault("data folder", f"Everybody on this machine may write to {path}.", f"chmod 700 {path}")
    if mode & _OTHERS:
        return warning("data folder", f"Others on this machine may look into {path}.", f"chmod 700 {path}")
    return ok("data folder", f"{path}, only for its owner.")


def disk(path: Path, free: int) -> Finding:
    shown = f"{size(free)} are free where {path} is."
    if free < LEAST_BYTES:
        return fault("disk", shown, "Make room: when the disk is full, meetings wait until there is some.")
    if free < FEW_BYTES:
        return warning("disk", shown, "Make room, or shorten old logs: council prune.")
    return ok("disk", shown)


def database(settings: Settings) -> Iterator[Finding]:
    path = copies.path_of(settings.database)
    if not path.exists():
        yield ok("database", f"{path} will be made at the start.")
        return
    yield from _open_files(path)
    try:
        yield _version(copies.version_of(path))
        found = copies.faults(path, quick=True)
        yield (
            fault("database", f"{path} is damaged: {found[0]}.", "Stop Council, and: council restore FILE.")
            if found
            else ok("database", f"{path} is whole ({size(path.stat().st_size)}).")
        )
        yield _mode(wal=copies.is_wal(path))
    except CouncilError as problem:
        yield fault("database", problem.message, problem.hint)


def _open_files(path: Path) -> Iterator[Finding]:
    """The database and what is beside it, where others come into its folder."""
    if not path.parent.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH):
        return
    found = [file for file in copies.files_of(path) if file.stat().st_mode & _OTHERS]
    if found:
        todo = f"chmod 600 {' '.join(map(str, found))}"
        yield warning("database files", "Others on this machine may read all that was said.", todo)


def _version(version: str | None) -> Finding:
    if version == HEAD:
        return ok("database", f"Version {version}, the newest.")
    if version is None or version < HEAD:
        how = "Back it up first: council backup."
        return warning(
            "database", f"Version {version or 'none'} is brought to {HEAD} at the next start.", how
        )
    return fault(
        "database",
        f"Version {version} was written by a newer Council.",
        "Start that one, or restore a backup.",
    )


def _mode(*, wal: bool) -> Finding:
    if wal:
        return ok("database", "Readers and writers do not wait for each other (WAL).")
    todo = (
        "It is set at the next start. On a network file system it cannot be: keep the data on a local disk."
    )
    return warning("database", "Readers and writers wait for each other: it is not in WAL mode.", todo)


def key(settings: Settings) -> Finding:
    path = settings.data_dir.absolute() / "secret_key"
    if settings.secret_key:
        short = len(settings.secret_key.get_secret_value()) < LEAST_KEY_CHARACTERS
        todo = f"Use at least {LEAST_KEY_CHARACTERS} random characters."
        return (
            warning("secret key", "COUNCIL_SECRET_KEY is short.", todo)
            if short
            else ok("secret key", "COUNCIL_SECRET_KEY is set.")
        )
    if not path.exists():
        return ok("secret key", f"{path} will be made at the start.")
    if path.stat().st_mode & _OTHERS:
        return fault("secret key", f"Others may read {path}, and sign in as anybody.", f"chmod 600 {path}")
    return ok("secret key", f"{path}, only for its owner.")


def _nearest(path: Path) -> Path:
    """The folder itself, or the one it would be made in."""
    return next(each for each in (path, *path.parents) if each.exists())
