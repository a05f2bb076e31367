"""Shorter logs for meetings that were over long ago: everything is as it was, in fewer pieces."""

import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from council.parts import Parts
from council.store.pruning import merged
from tests.cli.conftest import Run
from tests.cli.test_meetings import finish, log_of, start
from tests.support import meetings
from tests.support.server import Server
from tests.support.viewer import Socket
from tests.support.waiting import wait_until

Data = dict[str, Any]
MESSAGES = ("m1", "m2", "m3")


# The rule


@st.composite
def logs(draw: st.DrawFn) -> list[Data]:
    """Logs in which messages and thoughts come in pieces, some twice, with other events in between."""
    said: dict[tuple[str, bool], int] = {}
    log: list[Data] = []
    for seq in range(1, draw(st.integers(1, 40)) + 1):
        kind = draw(st.sampled_from(("token_stream", "token_stream", "token_stream", "note", "repeat")))
        if kind == "repeat" and log:
            event = json.loads(json.dumps(draw(st.sampled_from(log))))
        elif kind == "token_stream":
            message_id, thinks = draw(st.sampled_from(MESSAGES)), draw(st.booleans())
            chunk = draw(st.text("ab汉𝄞", min_size=1, max_size=5))
            offset = said.get((message_id, thinks), 0)
            said[message_id, thinks] = offset + len(chunk)
            event = _piece(message_id, thinks, offset, chunk)
        else:
            event = {"event": "note", "data": {"number": seq}}
        log.append(event | {"seq": seq})
    return log


def _piece(message_id: str, thinks: bool, offset: int, chunk: str) -> Data:
    data = {"message_id": message_id, "node_id": "n", "agent_id": "a", "offset": offset, "chunk": chunk}
    return {"event": "token_stream", "data": data | {"is_thinking": thinks}}


def fold(log: list[Data]) -> tuple[dict[tuple[str, bool], str], list[Data]]:
    """What a viewer has in the end: each text, in the order they began, and everything else, in order."""
    texts: dict[tuple[str, bool], str] = {}
    for event in log:
        if event["event"] == "token_stream":
            data = event["data"]
            key = (data["message_id"], data["is_thinking"])
            text = texts.setdefault(key, "")
            end = data["offset"] + len(data["chunk"])
            texts[key] = text if end <= len(text) else text[: data["offset"]] + data["chunk"]
    return texts, [event["data"] for event in log if event["event"] != "token_stream"]


@given(logs())
def test_the_fold_stays(log: list[Data]) -> None:
    """Whoever folds the shorter log has the same texts in the same order, and all other events as they were."""
    before = fold(log)
    after = merged(json.loads(json.dumps(log)))
    assert fold(after) == before
    assert list(fold(after)[0]) == list(before[0])
    pieces = [event for event in after if event["event"] == "token_stream"]
    assert len(pieces) == len(before[0])


@given(logs())
def test_twice(log: list[Data]) -> None:
    """A log that is short already stays as it is."""
    once = merged(json.loads(json.dumps(log)))
    assert merged(json.loads(json.dumps(once))) == once


def test_a_piece_that_does_not_fit() -> None:
    """Nothing is put together over a gap: what does not follow stays a piece of its own."""
    log = [_piece("m", False, 0, "ab") | {"seq": 1}, _piece("m", False, 5, "fg") | {"seq": 2}]
    assert merged(json.loads(json.dumps(log))) == log


# Real meetings


@pytest.fixture
def api(make_council: Callable[..., Parts]) -> FlaskClient:
    parts = make_council()
    client: FlaskClient = parts.app.test_client()  # type: ignore[attr-defined]
    client.parts = parts  # type: ignore[attr-defined]
    return client


