"""A meeting waits for people: to review, to answer, for as long as they take."""

import threading
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from council import clock
from council.commands import Signal
from council.errors import Conflict, IllegalTransition, Invalid, NotFound, Unavailable
from council.events import session_channel
from council.live.records import Decision
from council.parts import Parts
from council.store import files
from council.store.files import Limits
from tests.engine.conftest import MakeCouncil
from tests.engine.test_recovery import abandon, crash, row_of, set_row
from tests.support import invariants
from tests.support.meetings import Meeting, add_template, member, ruling, speaker_of, start
from tests.support.model_server import Answer, Reply, ScriptedModelServer
from tests.support.waiting import wait_until

SOON = 0.001  # Minutes.


def reviewed(**properties: Any) -> dict[str, dict[str, Any]]:
    """One member, a review, and a second member who reads what came of it."""
    return {
        "start": {"type": "start", "next_ids": ["writer"]},
        "writer": member("review"),
        "review": {"type": "human_review", "next_ids": ["reader"], "properties": properties},
        "reader": member("end", agent_id="risk_auditor"),
        "end": {"type": "end"},
    }


def asking(**properties: Any) -> dict[str, dict[str, Any]]:
    """A question, and a member who reads the answer."""
    asked = {"question": "What is the budget?"} | properties
    return {
        "start": {"type": "start", "next_ids": ["ask"]},
        "ask": {"type": "ask_human", "next_ids": ["reader"], "properties": asked},
        "reader": member("end", agent_id="risk_auditor"),
        "end": {"type": "end"},
    }


def begin(parts: Parts, nodes: dict[str, dict[str, Any]]) -> Meeting:
    return start(parts, add_template(parts, "people", nodes))


def says(**texts: str) -> Any:
    """A responder with a text for each agent."""

    def respond(request: dict[str, Any]) -> Answer:
        return Reply(texts.get(speaker_of(request), "Something else."))

    return respond


def read_by(model: ScriptedModelServer, who: str) -> str:
    """All that this agent was asked last."""
    (asked,) = [r for r in model.requests if speaker_of(r) == who][-1:]
    text: str = asked["messages"][1]["content"]
    return text


def order_of(meeting: Meeting, node_id: str) -> list[str]:
    """The statuses of a node, one after another."""
    return [data["status"] for data in meeting.named("node_state_change", node_id=node_id)]


# A review


