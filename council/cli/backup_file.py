"""A backup: one tar file with the database, the secret key, and a manifest that says what they are."""

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from council.cli.exchange import name_new
from council.errors import Conflict, Unavailable
from council.store import copies

MANIFEST, DATABASE, KEY = "manifest.json", "council.db", "secret_key"
FORM = 1
MOST_MANIFEST_BYTES = 100_000
_BLOCK = 1024 * 1024


class BadBackup(Unavailable):
    """The file is no backup, or it is damaged."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """``sha256`` and ``bytes`` are the database's; ``form`` is that of this file."""

    form: int
    council: str
    made_at: str
    database_version: str
    bytes: int
    sha256: str
    secret_key: bool


@contextmanager
def workroom(beside: Path) -> Iterator[Path]:
    """A private folder on the same disk, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=".council-", dir=beside.absolute().parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write(target: Path, database: Path, key: Path | None, manifest: Manifest, *, force: bool) -> None:
    """The whole file or none, for its owner's eyes only. Raises Conflict when there is one already."""
    draft = database.with_name("draft.tar")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
            _add(archive, MANIFEST, json.dumps(asdict(manifest), indent=2).encode())
            if key is not None:
                _add(archive, KEY, key.read_bytes())
            archive.add(database, DATABASE, filter=_plain)
        file.flush()
        os.fsync(file.fileno())
    _check(draft, manifest)
    _put(draft, target, force=force)
    copies.sync(target.absolute().parent)


def read(source: Path) -> Manifest:
    """What the file says it is. Raises BadBackup."""
    with _opened(source) as archive:
        raw = _member(archive, MANIFEST).read(MOST_MANIFEST_BYTES)
    try:
        manifest = Manifest(**json.loads(raw))
    except (ValueError, TypeError) as problem:
        raise BadBackup(f"{source} has no manifest that can be read.") from problem
    if manifest.form != FORM:
        raise BadBackup(f"{source} was made by another version of Council ({manifest.council}).")
    return manifest


def unpack(source: Path, drafts: Mapping[str, Path]) -> Manifest:
    """Write the database and the key, as they were, to where ``drafts`` says. Raises BadBackup when they are not."""
    manifest = read(source)
    with _opened(source) as archive:
        for name in (DATABASE, *([KEY] if manifest.secret_key else [])):
            target = drafts[name]
            with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                shutil.copyfileobj(_member(archive, name), file, _BLOCK)
                file.flush()
                os.fsync(file.fileno())
    if fingerprint(drafts[DATABASE].open("rb")) != manifest.sha256:
        raise BadBackup(f"{source} is damaged: its database is not the one that was put in.")
    return manifest


def fingerprint(file: IO[bytes]) -> str:
    """SHA-256 of what is in it; it is closed."""
    with file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # typeshed wants more of it.


def _check(draft: Path, manifest: Manifest) -> None:
    """Read back what was written. Raises BadBackup."""
    with _opened(draft) as archive:
        if fingerprint(_member(archive, DATABASE)) != manifest.sha256:
            raise BadBackup("What was written is not what was read; the disk may be failing.")


def _put(draft: Path, target: Path, *, force: bool) -> None:
    if force:
        draft.replace(target)
        return
    try:
        name_new(draft, target)
    except FileExistsError as problem:
        raise Conflict(f"{target} exists.", hint="Name another file, or say --force.") from problem


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the names of this machine's users."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, mode="r:") as archive:
            yield archive
    except (tarfile.TarError, EOFError) as problem:
        raise BadBackup(f"{source} is no backup of Council, or it is damaged.") from problem


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    """A plain file of the archive, by its name: links and folders are none. Raises BadBackup."""
    found: Any = None
    try:
        entry = archive.getmember(name)
        found = archive.extractfile(entry) if entry.isreg() else None
    except KeyError:
        pass
    if found is None:
        raise BadBackup(f"There is no {name} in the backup.")
    file: IO[bytes] = found
    return file
