"""Rules of a meeting that no other test here would miss: each broken once, and this file failed."""

import json
import re
import uuid
from typing import Any

import pytest

from council import clock
from council.commands import RerunSession
from council.parts import Parts
from council.store.library import Library
from council.web.pages import seated
from tests.engine.conftest import MakeCouncil
from tests.support import invariants
from tests.support.meetings import Meeting, add_template, member, ruling, start
from tests.support.model_server import Answer, Call, Failure, Reply, ScriptedModelServer
from tests.support.panel import PERSONAS, Panel
from tests.support.waiting import wait_until

LONG = "One two three four five six seven eight nine ten. " * 10


def ended(meeting: Meeting) -> dict[str, Any]:
    """Its snapshot at the end, the log checked."""
    snapshot = meeting.wait_for_end()
    invariants.check(meeting.parts, meeting.session_id)
    return snapshot


# The chair


CHAIR = {"agent_id": "chief_justice", "output": "verdict", "fallback_agent_id": "neutral_analyst"}


def court(parts: Parts, **chair: Any) -> str:
    """Two members, a chair with a fallback, and a record without a report."""
    nodes: dict[str, dict[str, Any]] = {
        "start": {"type": "start", "next_ids": ["for", "against"]},
        "for": member("chair"),
        "against": member("chair", agent_id="risk_auditor"),
        "chair": {"type": "agent", "next_ids": ["end"], "properties": CHAIR | chair},
        "end": {"type": "end"},
    }
    return add_template(parts, "court", nodes)


def asked_to_rule(request: dict[str, Any]) -> str | None:
    """The agent who is asked for a ruling; ``None`` for every other request."""
    if '"strategic_alignment"' not in request["messages"][1]["content"]:
        return None
    system = request["messages"][0]["content"]
    return next(a for a, persona in PERSONAS.items() if system.startswith(persona))


def bench(answers: dict[str, Answer]) -> Any:
    """Members who say something, and whoever is asked to rule with their answers."""

    def respond(request: dict[str, Any]) -> Answer:
        judge = asked_to_rule(request)
        return Reply("An opinion.") if judge is None else answers[judge]

    return respond


REFUSED = Failure(401, '{"error": {"message": "No key."}}')


@pytest.mark.parametrize("failure", [REFUSED, Reply("")])
def test_the_fallback_chair_is_named_in_advance(
    council: MakeCouncil, model: ScriptedModelServer, failure: Answer
) -> None:
    """When the chair's call fails for good the fallback rules; the verdict says who ruled, instead of whom and why."""
    model.responder = bench({"chief_justice": failure, "neutral_analyst": Reply(ruling())})
    parts = council(engine={"retries": 0})
    meeting = start(parts, court(parts))
    assert "neutral_analyst" in {m["agent_id"] for m in meeting.snapshot["panel"]["members"]}
    found = ended(meeting)
    assert (found["status"], found["verdict"]["word"]) == ("completed", "refine")
    chair = found["verdict"]["chair"]
    assert (chair["agent_id"], chair["instead_of"]) == ("neutral_analyst", "Chief Justice")
    assert chair["reason"]
    (error,) = meeting.named("error", node_id="chair")
    assert "Neutral Analyst rules instead of Chief Justice." in error["error"]
    (message,) = meeting.messages("chair")
    assert (message["agent_id"], message["agent_name"]) == ("neutral_analyst", "Neutral Analyst")
    assert [asked_to_rule(r) for r in model.requests if asked_to_rule(r)] == [
        "chief_justice",
        "neutral_analyst",
    ]


