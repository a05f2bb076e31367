"""People hold a meeting, open it again, or end it: in every phase."""

import threading
from typing import Any

import pytest

from council.errors import IllegalTransition, NotFound
from tests.engine.conftest import MakeCouncil
from tests.support import invariants
from tests.support.meetings import Meeting, add_template, debater, member, owner_of, speaker_of, start
from tests.support.model_server import Answer, Reply, ScriptedModelServer
from tests.support.waiting import wait_until

LONG = "One two three four five six seven eight nine ten. " * 10


def streaming(meeting: Meeting, node_id: str | None = None) -> None:
    """Wait until a message has begun."""
    meeting.wait_for_event("token_stream", lambda data: node_id in (None, data["node_id"]))


def held_at_gate(meeting: Meeting) -> bool:
    gate = meeting.parts.supervisor.gate(meeting.session_id)
    return gate is not None and not gate.flowing


def requests_for(model: ScriptedModelServer, who: str) -> int:
    return [speaker_of(request) for request in model.requests].count(who)


class Answers:
    """A responder that holds back what it is told to, until the test lets it go."""

    def __init__(self) -> None:
        self.asked = {
            name: threading.Event() for name in ("value_defender", "risk_auditor", "chair", "report")
        }
        self.let_go = {name: threading.Event() for name in self.asked}

    def free(self, *names: str) -> None:
        for name in names or self.asked:
            self.let_go[name].set()

    def __call__(self, request: dict[str, Any]) -> Answer:
        who = speaker_of(request)
        self.asked[who].set()
        assert self.let_go[who].wait(60)
        return debater(request)


@pytest.fixture
def answers(model: ScriptedModelServer) -> Any:
    responder = Answers()
    model.responder = responder
    yield responder
    responder.free()


# Pause


