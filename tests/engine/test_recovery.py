"""Restarts, crashes and take-overs: what was recorded is not asked again, and nothing is lost."""

import threading
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa

from council import clock
from council.errors import ShuttingDown
from council.live import journal as journals
from council.live.records import Record
from council.parts import Parts
from council.store import leases
from council.store.engine import Store
from tests.engine.conftest import MakeCouncil
from tests.support import invariants
from tests.support.meetings import Meeting, add_template, debater, member, ruling, speaker_of, start
from tests.support.model_server import Answer, Reply, ScriptedModelServer
from tests.support.waiting import wait_until

LONG = "One two three four five six seven eight nine ten. " * 10


def asked(model: ScriptedModelServer) -> Counter[str]:
    return Counter(map(speaker_of, model.requests))


def set_row(store: Store, session_id: str, **values: Any) -> None:
    """Change a session's row behind everybody's back."""
    with store.write() as connection:
        names = ", ".join(f"{name} = :{name}" for name in values)
        statement = sa.text(f"UPDATE sessions SET {names} WHERE session_id = :session_id")
        connection.execute(statement, values | {"session_id": session_id})


def row_of(store: Store, session_id: str) -> dict[str, Any]:
    with store.read() as connection:
        query = sa.text("SELECT * FROM sessions WHERE session_id = :id")
        return dict(connection.execute(query, {"id": session_id}).mappings().one())


def abandon(parts: Parts, meeting: Meeting) -> None:
    """The process of ``parts`` is gone: it closes, but its lease looks as a killed one's does."""
    owner = row_of(parts.store, meeting.session_id)["owner"]
    parts.close()
    set_row(parts.store, meeting.session_id, owner=owner or "gone", lease_clock="gone", lease_until=0)
    parts.store.close()


# Restarts