def test_a_review_waits_and_goes_on(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """The draft and the actions are shown; the meeting waits, is answered, and comes to its end."""
    model.responder = says(value_defender="We should do it.")
    meeting = begin(council(), reviewed(question="Is this fit to send?"))
    asked = meeting.wait_until_asked("review")
    assert (asked["kind"], asked["reason"], asked["draft"]) == (
        "review",
        "Is this fit to send?",
        "We should do it.",
    )
    assert (asked["actions"], asked["allow_skip"]) == (["approve", "reject", "modify"], False)
    assert (asked["timeout"], asked["files"], asked["score"]) == (30, [], None)
    found = meeting.snapshot
    assert found["status"] == "running"
    assert found["node_statuses"]["review"] == "suspended"
    assert found["review"]["review_id"] == asked["review_id"]
    assert [(w["node_id"], w["kind"]) for w in found["waiting_for"]] == [("review", "review")]

    answer = meeting.review("review", "approve", feedback="Well done.")
    assert (answer["node_id"], answer["action"], answer["status"]) == ("review", "approve", "running")
    found = meeting.wait_for_end()
    assert (found["status"], found["waiting_for"], found["review"]) == ("completed", None, None)
    (resumed,) = meeting.named("node_resumed")
    assert (resumed["action"], resumed["by"], resumed["feedback"]) == ("approve", "person", "Well done.")
    assert order_of(meeting, "review") == ["suspended", "pending", "running", "completed"]
    assert "Well done." in read_by(model, "risk_auditor")
    invariants.check(meeting.parts, meeting.session_id)


@pytest.mark.parametrize("action", ["approve", "reject", "skip"])
def test_who_speaks_later_reads_what_was_decided(
    council: MakeCouncil, model: ScriptedModelServer, action: str
) -> None:
    """A rejection fails nothing: the result says so, and whoever follows reads it, with the reasons."""
    meeting = begin(council(), reviewed(allow_skip=True))
    meeting.wait_until_asked("review")
    meeting.review("review", action, feedback="The figures are wrong.")
    assert meeting.wait_for_end()["status"] == "completed"
    asked = read_by(model, "risk_auditor")
    assert "The figures are wrong." in asked
    assert {"approve": "Approved.", "reject": "Rejected.", "skip": ""}[action] in asked
    assert meeting.snapshot["node_statuses"]["review"] == "completed"


def test_an_edited_text_takes_the_place_of_the_draft(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """What the person wrote is read instead of the draft; the log has the difference, the room the new text."""
    model.responder = says(value_defender="Line one.\nThe draft's second line.")
    meeting = begin(council(), reviewed())
    meeting.wait_until_asked("review")
    meeting.review("review", "modify", content="Line one.\nThe person's line.", feedback="Shorter.")
    meeting.wait_for_end()
    asked = read_by(model, "risk_auditor")
    assert "The person's line." in asked
    assert "The draft's second line." not in asked
    assert "Shorter." in asked
    (resumed,) = meeting.named("node_resumed")
    assert "-The draft's second line.\n+The person's line." in resumed["diff"]
    (said,) = meeting.messages("review")
    assert (said["role"], said["agent_id"], said["content"]) == (
        "system",
        None,
        "Line one.\nThe person's line.",
    )
    invariants.check(meeting.parts, meeting.session_id)


def test_an_edited_text_is_the_next_draft(council: MakeCouncil) -> None:
    """A second review judges what the first one made of the draft."""
    nodes = reviewed() | {"reader": {"type": "human_review", "next_ids": ["end"]}}
    meeting = begin(council(), nodes)
    meeting.wait_until_asked("review")
    meeting.review("review", "modify", content="Edited.")
    assert meeting.wait_until_asked("reader")["draft"] == "Edited."
    meeting.review("reader", "approve")
    assert meeting.wait_for_end()["status"] == "completed"


def test_what_a_review_does_not_take(council: MakeCouncil) -> None:
    """422 for an action that is not offered, with those that are; the node waits on."""
    meeting = begin(council(), reviewed())
    meeting.wait_until_asked("review")
    with pytest.raises(Invalid) as refusal:
        meeting.review("review", "rollback")
    assert "approve, reject, modify" in refusal.value.hint
    with pytest.raises(Invalid, match="needs its text"):
        meeting.review("review", "modify")
    with pytest.raises(Invalid, match="decision"):
        meeting.answer("review", "I like it.")
    assert meeting.snapshot["review"] is not None
    meeting.stop()


def test_who_is_not_waiting(council: MakeCouncil) -> None:
    """409 not_waiting for a node that waits for nobody; 409 for a meeting that is over."""
    meeting = begin(council(), reviewed())
    meeting.wait_until_asked("review")
    with pytest.raises(IllegalTransition) as refusal:
        meeting.review("writer", "approve")
    assert refusal.value.code == "not_waiting"
    meeting.review("review", "approve")
    meeting.wait_for_end()
    with pytest.raises(IllegalTransition) as refusal:
        meeting.review("review", "approve")
    assert refusal.value.code == "illegal_transition"


def test_a_decision_with_an_id_is_taken_once(council: MakeCouncil) -> None:
    """The same id again is answered as before, also when the meeting is over."""
    meeting = begin(council(), reviewed())
    meeting.wait_until_asked("review")
    first = meeting.review("review", "approve", command_id="c-1")
    assert meeting.review("review", "approve", command_id="c-1") == first
    meeting.wait_for_end()
    assert meeting.review("review", "approve", command_id="c-1") == first
    assert len(meeting.named("node_resumed")) == 1


def test_of_two_who_answer_at_once_one_wins(council: MakeCouncil, hurried: None) -> None:
    """One decision is recorded; the others hear that nobody waits any more."""
    meeting = begin(council(), reviewed())
    meeting.wait_until_asked("review")
    came: list[str] = []
    ready = threading.Barrier(6)

    def decide(action: str) -> None:
        ready.wait()
        try:
            meeting.review("review", action, command_id=f"c-{threading.get_ident()}")
            came.append(action)
        except IllegalTransition as refusal:
            came.append(refusal.code)

    people = [threading.Thread(target=decide, args=(["approve", "reject"][n % 2],)) for n in range(6)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    meeting.wait_for_end()
    (resumed,) = meeting.named("node_resumed")
    assert sorted(came) == sorted([resumed["action"], *["not_waiting"] * 5]) or "illegal_transition" in came
    assert came.count("approve") + came.count("reject") == 1
    invariants.check(meeting.parts, meeting.session_id)


# A question


def test_a_question_and_its_answer(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """The answer is a message of the meeting, and whoever speaks later reads it under the question."""
    meeting = begin(council(), asking(default="unknown"))
    asked = meeting.wait_until_asked("ask")
    assert (asked["kind"], asked["reason"], asked["default"]) == (
        "question",
        "What is the budget?",
        "unknown",
    )
    meeting.answer("ask", "Ten thousand.")
    meeting.wait_for_end()
    heard = read_by(model, "risk_auditor")
    assert "What is the budget?" in heard
    assert heard.count("Ten thousand.") == 1
    (said,) = meeting.messages("ask")
    assert said["content"] == "Ten thousand."
    invariants.check(meeting.parts, meeting.session_id)


def test_a_question_takes_no_review(council: MakeCouncil) -> None:
    """422, and how to answer instead."""
    meeting = begin(council(), asking())
    meeting.wait_until_asked("ask")
    with pytest.raises(Invalid, match="asks a question"):
        meeting.review("ask", "approve")
    meeting.stop()


@pytest.mark.parametrize(
    ("payload", "heard"), [("Ten.", "Ten."), ({"content": "Ten."}, "Ten."), ({"budget": 10}, '{"budget":10}')]
)
def test_a_program_answers(
    council: MakeCouncil, model: ScriptedModelServer, payload: object, heard: str
) -> None:
    """A signal is an answer from a program: a text, or any JSON."""
    meeting = begin(council(), asking())
    meeting.wait_until_asked("ask")
    signal = Signal(session_id=meeting.session_id, node_id="ask", payload=payload)
    assert meeting.parts.control.apply(signal, by="program")["action"] == "answer"
    meeting.wait_for_end()
    assert heard in read_by(model, "risk_auditor")
    assert [data["by"] for data in meeting.named("node_resumed")] == ["program"]


def test_a_program_decides(council: MakeCouncil) -> None:
    """A signal to a review is its decision, checked as a person's is."""
    meeting = begin(council(), reviewed())
    meeting.wait_until_asked("review")

    def send(payload: object) -> None:
        signal = Signal(session_id=meeting.session_id, node_id="review", payload=payload)
        meeting.parts.control.apply(signal, by="program")

    for wrong in ("approve", {}, {"action": "exit"}, {"action": "approve", "mood": "good"}):
        with pytest.raises(Invalid):
            send(wrong)
    send({"action": "reject", "feedback": "No."})
    meeting.wait_for_end()
    assert [(d["action"], d["feedback"]) for d in meeting.named("node_resumed")] == [("reject", "No.")]


# Time


def test_a_wait_that_nobody_ends(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Reminded once, then decided as the node says, by ``timeout``; each exactly once."""
    parts = council(engine={"lease_seconds": 0.5})
    meeting = begin(parts, reviewed(timeout_minutes=0.01, reminder_minutes=0.008, on_timeout="approve"))
    assert meeting.wait_for_end()["status"] == "completed"
    names = [e["event"] for e in meeting.events if e["event"].startswith(("human", "node_resumed"))]
    assert names == [
        "human_interaction_required", "human_interaction_reminder", "human_interaction_expired", "node_resumed",
    ]  # fmt: skip
    (expired,) = meeting.named("human_interaction_expired")
    (resumed,) = meeting.named("node_resumed")
    assert (expired["action"], resumed["action"], resumed["by"]) == ("approve", "approve", "timeout")
    assert "Approved." in read_by(model, "risk_auditor")
    invariants.check(parts, meeting.session_id)


def test_a_review_may_fail_when_nobody_comes(council: MakeCouncil) -> None:
    """``on_timeout: fail``: the meeting ends with that reason."""
    meeting = begin(council(engine={"lease_seconds": 0.5}), reviewed(timeout_minutes=SOON, on_timeout="fail"))
    found = meeting.wait_for_end()
    assert found["status"] == "failed"
    assert "Nobody answered in time" in found["reason"]
    assert [error["code"] for error in found["errors"]] == ["nobody_answered"]
    invariants.check(meeting.parts, meeting.session_id)


def test_a_default_takes_the_place_of_an_answer(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Whoever speaks later reads the default, and that nobody answered."""
    parts = council(engine={"lease_seconds": 0.5})
    meeting = begin(parts, asking(timeout_minutes=SOON, default="No budget is known."))
    assert meeting.wait_for_end()["status"] == "completed"
    heard = read_by(model, "risk_auditor")
    assert "No budget is known." in heard
    assert "Nobody answered" in heard


def test_a_question_without_a_default_fails(council: MakeCouncil) -> None:
    """There is nothing to go on with: the meeting ends with a clear error."""
    meeting = begin(council(engine={"lease_seconds": 0.5}), asking(timeout_minutes=SOON))
    found = meeting.wait_for_end()
    assert (found["status"], found["errors"][0]["code"]) == ("failed", "nobody_answered")


def test_a_failed_wait_in_a_branch_is_an_absence(council: MakeCouncil) -> None:
    """Where branches join, the meeting goes on without the answer."""
    nodes = beside(timeout_minutes=SOON, on_timeout="fail")
    meeting = begin(council(engine={"lease_seconds": 0.5}), nodes)
    found = meeting.wait_for_end()
    assert found["status"] == "completed"
    assert found["node_statuses"]["review"] == "failed"


def test_a_pause_takes_nobodys_time_away(council: MakeCouncil) -> None:
    """While paused nothing expires; on resume the end has moved by as long as the pause was."""
    parts = council()
    meeting = begin(parts, reviewed(timeout_minutes=10, on_timeout="approve"))
    before = meeting.wait_until_asked("review")["expires_at"]
    meeting.pause()
    meeting.wait_until_left()
    long_ago(parts, meeting)
    keeper_looks(parts)
    assert meeting.named("human_interaction_expired") == []
    set_row(parts.store, meeting.session_id, paused_at="2020-01-01T00:00:00.000Z")
    meeting.resume()
    keeper_looks(parts)
    assert meeting.named("human_interaction_expired") == []
    after = meeting.snapshot["review"]["expires_at"]
    assert [w["expires_at"] for w in meeting.snapshot["waiting_for"]] == [after]
    assert int(after[:4]) - int(before[:4]) >= 5  # Since 2020.
    meeting.review("review", "approve")
    assert meeting.wait_for_end()["status"] == "completed"


def long_ago(parts: Parts, meeting: Meeting) -> None:
    """As if the review had expired the moment the pause began."""
    with parts.store.write() as connection:
        statement = "UPDATE waits SET expires_at = '2020-01-01T00:00:10.000Z', remind_at = NULL"
        connection.execute(sa.text(f"{statement} WHERE session_id = :id"), {"id": meeting.session_id})


def keeper_looks(parts: Parts) -> None:
    """What the lease keeper does every third of a lease."""
    parts.supervisor._keep_time_for_people()


def test_time_in_which_the_room_waits_is_not_counted(council: MakeCouncil) -> None:
    """``elapsed_seconds`` stands still while nobody but a person is missing."""
    parts = council()
    meeting = begin(parts, reviewed())
    meeting.wait_until_asked("review")
    before = meeting.snapshot["totals"]["elapsed_seconds"]
    set_row(parts.store, meeting.session_id, waiting_since="2020-01-01T00:00:00.000Z")
    set_row(parts.store, meeting.session_id, started_at="2019-12-31T23:59:00.000Z")
    assert meeting.snapshot["totals"]["elapsed_seconds"] == 60
    meeting.review("review", "approve")
    elapsed = meeting.wait_for_end()["totals"]["elapsed_seconds"]
    assert before < 60 <= elapsed < 70


# Waiting costs nothing


def test_a_wait_holds_no_thread(council: MakeCouncil) -> None:
    """60 meetings wait for people, where one at a time can run; there is no thread more than before."""
    parts = council(engine={"max_running": 1})
    first = begin(parts, asking())
    first.wait_until_asked("ask")
    first.wait_until_left()
    before = threading.active_count()
    meetings = [start(parts, "people") for _ in range(60)]
    for meeting in meetings:
        meeting.wait_until_asked("ask")
        meeting.wait_until_left()
    wait_until(lambda: threading.active_count() <= before, what="as many threads as before")
    with parts.store.read() as connection:
        parked = connection.scalar(sa.text("SELECT count(*) FROM sessions WHERE parked AND owner IS NULL"))
    assert parked == 61


def test_a_meeting_that_only_waits_is_left_alone(council: MakeCouncil) -> None:
    """The keeper does not take it up again and again: its fence stays what it is."""
    parts = council(engine={"lease_seconds": 0.5})
    meeting = begin(parts, asking())
    meeting.wait_until_asked("ask")
    meeting.wait_until_left()
    fence = row_of(parts.store, meeting.session_id)["fence"]
    other = begin(
        parts, reviewed(timeout_minutes=0.02, on_timeout="approve")
    )  # A second and more of the keeper's.
    other.wait_for_end()
    assert row_of(parts.store, meeting.session_id)["fence"] == fence
    meeting.stop()


# Restarts and crashes


def test_a_wait_survives_a_restart(council: MakeCouncil) -> None:
    """A new Council on the same database takes the answer; the question is not put twice."""
    first = council()
    meeting = begin(first, reviewed())
    asked = meeting.wait_until_asked("review")
    first.close()
    meeting = meeting.at(council())
    assert meeting.snapshot["review"]["review_id"] == asked["review_id"]
    meeting.review("review", "approve")
    assert meeting.wait_for_end()["status"] == "completed"
    assert len(meeting.named("human_interaction_required")) == 1
    invariants.check(meeting.parts, meeting.session_id)


def test_a_crash_while_waiting_loses_nothing(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """An owner that died beside an open wait is replaced; the wait is the same, and no member is asked again."""
    first = council()
    meeting = begin(first, reviewed())
    asked = meeting.wait_until_asked("review")
    meeting.wait_until_left()
    set_row(first.store, meeting.session_id, parked=False)  # It died before it could say that it only waits.
    abandon(first, meeting)
    meeting = meeting.at(council())
    wait_until(lambda: row_of(meeting.parts.store, meeting.session_id)["parked"], what="a parked meeting")
    assert meeting.snapshot["review"]["review_id"] == asked["review_id"]
    meeting.review("review", "approve")
    assert meeting.wait_for_end()["status"] == "completed"
    assert len(model.requests) == 2
    assert len(meeting.named("human_interaction_required")) == 1
    invariants.check(meeting.parts, meeting.session_id)


def test_a_crash_between_the_answer_and_the_walk_loses_nothing(
    council: MakeCouncil, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is stored before anything goes on: the next process finds it, and the meeting to be run."""
    first = council()
    meeting = begin(first, reviewed())
    meeting.wait_until_asked("review")
    meeting.wait_until_left()
    monkeypatch.setattr(first.supervisor, "wake", lambda session_id: None)
    monkeypatch.setattr(first.supervisor, "submit", lambda session_id: None)
    meeting.review("review", "reject", feedback="No.")
    first.close()
    meeting = meeting.at(council())
    assert meeting.wait_for_end()["status"] == "completed"
    assert [(d["action"], d["feedback"]) for d in meeting.named("node_resumed")] == [("reject", "No.")]
    invariants.check(meeting.parts, meeting.session_id)


def test_an_expiry_is_found_after_a_restart(council: MakeCouncil) -> None:
    """Wall-clock time passes while no process runs."""
    first = council()
    meeting = begin(first, reviewed(on_timeout="approve"))
    meeting.wait_until_asked("review")
    first.close()
    second = council()
    long_ago(second, meeting)
    keeper_looks(second)
    meeting = meeting.at(second)
    assert meeting.wait_for_end()["status"] == "completed"
    assert [data["by"] for data in meeting.named("node_resumed")] == ["timeout"]


def test_two_processes_expire_a_wait_once(council: MakeCouncil) -> None:
    """Whoever looks first answers for the person; the other finds nothing to do."""
    parts = [council(), council()]
    add_template(parts[1], "people", reviewed())
    meeting = begin(parts[0], reviewed(on_timeout="approve"))
    meeting.wait_until_asked("review")
    meeting.wait_until_left()
    long_ago(parts[0], meeting)
    keepers = [threading.Thread(target=keeper_looks, args=(each,)) for each in parts * 3]
    for keeper in keepers:
        keeper.start()
    for keeper in keepers:
        keeper.join()
    assert meeting.wait_for_end()["status"] == "completed"
    assert len(meeting.named("human_interaction_expired")) == len(meeting.named("node_resumed")) == 1


# Pause and stop


def test_an_answer_while_paused_takes_effect_on_resume(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """It is stored at once; nothing moves before somebody resumes the meeting."""
    parts = council()
    meeting = begin(parts, reviewed())
    meeting.wait_until_asked("review")
    meeting.pause()
    assert meeting.review("review", "approve")["status"] == "paused"
    assert (meeting.snapshot["waiting_for"], meeting.status) == (None, "paused")
    meeting.wait_until_left()
    assert len(model.requests) == 1
    meeting.resume()
    assert meeting.wait_for_end()["status"] == "completed"
    invariants.check(parts, meeting.session_id)


def test_a_stop_while_waiting(council: MakeCouncil) -> None:
    """The meeting is cancelled, nobody is waited for, and an answer comes too late."""
    meeting = begin(council(), reviewed())
    meeting.wait_until_asked("review")
    meeting.wait_until_left()
    meeting.stop()
    found = meeting.wait_for_end()
    assert (found["status"], found["waiting_for"], found["review"]) == ("cancelled", None, None)
    assert found["node_statuses"]["review"] == "skipped"
    with pytest.raises(IllegalTransition):
        meeting.review("review", "approve")
    invariants.check(meeting.parts, meeting.session_id)


# Branches


def beside(**properties: Any) -> dict[str, dict[str, Any]]:
    """A review beside two members who speak one after another; a chair at the join."""
    return {
        "start": {"type": "start", "next_ids": ["review", "one"]},
        "review": {"type": "human_review", "next_ids": ["after"], "properties": properties},
        "after": member("join", agent_id="system_surgeon"),
        "one": member("two"),
        "two": member("join", agent_id="risk_auditor"),
        "join": member("end", agent_id="chief_justice"),
        "end": {"type": "end"},
    }


def test_other_branches_go_on_while_one_waits(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Only when nothing else is left does the meeting leave off."""
    meeting = begin(council(), beside())
    meeting.wait_until_asked("review")
    meeting.wait_for_event("node_state_change", lambda d: (d["node_id"], d["status"]) == ("two", "completed"))
    meeting.wait_until_left()
    assert meeting.snapshot["node_statuses"]["join"] == "pending"
    meeting.review("review", "approve")
    assert meeting.wait_for_end()["status"] == "completed"
    assert len(model.requests) == 4
    invariants.check(meeting.parts, meeting.session_id)


def test_an_answer_goes_on_at_once_beside_other_branches(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """The branch of the review does not wait for the members that are still speaking."""
    go = threading.Event()

    def respond(request: dict[str, Any]) -> Answer:
        if speaker_of(request) == "value_defender":
            assert go.wait(60)
        return Reply("Words.")

    model.responder = respond
    meeting = begin(council(), beside())
    meeting.wait_until_asked("review")
    meeting.review("review", "approve")
    meeting.wait_for_event(
        "node_state_change", lambda d: (d["node_id"], d["status"]) == ("after", "completed")
    )
    assert meeting.snapshot["node_statuses"]["one"] == "running"
    go.set()
    assert meeting.wait_for_end()["status"] == "completed"
    invariants.check(meeting.parts, meeting.session_id)


def test_an_answer_that_another_process_takes(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """The process that runs the meeting finds it by itself, while its other branches run on."""
    go = threading.Event()

    def respond(request: dict[str, Any]) -> Answer:
        if speaker_of(request) == "value_defender":
            assert go.wait(60)
        return Reply("Words.")

    model.responder = respond
    meeting = begin(council(), beside())
    meeting.wait_until_asked("review")
    meeting.at(council()).review("review", "approve")
    meeting.wait_for_event(
        "node_state_change", lambda d: (d["node_id"], d["status"]) == ("after", "completed")
    )
    assert meeting.snapshot["node_statuses"]["one"] == "running"
    go.set()
    assert meeting.wait_for_end()["status"] == "completed"
    invariants.check(meeting.parts, meeting.session_id)


def test_a_crash_beside_an_open_wait(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A meeting whose other branches were still running is taken over, although it also waits for a person."""
    model.hold("mid_stream", 1)
    first = council()
    meeting = begin(first, beside())
    meeting.wait_until_asked("review")
    model.wait_until_held()
    meeting.wait_for_event("token_stream")
    crash(first)
    abandon(first, meeting)
    model.release()
    meeting = meeting.at(council())
    meeting.wait_for_event("node_state_change", lambda d: (d["node_id"], d["status"]) == ("two", "completed"))
    meeting.review("review", "approve")
    assert meeting.wait_for_end()["status"] == "completed"
    assert len(meeting.named("human_interaction_required")) == 1
    invariants.check(meeting.parts, meeting.session_id)


def test_two_people_are_waited_for_at_once(council: MakeCouncil) -> None:
    """Each node has its own wait; the snapshot shows both, and the meeting goes on when both have answered."""
    nodes = beside() | {"one": {"type": "ask_human", "next_ids": ["two"], "properties": {"question": "Why?"}}}
    meeting = begin(council(), nodes)
    meeting.wait_until_asked("review")
    meeting.wait_until_asked("one")
    assert {w["node_id"] for w in meeting.snapshot["waiting_for"]} == {"review", "one"}
    meeting.answer("one", "Because.")
    meeting.review("review", "approve")
    assert meeting.wait_for_end()["status"] == "completed"
    invariants.check(meeting.parts, meeting.session_id)


# Rounds


def rounds(**properties: Any) -> dict[str, dict[str, Any]]:
    """A chair who rules, a review, and a loop that goes back to the chair."""
    actions = {"actions": ["continue", "apply", "rollback", "exit"]}
    return {
        "start": {"type": "start", "next_ids": ["chair"]},
        "chair": member("review", agent_id="chief_justice", output="verdict"),
        "review": {"type": "human_review", "next_ids": ["loop"], "properties": actions | properties},
        "loop": {"type": "loop", "next_ids": ["chair", "end"], "properties": {"max_rounds": 4}},
        "end": {"type": "end"},
    }


def closed(meeting: Meeting) -> list[tuple[str, str]]:
    """What the loop decided after each round, and why."""
    return [(data["decision"], data["reason"]) for data in meeting.named("round_closed")]


def test_a_person_decides_on_another_round(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """``continue`` begins another round, ``exit`` leaves the loop; each round shows how the score fell."""
    scores = iter([80, 50, 50, 50])

    def respond(request: dict[str, Any]) -> Answer:
        value = next(scores)
        return Reply(ruling(value, value, value))

    model.responder = respond
    meeting = begin(council(), rounds())
    first = meeting.wait_until_asked("review")
    assert first["score"] == {"round": 1, "weighted_total": 80.0, "previous": None, "change": None}
    assert first["draft"] == "The defender is right on cost."
    meeting.review("review", "continue", feedback="Look at the costs again.")
    second = meeting.wait_until_asked("review", round=2)
    assert second["review_id"] != first["review_id"]
    assert second["score"] == {"round": 2, "weighted_total": 50.0, "previous": 80.0, "change": -30.0}
    assert "Look at the costs again." in model.requests[-1]["messages"][1]["content"]
    meeting.review("review", "exit")
    assert meeting.wait_for_end()["status"] == "completed"
    assert closed(meeting) == [("again", "person"), ("out", "person")]
    invariants.check(meeting.parts, meeting.session_id)


def test_a_decision_may_leave_it_to_the_loop(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """After ``reject`` a loop that follows goes on as usual."""
    model.responder = lambda request: Reply(ruling())
    meeting = begin(council(), rounds(actions=["approve", "reject"]))
    for number in (1, 2, 3):
        meeting.wait_until_asked("review", round=number)
        meeting.review("review", "reject")
    meeting.wait_for_end()
    assert closed(meeting) == [("again", "continue"), ("again", "continue"), ("out", "stasis")]


def writes(parts: Parts, meeting_id: list[str], path: str, content: str) -> None:
    """A file of the meeting is written, as a member's tool does it."""

    def decide(connection: sa.Connection) -> Decision:
        draft = files.Draft(path, content, "system_surgeon", "mended")
        return Decision((files.write(connection, meeting_id[0], draft, Limits.of(parts.settings)),))

    parts.journal.decide(session_channel(meeting_id[0]), decide).wait()


def file_of(parts: Parts, meeting: Meeting, path: str) -> tuple[int, str]:
    with parts.store.read() as connection:
        row = files.read(connection, meeting.session_id, path)
        return row["version"], row["content"]


@pytest.fixture
def mended(council: MakeCouncil, model: ScriptedModelServer) -> Meeting:
    """A meeting whose chair, in each round, mends plan.md twice and adds a note; it waits for the first review."""
    parts = council()
    session_id = str(uuid.uuid4())

    def respond(request: dict[str, Any]) -> Answer:
        number = len(model.requests)
        for step in ("a", "b"):
            writes(parts, [session_id], "plan.md", f"The plan.\nMended in round {number}{step}.\n")
        writes(parts, [session_id], f"note{number}.md", "A note.")
        return Reply(ruling())

    model.responder = respond
    add_template(parts, "mending", rounds())
    document = {"documents": [{"name": "plan.md", "content": "The plan.\nAs it was.\n"}]}
    meeting = start(parts, "mending", session_id=session_id, inputs=document)
    meeting.wait_until_asked("review")
    return meeting


def test_a_review_shows_what_the_round_changed(mended: Meeting) -> None:
    """Each file with its versions before the round and now, and the difference; of this round alone."""
    files_shown = {each["path"]: each for each in mended.snapshot["review"]["files"]}
    assert {path: (f["base"], f["version"]) for path, f in files_shown.items()} == {
        "plan.md": (1, 3), "note1.md": (0, 1),
    }  # fmt: skip
    assert "-As it was.\n+Mended in round 1b." in files_shown["plan.md"]["diff"]
    mended.review("review", "continue")
    second = mended.wait_until_asked("review", round=2)["files"]
    assert {f["path"]: (f["base"], f["version"]) for f in second} == {"plan.md": (3, 5), "note2.md": (0, 1)}
    mended.stop()


def test_a_rollback_puts_the_files_back(mended: Meeting) -> None:
    """Files go back to what they were before the round, as new versions; then there is another round."""
    mended.review("review", "continue")
    mended.wait_until_asked("review", round=2)
    mended.review("review", "rollback", feedback="It got worse.")
    third = mended.wait_until_asked("review", round=3)
    (back,) = [f for f in mended.named("file_written") if f["node_id"] == "review"]
    assert (back["path"], back["version"], back["author"]) == ("plan.md", 6, "person")
    with mended.parts.store.read() as connection:
        content = files.read(connection, mended.session_id, "plan.md", 6)["content"]
    assert content == "The plan.\nMended in round 1b.\n"
    assert [f["base"] for f in third["files"] if f["path"] == "plan.md"] == [6]
    mended.review("review", "apply")
    mended.wait_for_end()
    assert closed(mended) == [("again", "person"), ("again", "person"), ("out", "person")]
    assert file_of(mended.parts, mended, "plan.md")[1] == "The plan.\nMended in round 3b.\n"
    invariants.check(mended.parts, mended.session_id)


def test_a_rollback_to_a_version(mended: Meeting) -> None:
    """With path and version that one file goes back; what does not exist is refused, and the node waits on."""
    with pytest.raises(NotFound):
        mended.review("review", "rollback", path="plan.md", version=9)
    with pytest.raises(NotFound):
        mended.review("review", "rollback", path="other.md", version=1)
    with pytest.raises(Conflict):
        mended.review("review", "rollback", path="plan.md", version=3)
    mended.review("review", "rollback", path="plan.md", version=1)
    mended.wait_until_asked("review", round=2)
    versions = [f["version"] for f in mended.named("file_written", node_id="review")]
    assert versions == [4]
    with mended.parts.store.read() as connection:
        assert "As it was." in files.read(connection, mended.session_id, "plan.md", 4)["content"]
    mended.stop()


def test_interjections_are_confirmed_once_in_all_rounds(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """Who speaks in every round confirms a message once, and reads it each time."""
    model.responder = lambda request: Reply(ruling())
    meeting = begin(council(), rounds())
    meeting.wait_until_asked("review")
    meeting.say("Think of the night shift.")
    for number in (1, 2):
        meeting.wait_until_asked("review", round=number)
        meeting.review("review", "continue")
    meeting.wait_until_asked("review", round=3)
    assert [data["node_id"] for data in meeting.named("input_read")] == ["chair"]
    for request in model.requests[1:]:
        assert "Think of the night shift." in request["messages"][1]["content"]
    meeting.review("review", "exit")
    meeting.wait_for_end()
    invariants.check(meeting.parts, meeting.session_id)


# Ballots of people


def test_a_vote_that_cannot_be_read_is_refused(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A person hears at once what is wrong and may vote again; the log does not tell what was voted."""
    model.responder = lambda request: Reply('{"vote": "yes", "confidence": 1, "reason": "Why not."}')
    voting = {"agent_ids": ["value_defender"], "people": True}
    nodes: dict[str, dict[str, Any]] = {
        "start": {"type": "start", "next_ids": ["vote"]},
        "vote": {"type": "vote", "next_ids": ["end"], "properties": voting},
        "end": {"type": "end"},
    }
    meeting = begin(council(), nodes)
    asked = meeting.wait_until_asked("vote")
    assert (asked["kind"], asked["ballot"]["vote_type"]) == ("ballot", "yes_no")
    with pytest.raises(Invalid, match="cannot be read"):
        meeting.answer("vote", "perhaps")
    with pytest.raises(Invalid, match="takes a vote"):
        meeting.review("vote", "approve")
    meeting.answer("vote", "no")
    (resumed,) = meeting.named("node_resumed")
    assert (resumed["action"], resumed["feedback"]) == ("vote", "")
    meeting.wait_for_end()
    (ballot,) = meeting.named("ballot_closed")
    assert {b["voter"]: b["vote"] for b in ballot["ballots"]} == {"value_defender": "yes", "person": "no"}
    invariants.check(meeting.parts, meeting.session_id)


# One member is stopped


def panel() -> dict[str, dict[str, Any]]:
    """Two members side by side, and a chair."""
    return {
        "start": {"type": "start", "next_ids": ["one", "two"]},
        "one": member("chair"),
        "two": member("chair", agent_id="risk_auditor"),
        "chair": member("end", agent_id="chief_justice", output="verdict"),
        "end": {"type": "end"},
    }


def test_one_member_is_stopped(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Its words so far stay, marked ``cut``; the others go on; the chair is told that it is no full opinion."""
    model.responder = lambda request: (
        Reply(ruling()) if speaker_of(request) == "chair" else Reply("One two three four five six. " * 20)
    )
    model.hold("mid_stream", 3)
    meeting = begin(council(), panel())
    model.wait_until_held(2)
    meeting.wait_for_event("token_stream", lambda data: data["node_id"] == "one")
    stopped = meeting.stop_member("one")
    assert (stopped["node_id"], stopped["status"]) == ("one", "running")
    meeting.wait_for_event("message_completed", lambda data: data["node_id"] == "one")
    assert meeting.snapshot["node_statuses"]["two"] == "running"
    model.release()
    found = meeting.wait_for_end()
    assert found["status"] == "completed"
    (said,) = meeting.messages("one")
    assert (said["status"], said["finish"]) == ("cut", "cut")
    assert 0 < len(said["content"]) < 100
    assert found["node_statuses"]["one"] == "completed"
    absences = {each["node_id"]: each["reason"] for each in found["verdict"]["absences"]}
    assert "stopped" in absences["one"]
    assert "stopped" in read_by(model, "chair")
    invariants.check(meeting.parts, meeting.session_id)


def test_a_member_without_a_word_is_absent(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Who is stopped before the first word is missing, with that reason; the meeting goes on."""
    model.responder = lambda request: Reply(ruling() if speaker_of(request) == "chair" else "Words.")
    model.hold("before_headers")
    meeting = begin(council(), panel())
    model.wait_until_held(2)
    wait_until(lambda: speaks(meeting, "one") and speaks(meeting, "two"), what="two who speak")
    meeting.stop_member("one")
    meeting.wait_for_event("node_state_change", lambda d: (d["node_id"], d["status"]) == ("one", "failed"))
    model.release()
    found = meeting.wait_for_end()
    assert found["status"] == "completed"
    absences = {each["node_id"]: each["reason"] for each in found["verdict"]["absences"]}
    assert absences["one"] == "stopped by a person"
    assert meeting.messages("one") == []
    invariants.check(meeting.parts, meeting.session_id)


def speaks(meeting: Meeting, node_id: str) -> bool:
    gate = meeting.parts.supervisor.gate(meeting.session_id)
    return gate is not None and gate.speaks(node_id)


def test_a_member_that_is_held_is_stopped_when_it_goes_on(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """While the meeting is paused the stop is kept; on resume the member says nothing more."""
    model.responder = lambda request: (
        Reply(ruling()) if speaker_of(request) == "chair" else Reply("One two three four five six. " * 20)
    )
    model.hold("mid_stream", 3)
    meeting = begin(council(), panel())
    model.wait_until_held(2)
    meeting.wait_for_event("token_stream", lambda data: data["node_id"] == "one")
    meeting.pause()
    assert meeting.stop_member("one")["status"] == "paused"
    model.release()
    meeting.resume()
    assert meeting.wait_for_end()["status"] == "completed"
    (said,) = meeting.messages("one")
    assert (said["finish"], len(said["content"]) < 100) == ("cut", True)
    invariants.check(meeting.parts, meeting.session_id)


def test_a_member_stopped_in_a_long_pause_stays_stopped(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """The pause outlasts the threads that were held in it: on resume the member does not begin anew."""
    model.responder = lambda request: (
        Reply(ruling())
        if speaker_of(request) == "chair"
        else Reply("One two three four five six. " * 20, delay_seconds=0.02)
    )
    meeting = begin(council(engine={"pause_hold_seconds": 2.5}), panel())
    meeting.wait_for_event("token_stream", lambda data: data["node_id"] == "one")
    meeting.pause()
    wait_until(clock.Deadline(0.3).passed, what="a speaker that is held")
    meeting.stop_member("one")
    meeting.wait_until_left()
    meeting.resume()
    assert meeting.wait_for_end()["status"] == "completed"
    said = [m for m in meeting.messages("one") if m["status"] != "discarded"]
    assert [(m["finish"], len(m["content"]) < 500) for m in said] == [("cut", True)]
    invariants.check(meeting.parts, meeting.session_id)


def test_who_does_not_speak_cannot_be_stopped(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """409 for a node where nobody speaks, and for a meeting that is over; the same id stops once."""
    model.hold("mid_stream", 3)
    meeting = begin(council(), panel())
    model.wait_until_held(2)
    meeting.wait_for_event("token_stream", lambda data: data["node_id"] == "one")
    with pytest.raises(IllegalTransition) as refusal:
        meeting.stop_member("chair")
    assert refusal.value.code == "not_speaking"
    first = meeting.stop_member("one", command_id="c-1")
    assert meeting.stop_member("one", command_id="c-1") == first
    model.release()
    meeting.wait_for_end()
    assert [m["status"] for m in meeting.messages("two")] == ["completed"]
    with pytest.raises(IllegalTransition):
        meeting.stop_member("two")


def test_a_member_of_another_process_cannot_be_stopped(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """503 with what to do instead: the call is in the other process."""
    model.hold("mid_stream", 3)
    meeting = begin(council(), panel())
    model.wait_until_held(2)
    with pytest.raises(Unavailable, match="Another process"):
        meeting.at(council()).stop_member("one")
    model.release()
    meeting.wait_for_end()
