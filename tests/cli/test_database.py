"""``council database``: the version of real data, its way back, and what stands in the way."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from council.store import copies
from council.store.migrations import HEAD, versions
from tests.support.server import ROOT, Server
from tests.support.waiting import wait_until

OLDEST, *_, BEFORE, _NEWEST = versions()


@pytest.fixture
def council(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Type ``council database`` and more, on the data that ``serve`` uses."""

    def run(*words: str, answer: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "council", "database", *words],
            cwd=ROOT, env=os.environ | {"COUNCIL_DATA_DIR": str(tmp_path / "instance")},
            input=answer, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    return run


@pytest.fixture
def stopped(serve: Callable[..., Server]) -> tuple[Server, str]:
    """A server that has held a meeting and was stopped; the meeting's id."""
    server = serve(rehearsal_tokens_per_second=0)
    body = {"template_id": "council_debate", "subject": "Is there a way back?"}
    session_id: str = server.post("/api/v1/sessions", body).json()["session_id"]
    wait_until(lambda: server.get(f"/api/v1/sessions/{session_id}")["status"] == "completed")
    server.stop()
    return server, session_id


def test_back_and_up_again(council, stopped, tmp_path: Path) -> None:
    """The meeting is there after the rollback and the server's own upgrade; a backup was made before."""
    server, session_id = stopped
    assert HEAD in council("version").stdout
    said = council("rollback", OLDEST, "--yes")
    assert said.returncode == 0, said.stderr
    assert said.stdout.count("Lost: ") == len(versions()) - 1
    assert f"version {OLDEST}" in council("version").stdout
    assert len(list((tmp_path / "instance").glob("before-rollback-*.tar"))) == 1
    server.start()
    snapshot = server.get(f"/api/v1/sessions/{session_id}")
    assert snapshot["status"] == "completed"
    assert snapshot["verdict"]


def test_upgrading_by_hand(council, stopped, tmp_path: Path) -> None:
    """As the next start would do it."""
    council("rollback", BEFORE, "--yes")
    said = council("upgrade")
    assert said.returncode == 0, said.stderr
    assert copies.version_of(tmp_path / "instance" / "council.db") == HEAD
    assert council("upgrade").returncode == 0


def test_the_backup_of_a_rollback_can_be_restored(council, stopped, tmp_path: Path) -> None:
    """It is what ``council restore`` takes, and has what the rollback lost."""
    council("rollback", OLDEST, "--yes")
    [backup] = (tmp_path / "instance").glob("before-rollback-*.tar")
    said = subprocess.run(
        [sys.executable, "-m", "council", "restore", str(backup)],
        cwd=ROOT, env=os.environ | {"COUNCIL_DATA_DIR": str(tmp_path / "instance")},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert copies.version_of(tmp_path / "instance" / "council.db") == HEAD


@pytest.mark.parametrize("words", [("rollback", BEFORE, "--yes"), ("upgrade",)])
def test_a_running_server_is_in_the_way(council, serve, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Refused, in a sentence that says what to do; nothing was changed and no backup made."""
    serve()
    said = council(*words)
    assert said.returncode == 1
    assert "most likely Council runs on it" in said.stderr
    assert "Stop it" in said.stderr
    assert copies.version_of(tmp_path / "instance" / "council.db") == HEAD
    assert not list((tmp_path / "instance").glob("before-rollback-*"))


def test_it_asks_before(council, stopped, tmp_path: Path) -> None:
    """Who does not say yes keeps everything."""
    said = council("rollback", BEFORE, answer="n\n")
    assert said.returncode == 1
    assert f"Roll back from {HEAD} to {BEFORE}?" in said.stdout
    assert copies.version_of(tmp_path / "instance" / "council.db") == HEAD
    assert council("rollback", BEFORE, answer="y\n").returncode == 0


@pytest.mark.parametrize(("target", "why"), [("0000", "no version 0000"), (HEAD, "not an older one")])
def test_there_is_no_way_to_some_versions(council, stopped, target: str, why: str) -> None:
    """Unknown ones, and the present one."""
    said = council("rollback", target, "--yes")
    assert said.returncode == 1
    assert why in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("words", [("version",), ("upgrade",), ("rollback", BEFORE)])
def test_without_a_database(council, words: tuple[str, ...], tmp_path: Path) -> None:
    """None is made; it says where it looked."""
    said = council(*words)
    assert said.returncode == 1
    assert "There is no database at" in said.stderr
    assert not (tmp_path / "instance" / "council.db").exists()
