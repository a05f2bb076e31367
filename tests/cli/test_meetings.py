"""Meetings from a terminal: started, watched, followed over a restart, listed and played."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from council.cli.attend import CANCELLED, FAILED, attend
from council.cli.server import Server as Client
from council.store import copies
from tests.cli.conftest import Run
from tests.support.model_server import Failure, Reply, ScriptedModelServer
from tests.support.server import Server
from tests.support.waiting import wait_until

Serve = Callable[..., Server]
HOSTILE = "Good.\x1b]52;c;c3RvbGVu\x07\x1b[2J\nBetter.\u2028\x9b31mBest\u202e. [bold]as it is[/bold]"


@pytest.fixture
def model() -> Iterator[ScriptedModelServer]:
    with ScriptedModelServer() as server:
        yield server


@pytest.fixture
def server(serve: Serve) -> Server:
    """A server whose rehearsal speaks at once."""
    return serve(rehearsal_tokens_per_second=0)


def log_of(server: Server, session_id: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = server.get(f"/api/v1/sessions/{session_id}/events?limit=10000")["events"]
    return events


def start(server: Server, template_id: str = "council_debate") -> str:
    body = {"template_id": template_id, "subject": "Tabs or spaces?"}
    session_id: str = server.post("/api/v1/sessions", body).json()["session_id"]
    return session_id


def finish(server: Server) -> str:
    session_id = start(server)
    wait_until(lambda: server.get(f"/api/v1/sessions/{session_id}")["status"] == "completed")
    return session_id


def test_a_meeting(run: Run, server: Server, tmp_path: Path) -> None:
    """It is started with all that was given, told line by line with its speakers, and ends with the verdict."""
    (tmp_path / "figures.md").write_text("Four days cost 20 % less.")
    result = run(
        "meet", "Shall we?", "--document", tmp_path / "figures.md", "--objective", "A plan.", "--budget", "0.5",
        "--agents", "affirmative=risk_auditor", env={"url": server.url},
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    [item] = server.get("/api/v1/sessions")["items"]
    meeting = server.get(f"/api/v1/sessions/{item['session_id']}")
    assert (meeting["subject"], meeting["objective"], meeting["cap"]["usd"]) == ("Shall we?", "A plan.", 0.5)
    assert [document["name"] for document in meeting["documents"]] == ["figures.md"]
    assert meeting["panel"]["members"][0]["agent_id"] == "risk_auditor"
    assert "Chief Justice: " in result.stdout
    assert f"decided, score {meeting['verdict']['score']:g} of 100" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("— completed, decided · ")
    assert "of $0.5" in result.stdout.splitlines()[-1]


def test_every_word(run: Run, server: Server) -> None:
    """Line by line every word of every message is told, once."""
    session_id = finish(server)
    told = run("watch", session_id, env={"url": server.url}).stdout
    for message in server.get(f"/api/v1/sessions/{session_id}")["messages"]:
        lines = [line.strip() for line in message["content"].splitlines() if line.strip()]
        said = [
            line.partition(": ")[2].strip()
            for line in told.splitlines()
            if line.startswith(message["agent_name"])
        ]
        assert [line for line in said if line in lines].count(lines[-1]) >= 1
        assert [line for line in lines if line not in said] == []


def test_as_json(run: Run, server: Server) -> None:
    """One event a line, each as in the log, in ASCII."""
    result = run("meet", "汉字?", "--json", env={"url": server.url})
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert result.stdout.isascii()
    assert events == log_of(server, events[0]["session_id"])


def test_only_started(run: Run, server: Server) -> None:
    """With ``--detach`` the id is all that is said, and the meeting is there."""
    session_id = run("meet", "Shall we?", "--detach", env={"url": server.url}).stdout.strip()
    assert server.get(f"/api/v1/sessions/{session_id}")["subject"] == "Shall we?"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["meet", "x", "--template", "council_debat"], "council_debat"), (["meet", "x", "--agents", "chair"], "NODE="),
     (["meet", "x", "--budget", "-1"], "budget"), (["watch", "00000000"], "no meeting"),
     (["watch", "11111111-1111-4111-8111-111111111111"], "no session"), (["watch", "latest"], "no meeting"),
     (["sessions", "--status", "asleep"], "status")],
)  # fmt: skip
def test_what_cannot_be(run: Run, server: Server, arguments: list[str], said: str) -> None:
    """What the server or the command refuses is told in a sentence, and nothing is started."""
    result = run(*arguments, env={"url": server.url})
    assert result.exit_code in (1, 2)
    assert said in result.stderr
    assert server.get("/api/v1/sessions")["items"] == []


def test_a_document_that_is_no_text(run: Run, server: Server, tmp_path: Path) -> None:
    """It is refused before anything is started."""
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff")
    result = run("meet", "x", "--document", tmp_path / "picture.png", env={"url": server.url})
    assert result.exit_code == 1
    assert "UTF-8" in result.stderr
    assert server.get("/api/v1/sessions")["items"] == []


def test_a_meeting_that_is_stopped(run: Run, serve: Serve) -> None:
    """Its exit code says so."""
    server = serve(rehearsal_tokens_per_second=20)
    session_id = start(server)
    server.post(f"/api/v1/sessions/{session_id}/control", {"action": "stop"})
    result = run("watch", session_id, env={"url": server.url})
    assert result.exit_code == CANCELLED
    assert "The meeting was stopped" in result.stdout


def test_a_meeting_that_fails(run: Run, serve: Serve, model: ScriptedModelServer) -> None:
    """Its exit code says so, and the reasons are told."""
    model.responder = lambda _request: Failure(401, '{"error": {"message": "wrong key"}}')
    server = serve(llm_base_url=model.url, llm_model="scripted", engine__retries=0)
    result = run("meet", "Shall we?", env={"url": server.url})
    assert result.exit_code == FAILED
    assert "! Value Defender: " in result.stdout
    assert "The meeting has failed" in result.stdout


def test_hostile_words(run: Run, serve: Serve, model: ScriptedModelServer) -> None:
    """Nothing that a model or a person writes steers the terminal, whether it is told in lines or in JSON."""
    model.responder = lambda _request: Reply(HOSTILE, chunk_size=3)
    server = serve(llm_base_url=model.url, llm_model="scripted")
    told = run("meet", f"Shall we{HOSTILE}?", env={"url": server.url})
    as_json = run("watch", "latest", "--json")
    for output in (told.stdout, as_json.stdout):
        assert not {letter for letter in output if letter != "\n" and not letter.isprintable()}
    assert "Value Defender: Better." in told.stdout
    assert "Value Defender: Best. [bold]as it is[/bold]" in told.stdout


class Noticed(Client):
    """A client that says when it listens."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.listens = threading.Event()

    @contextmanager
    def listen(self, session_id: str, after: int, epoch: str) -> Iterator[Iterator[bytes]]:
        with super().listen(session_id, after, epoch) as octets:
            self.listens.set()
            yield octets


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_over_a_restart(end: str, serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    """When the server goes and comes back, the watcher says both, misses nothing, and tells nothing twice."""
    server = serve(rehearsal_tokens_per_second=20, engine__lease_seconds=1)
    session_id = start(server)
    client = Noticed(server.url)

    def restart() -> None:
        client.listens.wait(60)
        getattr(server, end)()
        server._settings["rehearsal_tokens_per_second"] = 80
        server.start()

    helper = threading.Thread(target=restart, name="restart")
    helper.start()
    code = attend(client, session_id, plain=False, as_json=True)
    client.close()
    helper.join()
    output = capsys.readouterr()
    assert code == 0
    assert [json.loads(line) for line in output.out.splitlines()] == log_of(server, session_id)
    assert "Trying again." in output.err
    assert "Connected again, with all that was missed after event " in output.err


def test_a_log_that_was_rewritten(run: Run, serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    """A watcher who comes back to another log is told so, and the meeting is told anew instead of wrongly on."""
    server = serve(rehearsal_tokens_per_second=20)
    session_id = start(server)
    client = Noticed(server.url)

    def rewrite() -> None:
        client.listens.wait(60)
        server.stop()
        server._settings["rehearsal_tokens_per_second"] = 200
        copies.begin_new_epochs(server.data_dir / "council.db")
        server.start()

    helper = threading.Thread(target=rewrite, name="rewrite")
    helper.start()
    code = attend(client, session_id, plain=False, as_json=True)
    client.close()
    helper.join()
    output = capsys.readouterr()
    log = log_of(server, session_id)
    assert code == 0
    assert "The log was rewritten meanwhile: the meeting is told anew." in output.err
    assert [json.loads(line) for line in output.out.splitlines()][-len(log) :] == log


class Late(Client):
    """A client for whom something happens between reading the snapshot and listening."""

    def __init__(self, url: str, meanwhile: Callable[[], object]) -> None:
        super().__init__(url)
        self._meanwhile = [meanwhile]

    def session(self, session_id: str) -> dict[str, Any]:
        snapshot = super().session(session_id)
        if self._meanwhile:
            self._meanwhile.pop()()
        return snapshot


def test_a_log_that_is_pruned_before_one_listens(
    run: Run, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the snapshot said of the log's length holds no more: the watcher is told, and comes to the end."""
    session_id = finish(server)
    before = len(log_of(server, session_id))
    client = Late(server.url, lambda: run("prune", "--older-than", "0s", env={"data_dir": server.data_dir}))
    code = attend(client, session_id, plain=False, as_json=True)
    client.close()
    output, log = capsys.readouterr(), log_of(server, session_id)
    assert (code, len(log) < before) == (0, True)
    assert "The log was rewritten meanwhile" in output.err
    assert [json.loads(line) for line in output.out.splitlines()] == log


def test_the_list(run: Run, server: Server) -> None:
    """Meetings newest first, as lines with tabs or as JSON; by status and by words."""
    first, second = finish(server), finish(server)
    lines = run("sessions", env={"url": server.url}).stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == [second, first]
    assert [line.split("\t")[1] for line in lines] == ["completed", "completed"]
    assert [
        json.loads(line)["session_id"] for line in run("sessions", "--json", "--limit", 1).stdout.splitlines()
    ] == [second]
    assert run("sessions", "--status", "running,paused").stdout == ""
    assert run("sessions", "--q", "spaces").stdout.count("\n") == 2
    assert run("sessions", "--q", "semicolons").stdout == ""


def test_by_the_beginning_of_its_id(run: Run, server: Server) -> None:
    """The first letters of an id are enough, and ``latest`` is the newest."""
    finish(server)
    session_id = finish(server)
    by_letters = run("watch", session_id[:8], env={"url": server.url})
    assert by_letters.exit_code == 0
    assert session_id in by_letters.stdout
    assert run("watch", "latest").stdout == by_letters.stdout
    assert "Several meetings" in run("watch", "").stderr


def test_a_replay(run: Run, server: Server) -> None:
    """A recorded meeting is told as it was; ``--from`` tells what came before at once."""
    session_id = finish(server)
    watched = run("watch", session_id, env={"url": server.url})
    played = run("replay", session_id, "--speed", "1000")
    assert played.exit_code == 0
    assert played.stdout == watched.stdout
    assert run("replay", session_id, "--speed", "0.01", "--from", "1h").stdout == watched.stdout
    as_json = run("replay", session_id, "--speed", "1000", "--json").stdout.splitlines()
    assert [json.loads(line) for line in as_json] == log_of(server, session_id)
