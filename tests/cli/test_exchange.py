"""A restore is done or it is not: whatever fails on the way, the old database and the old key are not lost."""

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from council.cli.exchange import name_new
from council.store import copies
from tests.cli.conftest import Run
from tests.cli.test_meetings import finish
from tests.support.server import Server

MEMORY = Path("/dev/shm")
Serve = Callable[..., Server]


@pytest.fixture
def server(serve: Serve) -> Server:
    return serve(rehearsal_tokens_per_second=0)


@pytest.fixture
def kept(run: Run, server: Server, tmp_path: Path) -> Path:
    """A backup without a meeting; since then the server held one, has another key, and was stopped."""
    file = tmp_path / "kept.tar"
    assert run("backup", file, env={"data_dir": server.data_dir}).exit_code == 0
    finish(server)
    server.stop()
    (server.data_dir / "secret_key").write_text("another")
    return file


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that has no hard links."""

    def refuse(draft: object, place: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM), draft, None, place)

    monkeypatch.setattr(os, "link", refuse)


def before_linking(monkeypatch: pytest.MonkeyPatch, place: Path, act: Callable[[], object]) -> None:
    """Do something once, right before the file gets the name ``place``."""
    link, left = os.link, [act]

    def linking(draft: Path, target: Path) -> None:
        if target == place and left:
            left.pop()()
        link(draft, target)

    monkeypatch.setattr(os, "link", linking)


def asides(folder: Path) -> list[Path]:
    return list(folder.glob("before-restore-*"))


def rooms(*folders: Path) -> list[Path]:
    return [room for folder in folders for room in folder.glob(".council-*")]


@pytest.mark.usefixtures("no_links")
def test_without_hard_links(run: Run, server: Server, tmp_path: Path) -> None:
    """Where there are no hard links a backup is made all the same, and restored; what was there is kept."""
    file = tmp_path / "kept.tar"
    made = run("backup", file, env={"data_dir": server.data_dir})
    assert made.exit_code == 0, made.output
    assert file.stat().st_mode & 0o777 == 0o600
    server.stop()
    restored = run("restore", file)
    assert restored.exit_code == 0, restored.output
    [aside] = asides(server.data_dir)
    assert {each.name for each in aside.iterdir()} >= {"council.db", "secret_key"}
    assert rooms(tmp_path, server.data_dir) == []
    server.start()
    assert server.get("/api/v1/sessions")["items"] == []


@pytest.mark.usefixtures("no_links")
def test_a_name_that_is_taken_without_hard_links(tmp_path: Path) -> None:
    """It is left to whoever has it, and the draft stays."""
    draft, place = tmp_path / "draft", tmp_path / "place"
    draft.write_text("new")
    place.write_text("theirs")
    with pytest.raises(FileExistsError):
        name_new(draft, place)
    assert (draft.read_text(), place.read_text()) == ("new", "theirs")


@pytest.mark.usefixtures("no_links")
def test_a_reserved_name_is_given_back(tmp_path: Path) -> None:
    """A draft that cannot be moved leaves no empty file behind."""
    with pytest.raises(FileNotFoundError):
        name_new(tmp_path / "no draft", tmp_path / "place")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_in_the_middle(
    run: Run, server: Server, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the key is in its place and the database cannot follow, both are again what they were."""
    database, key = server.data_dir / "council.db", server.data_dir / "secret_key"
    before = database.read_bytes()

    def fail() -> None:
        assert not database.exists()
        assert key.read_text() != "another"
        raise OSError(errno.EIO, "Input/output error", str(database))

    before_linking(monkeypatch, database, fail)
    result = run("restore", kept)
    assert result.exit_code == 1
    assert f"{database}: Input/output error." in result.stderr
    assert "in its place again" in result.stderr
    assert (database.read_bytes(), key.read_text()) == (before, "another")
    assert (asides(server.data_dir), rooms(server.data_dir)) == ([], [])
    server.start()
    assert len(server.get("/api/v1/sessions")["items"]) == 1


def test_what_cannot_be_put_back(
    run: Run, server: Server, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that somebody makes meanwhile is theirs; where the old one is, is told, and nothing of it is lost."""
    database = server.data_dir / "council.db"
    before = database.read_bytes()
    before_linking(monkeypatch, database, lambda: database.write_text("theirs"))
    result = run("restore", kept)
    assert result.exit_code == 1
    [aside] = asides(server.data_dir)
    assert "another process" in result.stderr
    assert str(aside) in result.stderr
    assert database.read_text() == "theirs"
    assert ((aside / "council.db").read_bytes(), (aside / "secret_key").read_text()) == (before, "another")


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    if not MEMORY.is_dir() or MEMORY.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second disk here")
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


def test_the_database_on_another_disk(run: Run, server: Server, kept: Path, other_disk: Path) -> None:
    """Database and key stay each on its own disk, and so does what was there before."""
    database = other_disk / "council.db"
    database.write_bytes(b"gone")
    result = run("restore", kept, env={"database_url": f"sqlite:///{database}"})
    assert result.exit_code == 0, result.output
    [of_database], [of_key] = asides(other_disk), asides(server.data_dir)
    assert str(of_database) in result.output
    assert str(of_key) in result.output
    assert (of_database / "council.db").read_bytes() == b"gone"
    assert (of_key / "secret_key").read_text() == "another"
    assert copies.faults(database) == []
    assert (server.data_dir / "secret_key").read_text() != "another"
    assert rooms(other_disk, server.data_dir) == []
