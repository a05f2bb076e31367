"""The database: one SQLAlchemy engine, opened for reading or for writing."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url

from council.clock import Deadline
from council.jsontext import dump

_READ_ONLY = "council_read_only"
BUSY_SECONDS = 5.0
WAL_RETRY_SECONDS = 0.01


class Store:
    """Where everything is kept. Thread-safe; connections are never shared by threads."""

    def __init__(self, url: str, *, synchronous: str = "normal") -> None:
        self.url = make_url(url)
        if self.sqlite and self.url.database:
            _make_private(Path(self.url.database))
        self._engine = sa.create_engine(
            self.url, pool_size=16, max_overflow=64, json_serializer=dump, hide_parameters=True
        )
        if self.sqlite:
            _tune_sqlite(self._engine, synchronous)
        self._reader = self._engine.execution_options(**{_READ_ONLY: True})

    @property
    def sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment and takes no lock."""
        with self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from its start, so that what it read stays true."""
        with self._engine.begin() as connection:
            yield connection

    def close(self) -> None:
        self._engine.dispose()


def _make_private(path: Path) -> None:
    """What was said is for its owner's eyes. SQLite gives the files beside the database the same mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError):  # It is there already, or SQLite will say what is wrong.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _tune_sqlite(engine: sa.Engine, synchronous: str) -> None:
    @sa.event.listens_for(engine, "connect")
    def configure(raw: Any, _record: object) -> None:
        raw.isolation_level = (
            None  # We say BEGIN ourselves: the driver's own BEGIN is deferred and loses updates.
        )
        raw.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
        _use_wal(raw)
        raw.execute(f"PRAGMA synchronous={synchronous.upper()}")
        raw.execute("PRAGMA foreign_keys=ON")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get(_READ_ONLY)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _use_wal(raw: Any) -> None:
    """Readers go on while somebody writes. Of all statements this one does not wait when others start, too."""
    deadline = Deadline(BUSY_SECONDS)
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if deadline.passed():
                raise
            time.sleep(WAL_RETRY_SECONDS)
