"""Money in a meeting: nothing starts that does not fit, failed calls count, and a person lets it go on."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from council import clock
from council.commands import Cap, ResumeSession
from council.engine.estimator import EstimateRequest
from council.errors import IllegalTransition, Invalid
from council.parts import Parts
from council.store.library import Library
from tests.engine.conftest import MakeCouncil
from tests.engine.test_recovery import abandon, crash, set_row
from tests.support import invariants
from tests.support.meetings import Meeting, add_template, member, start
from tests.support.model_server import Failure, HangUp, Reply, ScriptedModelServer
from tests.support.waiting import wait_until

# Dollars for a million tokens: a token costs a tenth of a cent.
PRICES = "prices:\n  - {provider: endpoint, model: scripted, input: 1000, output: 1000}\n"
CALL_USD = 0.018  # The scripted model's 11 + 7 tokens.

PANEL: dict[str, dict[str, Any]] = {
    "start": {"type": "start", "next_ids": ["all"]},
    "all": {"type": "parallel", "next_ids": ["a", "b", "c"]},
    "a": member("end", agent_id="value_defender", max_tokens=100),
    "b": member("end", agent_id="risk_auditor", max_tokens=100),
    "c": member("end", agent_id="system_surgeon", max_tokens=100),
    "end": {"type": "end"},
}
"""Three members at once, with short answers."""

Priced = Callable[..., Parts]


@pytest.fixture
def priced(council: MakeCouncil, tmp_path: Path) -> Priced:
    """A factory of Councils whose scripted model has a price."""
    path = tmp_path / "prices.yaml"
    path.write_text(PRICES)

    def make(**settings: Any) -> Parts:
        parts = council(**({"prices_file": path} | settings))
        add_template(parts, "panel", PANEL)
        return parts

    return make


def resume(meeting: Meeting, note: str = "", by: str = "Ada", **cap: float) -> dict[str, Any]:
    budget = Cap(**cap) if cap else None  # type: ignore[arg-type]
    command = ResumeSession(session_id=meeting.session_id, budget=budget, note=note)
    return meeting.parts.control.apply(command, by=by)


def held_for(meeting: Meeting, reason: str) -> dict[str, Any]:
    """Its snapshot once it is paused, which has to be for this reason."""
    found = meeting.wait_for("paused", "completed", "failed")
    assert (found["status"], found["reason"]) == ("paused", reason), found
    return found


def worst_of_a_call(parts: Parts) -> float:
    """What one member of the panel reserves."""
    meeting = start(parts, "panel", budget=Cap(usd=1e-6))
    needs = held_for(meeting, "budget")["budget"]["needs"]
    meeting.stop()
    return float(needs["usd"]) / 3


def figures(meeting: Meeting) -> list[tuple[float, float, float]]:
    """Spent, reserved and the cap, each time they were told."""
    return [
        (told["spent_usd"], told["reserved_usd"], (told["cap"] or {}).get("usd") or float("inf"))
        for told in meeting.named("budget")
    ]


# The cap


def test_a_fan_out_that_does_not_fit_starts_nothing(priced: Priced, model: ScriptedModelServer) -> None:
    """The worst case of all its calls is more than the cap: no model is asked, and the meeting is paused."""
    meeting = start(priced(), "panel", budget=Cap(usd=2.0))
    found = held_for(meeting, "budget")
    assert model.requests == []
    assert {found["node_statuses"][node_id] for node_id in "abc"} == {"pending"}
    (paused,) = meeting.named("execution:paused")
    assert paused["reason"] == "budget"
    assert "would do" in paused["detail"]
    assert found["detail"] == paused["detail"]
    assert found["budget"]["reserved_usd"] == 0.0
    assert found["budget"]["needs"]["usd"] > 2.0


def test_one_member_of_it_would_have_fitted(priced: Priced, model: ScriptedModelServer) -> None:
    """All or none: what is enough for two of three starts none of them."""
    parts = priced()
    each = worst_of_a_call(parts)
    meeting = start(parts, "panel", budget=Cap(usd=2.9 * each))
    held_for(meeting, "budget")
    assert model.requests == []


def test_a_raised_cap_lets_it_go_on(priced: Priced, model: ScriptedModelServer) -> None:
    """The person says how much; what the meeting said it needs is enough, and it goes on where it was."""
    parts = priced()
    meeting = start(parts, "panel", budget=Cap(usd=0.5, tokens=10**6))
    needs = held_for(meeting, "budget")["budget"]["needs"]
    resume(meeting, usd=needs["usd"])
    ended = meeting.wait_for_end()
    assert ended["status"] == "completed"
    assert len(model.requests) == 3
    assert ended["cap"] == {"usd": needs["usd"], "tokens": 10**6, "seconds": None}
    assert ended["budget"]["spent_usd"] == pytest.approx(3 * CALL_USD)
    assert ended["budget"]["spent_tokens"] == 3 * 18
    assert ended["budget"]["reserved_usd"] == 0.0
    assert ended["budget"]["reserved_tokens"] == 0
    assert ended["totals"]["cost_usd"] == ended["budget"]["spent_usd"]
    (resumed,) = meeting.named("execution:resumed")
    assert resumed["by"] == "Ada"
    invariants.check(parts, meeting.session_id)


def test_it_does_not_go_on_without_more(priced: Priced, model: ScriptedModelServer) -> None:
    """409 budget_reached while what was hit is not raised; 422 for a cap that is spent already."""
    meeting = start(priced(), "panel", budget=Cap(usd=0.5))
    held_for(meeting, "budget")
    for cap in ({}, {"usd": 0.5}, {"usd": 0.4}, {"tokens": 10**9}):
        with pytest.raises(IllegalTransition) as refusal:
            resume(meeting, **cap)
        assert refusal.value.code == "budget_reached"
        assert "budget" in refusal.value.hint
    assert meeting.status == "paused"
    assert model.requests == []
    assert meeting.snapshot["cap"]["tokens"] is None, "what is refused changes nothing"


def test_a_cap_below_what_is_spent_is_refused(priced: Priced) -> None:
    """It would leave nothing; the message says how much is spent."""
    parts = priced()
    each = worst_of_a_call(parts)
    nodes = PANEL | {"a": member("z", max_tokens=100), "all": {"type": "parallel", "next_ids": ["a"]}}
    del nodes["b"], nodes["c"]
    nodes |= {"z": member("end", max_tokens=4000)}
    meeting = start(parts, add_template(parts, "two", nodes), budget=Cap(usd=each * 1.1))
    found = held_for(meeting, "budget")
    assert found["budget"]["spent_usd"] == pytest.approx(CALL_USD)
    for cap in ({"usd": CALL_USD}, {"usd": 0.001}, {"tokens": 18}):
        with pytest.raises(Invalid, match="spent already"):
            resume(meeting, **cap)
    assert found["node_statuses"]["a"] == "completed"


def test_a_raise_that_is_too_small_pauses_again(priced: Priced, model: ScriptedModelServer) -> None:
    """It is a raise, so it is accepted; the fan-out still does not fit."""
    meeting = start(priced(), "panel", budget=Cap(usd=0.5))
    held_for(meeting, "budget")
    resume(meeting, usd=0.6)
    wait_until(lambda: len(meeting.named("execution:paused")) == 2, what="a second pause")
    assert model.requests == []
    assert held_for(meeting, "budget")["budget"]["cap"]["usd"] == 0.6


def test_it_never_goes_over_the_cap(priced: Priced, model: ScriptedModelServer, hurried: None) -> None:
    """Many meetings at once, answers of any length up to their limit: spent and reserved stay below each cap."""
    lengths = iter(range(1, 10_000))
    lock = threading.Lock()

    def answer(request: dict[str, Any]) -> Reply:
        with lock:
            length = next(lengths)
        return Reply("Words. " * 5, output_tokens=length * 37 % 101, input_tokens=length * 53 % 401)

    model.responder = answer
    parts = priced()
    each = worst_of_a_call(parts)
    meetings = [
        start(parts, "panel", budget=Cap(usd=round(3 * each, 6), tokens=10**6)) for _number in range(8)
    ]
    for meeting in meetings:
        assert meeting.wait_for_end(60)["status"] == "completed"
        for spent, reserved, cap in figures(meeting):
            assert spent + reserved <= cap + 1e-9
        invariants.check(parts, meeting.session_id)


def test_a_cap_in_tokens(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """A local model costs no money; its tokens count, and the cap in tokens holds."""
    parts = council()
    add_template(parts, "panel", PANEL)
    meeting = start(parts, "panel", budget=Cap(tokens=500))
    needs = held_for(meeting, "budget")["budget"]["needs"]
    assert needs.keys() == {"tokens"}
    assert model.requests == []
    resume(meeting, tokens=needs["tokens"])
    ended = meeting.wait_for_end()
    assert (ended["budget"]["spent_usd"], ended["budget"]["spent_tokens"]) == (0.0, 54)


def test_a_cap_in_money_does_not_hold_back_a_local_model(council: MakeCouncil) -> None:
    """It costs none."""
    meeting = start(council(), budget=Cap(usd=0.000001))
    ended = meeting.wait_for_end()
    assert ended["status"] == "completed"
    assert ended["budget"]["spent_usd"] == 0.0


def test_under_a_cap_every_answer_has_a_limit(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """Where neither node nor agent has one, the engine sets it; without a cap it does not."""
    parts = council(engine={"answer_limit_tokens": 321})
    nodes: dict[str, dict[str, Any]] = {
        "start": {"type": "start", "next_ids": ["bare"]},
        "bare": {"type": "llm", "next_ids": ["end"], "properties": {"prompt": "Say yes."}},
        "end": {"type": "end"},
    }
    add_template(parts, "bare", nodes)
    start(parts, "bare", budget=Cap(tokens=100_000)).wait_for_end()
    start(parts, "bare").wait_for_end()
    assert [request.get("max_tokens") for request in model.requests] == [321, None]


def test_nothing_is_said_of_money_without_a_cap(council: MakeCouncil) -> None:
    """What is spent stands in the totals; there is nothing to reserve."""
    meeting = start(council(), "solo")
    ended = meeting.wait_for_end()
    assert meeting.named("budget") == []
    assert (ended["budget"], ended["cap"]) == (None, None)


# What counts


def test_failed_calls_count(priced: Priced, model: ScriptedModelServer) -> None:
    """A stream that breaks has cost its prompt and the words so far; a refusal has cost nothing."""
    answers = iter(
        [Failure(503, "{}"), HangUp(2, Reply("One two three four five six. " * 20)), Reply("Yes.")]
    )
    model.responder = lambda request: next(answers)
    parts = priced()
    nodes = {n: PANEL[n] for n in ("start", "end")} | {"all": {"type": "parallel", "next_ids": ["a", "b"]}}
    nodes |= {"a": member("b", max_tokens=100, retries=1), "b": member("end", max_tokens=100)}
    nodes["all"]["next_ids"] = ["a"]
    meeting = start(parts, add_template(parts, "failing", nodes), budget=Cap(usd=50))
    ended = meeting.wait_for_end()
    assert ended["status"] == "failed"
    (usage,) = meeting.named("token_usage")
    assert usage["estimated"] is True
    assert usage["estimated_cost_usd"] > 0
    assert ended["budget"]["spent_usd"] == usage["estimated_cost_usd"]
    assert ended["budget"]["reserved_usd"] == 0.0


def test_a_cancelled_call_counts(priced: Priced, model: ScriptedModelServer) -> None:
    """Stopped in the middle: what was said so far is paid for, and nothing stays reserved."""
    model.hold("mid_stream", 2)
    meeting = start(priced(), "panel", budget=Cap(usd=50))
    model.wait_until_held(3)
    meeting.wait_for_event("token_stream", count=3)
    assert meeting.named("budget")[-1]["reserved_usd"] > 1
    meeting.stop()
    model.release()
    ended = meeting.wait_for_end()
    assert ended["budget"]["spent_usd"] > 0
    assert ended["budget"]["spent_usd"] == pytest.approx(ended["totals"]["cost_usd"])
    assert ended["budget"]["reserved_usd"] == 0.0


def test_a_settlement_above_its_reservation_is_shown(priced: Priced, model: ScriptedModelServer) -> None:
    """A server that counts more than was possible is believed; then nothing more starts."""
    model.responder = lambda request: Reply("Yes.", output_tokens=90_000)
    parts = priced()
    nodes = {n: PANEL[n] for n in ("start", "end")} | {"a": member("b", max_tokens=50)}
    nodes |= {"b": member("end", max_tokens=50)}
    nodes["start"] = {"type": "start", "next_ids": ["a"]}
    meeting = start(parts, add_template(parts, "dear", nodes), budget=Cap(usd=30))
    found = held_for(meeting, "budget")
    assert found["budget"]["spent_usd"] == pytest.approx(90.011)
    assert found["budget"]["needs"]["usd"] > 90.011
    assert len(model.requests) == 1


def test_spent_reserved_and_unknown_are_three_numbers(make_council: MakeCouncil, unpriced: None) -> None:
    """Tokens without a price are counted apart; they are neither money nor nothing."""
    parts = make_council(llm_model="nobody-knows", engine={"retries": 0})
    with pytest.raises(Invalid) as refusal:
        start(parts, budget=Cap(usd=1))
    assert refusal.value.code == "unknown_price"
    assert "COUNCIL_PRICES_FILE" in refusal.value.hint
    meeting = start(parts, budget=Cap(usd=1, tokens=500_000))
    ended = meeting.wait_for_end()
    told = ended["budget"]
    assert (told["spent_usd"], told["reserved_usd"]) == (0.0, 0.0)
    assert told["unknown"] == told["spent_tokens"] == 4 * 18
    assert ended["totals"]["cost_usd"] is None
    assert ended["estimate"]["expected"]["usd"] is None
    assert ended["estimate"]["expected"]["unknown_price_tokens"] > 0
    assert "unknown_price" in [warning["code"] for warning in ended["estimate"]["warnings"]]


@pytest.fixture
def unpriced(model: ScriptedModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripted model, as if it were a server far away."""
    monkeypatch.setenv("OPENAI_BASE_URL", model.url)
    monkeypatch.setattr("council.llm.endpoints.is_local", lambda url: False)