def test_a_restart_finishes_the_meeting(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A new process finishes the meeting from recorded steps: none is asked twice but the interrupted one."""
    model.responder = lambda request: (
        Reply(LONG) if speaker_of(request) == "risk_auditor" else debater(request)
    )
    held = threading.Event()

    def respond(request: dict[str, Any]) -> Answer:
        if speaker_of(request) == "chair" and not held.is_set():
            held.set()
            model.hold("mid_stream", 3)
        return debater(request)

    model.responder = respond
    first = council()
    meeting = start(first)
    model.wait_until_held()
    meeting.wait_for_event("token_stream", lambda data: data["node_id"] == "adjudicator")
    first.close()
    model.release()
    meeting = meeting.at(council())
    found = meeting.wait_for_end()
    assert found["status"] == "completed"
    assert asked(model) == {"value_defender": 1, "risk_auditor": 1, "chair": 2, "report": 1}
    assert [d["reason"] for d in meeting.named("message_discarded")] == ["restart"]
    assert Counter(m["status"] for m in found["messages"]) == {"completed": 4, "discarded": 1}
    invariants.check(meeting.parts, meeting.session_id)


def test_a_crash_finishes_the_meeting(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """After a crash the lease is taken over; what was said in mid-sentence is discarded and said again."""
    model.responder = lambda request: Reply(LONG)
    model.hold("mid_stream", 3)
    first = council()
    meeting = start(first, "solo")
    meeting.wait_for_event("token_stream")
    crash(first)
    abandon(first, meeting)
    model.release()
    meeting = meeting.at(council())
    found = meeting.wait_for_end()
    assert [m["status"] for m in found["messages"]] == ["discarded", "completed"]
    assert [d["reason"] for d in meeting.named("message_discarded")] == ["restart"]
    assert row_of(meeting.parts.store, meeting.session_id)["fence"] == 2
    invariants.check(meeting.parts, meeting.session_id)


NOBODYS_FENCE = -1


def crash(parts: Parts) -> None:
    """From now on nothing that a run of ``parts`` says is stored, as if its process were dead."""
    refuse_after(parts, 0)


def refuse_after(parts: Parts, count: int) -> list[int]:
    """The journal takes ``count`` more records of runs, and refuses the rest as a dead process would."""
    left = [count]
    write = parts.journal._write

    def write_the_first(records: list[Record]) -> Any:
        for record in records:
            if record.fence is not None:
                left[0] -= 1
                record.fence = record.fence if left[0] >= 0 else NOBODYS_FENCE
        return write(records)

    parts.journal._write = write_the_first  # type: ignore[method-assign]
    return left


def test_another_boots_lease_is_over(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A lease read from another boot's clock is over: that process is gone, whatever the number says."""
    model.hold("mid_stream", 1)
    first = council()
    meeting = start(first, "solo")
    meeting.wait_for_event("token_stream")
    first.close()
    set_row(first.store, meeting.session_id, owner="gone", lease_clock="another boot", lease_until=1e15)
    first.store.close()
    model.release()
    assert meeting.at(council()).wait_for_end()["status"] == "completed"


def test_a_lease_is_taken_over_when_it_ends(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """The keeper looks when a lease of others ends, however long its own rounds are."""
    model.hold("mid_stream", 1)
    first = council()
    meeting = start(first, "solo")
    meeting.wait_for_event("token_stream")
    first.close()
    until = clock.monotonic() + 0.5
    set_row(first.store, meeting.session_id, owner="gone", lease_clock=leases._boot_id(), lease_until=until)
    first.store.close()
    model.release()
    second = council(engine={"lease_seconds": 600})
    assert meeting.at(second).wait_for_end()["status"] == "completed"
    assert clock.monotonic() > until


def test_a_meeting_that_was_stopped_while_nobody_ran_it(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """A stop that came between two processes is carried out by the next: cancelled, the text kept."""
    model.responder = lambda request: Reply(LONG)
    model.hold("mid_stream", 3)
    first = council()
    meeting = start(first, "solo")
    meeting.wait_for_event("token_stream")
    crash(first)
    abandon(first, meeting)
    set_row(first.store, meeting.session_id, stop_requested=True)
    model.release()
    meeting = meeting.at(council())
    found = meeting.wait_for_end()
    assert found["status"] == "cancelled"
    (message,) = found["messages"]
    assert message["status"] == "cut"
    assert message["content"]
    assert LONG.startswith(message["content"])
    assert asked(model) == {"value_defender": 1}
    invariants.check(meeting.parts, meeting.session_id)


# The fence


def test_a_stale_run_is_refused(
    council: MakeCouncil, model: ScriptedModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fenced-off run can write nothing more: the new owner's words are the only ones."""
    model.responder = lambda request: Reply(LONG)
    model.hold("mid_stream", 3)
    first = council()
    monkeypatch.setattr(first.supervisor, "_renew", lambda: None)
    meeting = start(first, "solo")
    meeting.wait_for_event("token_stream")
    set_row(first.store, meeting.session_id, lease_until=0)
    second = council()
    model.wait_for_requests(2)
    model.release()
    meeting = meeting.at(second)
    found = meeting.wait_for_end()
    assert found["status"] == "completed"
    wait_until(lambda: first.supervisor.gate(meeting.session_id) is None, what="the end of the stale run")
    assert [m["status"] for m in found["messages"]] == ["discarded", "completed"]
    first_message = found["messages"][0]["message_id"]
    names = [(e["event"], e["data"].get("message_id")) for e in meeting.events]
    discarded = names.index(("message_discarded", first_message))
    assert ("token_stream", first_message) not in names[discarded:]
    invariants.check(second, meeting.session_id)


def test_two_processes_share_the_meetings(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A meeting that one process holds is not taken by another."""
    model.hold("mid_stream", 1)
    first = council()
    meeting = start(first, "solo")
    meeting.wait_for_event("token_stream")
    second = council()
    second.supervisor.submit(meeting.session_id)
    wait_until(lambda: second.supervisor.wait_until_idle(meeting.session_id, 0.01))
    model.release()
    assert meeting.wait_for_end()["status"] == "completed"
    assert len(model.requests) == 1


def test_a_command_to_a_meeting_that_another_process_runs(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """A pause and a stop reach the owner over its row."""
    model.responder = lambda request: Reply(LONG, delay_seconds=0.05)
    first, second = council(engine={"lease_seconds": 2}), council()
    meeting = start(first, "solo")
    meeting.wait_for_event("token_stream")
    meeting.at(second).pause()
    gate = first.supervisor.gate(meeting.session_id)
    assert gate is not None
    wait_until(lambda: not gate.flowing)
    meeting.at(second).stop()
    assert meeting.wait_for_end()["status"] == "cancelled"
    invariants.check(first, meeting.session_id)


# Crashes again and again


def test_three_crashes_in_the_same_step(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Three crashes in the same step: paused, with the reason shown; resumed, it is tried again."""
    model.hold("mid_stream", 1)
    parts = council()
    meeting = start(parts, "solo")
    meeting.wait_for_event("token_stream")
    for number in range(1, 4):
        crash(parts)
        abandon(parts, meeting)
        parts = council()
        meeting = meeting.at(parts)
        if number < 3:
            meeting.wait_for_event("token_stream", count=number + 1)
    found = meeting.wait_for("paused")
    assert found["reason"] == "crashed 3 times in solo; resume it to try again"
    assert len(model.requests) == 3
    model.release()
    meeting.resume()
    assert meeting.wait_for_end()["status"] == "completed"
    invariants.check(parts, meeting.session_id)


def test_crashes_in_different_steps_do_not_add_up(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """What counts is one step that nobody survives."""
    nodes: dict[str, dict[str, Any]] = {"start": {"type": "start", "next_ids": ["a"]}}
    nodes |= {"a": member("b"), "b": member("c"), "c": member("end"), "end": {"type": "end"}}
    waiting = threading.Semaphore(0)
    model.responder = lambda request: Reply("Yes.") if waiting.acquire(timeout=60) else Reply("")
    parts = council()
    meeting = start(parts, add_template(parts, "chain", nodes))
    for count in range(1, 4):
        model.wait_for_requests(2 * count - 1)
        crash(parts)
        abandon(parts, meeting)
        waiting.release()  # The dead one's call.
        parts = council()
        model.wait_for_requests(2 * count)
        waiting.release()
        meeting = meeting.at(parts)
    assert meeting.wait_for_end()["status"] == "completed"
    invariants.check(parts, meeting.session_id)


def test_an_orderly_end_is_no_crash(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Restarts, however many, count as no crash."""
    model.hold("mid_stream", 1)
    parts = council()
    meeting = start(parts, "solo")
    for number in range(1, 5):
        meeting.wait_for_event("token_stream", count=number)
        parts.close()
        parts = council()
        meeting = meeting.at(parts)
    model.release()
    assert meeting.wait_for_end()["status"] == "completed"


# A crash after every step


def shape(meeting: Meeting) -> tuple[Any, ...]:
    """What of a log must not depend on crashes."""
    found = meeting.snapshot
    said = [
        (m["node_id"], m["content"], m["finish"]) for m in found["messages"] if m["status"] == "completed"
    ]
    order = [(d["node_id"], d["status"]) for d in meeting.named("node_state_change")]
    verdicts = [(d["outcome"], d["word"], d["score"]) for d in meeting.named("verdict")]
    ends = [e["event"] for e in meeting.events if e["event"] in ("execution:started", "execution:completed")]
    return found["status"], sorted(said), sorted(order), verdicts, ends, meeting.named("error")


def crash_points(
    council: MakeCouncil, template: dict[str, dict[str, Any]] | None, **settings: Any
) -> tuple[Parts, Meeting, int]:
    """A meeting without a crash, and how many records its run made."""
    parts = council(**settings)
    left = refuse_after(parts, 10**6)
    template_id = add_template(parts, "shaped", template) if template else "council_debate"
    meeting = start(parts, template_id)
    meeting.wait_for_end()
    return parts, meeting, 10**6 - left[0]


SHAPED: dict[str, dict[str, Any]] = {
    "start": {"type": "start", "next_ids": ["both"]},
    "both": {"type": "parallel", "next_ids": ["pro", "contra"]},
    "pro": member("chair"),
    "contra": member("chair", agent_id="risk_auditor"),
    "chair": member("end", agent_id="chief_justice", output="verdict"),
    "end": {"type": "end"},
}


def test_a_crash_after_every_step(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Wherever the process dies, the next one ends with a log of the same shape."""
    parts, whole, records = crash_points(council, SHAPED)
    expected = shape(whole)
    parts.close()
    for count in range(records):
        dying = council()
        add_template(dying, "shaped", SHAPED)
        refuse_after(dying, count)
        before = len(model.requests)
        meeting = start(dying, "shaped")
        wait_until(lambda: dying.supervisor.wait_until_idle(meeting.session_id, 0.01))  # noqa: B023
        abandon(dying, meeting)
        heir = council()
        meeting = meeting.at(heir)
        meeting.wait_for_end()
        assert shape(meeting) == expected, f"after {count} records"
        assert len(model.requests) - before <= 3 + 2
        invariants.check(heir, meeting.session_id)
        heir.close()


# Shutdown


def test_shutdown_says_why(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Calls in flight are cancelled, leases released, and nothing of it is a failure."""
    model.responder = lambda request: Reply(LONG)
    model.hold("mid_stream", 2)
    first = council()
    meeting = start(first)
    for node_id in ("affirmative", "negative"):
        meeting.wait_for_event("token_stream", lambda data, who=node_id: data["node_id"] == who)
    first.close()
    found = meeting.at(second := council()).snapshot
    assert found["status"] == "running"
    assert Counter(m["status"] for m in found["messages"])["discarded"] == 2
    model.responder = debater
    model.release()
    meeting = meeting.at(second)
    assert meeting.wait_for_end()["status"] == "completed"
    assert meeting.named("error") == []


def test_closing_twice(council: MakeCouncil) -> None:
    """``close`` is idempotent, and nothing is begun after it."""
    parts = council()
    parts.close()
    parts.close()
    assert not parts.running
    assert ShuttingDown.code == "shutting_down"


def test_a_database_that_is_locked_for_a_while(
    council: MakeCouncil, model: ScriptedModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another process holds the database, readers go on and nothing that is said is lost."""
    monkeypatch.setattr("council.store.engine.BUSY_SECONDS", 0.05)
    monkeypatch.setattr(journals, "RETRY_SECONDS", (0.01,))
    model.responder = lambda request: Reply(LONG, chunk_size=5)
    model.hold("mid_stream", 5)
    parts = council()
    meeting = start(parts, "solo")
    meeting.wait_for_event("token_stream")
    thief = Store(str(parts.store.url))
    with thief.write():
        model.release()
        wait_until(lambda: len(parts.journal._pending) == 0 and meeting.status == "running")
        assert meeting.named("message_completed") == []
    thief.close()
    assert meeting.wait_for_end()["status"] == "completed"
    assert meeting.messages("solo")[0]["content"] == LONG
    invariants.check(parts, meeting.session_id)


def test_a_ruling_survives(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A verdict that was recorded before a restart stays the verdict."""
    reporting = threading.Event()

    def respond(request: dict[str, Any]) -> Answer:
        if speaker_of(request) == "report" and not reporting.is_set():
            reporting.set()
            model.hold("mid_stream", 1)
        return Reply(ruling(word="pass")) if speaker_of(request) == "chair" else debater(request)

    model.responder = respond
    first = council()
    meeting = start(first)
    model.wait_until_held()
    first.close()
    model.release()
    found = meeting.at(council()).wait_for_end()
    assert found["verdict"]["word"] == "pass"
    assert asked(model)["chair"] == 1
