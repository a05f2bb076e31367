"""A SQLite database as a file: copied while it is used, looked through, and put in another one's place."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from council.errors import Unavailable

PAGES = 2_000  # Copied between two reports of progress.
_BESIDE = ("-wal", "-shm")

Progress = Callable[[int, int], None]
"""Called now and then with how much is done, and of how much."""


class NoDatabase(Unavailable):
    """The file is missing, damaged, or something else."""


def path_of(url: str) -> Path:
    """Where the database of this URL is."""
    return Path(make_url(url).database or "")


def copy(source: Path, target: Path, progress: Progress) -> None:
    """Copy what is committed at this moment, as one file without others beside it. Nobody has to wait for it.

    The copy is made inside one read transaction: without it, it would begin again at every commit.
    Raises NoDatabase.
    """
    with _opened(source, "mode=rw") as old, closing(sqlite3.connect(target)) as new:
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_master").fetchone()
        old.backup(new, pages=PAGES, progress=lambda _status, left, total: progress(total - left, total))
        old.execute("ROLLBACK")
        new.execute("PRAGMA journal_mode=DELETE")


def faults(path: Path, *, quick: bool = False) -> list[str]:
    """What SQLite finds wrong with the file; nothing when it is whole. Raises NoDatabase."""
    with _reading(path) as connection:
        check = "quick_check" if quick else "integrity_check"
        found = [str(row[0]) for row in connection.execute(f"PRAGMA {check}(20)")]
        return [] if found == ["ok"] else found


def version_of(path: Path) -> str | None:
    """The version of the tables; ``None`` when there are none. Raises NoDatabase."""
    with _reading(path) as connection:
        with suppress(sqlite3.OperationalError):
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(row[0]) if row else None
        return None


def rows(path: Path, query: str) -> list[dict[str, Any]]:
    """What a query finds, and nothing where its table is not there yet. Writes nothing. Raises NoDatabase."""
    with _reading(path) as connection:
        connection.row_factory = sqlite3.Row
        with suppress(sqlite3.OperationalError):
            return [dict(row) for row in connection.execute(query)]
        return []


def is_in_use(path: Path) -> bool:
    """Whether any process has the database open. A running server always has: it keeps its connections.

    SQLite says so: each connection to a database in WAL mode holds a shared lock as long as it is open, and the
    exclusive lock that is asked for here is only given to somebody who is alone.
    """
    if not path.exists():
        return False
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as problem:
            return "locked" in str(problem)
        except sqlite3.DatabaseError:  # Not a database, or no longer: nobody can have it open.
            return False
    return False


def begin_new_epochs(path: Path) -> None:
    """Tell every viewer who saw more than this database holds to load its meeting anew."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE channels SET epoch = lower(hex(randomblob(3)))")


def files_of(path: Path) -> list[Path]:
    """The database and what SQLite keeps beside it, as far as they are there."""
    return [file for file in (path, *(path.with_name(path.name + end) for end in _BESIDE)) if file.exists()]


def free_bytes(path: Path) -> int:
    """Room inside the file that is used again before the file grows. Raises NoDatabase."""
    with _reading(path) as connection:
        pages, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_size")
        )
        return int(pages) * int(size)


def is_wal(path: Path) -> bool:
    """Whether readers and writers need not wait for each other; the file's own head says so."""
    with path.open("rb") as file:
        return file.read(20)[18:] == b"\x02\x02"


def vacuum(path: Path) -> None:
    """Write the file anew without its free room. Nobody else may write meanwhile."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def sync(path: Path) -> None:
    """Wait until a file, or the list of files in a folder, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that writes nothing, and leaves no file beside the database. Raises NoDatabase."""
    resting = not path.with_name(f"{path.name}-wal").exists()  # Nobody has it open.
    with _opened(path, f"mode=ro{'&immutable=1' if resting else ''}") as connection:
        yield connection


@contextmanager
def _opened(path: Path, how: str) -> Iterator[sqlite3.Connection]:
    if not path.is_file():
        raise NoDatabase(
            f"There is no database at {path}.", hint="Set COUNCIL_DATA_DIR, or start Council once."
        )
    try:
        uri = f"{path.absolute().as_uri()}?{how}"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
            yield connection
    except sqlite3.DatabaseError as problem:
        raise NoDatabase(
            f"{path} cannot be read: {problem}.", hint="Restore a backup: council restore FILE."
        ) from problem