# Time


def test_a_cap_in_seconds_pauses_at_once(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """In the middle of a word, and it does not fail; more seconds let it go on."""
    model.hold("mid_stream", 2)
    meeting = start(council(), "solo", budget=Cap(seconds=1.5))
    found = held_for(meeting, "budget")
    assert found["budget"]["needs"] == {"seconds": 1.5}
    assert found["node_statuses"]["solo"] == "running"
    assert "1.5 seconds" in found["detail"]
    with pytest.raises(IllegalTransition, match="seconds"):
        resume(meeting)
    resume(meeting, seconds=600)
    model.release()
    ended = meeting.wait_for_end()
    assert ended["status"] == "completed"
    assert 1.5 <= ended["budget"]["spent_seconds"] < 30


def test_paused_time_costs_no_seconds(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """The clock of the cap stands still while the meeting is held."""
    model.hold("mid_stream", 2)
    began = clock.monotonic()
    meeting = start(council(), "solo", budget=Cap(seconds=60))
    model.wait_until_held()
    meeting.pause()
    held = clock.Deadline(0.6)
    wait_until(held.passed, what="the end of a pause")
    meeting.resume()
    model.release()
    ended = meeting.wait_for_end()
    assert ended["status"] == "completed"
    assert 0 < ended["budget"]["spent_seconds"] <= clock.monotonic() - began - 0.55


def test_waiting_for_a_person_costs_no_seconds(council: MakeCouncil) -> None:
    """Nor does it take any of the cap: nobody works meanwhile."""
    parts = council()
    nodes: dict[str, dict[str, Any]] = {"start": {"type": "start", "next_ids": ["review"]}}
    nodes |= {"review": {"type": "human_review", "next_ids": ["end"]}, "end": {"type": "end"}}
    began = clock.monotonic()
    meeting = start(parts, add_template(parts, "review", nodes), budget=Cap(seconds=60))
    wait_until(lambda: meeting.snapshot["waiting_for"], what="a wait for a person")
    waited = clock.Deadline(0.6)
    wait_until(waited.passed, what="a person who takes its time")
    meeting.review("review", "approve")
    ended = meeting.wait_for_end()
    assert ended["status"] == "completed"
    assert ended["budget"]["spent_seconds"] <= clock.monotonic() - began - 0.55


# After a crash


def test_after_a_crash_the_rest_of_the_cap_holds(priced: Priced, model: ScriptedModelServer) -> None:
    """What was spent stays spent; the interrupted answer is estimated, and what may be lost beyond it is said."""
    model.hold("mid_stream", 3)
    parts = priced()
    nodes = {n: PANEL[n] for n in ("end",)} | {"start": {"type": "start", "next_ids": ["a"]}}
    nodes |= {"a": member("end", max_tokens=100)}
    meeting = start(parts, add_template(parts, "one", nodes), budget=Cap(usd=50))
    meeting.wait_for_event("token_stream")
    reserved = meeting.named("budget")[-1]["reserved_usd"]
    assert reserved > 0
    crash(parts)
    abandon(parts, meeting)
    model.release()
    parts = priced()
    add_template(parts, "one", nodes)
    ended = meeting.at(parts).wait_for_end()
    usages = meeting.at(parts).named("token_usage")
    assert [usage["estimated"] for usage in usages] == [True, False]
    assert usages[0]["input_tokens"] > 0
    told = ended["budget"]
    assert told["spent_usd"] == pytest.approx(sum(usage["estimated_cost_usd"] for usage in usages))
    assert told["lost_usd"] == pytest.approx(reserved - usages[0]["estimated_cost_usd"])
    assert told["reserved_usd"] == 0.0


def test_a_stop_after_a_crash_leaves_nothing_reserved(priced: Priced, model: ScriptedModelServer) -> None:
    """The answers it interrupted have cost something all the same."""
    model.hold("mid_stream", 3)
    parts = priced()
    meeting = start(parts, "panel", budget=Cap(usd=50))
    wait_until(lambda: len({heard["node_id"] for heard in meeting.named("token_stream")}) == 3)
    crash(parts)
    set_row(parts.store, meeting.session_id, stop_requested=True)
    abandon(parts, meeting)
    model.release()
    meeting = meeting.at(priced())
    ended = meeting.wait_for_end()
    assert [usage["estimated"] for usage in meeting.named("token_usage")] == [True] * 3
    assert ended["budget"]["spent_usd"] > 0
    assert ended["status"] == "cancelled"
    assert ended["budget"]["reserved_usd"] == 0.0
    assert ended["budget"]["lost_usd"] > 0


def test_a_restart_keeps_the_pause_and_the_cap(priced: Priced, model: ScriptedModelServer) -> None:
    """A meeting that waits for money waits on, and a raise in the next process is enough."""
    parts = priced()
    meeting = start(parts, "panel", budget=Cap(usd=0.5))
    needs = held_for(meeting, "budget")["budget"]["needs"]
    parts.close()
    parts = priced()
    meeting = meeting.at(parts)
    assert meeting.status == "paused"
    with pytest.raises(IllegalTransition):
        resume(meeting)
    resume(meeting, usd=needs["usd"])
    ended = meeting.wait_for_end()
    assert ended["status"] == "completed"
    assert ended["budget"]["spent_usd"] == pytest.approx(3 * CALL_USD)
    assert ended["budget"]["lost_usd"] == 0.0


# Prompts that turn out larger


def test_a_larger_prompt_is_paid_for_before_the_call(priced: Priced, model: ScriptedModelServer) -> None:
    """People spoke at length after the reservation: the call draws more, and when there is no more, it waits."""
    model.hold("before_headers")
    parts = priced()
    nodes = {n: PANEL[n] for n in ("end",)} | {"start": {"type": "start", "next_ids": ["a"]}}
    nodes |= {"a": member("b", max_tokens=50), "b": member("end", max_tokens=50)}
    add_template(parts, "two", nodes)
    each = worst_of_a_call(parts)
    meeting = start(parts, "two", budget=Cap(usd=each * 1.5))
    model.wait_until_held()
    meeting.say("A word, and another one. " * 800)
    model.release()
    found = held_for(meeting, "budget")
    assert len(model.requests) == 1
    resume(meeting, usd=found["budget"]["needs"]["usd"])
    ended = meeting.wait_for_end()
    assert ended["status"] == "completed"
    assert len(model.requests) == 2
    for spent, reserved, cap in figures(meeting):
        assert spent + reserved <= cap + 1e-9


# The estimate


@pytest.mark.parametrize("template_id", sorted(Library().templates))
def test_a_cap_at_the_worst_case_of_the_estimate_is_enough(
    make_council: MakeCouncil, tmp_path: Path, template_id: str
) -> None:
    """Whoever caps a meeting at what it may cost at most is not stopped by the cap, at any template."""
    path = tmp_path / "prices.yaml"
    path.write_text("prices:\n  - {provider: rehearsal, model: '*', input: 5, output: 20}\n")
    parts = make_council(prices_file=path)
    fields = {"inputs": {"document": "We plan to open on four days a week.\n" * 20}}
    worst = parts.estimator.of(EstimateRequest(template_id=template_id, **fields))["worst"]  # type: ignore[arg-type]
    cap = Cap(usd=worst["usd"], tokens=worst["input_tokens"] + worst["output_tokens"])
    meeting = start(parts, template_id, subject="", budget=cap, **fields)

    def came_far() -> bool:
        found = meeting.snapshot
        return found["status"] != "running" or bool(found["waiting_for"])

    meeting.wait_for("running", "paused", "completed", "failed")
    wait_until(came_far, what="an end, or a wait for a person")
    found = meeting.snapshot
    assert found["reason"] != "budget", found["detail"]
    assert found["status"] in ("running", "completed")
    assert found["budget"]["spent_usd"] > 0
    for spent, reserved, limit in figures(meeting):
        assert spent + reserved <= limit + 1e-9
    if found["status"] == "running":
        meeting.stop()


# The circuit breaker


def test_spending_far_more_than_expected_trips_the_breaker(
    priced: Priced, model: ScriptedModelServer
) -> None:
    """Without a cap, too. It goes on when a person says why, which is recorded, and does not trip for that again."""
    model.responder = lambda request: Reply(f"Yes, {len(model.requests)} times.", output_tokens=20_000)
    parts = priced(engine={"breaker_repeats": 3})
    nodes: dict[str, dict[str, Any]] = {"start": {"type": "start", "next_ids": ["a"]}}
    nodes |= {"a": member("b"), "b": member("c"), "c": member("end"), "end": {"type": "end"}}
    meeting = start(parts, add_template(parts, "chain", nodes))
    found = held_for(meeting, "breaker")
    (paused,) = meeting.named("execution:paused")
    assert paused["trigger"] == "cost"
    assert "3 times" in paused["detail"]
    assert found["budget"] is None
    for note in ("", "   "):
        with pytest.raises(IllegalTransition) as refusal:
            resume(meeting, note)
        assert refusal.value.code == "needs_word"
    resume(meeting, "The customer pays.")
    assert meeting.wait_for_end()["status"] == "completed"
    (resumed,) = meeting.named("execution:resumed")
    assert (resumed["by"], resumed["note"]) == ("Ada", "The customer pays.")
    assert len(meeting.named("execution:paused")) == 1


def test_the_same_answer_three_times_trips_the_breaker(
    council: MakeCouncil, model: ScriptedModelServer
) -> None:
    """However it is spaced and punctuated; a restart does not forget that somebody let it go on."""
    words = "The plan is good as it is{} and nothing in it needs mending{}"
    answers = (words.format(",", "."), words.format("", ""))
    model.responder = lambda request: Reply(answers[len(model.requests) % 2])
    parts = council(engine={"breaker_repeats": 3})
    nodes: dict[str, dict[str, Any]] = {"start": {"type": "start", "next_ids": ["a"]}}
    nodes |= {
        "a": member("b"),
        "b": member("c"),
        "c": member("d"),
        "d": member("end"),
        "end": {"type": "end"},
    }
    meeting = start(parts, add_template(parts, "echo", nodes))
    found = held_for(meeting, "breaker")
    assert "value_defender" in found["detail"]
    assert found["node_statuses"]["d"] == "pending"
    assert len(model.requests) == 3
    parts.close()
    parts = council(engine={"breaker_repeats": 3})
    meeting = meeting.at(parts)
    resume(meeting, "It is true.")
    assert meeting.wait_for_end()["status"] == "completed"
    assert len(model.requests) == 4


def test_a_slow_node_trips_the_breaker(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """The speaker is held in the middle of a word, and goes on from there."""
    model.hold("mid_stream", 2)
    meeting = start(council(engine={"breaker_node_seconds": 0.2}), "solo")
    found = held_for(meeting, "breaker")
    assert "solo" in found["detail"]
    assert meeting.named("execution:paused")[0]["trigger"] == "slow:solo"
    resume(meeting, "It is a slow model.")
    model.release()
    ended = meeting.wait_for_end()
    assert ended["status"] == "completed"
    assert len(model.requests) == 1
