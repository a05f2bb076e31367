"""What the server says about itself: each line with its request, session and client, and none with a secret."""

import logging
import os
import re
import signal
import sys
import uuid
from collections.abc import Callable, Iterator

import pytest
import structlog

from council.log import configure_logging
from council.settings import Settings
from tests.support import http
from tests.support.lines import lines_of, wait_for_line
from tests.support.meetings import FINAL
from tests.support.model_server import ScriptedModelServer
from tests.support.server import Server
from tests.support.viewer import Socket
from tests.support.waiting import wait_until

Serve = Callable[..., Server]
SUBJECT = "Shall-the-blue-whale-fly?"
DOCUMENT = "The-heron-eats-at-noon."
MODEL_KEY = "sk-model-0123456789abcdef"
SECRET_KEY = "cookie-signing-0123456789"
METRICS_TOKEN = "scraper-0123456789"
SECRETS = (MODEL_KEY, SECRET_KEY, METRICS_TOKEN)


@pytest.fixture
def model() -> Iterator[ScriptedModelServer]:
    with ScriptedModelServer() as server:
        yield server


@pytest.fixture
def server(serve: Serve, model: ScriptedModelServer) -> Server:
    """A real server that logs everything, and whose secrets are known."""
    return serve(
        log_level="DEBUG", log_format="json", llm_base_url=model.url, llm_model="scripted",
        llm_api_key=MODEL_KEY, secret_key=SECRET_KEY, metrics_token=METRICS_TOKEN, engine__retries=0,
    )  # fmt: skip


def hold_meeting(server: Server, **headers: str) -> str:
    """Start a meeting and wait until it is over; its id."""
    session_id = str(uuid.uuid4())
    body = {
        "session_id": session_id,
        "template_id": "council_debate",
        "subject": SUBJECT,
        "inputs": {"documents": [{"name": "birds.md", "content": DOCUMENT}]},
    }
    answer = server.post("/api/v1/sessions", body, headers=headers)
    assert answer.status_code == 202, answer.text
    path = f"/api/v1/sessions/{session_id}"
    wait_until(lambda: server.get(path)["status"] in FINAL, what="the end of the meeting")
    return session_id


def watch(server: Server, session_id: str) -> str:
    """Listen to a finished meeting from its beginning, and leave in order; the client's id."""
    with Socket(server.port, session_id=session_id) as socket:
        client_id: str = socket.receive()["data"]["client_id"]
        socket.until_event("execution:completed")
        socket.ask("ping")
        socket.send_octets(b"\x88\x82\x00\x00\x00\x00\x03\xe8")
        socket.until_closed()
    return client_id


def test_a_life_in_lines(server: Server) -> None:
    """One line for each event of a life: the server's, a request's, a meeting's, a call's, a lease's, a socket's."""
    session_id = hold_meeting(server, **{"X-Request-ID": "from-the-proxy-7"})
    client_id = watch(server, session_id)
    wait_for_line(server, "socket.closed")
    server.stop()
    assert [line["event"] for line in lines_of(server) if line["event"].startswith("server.")] == [
        "server.starting",
        "server.ready",
        "server.stopping",
        "server.stopped",
    ]
    [posted] = lines_of(server, "request.finished", method="POST")
    assert posted["request_id"] == "from-the-proxy-7"
    assert (posted["path"], posted["status"], posted["level"]) == ("/api/v1/sessions", 202, "info")
    assert posted["milliseconds"] > 0
    assert posted["bytes"] > 0
    assert [line["request_id"] for line in lines_of(server, "session.created")] == ["from-the-proxy-7"]
    [finished] = lines_of(server, "session.finished", session_id=session_id)
    calls = lines_of(server, "call.ended", session_id=session_id)
    assert finished["status"] == "completed"
    assert finished["output_tokens"] == sum(call["output_tokens"] for call in calls) > 0
    assert len(lines_of(server, "call.begun", session_id=session_id)) == len(calls) > 2
    assert all(call["outcome"] == "stop" and call["node_id"] for call in calls)
    assert all(0 < call["first_token_milliseconds"] <= call["milliseconds"] for call in calls)
    assert len(lines_of(server, "lease.taken", session_id=session_id)) == 1
    assert len(lines_of(server, "socket.opened", client_id=client_id, session_id=session_id)) == 1
    [closed] = lines_of(server, "socket.closed", client_id=client_id, session_id=session_id)
    assert (closed["code"], closed["reason"]) == (1000, "closed")
    assert closed["frames"] > 20
    assert closed["bytes"] > 2000


def test_frames_at_debug(server: Server) -> None:
    """Both directions, each with its time, length and kind; what is said in them is not told."""
    client_id = watch(server, hold_meeting(server))
    wait_for_line(server, "socket.closed")
    [ping] = lines_of(server, "frame.received", cmd="ping")
    assert ping["client_id"] == client_id
    assert ping["length"] > 10
    sent = lines_of(server, "frame.sent", client_id=client_id)
    kinds = [kind for line in sent for kind in line["events"]]
    assert kinds[0] == "hello"
    assert kinds[-1] == "pong"
    assert {line["level"] for line in sent} == {"debug"}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", line["timestamp"]) for line in sent)