def test_a_pause_in_mid_stream_holds_the_stream(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Paused holds from acceptance: streaming speakers stop, and go on with the same message when resumed."""
    model.reply(LONG)
    model.hold("mid_stream", 3)
    meeting = start(council(), "solo")
    streaming(meeting)
    assert meeting.pause() == {"session_id": meeting.session_id, "status": "paused"}
    assert meeting.status == "paused"
    model.release()
    wait_until(lambda: held_at_gate(meeting))
    assert meeting.messages("solo")[0]["status"] == "streaming"
    assert meeting.resume()["status"] == "running"
    assert meeting.wait_for_end()["status"] == "completed"
    assert [(m["status"], m["content"]) for m in meeting.messages("solo")] == [("completed", LONG)]
    assert [e["event"] for e in meeting.events if e["event"].startswith("execution:")] == [
        "execution:started", "execution:paused", "execution:resumed", "execution:completed",
    ]  # fmt: skip
    assert len(model.requests) == 1
    invariants.check(meeting.parts, meeting.session_id)


def test_nothing_is_said_while_paused(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A speaker stops within one chunk: of a server that goes on talking no more than that is shown."""
    model.reply(LONG, chunk_size=2)
    model.hold("mid_stream", 3)
    meeting = start(council(), "solo")
    streaming(meeting)
    meeting.pause()
    model.release()
    wait_until(lambda: held_at_gate(meeting))
    said = "".join(data["chunk"] for data in meeting.named("token_stream"))
    assert len(said) <= 4 * 2
    meeting.resume()
    meeting.wait_for_end()
    invariants.check(meeting.parts, meeting.session_id)


def test_a_pause_before_the_first_chunk(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A pause before the model's first word holds it, too."""
    model.hold("before_headers")
    meeting = start(council(), "solo")
    model.wait_until_held()
    meeting.pause()
    model.release()
    wait_until(lambda: held_at_gate(meeting))
    assert meeting.named("message_completed") == []
    meeting.resume()
    assert meeting.wait_for_end()["status"] == "completed"
    assert len(model.requests) == 1


def test_a_pause_right_after_the_start(council: MakeCouncil) -> None:
    """A pending meeting is about to run: whoever pauses so early means the running one."""
    meeting = start(council(), "solo")
    assert meeting.pause()["status"] == "paused"
    assert meeting.status == "paused"
    meeting.resume()
    assert meeting.wait_for_end()["status"] == "completed"
    invariants.check(meeting.parts, meeting.session_id)


def test_after_turn_lets_speakers_finish(
    council: MakeCouncil, model: ScriptedModelServer, answers: Answers
) -> None:
    """With ``after_turn`` those who speak finish; the next step waits."""
    meeting = start(council())
    assert answers.asked["value_defender"].wait(60)
    assert answers.asked["risk_auditor"].wait(60)
    meeting.pause(mode="after_turn")
    answers.free("value_defender", "risk_auditor")
    meeting.wait_for_event("message_completed", count=2)
    assert meeting.status == "paused"
    assert not answers.asked["chair"].is_set()
    answers.free()
    meeting.resume()
    assert meeting.wait_for_end()["status"] == "completed"
    assert len(model.requests) == 4
    invariants.check(meeting.parts, meeting.session_id)


def test_a_pause_holds_the_next_step(
    council: MakeCouncil, model: ScriptedModelServer, answers: Answers
) -> None:
    """While paused no further node begins."""
    meeting = start(council())
    assert answers.asked["value_defender"].wait(60)
    meeting.pause()
    answers.free()
    wait_until(lambda: held_at_gate(meeting))
    assert not answers.asked["chair"].is_set()
    assert meeting.snapshot["node_statuses"]["adjudicator"] == "pending"
    meeting.resume()
    assert meeting.wait_for_end()["status"] == "completed"


def test_a_pause_of_one_answer_that_is_all_there(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A pause that meets the last word holds the end: a paused meeting never completes by itself."""
    for _ in range(10):
        meeting = start(parts := council(), "solo")
        try:
            meeting.pause()
        except IllegalTransition:
            assert meeting.status == "completed"
            continue
        assert meeting.status == "paused"
        meeting.resume()
        assert meeting.wait_for_end()["status"] == "completed"
        invariants.check(parts, meeting.session_id)


def test_pausing_and_resuming_are_idempotent(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Pausing a paused session, resuming a running one: fine, nothing happens."""
    model.hold("mid_stream", 1)
    meeting = start(council(), "solo")
    streaming(meeting)
    meeting.resume()
    meeting.pause()
    meeting.pause()
    assert len(meeting.named("execution:paused")) == 1
    assert len(meeting.named("execution:resumed")) == 0
    meeting.resume()
    meeting.resume()
    assert len(meeting.named("execution:resumed")) == 1
    model.release()
    assert meeting.wait_for_end()["status"] == "completed"


def test_a_finished_meeting_cannot_be_paused_or_resumed(council: MakeCouncil) -> None:
    """Pausing or resuming a finished one, stopping a completed one: 409 ``illegal_transition``."""
    meeting = start(council(), "solo")
    meeting.wait_for_end()
    for command in (meeting.pause, meeting.resume, meeting.stop):
        with pytest.raises(IllegalTransition, match="A finished session cannot be"):
            command()
    invariants.check(meeting.parts, meeting.session_id)


def test_a_meeting_that_does_not_exist(council: MakeCouncil) -> None:
    """Commands to a session that does not exist are refused as not found."""
    meeting = Meeting(council(), "3f2504e0-4f89-41d3-9a0c-0305e82c3301")
    for command in (meeting.pause, meeting.resume, meeting.stop, lambda: meeting.say("Hello")):
        with pytest.raises(NotFound):
            command()


# Long pauses


@pytest.mark.parametrize("where", ["before_headers", "after_headers", "mid_stream"])
def test_a_long_pause_gives_the_thread_back(
    council: MakeCouncil, model: ScriptedModelServer, where: Any
) -> None:
    """Longer than pause_hold_seconds: the call is dropped, the thread given back; resumed, the turn starts again."""
    model.hold(where, 3)
    meeting = start(council(engine={"pause_hold_seconds": 0.1}), "solo")
    model.wait_until_held()
    if where == "mid_stream":
        streaming(meeting)
    meeting.pause()
    meeting.wait_until_left()
    assert meeting.parts.supervisor.gate(meeting.session_id) is None
    assert meeting.status == "paused"
    discarded = meeting.named("message_discarded")
    assert [data["reason"] for data in discarded] == (["paused"] if where == "mid_stream" else [])
    model.release()
    meeting.resume()
    assert meeting.wait_for_end()["status"] == "completed"
    assert [m["status"] for m in meeting.messages("solo")][-1] == "completed"
    assert len(model.requests) == 2
    invariants.check(meeting.parts, meeting.session_id)


def test_a_long_pause_after_turn_still_lets_speakers_finish(
    council: MakeCouncil, model: ScriptedModelServer, answers: Answers
) -> None:
    """``after_turn`` never drops what is being said, however long it takes."""
    meeting = start(council(engine={"pause_hold_seconds": 0.05}))
    assert answers.asked["risk_auditor"].wait(60)
    assert answers.asked["value_defender"].wait(60)
    meeting.pause(mode="after_turn")
    answers.free("value_defender")
    meeting.wait_for_event("message_completed")
    answers.free("risk_auditor")
    meeting.wait_until_left()
    assert [m["status"] for m in meeting.messages()] == ["completed"] * 2
    answers.free()
    meeting.resume()
    assert meeting.wait_for_end()["status"] == "completed"
    assert len(model.requests) == 4


def test_stopping_a_meeting_whose_thread_was_given_back(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """A stop of a long paused meeting needs nobody to run it: cancelled."""
    model.hold("mid_stream", 1)
    meeting = start(council(engine={"pause_hold_seconds": 0.05}), "solo")
    streaming(meeting)
    meeting.pause()
    meeting.wait_until_left()
    assert meeting.stop()["status"] == "cancelled"
    assert meeting.status == "cancelled"
    assert meeting.snapshot["node_statuses"]["solo"] == "skipped"
    invariants.check(meeting.parts, meeting.session_id)


def test_the_server_hangs_up_during_a_pause(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """If the model's server hangs up meanwhile, the turn starts again: ``message_discarded``, ``upstream_closed``."""
    model.hang_up(after_chunks=3, text=LONG)
    model.hold("mid_stream", 2)
    meeting = start(council(), "solo")
    streaming(meeting)
    meeting.pause()
    model.release()
    wait_until(lambda: held_at_gate(meeting))
    meeting.resume()
    assert meeting.wait_for_end()["status"] == "completed"
    assert [d["reason"] for d in meeting.named("message_discarded")] == ["upstream_closed"]
    assert [m["status"] for m in meeting.messages("solo")] == ["discarded", "completed"]
    assert len(model.requests) == 2
    invariants.check(meeting.parts, meeting.session_id)


def test_a_paused_meeting_stays_paused_across_restarts(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """A restart resumes nothing that people hold."""
    model.hold("mid_stream", 1)
    meeting = start(first := council(), "solo")
    streaming(meeting)
    meeting.pause()
    first.close()
    model.release()
    second = council()
    meeting = meeting.at(second)
    other = start(second, "solo")
    other.wait_for_end()
    assert meeting.status == "paused"
    assert len(model.requests) == 2
    meeting.resume()
    assert meeting.wait_for_end()["status"] == "completed"
    invariants.check(second, meeting.session_id)


# Stop


@pytest.mark.parametrize("where", ["before_headers", "after_headers", "mid_stream"])
def test_a_stop_ends_the_call_in_flight(council: MakeCouncil, model: ScriptedModelServer, where: Any) -> None:
    """Stop keeps the text so far, marks it cut, status ``cancelled``; it does not wait for the model."""
    model.reply(LONG)
    model.hold(where, 3)
    meeting = start(council(), "solo")
    model.wait_until_held()
    if where == "mid_stream":
        streaming(meeting)
    assert meeting.stop() == {"session_id": meeting.session_id, "status": "cancelled"}
    ended = meeting.wait_for_end()
    assert ended["status"] == "cancelled"
    if where == "mid_stream":
        (message,) = ended["messages"]
        assert (message["status"], message["finish"]) == ("cut", "cut")
        assert message["content"]
        assert LONG.startswith(message["content"])
    else:
        assert ended["messages"] == []
    assert ended["node_statuses"]["solo"] == "skipped"
    assert meeting.named("execution:failed", "error") == []
    invariants.check(meeting.parts, meeting.session_id)


def test_a_stop_while_paused(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A held meeting can be stopped: what was said is kept as cut."""
    model.reply(LONG)
    model.hold("mid_stream", 3)
    meeting = start(council(), "solo")
    streaming(meeting)
    meeting.pause()
    model.release()
    wait_until(lambda: held_at_gate(meeting))
    assert meeting.stop()["status"] == "cancelled"
    assert meeting.wait_for_end()["status"] == "cancelled"
    assert [m["status"] for m in meeting.messages("solo")] == ["cut"]
    invariants.check(meeting.parts, meeting.session_id)


def test_a_stop_of_everybody_at_once(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """All branches leave off, each with its own text kept."""
    model.responder = lambda request: Reply(LONG)
    model.hold("mid_stream", 2)
    meeting = start(council())
    model.wait_until_held(2)
    streaming(meeting, "affirmative")
    streaming(meeting, "negative")
    meeting.stop()
    assert meeting.wait_for_end()["status"] == "cancelled"
    assert [m["status"] for m in meeting.messages()] == ["cut", "cut"]
    invariants.check(meeting.parts, meeting.session_id)


def test_a_stop_between_nodes(council: MakeCouncil, answers: Answers) -> None:
    """A stop between two steps: no further step begins."""
    meeting = start(council())
    answers.free("value_defender", "risk_auditor")
    assert answers.asked["chair"].wait(60)
    meeting.stop()
    ended = meeting.wait_for_end()
    assert ended["status"] == "cancelled"
    assert ended["node_statuses"]["end"] == "pending"
    assert not answers.asked["report"].is_set()


def test_a_stop_right_after_the_start(council: MakeCouncil) -> None:
    """Whatever it was doing, an accepted stop ends as ``cancelled``, never as completed or failed."""
    parts = council()
    for _ in range(20):
        meeting = start(parts, "solo")
        try:
            meeting.stop()
        except IllegalTransition:
            assert meeting.status == "completed"
        else:
            assert meeting.wait_for_end()["status"] == "cancelled"
        invariants.check(parts, meeting.session_id)


def test_a_stop_that_meets_the_end(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A stop that was accepted holds, even when the last node is done at that moment."""
    parts = council()
    for number in range(15):
        model.hold("mid_stream", 1)
        meeting = start(parts, "solo")
        model.wait_until_held()
        outcome: list[Any] = []

        def stop(meeting: Meeting = meeting, outcome: list[Any] = outcome) -> None:
            try:
                outcome.append(meeting.stop()["status"])
            except IllegalTransition:
                outcome.append("refused")

        thread = threading.Thread(target=stop)
        model.release()
        if number % 3:
            meeting.wait_for_event("message_completed")
        thread.start()
        thread.join()
        assert meeting.wait_for_end()["status"] == {"refused": "completed"}.get(outcome[0], outcome[0])
        invariants.check(parts, meeting.session_id)


def test_stopping_a_stopped_meeting(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Stopping a cancelled session: fine, nothing happens."""
    model.hold("mid_stream", 1)
    meeting = start(council(), "solo")
    streaming(meeting)
    meeting.stop()
    meeting.wait_for_end()
    before = len(meeting.events)
    assert meeting.stop()["status"] == "cancelled"
    assert len(meeting.events) == before
    with pytest.raises(IllegalTransition, match="A stopped session cannot be resumed"):
        meeting.resume()


def test_a_stop_of_a_meeting_that_waits_for_a_thread(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """With no owner a command goes straight on its row: a stop does not wait for a free thread."""
    model.hold("mid_stream", 1)
    parts = council(engine={"max_running": 1})
    running = start(parts, "solo")
    streaming(running)
    waiting = start(parts, "solo")
    assert waiting.status == "pending"
    assert waiting.stop()["status"] == "cancelled"
    assert waiting.status == "cancelled"
    model.release()
    assert running.wait_for_end()["status"] == "completed"
    assert len(model.requests) == 1
    invariants.check(parts, waiting.session_id)


# Races


def test_pause_resume_and_stop_racing(
    council: MakeCouncil, model: ScriptedModelServer, hurried: None
) -> None:
    """Commands from many threads: every one is answered or refused, and the stop always wins."""
    model.responder = lambda request: Reply(LONG, chunk_size=4, delay_seconds=0.001)
    parts = council()
    for _ in range(8):
        meeting = start(parts, "solo")

        def pester(meeting: Meeting = meeting) -> None:
            for number in range(6):
                try:
                    meeting.pause() if number % 2 else meeting.resume()
                except IllegalTransition:
                    return

        threads = [threading.Thread(target=pester) for _ in range(3)]
        for thread in threads:
            thread.start()
        refused = False
        try:
            meeting.stop()
        except IllegalTransition:
            refused = True
        for thread in threads:
            thread.join()
        ended = meeting.wait_for_end()
        assert ended["status"] == ("completed" if refused else "cancelled")
        invariants.check(parts, meeting.session_id)


def test_a_meeting_goes_on_after_any_number_of_pauses(
    council: MakeCouncil, model: ScriptedModelServer, hurried: None
) -> None:
    """However often it is held and opened, not a word is lost or said twice."""
    model.responder = lambda request: Reply(LONG, chunk_size=3, delay_seconds=0.001)
    meeting = start(council(), "solo")
    streaming(meeting)
    for _ in range(15):
        try:
            meeting.pause()
            meeting.resume()
        except IllegalTransition:
            break
    assert meeting.wait_for_end()["status"] == "completed"
    assert meeting.messages("solo")[0]["content"] == LONG
    invariants.check(meeting.parts, meeting.session_id)


def test_pausing_one_meeting_leaves_the_others(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A pause is one meeting's own."""
    parts = council()
    model.hold("mid_stream", 1)
    held, free = start(parts, "solo"), start(parts, "solo")
    model.wait_until_held(2)
    held.pause()
    model.release()
    assert free.wait_for_end()["status"] == "completed"
    assert held.status == "paused"
    assert owner_of(parts, held.session_id) == parts.supervisor.owner
    held.stop()


def test_a_pause_during_a_fan_out(council: MakeCouncil, answers: Answers) -> None:
    """One side has spoken, the other is held; resumed, only the other goes on."""
    meeting = start(council())
    answers.free("value_defender")
    meeting.wait_for_event("message_completed")
    meeting.pause()
    answers.free()
    meeting.resume()
    ended = meeting.wait_for_end()
    assert ended["status"] == "completed"
    assert len(ended["messages"]) == 4


def test_a_template_of_ones_own_is_added(council: MakeCouncil) -> None:
    """A chain of two members: the second reads the first."""
    nodes = {
        "start": {"type": "start", "next_ids": ["one"]},
        "one": member("two"),
        "two": member("end", agent_id="risk_auditor"),
        "end": {"type": "end"},
    }
    parts = council()
    meeting = start(parts, add_template(parts, "chain", nodes))
    assert meeting.wait_for_end()["status"] == "completed"
