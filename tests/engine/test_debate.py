"""The built-in debate, from its first event to its last."""

from council.store.words import words_of_the_room
from tests.engine.conftest import MakeCouncil
from tests.support import invariants
from tests.support.meetings import Meeting, speaker_of, start
from tests.support.model_server import Reply, ScriptedModelServer

NODES = ("start", "parallel_analysis", "affirmative", "negative", "adjudicator", "end")


def node_order(meeting: Meeting, status: str) -> list[str]:
    return [data["node_id"] for data in meeting.named("node_state_change") if data["status"] == status]


def test_rehearsal_holds_a_whole_debate(make_council: MakeCouncil) -> None:
    """Without any model a meeting is held to its end: four messages, a verdict, every node completed."""
    meeting = start(make_council(), inputs={"document": "Line one.\nLine two.", "objective": "Save money."})
    ended = meeting.wait_for_end()
    assert ended["status"] == "completed"
    assert ended["node_statuses"] == dict.fromkeys(NODES, "completed")
    assert [m["status"] for m in ended["messages"]] == ["completed"] * 4
    assert ended["verdict"]["outcome"] == "decided"
    assert ended["panel"]["rehearsal"] is True
    invariants.check(meeting.parts, meeting.session_id)


def test_a_debate_against_a_model_server(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Four calls: both sides, the chair, the report; the verdict is weighed by the server at 40/30/30."""
    meeting = start(council())
    ended = meeting.wait_for_end()
    assert ended["status"] == "completed"
    assert sorted(map(speaker_of, model.requests)) == ["chair", "report", "risk_auditor", "value_defender"]
    verdict = ended["verdict"]
    assert (verdict["outcome"], verdict["word"], verdict["score"]) == ("decided", "refine", 71.0)
    assert verdict["parts"] == {"strategic": 80.0, "practical": 70.0, "consistency": 60.0}
    assert verdict["absences"] == []
    assert ended["totals"]["input_tokens"] == 4 * 11
    assert ended["totals"]["output_tokens"] == 4 * 7
    invariants.check(meeting.parts, meeting.session_id)


def test_events_come_in_the_order_of_the_graph(council: MakeCouncil) -> None:
    """Created, started, both sides before the chair, the chair before the report, completed last."""
    meeting = start(council())
    meeting.wait_for_end()
    names = [event["event"] for event in meeting.events]
    assert names[:2] == ["session_created", "execution:started"]
    assert names[-1] == "execution:completed"
    assert node_order(meeting, "running")[:2] == ["start", "parallel_analysis"]
    assert set(node_order(meeting, "running")[2:4]) == {"affirmative", "negative"}
    assert node_order(meeting, "running")[4:] == ["adjudicator", "end"]
    assert meeting.named("node:parallel_start") == [
        {"node_id": "parallel_analysis", "branches": ["affirmative", "negative"]}
    ]


def test_a_score_stands_next_to_the_verdict(council: MakeCouncil) -> None:
    """``score {round, weighted_total, parts}`` comes with the chair's ruling."""
    meeting = start(council())
    meeting.wait_for_end()
    (score,) = meeting.named("score")
    assert (score["round"], score["weighted_total"]) == (1, 71.0)
    assert [e["event"] for e in meeting.events if e["event"] in ("score", "verdict")] == ["score", "verdict"]


def test_first_opinions_are_blind(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """No member reads another's first opinion; the chair reads both, under letters and not names."""
    meeting = start(council())
    meeting.wait_for_end()
    asked = {speaker_of(request): request["messages"][1]["content"] for request in model.requests}
    for side in ("value_defender", "risk_auditor"):
        assert "said" not in asked[side]
    assert "In favour, because of the people." in asked["chair"]
    assert "Against, because of the money." in asked["chair"]
    assert "## Member A said" in asked["chair"]
    assert "## Member B said" in asked["chair"]
    assert "Value Defender" not in asked["chair"]
    assert "## The chair said" in asked["report"]


def test_thinking_is_kept_apart(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Thinking is marked as such and never part of the answer, and has offsets of its own."""
    model.responder = lambda request: Reply("The answer." * 40, thinking="Let me think. " * 40)
    meeting = start(council(), "solo")
    meeting.wait_for_end()
    (message,) = meeting.messages("solo")
    assert message["content"] == "The answer." * 40
    assert message["thinking"] == "Let me think. " * 40
    invariants.check(meeting.parts, meeting.session_id)


def test_unknown_prices_are_unknown(make_council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A local model's cost is 0 and local, not unknown; every call is one ``token_usage``."""
    parts = make_council(llm_base_url=model.url, llm_model="scripted")
    meeting = start(parts)
    ended = meeting.wait_for_end()
    assert [u["price"] for u in meeting.named("token_usage")] == ["local"] * 4
    assert ended["totals"]["unknown_price_tokens"] == 0
    assert ended["totals"]["cost_usd"] == 0.0


def test_agents_may_be_changed_at_the_start(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """``agents{node_id: agent_id}`` seats somebody else at a node."""
    meeting = start(council(), agents={"negative": "system_surgeon"})
    ended = meeting.wait_for_end()
    assert "system_surgeon" in map(speaker_of, model.requests)
    seat = next(s for s in ended["panel"]["members"] if s["node_id"] == "negative")
    assert (seat["agent_id"], seat["name"]) == ("system_surgeon", "System Surgeon")


def test_many_meetings_at_once(council: MakeCouncil, hurried: None) -> None:
    """Meetings that run side by side do not mix: each log is whole."""
    parts = council()
    meetings = [start(parts, subject=f"Question {number}") for number in range(12)]
    for meeting in meetings:
        assert meeting.wait_for_end(60)["status"] == "completed"
        invariants.check(parts, meeting.session_id)


def test_a_meeting_keeps_the_words_it_started_with(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Prompts are versioned with the meeting: after an update a running meeting still says the old ones."""
    model.hold("mid_stream", 1)
    first = council()
    meeting = start(first)
    model.wait_until_held()
    version = meeting.snapshot["prompts_version"]
    first.close()
    model.release()
    second = council()
    second.supervisor._desk.words["ruling"] = "Rule in rhyme."  # type: ignore[index]
    try:
        meeting = meeting.at(second)
        meeting.wait_for_end()
    finally:
        words_of_the_room.cache_clear()
    asked = [r["messages"][1]["content"] for r in model.requests if speaker_of(r) == "chair"]
    assert "Rule in rhyme." not in asked[-1]
    assert meeting.snapshot["prompts_version"] == version
