"""The database: transactions that lose nothing, and versions that find their way to the newest."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from council.errors import Unavailable
from council.store.engine import Store
from council.store.migrations import HEAD, migrate, version
from council.store.tables import metadata

TABLES = {"channels", "events", "sessions", "steps", "messages", "documents", "commands"}


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    """The folder, the database and what SQLite keeps beside it are made for nobody else."""
    folder = tmp_path / "data"
    store = Store(f"sqlite:///{folder}/council.db")
    try:
        migrate(store)
        assert folder.stat().st_mode & 0o777 == 0o700
        modes = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
        assert modes == {"council.db": 0o600, "council.db-wal": 0o600, "council.db-shm": 0o600}
    finally:
        store.close()


# Transactions


def test_read_modify_write_loses_nothing(store: Store) -> None:
    """What a writing transaction has read stays true until it ends: 8 threads x 50 updates lose none."""
    with store.write() as connection:
        connection.execute(sa.text("INSERT INTO channels VALUES ('c', 'e', 0)"))

    def count() -> None:
        for _ in range(50):
            with store.write() as connection:
                seq = connection.scalar(sa.text("SELECT seq FROM channels"))
                connection.execute(sa.text("UPDATE channels SET seq = :seq"), {"seq": seq + 1})

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as connection:
        assert connection.scalar(sa.text("SELECT seq FROM channels")) == 400


def test_readers_see_one_moment(store: Store) -> None:
    """A reading transaction does not see what is committed after its first look, and blocks nobody."""
    query = sa.text("SELECT count(*) FROM channels")
    with store.read() as reader:
        assert reader.scalar(query) == 0
        with store.write() as writer:
            writer.execute(sa.text("INSERT INTO channels VALUES ('c', 'e', 0)"))
        assert reader.scalar(query) == 0
    with store.read() as reader:
        assert reader.scalar(query) == 1


def test_a_transaction_that_fails_changes_nothing(store: Store) -> None:
    """An error inside undoes all of it."""

    def fail() -> None:
        with store.write() as connection:
            connection.execute(sa.text("INSERT INTO channels VALUES ('c', 'e', 0)"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.read() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM channels")) == 0


def test_sqlite_is_tuned(store: Store) -> None:
    """WAL, so that readers go on while somebody writes; and a writer waits instead of failing."""
    with store.read() as connection:
        assert connection.scalar(sa.text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(sa.text("PRAGMA busy_timeout")) == 5000
        assert connection.scalar(sa.text("PRAGMA synchronous")) == 1


def test_the_folder_is_made(tmp_path: Path) -> None:
    """A data directory that does not exist yet is made."""
    store = Store(f"sqlite:///{tmp_path}/a/b/c.db")
    migrate(store)
    assert (tmp_path / "a/b/c.db").exists()
    store.close()


# Migrations


def test_an_empty_database_becomes_the_newest(empty: Store) -> None:
    """From nothing to HEAD; again is harmless."""
    with empty.read() as connection:
        assert version(connection) is None
    for _ in range(2):
        migrate(empty)
        with empty.read() as connection:
            assert version(connection) == HEAD
            assert set(sa.inspect(connection).get_table_names()) >= TABLES


def _ours(name: str | None, _kind: str, _parents: object) -> bool:
    """Not the full-text index, which SQLite keeps in tables of its own."""
    return not (name or "").startswith("knowledge_index")


def test_the_migrations_make_the_tables(store: Store) -> None:
    """The tables that the code knows are those the migrations make, column by column."""
    with store.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_server_default": True, "include_name": _ours}
        )
        assert compare_metadata(context, metadata) == []


def test_several_processes_start_at_once(tmp_path: Path) -> None:
    """Processes that start at the same moment on an empty database all find it at HEAD."""
    url = f"sqlite:///{tmp_path}/council.db"
    code = (
        "import sys; from council.store.engine import Store; from council.store.migrations import migrate, version\n"
        "sys.stdin.readline(); s = Store(sys.argv[1]); migrate(s)\n"
        "with s.read() as c: print(version(c))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, url],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=Path(__file__).parents[2],
        )
        for _ in range(3)
    ]  # fmt: skip
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60) for process in processes]
    assert [out.strip() for out, _ in answers] == [HEAD] * 3, answers


def test_several_threads_migrate_at_once(tmp_path: Path) -> None:
    """However the starts meet, nobody fails."""
    for number in range(10):
        stores = [Store(f"sqlite:///{tmp_path}/{number}.db") for _ in range(4)]
        problems: list[BaseException] = []
        barrier = threading.Barrier(4)

        def start(
            store: Store, barrier: threading.Barrier = barrier, problems: list[BaseException] = problems
        ):  # type: ignore[no-untyped-def]
            barrier.wait()
            try:
                migrate(store)
            except BaseException as problem:
                problems.append(problem)

        threads = [threading.Thread(target=start, args=(store,)) for store in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for store in stores:
            store.close()
        assert problems == []


def test_a_newer_database_is_refused(store: Store) -> None:
    """A database of a newer Council is left alone, and the error says what to do."""
    with store.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable, match="9999") as refusal:
        migrate(store)
    assert "newer Council" in refusal.value.hint
    with store.read() as connection:
        assert version(connection) == "9999"