def test_a_fallback_has_a_whole_time_of_its_own(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A chair that runs out of time leaves the fallback all of it; what the chair said is kept, marked."""
    slow = Reply(LONG, chunk_size=10, delay_seconds=0.05)
    model.responder = bench({"chief_justice": slow, "neutral_analyst": Reply(ruling())})
    parts = council()
    meeting = start(parts, court(parts, timeout_seconds=2.0))
    found = ended(meeting)
    assert found["verdict"]["chair"]["agent_id"] == "neutral_analyst"
    assert [(m["agent_id"], m["status"]) for m in meeting.messages("chair")] == [
        ("chief_justice", "failed"),
        ("neutral_analyst", "completed"),
    ]


def test_a_fallback_that_fails_too(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Then nobody rules: the meeting fails, and each failure is told."""
    model.responder = bench({"chief_justice": REFUSED, "neutral_analyst": REFUSED})
    parts = council(engine={"retries": 0})
    meeting = start(parts, court(parts))
    found = ended(meeting)
    assert (found["status"], found["verdict"]) == ("failed", None)
    assert len(meeting.named("error", node_id="chair")) == 2


def test_a_chair_that_rules_needs_no_fallback(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """The fallback is not asked, and the verdict says that the chair has ruled."""
    model.responder = bench({"chief_justice": Reply(ruling())})
    parts = council()
    chair = ended(start(parts, court(parts)))["verdict"]["chair"]
    assert (chair["agent_id"], chair["instead_of"], chair["is_member"]) == ("chief_justice", None, False)


def test_a_crash_does_not_ask_a_failed_chair_again(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """What is recorded is that it failed: a new process goes on with the fallback."""
    model.responder = bench(
        {"chief_justice": REFUSED, "neutral_analyst": Reply(ruling(), chunk_size=5, delay_seconds=0.2)}
    )
    parts = council(engine={"retries": 0})
    meeting = start(parts, court(parts))
    meeting.wait_for_event("token_stream", lambda data: data["agent_id"] == "neutral_analyst")
    parts.close()
    model.responder = bench({"chief_justice": REFUSED, "neutral_analyst": Reply(ruling())})
    again = council(engine={"retries": 0})
    found = ended(meeting.at(again))
    assert found["verdict"]["chair"]["agent_id"] == "neutral_analyst"
    assert [asked_to_rule(r) for r in model.requests].count("chief_justice") == 1
    assert len(meeting.at(again).named("error", node_id="chair")) == 1


def test_a_chair_who_is_a_member_is_shown_as_one(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """The chair is not a member unless the template says so, and then the verdict says so."""
    model.responder = bench({"risk_auditor": Reply(ruling())})
    parts = council()
    meeting = start(parts, court(parts, agent_id="risk_auditor"))
    assert ended(meeting)["verdict"]["chair"]["is_member"]


def test_run_again_with_another_chair_keeps_the_fallback(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """Who stands in is named in advance, whoever is the chair."""
    rulings = {"chief_justice": Reply(ruling()), "neutral_analyst": Reply(ruling())}
    model.responder = bench(rulings | {"supporter": REFUSED})
    parts = council(engine={"retries": 0})
    first = start(parts, court(parts))
    ended(first)
    second = Meeting(parts, str(uuid.uuid4()))
    asked = RerunSession(
        session_id=first.session_id,
        node_id="chair",
        new_session_id=second.session_id,
        agents={"chair": "supporter"},
    )
    parts.control.apply(asked)
    chair = second.wait_for_end()["verdict"]["chair"]
    assert (chair["agent_id"], chair["instead_of"]) == ("neutral_analyst", "Supporter")
    sits = {member["seat"]: member["agent_id"] for member in second.snapshot["panel"]["members"]}
    assert (sits["chair"], sits["chair/neutral_analyst"]) == ("supporter", "neutral_analyst")


def test_who_only_stands_in_speaks_at_no_node(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """On the page the chair's node is the chair's; the fallback is at the table, without a node."""
    model.responder = bench({"chief_justice": Reply(ruling())})
    parts = council()
    meeting = start(parts, court(parts))
    ended(meeting)
    seats = {member["name"]: member["node_ids"] for member in seated(meeting.snapshot["panel"]["members"])}
    assert (seats["Chief Justice"], seats["Neutral Analyst"]) == (["chair"], [])


# Anonymity


NAMES = re.compile(
    "|".join(map(re.escape, sorted({*PERSONAS, *(a.name for a in Library().agents.values())})))
)


def shown_to(request: dict[str, Any]) -> str:
    """All that a member is shown besides its own persona and the rules of the room."""
    return "\n".join(message["content"] or "" for message in request["messages"][1:])


def test_members_are_anonymous_to_each_other(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """No opinion, answer, ballot, tool, check, digest or ruling is told an agent's name or id, or a model's."""

    def respond(request: dict[str, Any]) -> Answer:
        fields = json.dumps(request.get("response_format") or {})
        if '"vote"' in fields:
            return Reply('{"vote": "yes", "confidence": 0.9, "reason": "It pays."}')
        if '"claims"' in fields:
            return Reply('{"claims": [{"claim": "It costs 40 euros", "kind": "figure", "query": "cost"}]}')
        if request.get("tools") and len(request["messages"]) == 2:
            arguments = {"path": "plan.md", "content": "It costs 40 euros.", "reason": "So that it is clear."}
            return Reply("", finish="tool_calls", calls=(Call("write_file", arguments),))
        if request.get("tools") and len(request["messages"]) == 4:
            return Reply("", finish="tool_calls", calls=(Call("read_file", {"path": "plan.md"}, "b"),))
        return Reply(ruling() if asked_to_rule(request) else "It costs 40 euros, and that is worth it.")

    model.responder = respond
    parts = council()
    voters = ["value_defender", "risk_auditor", "member_c"]
    nodes: dict[str, dict[str, Any]] = {
        "start": {"type": "start", "next_ids": ["one", "two"]},
        "one": member("again_one", "again_two", output="ballot", visibility="none"),
        "two": member("again_one", "again_two", agent_id="risk_auditor", output="ballot", visibility="none"),
        "again_one": member("surgeon"),
        "again_two": member("surgeon", agent_id="risk_auditor"),
        "surgeon": member("check", agent_id="system_surgeon", tools=["read_file", "write_file"]),
        "check": {"type": "fact_check", "next_ids": ["vote"], "properties": {"agent_id": "fact_checker"}},
        "vote": {"type": "vote", "next_ids": ["digest"], "properties": {"agent_ids": voters}},
        "digest": {"type": "context_synth", "next_ids": ["last"], "properties": {"max_recent_rounds": 1}},
        "last": member("chair"),
        "chair": {"type": "agent", "next_ids": ["end"], "properties": CHAIR},
        "end": {"type": "end", "properties": {"agent_id": "chief_justice", "output": "report"}},
    }
    inputs = {"documents": [{"name": "plan.md", "content": "It costs 30 euros."}]}
    meeting = start(parts, add_template(parts, "everything", nodes), inputs=inputs)
    found = ended(meeting)
    assert found["status"] == "completed"
    told = [shown_to(request) for request in model.requests]
    assert sum("Member A said" in text for text in told) >= 8
    assert any("digest" in text.lower() for text in told)
    for text in told:
        assert NAMES.findall(text) == []
        assert "scripted" not in text


# First opinions


def test_drafts_are_stored_before_anybody_reads_one(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """All first opinions stand in the database when the first request that shows one is sent."""
    meetings: list[Meeting] = []
    stored: list[set[str]] = []

    def respond(request: dict[str, Any]) -> Answer:
        if asked_to_rule(request) is None:
            return Reply(LONG)
        stored.append({data["node_id"] for data in meetings[0].named("message_completed")})
        return Reply(ruling())

    model.responder = respond
    parts = council()
    session_id = "00000000-0000-4000-8000-000000000001"
    meetings.append(Meeting(parts, session_id))
    ended(start(parts, court(parts), session_id=session_id))
    assert stored == [{"for", "against"}]


def test_who_has_spoken_is_asked_to_name_the_error(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """The second time: keep your answer unless you can name the error in it. The first time, nothing of the kind."""
    parts = council()
    nodes: dict[str, dict[str, Any]] = {
        "start": {"type": "start", "next_ids": ["first"]},
        "first": member("second"),
        "second": member("end"),
        "end": {"type": "end"},
    }
    ended(start(parts, add_template(parts, "twice", nodes)))
    first, second = (shown_to(request) for request in model.requests)
    assert "name the error" not in first
    assert "name the error" in second


# What does not count in full


def test_who_reads_a_truncated_answer_is_told(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Truncated answers are marked, on the page and for those who read them."""
    rule = bench({"chief_justice": Reply(ruling())})
    model.responder = lambda request: (
        rule(request) if asked_to_rule(request) else Reply("An opin", finish="length")
    )
    parts = council()
    meeting = start(parts, court(parts))
    ended(meeting)
    (asked,) = (shown_to(request) for request in model.requests if asked_to_rule(request))
    assert "## Member A said, and was cut off at its limit\n" in asked
    assert {m["finish"] for m in meeting.messages("for")} == {"length"}


def test_a_truncated_position_agrees_with_nobody(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A position in an answer that was cut off at its limit ends no debate, and is in nobody's count of positions."""
    block = json.dumps(
        {"position": "for", "confidence": 0.9, "changed": False, "because_of": None, "error": None}
    )
    whole = f"For it.\n\n```json\n{block}\n```"

    def respond(request: dict[str, Any]) -> Answer:
        if asked_to_rule(request):
            return Reply(ruling())
        auditor = request["messages"][0]["content"].startswith(PERSONAS["risk_auditor"])
        return Reply(whole, finish="length" if auditor else "stop")

    model.responder = respond
    parts = council()
    nodes: dict[str, dict[str, Any]] = {
        "start": {"type": "start", "next_ids": ["round"]},
        "round": {"type": "parallel", "next_ids": ["for", "against"]},
        "for": member("again", output="ballot"),
        "against": member("again", agent_id="risk_auditor", output="ballot"),
        "again": {"type": "loop", "next_ids": ["round", "chair"], "properties": {"max_rounds": 2}},
        "chair": {"type": "agent", "next_ids": ["end"], "properties": CHAIR},
        "end": {"type": "end"},
    }
    meeting = start(parts, add_template(parts, "rounds", nodes))
    verdict = ended(meeting)["verdict"]
    assert [closed["reason"] for closed in meeting.named("round_closed")] == ["continue", "max_rounds"]
    assert verdict["best_draft"]["first_positions"] == {"for": 1}
    assert verdict["weak_evidence"] == []


def panel_of(make_council: MakeCouncil, panel: Panel, models: str) -> Meeting:
    with ScriptedModelServer(panel) as server:
        parts = make_council(llm_base_url=server.url, llm_model=models, engine={"breaker_repeats": 0})
        meeting = start(parts, "deliberate_and_vote", subject="Shall we?")
        ended(meeting)
    return meeting


@pytest.mark.parametrize(
    ("models", "weak"),
    [("one", ["same_model"]), ("one,two", ["shared_model"]), ("one,two,three,four,five,six", [])],
)
def test_unanimity_is_weak_where_members_share_a_model(
    make_council: MakeCouncil, models: str, weak: list[str]
) -> None:
    """All voted yes: the verdict says that this is weak evidence, where one model agreed with itself."""
    verdict = panel_of(make_council, Panel(), models).snapshot["verdict"]
    assert verdict["ballots"]["count"]["yes"] == 4
    assert verdict["weak_evidence"] == weak


@pytest.mark.parametrize(("models", "diverse"), [("one", False), ("one,two", True)])
def test_a_panel_of_one_model_is_not_diverse(make_council: MakeCouncil, models: str, diverse: bool) -> None:
    """With one model configured all work on it, and the page says so."""
    meeting = panel_of(make_council, Panel(), models)
    page = meeting.parts.app.test_client().get(f"/meetings/{meeting.session_id}").text  # type: ignore[attr-defined]
    assert {m["model"] for m in meeting.snapshot["panel"]["members"]} == set(models.split(","))
    assert ("All members use the same model." in page) == (not diverse)


# Limits


def test_a_call_without_a_word_counts(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Failed calls count: a model that answers without a word has read the prompt, and so have its second attempts."""
    model.responder = lambda _request: Reply("", input_tokens=11, output_tokens=0)
    meeting = start(council(engine={"retries": 1}), "solo")
    assert ended(meeting)["status"] == "failed"
    assert len(model.requests) == 2
    assert [usage["input_tokens"] for usage in meeting.named("token_usage")] == [11, 11]
    assert meeting.snapshot["totals"]["input_tokens"] == 22


def test_a_prompt_too_long_is_never_cut(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """The model is sent the whole document; what it cannot take is ``context_too_long``, and not tried again."""
    body = {"error": {"message": "too long", "code": "context_length_exceeded"}}
    model.responder = lambda _request: Failure(400, json.dumps(body))
    parts = council(engine={"retries": 2})
    text = "".join(f"Line {number} of the plan.\n" for number in range(20_000))
    meeting = start(parts, "solo", inputs={"documents": [{"name": "plan.md", "content": text}]})
    found = ended(meeting)
    (request,) = model.requests
    assert "L20000: Line 19999 of the plan." in shown_to(request)
    assert [error["code"] for error in meeting.named("error")] == ["context_too_long"]
    assert (found["status"], meeting.messages()) == ("failed", [])


def test_waiting_for_people_costs_the_meeting_no_time(council: MakeCouncil) -> None:
    """The meeting's deadline does not run while nobody but a person is missing."""
    parts = council(engine={"meeting_timeout_seconds": 2.5})
    nodes: dict[str, dict[str, Any]] = {
        "start": {"type": "start", "next_ids": ["ask"]},
        "ask": {"type": "ask_human", "next_ids": ["solo"], "properties": {"question": "How many?"}},
        "solo": member("end"),
        "end": {"type": "end"},
    }
    meeting = start(parts, add_template(parts, "asking", nodes))
    meeting.wait_until_asked("ask")
    later = clock.monotonic() + 2.7
    wait_until(lambda: clock.monotonic() > later, what="more time than the meeting has")
    meeting.answer("ask", "Four.")
    assert ended(meeting)["status"] == "completed"
