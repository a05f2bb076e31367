"""Everything in one file while Council runs, and back in its place when it does not."""

import json
import os
import sqlite3
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from council.cli.backup_file import MANIFEST
from council.store import copies
from tests.cli.conftest import Run
from tests.cli.test_meetings import finish
from tests.support.server import Server
from tests.support.waiting import wait_until

Serve = Callable[..., Server]


@pytest.fixture
def server(serve: Serve) -> Server:
    return serve(rehearsal_tokens_per_second=0)


def test_there_and_back(run: Run, server: Server, tmp_path: Path) -> None:
    """A backup of a running server is private and whole; restored, meetings are as they were, under a new epoch."""
    session_id = finish(server)
    before = server.get(f"/api/v1/sessions/{session_id}")
    file = tmp_path / "kept.tar"
    made = run("backup", file, env={"data_dir": server.data_dir})
    assert made.exit_code == 0, made.output
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".council-")] == []
    finish(server)
    server.stop()
    key = (server.data_dir / "secret_key").read_text()
    (server.data_dir / "secret_key").write_text("another")
    restored = run("restore", file)
    assert restored.exit_code == 0, restored.output
    [aside] = server.data_dir.glob("before-restore-*")
    assert {each.name for each in aside.iterdir()} >= {"council.db", "secret_key"}
    assert (aside / "secret_key").read_text() == "another"
    assert (server.data_dir / "secret_key").read_text() == key
    assert (server.data_dir / "council.db").stat().st_mode & 0o777 == 0o600
    server.start()
    after = server.get(f"/api/v1/sessions/{session_id}")
    assert after["epoch"] != before["epoch"]
    assert after | {"epoch": ""} == before | {"epoch": ""}
    assert len(server.get("/api/v1/sessions")["items"]) == 1


def test_while_it_is_written_to(tmp_path: Path) -> None:
    """A copy ends although somebody writes all the time, and is of one moment: all of a commit or nothing of it."""
    source, stop = tmp_path / "busy.db", threading.Event()
    with closing(sqlite3.connect(source)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE pairs (number INTEGER, filling BLOB)")
        connection.executemany("INSERT INTO pairs VALUES (0, ?)", [(os.urandom(4000),) for _ in range(4000)])

    def write() -> None:
        with closing(sqlite3.connect(source)) as own:
            number = 0
            while not stop.is_set():
                number += 1
                with own:
                    own.execute("INSERT INTO pairs VALUES (?, '')", (number,))
                    own.execute("INSERT INTO pairs VALUES (?, '')", (number,))

    writer = threading.Thread(target=write, name="writer")
    writer.start()
    steps: list[int] = []
    try:
        copies.copy(source, tmp_path / "copy.db", lambda done, _total: steps.append(done))
    finally:
        stop.set()
        writer.join()
    assert steps == sorted(steps)
    assert len(steps) > 1
    assert copies.faults(tmp_path / "copy.db") == []
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copied:
        odd = "SELECT number FROM pairs WHERE number > 0 GROUP BY number HAVING count(*) != 2"
        assert copied.execute(odd).fetchall() == []


def test_a_server_runs_on_it(run: Run, server: Server, tmp_path: Path) -> None:
    """Nothing is restored under a running server, idle as it may be, and nothing is moved; a dead one holds nothing."""
    run("backup", tmp_path / "kept.tar", env={"data_dir": server.data_dir})
    result = run("restore", tmp_path / "kept.tar")
    assert result.exit_code == 1
    assert "open" in result.stderr
    assert "Stop it" in result.stderr
    assert not list(server.data_dir.glob("before-restore-*"))
    server.kill()
    wait_until(lambda: run("restore", tmp_path / "kept.tar").exit_code == 0, what="the end of its worker")


def test_nothing_is_replaced_unasked(run: Run, server: Server, tmp_path: Path) -> None:
    """A file that exists stays as it is, unless ``--force`` is said."""
    file = tmp_path / "kept.tar"
    file.write_text("dear to somebody")
    refused = run("backup", file, env={"data_dir": server.data_dir})
    assert (refused.exit_code, file.read_text()) == (1, "dear to somebody")
    assert "--force" in refused.stderr
    assert run("backup", file, "--force").exit_code == 0
    assert tarfile.is_tarfile(file)


def test_no_database(run: Run, tmp_path: Path) -> None:
    """Without one there is nothing to back up, and no file comes of it."""
    result = run("backup", tmp_path / "kept.tar", env={"data_dir": tmp_path / "nowhere"})
    assert result.exit_code == 1
    assert "COUNCIL_DATA_DIR" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_backup(run: Run, server: Server, tmp_path: Path) -> None:
    """One changed octet in the database, a cut file, another file: each is refused, and what is there stays."""
    file = tmp_path / "kept.tar"
    run("backup", file, env={"data_dir": server.data_dir})
    server.stop()
    whole = file.read_bytes()
    flipped = bytearray(whole)
    flipped[whole.index(b"SQLite format 3") + 5000] ^= 1
    for damaged in (bytes(flipped), whole[: len(whole) // 2], b"", b"no tar at all" * 1000):
        file.write_bytes(damaged)
        result = run("restore", file)
        assert result.exit_code == 1, damaged[:20]
        assert result.stderr.strip()
    assert not list(server.data_dir.glob("before-restore-*"))
    server.start()


def test_a_newer_backup(run: Run, server: Server, tmp_path: Path) -> None:
    """The backup of a newer Council is refused before anything is moved."""
    file = tmp_path / "kept.tar"
    run("backup", file, env={"data_dir": server.data_dir})
    server.stop()
    with tarfile.open(file) as archive:
        archive.extractall(tmp_path / "inside", filter="data")
    manifest = json.loads((tmp_path / "inside" / MANIFEST).read_text()) | {"database_version": "9999"}
    (tmp_path / "inside" / MANIFEST).write_text(json.dumps(manifest))
    with tarfile.open(file, "w") as archive:
        for each in (tmp_path / "inside").iterdir():
            archive.add(each, each.name)
    result = run("restore", file)
    assert result.exit_code == 1
    assert "newer" in result.stderr
    assert not list(server.data_dir.glob("before-restore-*"))


def test_over_a_damaged_database(run: Run, server: Server, tmp_path: Path) -> None:
    """What is restored over may be past reading: that is what backups are for."""
    session_id = finish(server)
    run("backup", tmp_path / "kept.tar", env={"data_dir": server.data_dir})
    server.stop()
    (server.data_dir / "council.db").write_bytes(b"gone" * 10_000)
    refused = run("backup", tmp_path / "other.tar")
    assert refused.exit_code == 1
    assert not (tmp_path / "other.tar").exists()
    assert run("restore", tmp_path / "kept.tar").exit_code == 0
    server.start()
    wait_until(lambda: server.get(f"/api/v1/sessions/{session_id}")["status"] == "completed")
