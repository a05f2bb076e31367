"""What the documentation tells its readers to type does what it says."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.markdown import DOCS, PAGES, ROOT, name_of, shell_blocks
from tests.support.server import Server
from tests.support.waiting import wait_until

_SESSION = re.compile(r'"session_id":"([0-9a-f-]{36})"')
_FAILED = re.compile(r'"error":\{"code":"\w+"|command not found|Traceback|syntax error|curl: \((?!28\))')
_QUICK = {"--max-time 5": "--max-time 1"}

README = ROOT / "README.md"
TUTORIAL = DOCS / "tutorial" / "first-meeting.md"
WATCH = DOCS / "how-to" / "watch-with-curl.md"
MODELS = DOCS / "how-to" / "use-a-real-model.md"
AGENTS = DOCS / "how-to" / "agents.md"
GROUPS = DOCS / "how-to" / "groups-and-memory.md"
TEMPLATES = DOCS / "how-to" / "make-a-template.md"
REVIEW = DOCS / "how-to" / "review-with-curl.md"
AGAIN = DOCS / "how-to" / "run-again.md"
DOCUMENTS = DOCS / "how-to" / "work-on-documents.md"
EXPORT = DOCS / "how-to" / "export.md"
WATCH_SERVER = DOCS / "how-to" / "watch-the-server.md"
EXPLORE = DOCS / "how-to" / "explore-the-api.md"
RECOVER = DOCS / "how-to" / "recover-and-back-up.md"
TERMINAL = DOCS / "how-to" / "use-the-terminal.md"

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@needs_curl
@pytest.mark.parametrize("page", [README, TUTORIAL], ids=name_of)
def test_a_meeting_with_curl(page: Path, serve: Callable[..., Server], tmp_path: Path) -> None:
    """The meeting is started, watched, steered and stopped."""
    server = serve(rehearsal_tokens_per_second=20)
    said = _type(page, server, tmp_path)
    session_id = _SESSION.findall(said)[0]
    assert "event" in said
    assert "token_stream" in said
    assert '"action":"stop"' in said
    wait_until(lambda: server.get(f"/api/v1/sessions/{session_id}")["status"] == "cancelled")


@needs_curl
def test_watching(serve: Callable[..., Server], tmp_path: Path) -> None:
    """Streams begin where they are told to, and the words of one member come as text."""
    said = _type(WATCH, serve(rehearsal_tokens_per_second=60), tmp_path)
    assert said.count("id: 1\n") == 1
    assert said.count("id: 11\n") >= 2
    assert "This is a rehearsal" in re.sub(r"^(id|data|:).*$", "", said, flags=re.MULTILINE)
    assert '"next":5}' in said
    assert '"message_id":' in said


@needs_curl
def test_watching_the_server(serve: Callable[..., Server], tmp_path: Path) -> None:
    """The server's numbers come as text."""
    assert "council_build_info{" in _type(WATCH_SERVER, serve(), tmp_path)


@needs_curl
def test_running_again(serve: Callable[..., Server], tmp_path: Path) -> None:
    """The debate is held, and held again from the chair: another meeting, with another ruling."""
    server = serve(rehearsal_tokens_per_second=0)
    first = _SESSION.findall(_type(AGAIN, server, tmp_path))[0]
    second = server.get("/api/v1/sessions")["items"][0]["session_id"]
    assert second != first
    wait_until(lambda: server.get(f"/api/v1/sessions/{second}")["status"] == "completed")
    assert server.get(f"/api/v1/sessions/{second}")["rerun_of"]["session_id"] == first


@needs_curl
def test_reviewing(serve: Callable[..., Server], tmp_path: Path) -> None:
    """The meeting waits, is looked at, and goes on with what was written."""
    server = serve(rehearsal_tokens_per_second=0)
    said = _type(REVIEW, server, tmp_path)
    assert "actions: approve, reject, modify until 20" in said
    assert '"action":"modify"' in said
    session_id = _SESSION.findall(said)[0]
    wait_until(lambda: server.get(f"/api/v1/sessions/{session_id}")["status"] == "completed")
    shown = [m["content"] for m in server.get(f"/api/v1/sessions/{session_id}")["messages"]]
    assert "Merge it once division by zero is handled." in shown


@needs_curl
def test_working_on_documents(serve: Callable[..., Server], tmp_path: Path) -> None:
    """The surgeon's version is listed, compared with what was given, and rolled back."""
    said = _type(DOCUMENTS, serve(rehearsal_tokens_per_second=0), tmp_path)
    assert '"author":"System Surgeon"' in said
    assert "1 | person | given" in said
    assert "+Rehearsal: " in said
    assert '"reason":"rollback to version 1"' in said
    assert '"version":3' in said


@needs_curl
def test_looking_at_the_providers(serve: Callable[..., Server], tmp_path: Path) -> None:
    """The list of providers says who is used, and why."""
    assert '"provider_id":"rehearsal"' in _type(MODELS, serve(), tmp_path)


@needs_curl
def test_making_an_agent(serve: Callable[..., Server], tmp_path: Path) -> None:
    """It is kept under the id made of its name, and models have prices."""
    server = serve()
    said = _type(AGENTS, server, tmp_path)
    assert '"source":' in said
    assert server.get("/api/v1/agents/night_watch")["temperature"] == 0.4