def whole(api: FlaskClient, session_id: str) -> Data:
    """All that can be read of a meeting, without the numbers of events, and its log without its pieces."""
    base = f"/api/v1/sessions/{session_id}"
    read = {
        name: api.get(f"{base}{name}").get_json() for name in ("", "/messages?limit=1000", "/usage", "/files")
    }
    record = api.get(f"{base}/export?format=md").text
    read["md"] = record.rstrip().rpartition("\n")[0]  # The last line says when it was exported.
    events = api.get(f"{base}/events?limit=10000").get_json()["events"]
    told = [(event["event"], event["data"]) for event in events if event["event"] != "token_stream"]
    return {"read": _without_numbers(read), "log": told, "texts": fold(events)[0]}


def _without_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_numbers(each) for name, each in value.items() if name not in ("seq", "epoch")}
    return [_without_numbers(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("template_id", ["council_debate", "quick_decision", "deliberate_and_vote"])
def test_a_meeting_stays(api: FlaskClient, run: Run, template_id: str) -> None:
    """Snapshot, messages, usage, files, exports, and every event but pieces are the same; a replay has all texts."""
    parts: Parts = api.parts  # type: ignore[attr-defined]
    meeting = meetings.start(parts, template_id)
    if template_id == "quick_decision":
        meeting.wait_until_asked("review")
        meeting.say("A word of mine.")
        meeting.review("review", "approve", command_id="a-receipt")
    meeting.wait_for_end()
    meeting.wait_until_left()
    before, epoch, length = whole(api, meeting.session_id), meeting.snapshot["epoch"], len(meeting.events)
    result = run("prune", "--older-than", "0s", env={"data_dir": parts.settings.data_dir})
    assert result.exit_code == 0, result.output
    after = whole(api, meeting.session_id)
    assert after["read"] == before["read"]
    assert after["log"] == before["log"]
    assert after["texts"] == before["texts"]
    assert list(after["texts"]) == list(before["texts"])
    assert meeting.snapshot["epoch"] != epoch
    assert meeting.snapshot["seq"] == len(meeting.events) < length
    assert [event["seq"] for event in meeting.events] == list(range(1, len(meeting.events) + 1))
    firsts = {m["message_id"]: m["seq"] for m in meeting.snapshot["messages"]}
    assert firsts == {message_id: _first(meeting.events, message_id) for message_id in firsts}


def _first(events: list[Data], message_id: str) -> int:
    return next(int(event["seq"]) for event in events if event["data"].get("message_id") == message_id)


def test_receipts(api: FlaskClient, run: Run) -> None:
    """A command that is repeated after its receipt is gone is refused: it has no second effect."""
    parts: Parts = api.parts  # type: ignore[attr-defined]
    meeting = meetings.start(parts, "quick_decision")
    meeting.wait_until_asked("review")
    path, body = f"/api/v1/sessions/{meeting.session_id}/review", {"node_id": "review", "action": "approve"}
    assert api.post(path, json=body, headers={"Idempotency-Key": "mine"}).status_code == 200
    meeting.wait_for_end()
    meeting.wait_until_left()
    assert api.post(path, json=body, headers={"Idempotency-Key": "mine"}).status_code == 200
    run("prune", "--older-than", "0s", env={"data_dir": parts.settings.data_dir})
    before = meeting.events
    assert api.post(path, json=body, headers={"Idempotency-Key": "mine"}).status_code == 409
    assert meeting.events == before


def test_a_rerun_shares_what_was_pruned(api: FlaskClient, run: Run) -> None:
    """Steps stay, so that a meeting can be held again from any node."""
    parts: Parts = api.parts  # type: ignore[attr-defined]
    meeting = meetings.start(parts)
    meeting.wait_for_end()
    meeting.wait_until_left()
    run("prune", "--older-than", "0s", env={"data_dir": parts.settings.data_dir})
    answer = api.post(f"/api/v1/sessions/{meeting.session_id}/rerun", json={"node_id": "adjudicator"})
    assert answer.status_code == 202, answer.text
    again = meetings.Meeting(parts, answer.get_json()["session_id"])
    assert again.wait_for_end()["status"] == "completed"


# The command


def test_what_is_left_alone(run: Run, serve: Callable[..., Server]) -> None:
    """Neither a meeting that is not over, nor one that ended lately, nor one that was named is touched."""
    server = serve(rehearsal_tokens_per_second=0)
    old, kept, paused = finish(server), finish(server), start(server, "quick_decision")
    wait_until(lambda: server.get(f"/api/v1/sessions/{paused}")["waiting_for"])
    before = {each: log_of(server, each) for each in (old, kept, paused)}
    assert "nothing to shorten" in run("prune", env={"data_dir": server.data_dir}).stdout
    dry = run("prune", "--older-than", "0s", "--dry-run", "--keep-tokens", kept[:13])
    assert dry.stdout.count(" events become ") == 1
    assert {each: log_of(server, each) for each in before} == before
    done = run("prune", "--older-than", "0s", "--keep-tokens", kept[:13])
    assert done.stdout.splitlines()[0] == dry.stdout.splitlines()[0]
    assert log_of(server, kept) == before[kept]
    assert log_of(server, paused) == before[paused]
    assert len(log_of(server, old)) < len(before[old])


def test_a_viewer_who_is_there(run: Run, serve: Callable[..., Server]) -> None:
    """Who looks on is sent away, comes back, hears that the log is another one, and goes on from its snapshot."""
    server = serve(rehearsal_tokens_per_second=0, live__poll_seconds=0.05, live__heartbeat_seconds=1)
    session_id = finish(server)
    epoch, seq = (server.get(f"/api/v1/sessions/{session_id}")[name] for name in ("epoch", "seq"))
    with Socket(server.port, session_id=session_id) as viewer:
        viewer.receive_until(lambda message: message.get("seq") == seq)
        viewer.until_event("heartbeat")  # By then the server has looked how long the log is.
        run("prune", "--older-than", "0s", env={"data_dir": server.data_dir})
        assert viewer.until_closed() == 1012
    with Socket(server.port, session_id=session_id, since=seq, epoch=epoch) as viewer:
        terms = viewer.receive()["data"]["channels"][f"session:{session_id}"]
    snapshot = server.get(f"/api/v1/sessions/{session_id}")
    assert terms["recovered"] is False
    assert (terms["epoch"], terms["seq"]) == (snapshot["epoch"], snapshot["seq"])


def test_room_on_the_disk(run: Run, serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch) -> None:
    """The file becomes smaller when nobody has it open; while a server runs that is left for another time, and said."""
    monkeypatch.setattr(sys.modules["council.cli.prune"], "WORTH_BYTES", 0)
    server = serve(rehearsal_tokens_per_second=0)
    finish(server)
    assert "stop Council" in run("prune", "--older-than", "0s", env={"data_dir": server.data_dir}).stdout
    server.stop()
    before = (server.data_dir / "council.db").stat().st_size
    assert "smaller" in run("prune", "--older-than", "0s").stdout
    assert (server.data_dir / "council.db").stat().st_size < before


def test_expired_memory(run: Run, make_council: Callable[..., Parts]) -> None:
    """What working memory has let expire is thrown away; what has not stays."""
    parts = make_council()
    path = parts.settings.data_dir / "council.db"
    row = (
        "INSERT INTO knowledge (group_id, layer, kind, title, content, created_at, expires_at) "
        "VALUES ('g', 'working', 'fact', ?, '', ?, ?)"
    )
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(row, ("old", "2020-01-01T00:00:00.000Z", "2020-01-02T00:00:00.000Z"))
        connection.execute(row, ("new", "2020-01-01T00:00:00.000Z", "2999-01-02T00:00:00.000Z"))
    assert run("prune", env={"data_dir": parts.settings.data_dir}).exit_code == 0
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT title FROM knowledge").fetchall() == [("new",)]


def test_another_version(run: Run, make_council: Callable[..., Parts]) -> None:
    """The database of another version is left alone."""
    parts = make_council()
    with closing(sqlite3.connect(parts.settings.data_dir / "council.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    result = run("prune", env={"data_dir": parts.settings.data_dir})
    assert result.exit_code == 1
    assert "0001" in result.stderr