def test_no_secret_and_no_words_in_any_line(server: Server, model: ScriptedModelServer) -> None:
    """At DEBUG, with a model that quotes the key, with a bad request and a foreign token: no line has any of it."""
    watch(server, hold_meeting(server))
    for _ in range(9):
        model.fail(401, {"error": {"message": f"Incorrect API key {MODEL_KEY}"}})
    hold_meeting(server)
    mine = "ct_0123456789abcdefghij"
    with http.client(base_url=server.url) as client:
        client.get(
            f"/health?token={mine}", headers={"Authorization": f"Bearer {mine}", "Cookie": f"x={mine}"}
        )
        client.get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
        client.get(f"/nowhere/{mine}")
        client.post(
            "/api/v1/sessions", content=f'{{"subject": "{SUBJECT}"', headers={"X-Request-ID": f"a {mine}"}
        )
    with Socket(server.port) as socket:
        socket.receive()
        socket.send_text(f"this is no command: {mine} {DOCUMENT}")
        socket.answer()
    wait_until(lambda: len(lines_of(server, "socket.closed")) == 2, what="the end of both sockets")
    server.stop()
    log = server.text_of_log
    assert len(lines_of(server)) > 40
    assert [secret for secret in (*SECRETS, mine, SUBJECT, DOCUMENT) if secret in log] == []


def test_quiet_addresses(server: Server) -> None:
    """Health checks, metrics and static files are told at DEBUG only; everything else at INFO."""
    for path in ("/health", "/ready", "/metrics", "/static/js/main.js", "/nowhere", "/"):
        http.get(f"{server.url}{path}")
    told = {line["path"]: line["level"] for line in lines_of(server, "request.finished")}
    assert told.pop("/") == told.pop("/nowhere") == "info"
    assert set(told) == {"/health", "/ready", "/metrics", "/static/js/main.js"}
    assert set(told.values()) == {"debug"}


def test_an_odd_request_id_is_replaced(server: Server) -> None:
    """Only an id that looks like one is taken over; the answer's header says which it is."""
    with http.client(base_url=server.url) as client:
        kept = client.get("/health", headers={"X-Request-ID": "0af7651916cd43dd-b7ad6b71"}).headers
        assert kept["X-Request-ID"] == "0af7651916cd43dd-b7ad6b71"
        for odd in ("", "two words", "ü", "x" * 129, "<script>", "../../etc"):
            made = client.get("/health", headers=[(b"X-Request-ID", odd.encode())]).headers["X-Request-ID"]
            assert re.fullmatch("[0-9a-f]{16}", made), odd


def test_pause_and_resume_have_their_request(server: Server, model: ScriptedModelServer) -> None:
    """A line about a meeting names the request of the person who brought it about, though another thread wrote it."""
    model.hold("mid_stream", after_chunks=2)
    session_id = str(uuid.uuid4())
    server.post(
        "/api/v1/sessions", {"session_id": session_id, "template_id": "council_debate", "subject": SUBJECT}
    )
    model.wait_until_held(2)
    for action in ("pause", "resume", "stop"):
        path = f"/api/v1/sessions/{session_id}/control"
        answer = server.post(path, {"action": action}, headers={"X-Request-ID": f"by-{action}"})
        assert answer.status_code < 300, answer.text
    assert wait_for_line(server, "session.paused")["request_id"] == "by-pause"
    assert wait_for_line(server, "session.paused")["reason"] == "user"
    assert wait_for_line(server, "session.resumed")["request_id"] == "by-resume"
    model.release()
    assert wait_for_line(server, "session.finished")["status"] == "cancelled"


def test_the_servers_own_lines(serve: Serve) -> None:
    """What gunicorn has to say goes through the same formatter."""
    server = serve(log_format="json")
    worker = wait_for_line(server, "server.ready")["pid"]
    os.kill(worker, signal.SIGKILL)
    killed = wait_until(
        lambda: [line for line in lines_of(server) if str(worker) in str(line["event"])],
        what="gunicorn's word",
    )
    assert killed[0]["level"] in ("error", "warning")
    assert "timestamp" in killed[0]


def test_a_log_that_cannot_be_written_harms_nobody(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, a pipe that nobody reads: the line is lost, and whoever spoke goes on."""
    with open("/dev/full", "w", encoding="utf-8") as full, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", full)
        configure_logging(make_settings())
        structlog.get_logger("council").warning("journal.database_does_not_take", error="full")
        logging.getLogger("council").warning("the disk is full")
        with pytest.raises(OSError, match="No space left"):
            full.close()
    configure_logging(make_settings())