@needs_curl
def test_keeping_a_group(serve: Callable[..., Server], tmp_path: Path) -> None:
    """It meets, its meeting is listed, and its note is found again."""
    server = serve(rehearsal_tokens_per_second=0)
    said = _type(GROUPS, server, tmp_path)
    assert '"group_id":"platform_team"' in said
    assert said.count("lost tasks twice") == 2
    session_id = _SESSION.findall(said)[0]
    assert server.get(f"/api/v1/sessions/{session_id}")["group_id"] == "platform_team"


@needs_curl
def test_making_a_template(serve: Callable[..., Server], tmp_path: Path) -> None:
    """It is copied, drafted, and looked at."""
    said = _type(TEMPLATES, serve(rehearsal_tokens_per_second=0), tmp_path)
    assert '"template_id":"our_debate"' in said
    assert '"attempts":1' in said
    assert "Did you mean 'member_a'?" in said


@needs_curl
def test_exporting(serve: Callable[..., Server], tmp_path: Path) -> None:
    """Files of three formats are there, under the meeting's name, and the page of them is in Chinese."""
    said = _type(EXPORT, serve(rehearsal_tokens_per_second=0), tmp_path)
    for name in ("md", "html", "json"):
        assert f"Shall-we-keep-the-record.{name}" in said
    [page] = tmp_path.glob("*.html")
    assert '<html lang="zh-CN">' in page.read_text("utf-8")


@needs_curl
def test_exploring(serve: Callable[..., Server], tmp_path: Path) -> None:
    """All operations are told, and the example of a body starts a meeting."""
    said = _type(EXPLORE, serve(rehearsal_tokens_per_second=0), tmp_path)
    assert "POST /api/v1/sessions/{session_id}/control - Pause, resume or stop a meeting" in said
    assert _SESSION.findall(said)


def test_backing_up_and_restoring(serve: Callable[..., Server], tmp_path: Path) -> None:
    """A backup that was made while the server ran is whole, and a restored log has another epoch."""
    server = serve(rehearsal_tokens_per_second=0)
    body = {"template_id": "council_debate", "subject": "Is a backup a backup before it was restored?"}
    session_id = server.post("/api/v1/sessions", body).json()["session_id"]
    wait_until(lambda: server.get(f"/api/v1/sessions/{session_id}")["status"] == "completed")
    before = server.get(f"/api/v1/sessions/{session_id}")
    backup, restore, check, prune = shell_blocks(RECOVER.read_text("utf-8"))
    _run(backup, server, tmp_path)
    server.stop()
    assert "Restored" in _run(restore, server, tmp_path)
    assert "council.db is whole" in _run(check, server, tmp_path)
    assert "nothing to shorten" in _run(prune, server, tmp_path)
    server.start()
    after = server.get(f"/api/v1/sessions/{session_id}")
    assert after["epoch"] != before["epoch"]
    assert after | {"epoch": ""} == before | {"epoch": ""}


def test_using_the_terminal(serve: Callable[..., Server], tmp_path: Path) -> None:
    """A meeting is held, listed, watched and played; the doctor looks round."""
    said = _type(TERMINAL, serve(rehearsal_tokens_per_second=0), tmp_path)
    assert "\tcompleted\t" in said
    assert '"event":"execution:completed"' in said
    assert said.count("— completed, decided") == 1
    assert "ok       python: " in said
    assert "— completed, decided" in (tmp_path / "minutes.txt").read_text("utf-8")


def test_every_command_is_typed_by_a_test() -> None:
    """No page has shell commands that no test runs; ``make`` itself is not run from within the tests."""
    run = {
        README,
        TUTORIAL,
        WATCH,
        REVIEW,
        AGAIN,
        DOCUMENTS,
        MODELS,
        AGENTS,
        GROUPS,
        TEMPLATES,
        EXPORT,
        EXPLORE,
        RECOVER,
        TERMINAL,
        WATCH_SERVER,
    }
    others = [name_of(page) for page in PAGES if page not in run and shell_blocks(page.read_text("utf-8"))]
    assert others == []


@pytest.mark.parametrize("target", ["run", "test"])
def test_make_knows_what_to_do(target: str) -> None:
    """The two commands at the top of the README are understood."""
    plan = subprocess.run(
        ["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True, timeout=20
    )
    assert {"run": "gunicorn -c gunicorn.conf.py wsgi:app", "test": "pytest"}[target] in plan.stdout


def _type(page: Path, server: Server, folder: Path) -> str:
    """Type all that a page tells to type, but for ``make``, in one shell; what it said."""
    blocks = [block for block in shell_blocks(page.read_text("utf-8")) if "make run" not in block]
    return _run("\n".join(blocks), server, folder)


def _run(commands: str, server: Server, folder: Path) -> str:
    """Run commands in a shell whose ``instance`` is the server's data directory. Output and errors, as they came."""
    for slow, quick in _QUICK.items():
        commands = commands.replace(slow, quick)
    commands = commands.replace("http://127.0.0.1:8000", server.url).replace(
        ".venv/bin/python", sys.executable
    )
    commands = commands.replace(".venv/bin/council", f"{sys.executable} -P -m council")
    shell = subprocess.run(
        ["bash", "-u", "-c", commands],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COUNCIL_URL": server.url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    assert server.data_dir == folder / "instance"
    assert not _FAILED.search(shell.stdout), shell.stdout
    return shell.stdout
