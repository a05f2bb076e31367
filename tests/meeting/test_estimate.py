"""What a meeting will cost, before it starts."""

from dataclasses import dataclass
from typing import Any

import pytest

from council.meeting.bill import CASES
from council.meeting.calls import TOOL_ROUNDS
from council.meeting.earshot import Earshot
from council.meeting.estimate import Charge, estimate
from council.meeting.graph import Agent, Graph
from council.meeting.money import NANO
from council.meeting.prompts import Matter
from tests.support.meetings import graph_of, member

MATTER = Matter("Shall we move to a four-day week?", "Save money.", ())
TOKEN = 1_000  # Nano-dollars.


@dataclass(frozen=True)
class Seated:
    """Somebody at a node."""

    agent: Agent
    provider_id: str = "far"
    model: str = "priced"


def seated(agent_id: str = "ada", *, model: str = "priced", max_tokens: int | None = 1_000) -> Seated:
    agent = Agent(agent_id=agent_id, name=agent_id, persona="You are careful.", max_tokens=max_tokens)
    return Seated(agent, model=model)


def price(provider_id: str, model: str, asked: int, said: int) -> Charge:
    """A token costs a thousandth of a millidollar; some models are local, of some nobody knows."""
    match model:
        case "priced":
            return Charge((asked + said) * TOKEN, "known")
        case "local":
            return Charge(0, "local")
        case _:
            return Charge(None, "unknown")


def chain(*middle: tuple[str, dict[str, Any]]) -> Graph:
    """A graph whose nodes follow one another."""
    names = [name for name, _node in middle]
    nodes: dict[str, dict[str, Any]] = {"start": {"type": "start", "next_ids": [*names[:1], "end"][:1]}}
    for (name, node), following in zip(middle, [*names[1:], "end"], strict=True):
        nodes[name] = node | {"next_ids": node.get("next_ids") or [following]}
    return graph_of(nodes | {"end": {"type": "end"}})


def node_of(found: dict[str, Any], node_id: str) -> dict[str, Any]:
    (node,) = [node for node in found["nodes"] if node["node_id"] == node_id]
    return node


def reckon(graph: Graph, members: dict[str, Any], matter: Matter = MATTER, **more: Any) -> dict[str, Any]:
    return estimate(graph, members, matter, price, **more).data()


# What is counted


def test_every_node_that_asks_a_model_is_counted() -> None:
    """agent, llm, each voter, fact_check, context_synth, and an end with an agent; and nothing else."""
    graph = graph_of(
        {
            "start": {"type": "start", "next_ids": ["a"]},
            "a": member("b", agent_id="ada"),
            "b": {"type": "llm", "next_ids": ["v"], "properties": {"prompt": "Sum up {{a}}."}},
            "v": {"type": "vote", "next_ids": ["f"], "properties": {"agent_ids": ["ada", "bob"]}},
            "f": {"type": "fact_check", "next_ids": ["c"], "properties": {"max_claims": 3}},
            "c": {"type": "context_synth", "next_ids": ["h"]},
            "h": {"type": "human_review", "next_ids": ["end"]},
            "end": {"type": "end", "properties": {"agent_id": "ada", "output": "report"}},
        }
    )
    members = {name: seated() for name in ("a", "end")} | {"v/bob": seated("bob")}
    members |= {name: seated("") for name in "bfc"}
    found = reckon(graph, members)
    calls = {node["node_id"]: node["expected"]["calls"] for node in found["nodes"]}
    assert calls == {"a": 1, "b": 1, "v": 2, "f": 1 + 3, "c": 1, "end": 1}
    assert [each["agent_id"] for each in node_of(found, "v")["members"]] == ["ada", "bob"]
    for case in CASES:
        for name in ("calls", "input_tokens", "output_tokens", "unknown_price_tokens"):
            assert found[case][name] == sum(node[case][name] for node in found["nodes"]), (case, name)
        assert found[case]["usd"] == pytest.approx(sum(node[case]["usd"] for node in found["nodes"]))
        assert found[case]["usd"] == pytest.approx(sum(one[case]["usd"] for one in found["agents"]))


def test_low_is_no_more_than_expected_and_expected_no_more_than_worst() -> None:
    """In every sum."""
    graph = chain(("a", member(agent_id="ada", tools=["search"])), ("v", vote_by("ada")))
    found = reckon(graph, {"a": seated()})
    for name in ("calls", "input_tokens", "output_tokens", "usd", "seconds"):
        assert found["low"][name] <= found["expected"][name] <= found["worst"][name], name
    assert node_of(found, "a")["worst"]["calls"] == TOOL_ROUNDS + 1


def vote_by(*agent_ids: str) -> dict[str, Any]:
    return {"type": "vote", "properties": {"agent_ids": list(agent_ids)}}


def test_an_answer_is_no_longer_than_its_limit() -> None:
    """The node's before the agent's; without either the one that a cap would set."""
    graph = chain(("a", member(agent_id="ada", max_tokens=70)), ("b", member(agent_id="bob")))
    found = reckon(graph, {"a": seated(), "b": seated("bob", max_tokens=None)}, answer_limit=5_000)
    assert node_of(found, "a")["expected"]["output_tokens"] == 70
    assert node_of(found, "a")["worst"]["output_tokens"] == 70
    assert node_of(found, "b")["worst"]["output_tokens"] == 5_000
    assert node_of(found, "b")["expected"]["output_tokens"] < 5_000


def test_a_longer_document_makes_longer_prompts() -> None:
    """Each speaker reads it whole; in Chinese a character is a token."""
    graph = chain(("a", member(agent_id="ada")), ("b", member(agent_id="bob")))
    members = {"a": seated(), "b": seated("bob")}
    without = reckon(graph, members)["expected"]["input_tokens"]
    matter = Matter(MATTER.subject, MATTER.objective, (("plan.md", "会" * 3_000),))
    assert 2 * 3_000 <= reckon(graph, members, matter)["expected"]["input_tokens"] - without <= 2 * 3_100


def test_the_groups_words_are_read_by_everybody() -> None:
    graph = chain(("a", member(agent_id="ada")), ("b", member(agent_id="bob")))
    members = {"a": seated(), "b": seated("bob")}
    without = reckon(graph, members)["expected"]["input_tokens"]
    found = reckon(graph, members, group_prompt="Be kind. " * 400)
    assert found["expected"]["input_tokens"] - without >= 2 * 890


# Who has heard whom


def test_later_speakers_read_earlier_ones() -> None:
    """Those side by side do not hear each other; whoever may see nothing reads nothing."""
    graph = graph_of(
        {
            "start": {"type": "start", "next_ids": ["a", "b"]},
            "a": member("c", agent_id="ada"),
            "b": member("c", agent_id="bob"),
            "c": member("d", agent_id="cyd"),
            "d": member("end", agent_id="dot", visibility="none"),
            "end": {"type": "end"},
        }
    )
    found = reckon(graph, {name: seated(name) for name in "abcd"})
    prompts = {name: node_of(found, name)["prompt_tokens"] for name in "abcd"}
    assert abs(prompts["a"] - prompts["b"]) < 5
    answer = node_of(found, "a")["expected"]["output_tokens"]
    assert prompts["c"] - prompts["a"] == pytest.approx(2 * answer, abs=10)
    assert prompts["d"] == pytest.approx(prompts["a"], abs=10)


def looped(max_rounds: int, *, inner_rounds: int | None = None) -> Graph:
    """start -> a -> (inner loop round b) -> loop -> end."""
    inner = {"type": "loop", "next_ids": ["b", "loop"], "properties": {"max_rounds": inner_rounds or 1}}
    return graph_of(
        {
            "start": {"type": "start", "next_ids": ["a"]},
            "a": member("b", agent_id="ada"),
            "b": member("inner" if inner_rounds else "loop", agent_id="bob"),
            **({"inner": inner} if inner_rounds else {}),
            "loop": {"type": "loop", "next_ids": ["a", "end"], "properties": {"max_rounds": max_rounds}},
            "end": {"type": "end", "properties": {"agent_id": "ada", "output": "report"}},
        }
    )


def test_a_loop_multiplies_its_body() -> None:
    """And what its members have heard grows from round to round; low is one round."""
    members = {"a": seated(), "b": seated("bob"), "end": seated()}
    found = reckon(looped(4), members)
    assert [node_of(found, n)["rounds"] for n in ("a", "b", "end")] == [4, 4, 1]
    assert [node_of(found, n)["expected"]["calls"] for n in ("a", "b", "end")] == [4, 4, 1]
    assert node_of(found, "a")["low"]["calls"] == 1
    once = reckon(looped(1), members)
    answer = node_of(found, "a")["expected"]["output_tokens"] // 4
    # On the average, a reads both answers of one and a half earlier rounds.
    grown = node_of(found, "a")["prompt_tokens"] - node_of(once, "a")["prompt_tokens"]
    assert grown == pytest.approx(2 * 1.5 * answer, abs=5)


def test_loops_in_loops_multiply() -> None:
    """And are worth a warning."""
    members = {"a": seated(), "b": seated("bob"), "end": seated()}
    found = reckon(looped(3, inner_rounds=5), members)
    assert [node_of(found, n)["rounds"] for n in ("a", "b", "end")] == [3, 15, 1]
    assert "complex_workflow" in codes(found)
    assert "complex_workflow" not in codes(reckon(looped(3), members))


def codes(found: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in found["warnings"]]


def test_branches_of_a_sequence_hear_the_ones_before() -> None:
    """And take their time one after another; branches of a parallel node do neither."""

    def made(kind: str) -> dict[str, Any]:
        graph = graph_of(
            {
                "start": {"type": "start", "next_ids": ["s"]},
                "s": {"type": kind, "next_ids": ["a", "b"]},
                "a": member("end", agent_id="ada"),
                "b": member("end", agent_id="bob"),
                "end": {"type": "end"},
            }
        )
        return reckon(graph, {"a": seated(), "b": seated("bob")})

    together, in_turn = made("parallel"), made("sequence")
    heard = node_of(in_turn, "b")["prompt_tokens"] - node_of(together, "b")["prompt_tokens"]
    assert heard == pytest.approx(node_of(in_turn, "a")["expected"]["output_tokens"], abs=2)
    assert in_turn["expected"]["seconds"] == pytest.approx(2 * together["expected"]["seconds"], rel=0.01)
    assert Earshot(chain(("a", member(agent_id="ada")))).before("end") == {"start", "a"}


# Prices


def test_unknown_prices_are_counted_apart() -> None:
    """They are never free: the sum of what is known stands beside the tokens of what is not."""
    graph = chain(("a", member(agent_id="ada")), ("b", member(agent_id="bob")), ("c", member(agent_id="cyd")))
    members = {"a": seated(), "b": seated("bob", model="nobody-knows"), "c": seated("cyd", model="local")}
    found = reckon(graph, members)
    b = node_of(found, "b")["expected"]
    assert b["usd"] is None
    assert found["expected"]["unknown_price_tokens"] == b["input_tokens"] + b["output_tokens"]
    assert found["expected"]["usd"] == node_of(found, "a")["expected"]["usd"]
    assert node_of(found, "c")["expected"] | {"usd": 0.0} == node_of(found, "c")["expected"]
    (warning,) = found["warnings"]
    assert warning["code"] == "unknown_price"
    assert "nobody-knows" in warning["message"]


def test_without_any_known_price_there_is_no_sum() -> None:
    found = reckon(chain(("a", member(agent_id="ada"))), {"a": seated(model="nobody-knows")})
    assert [found[case]["usd"] for case in CASES] == [None, None, None]


def test_a_price_is_that_of_each_call() -> None:
    """A model that is dearer for long prompts is asked for its price call by call, not for the sum."""
    asked: list[int] = []

    def tiered(provider_id: str, model: str, tokens: int, said: int) -> Charge:
        asked.append(tokens)
        return Charge(NANO, "known")

    members = {"a": seated(), "b": seated("bob"), "end": seated()}
    found = estimate(looped(5), members, MATTER, tiered)
    assert found.sums["expected"].nano_usd == 11 * NANO
    assert max(asked) < found.sums["worst"].input_tokens / 5


# Warnings


def test_a_meeting_above_thirty_cents_is_a_high_cost() -> None:
    """What is expected counts, not the worst case."""

    def cents(of_a_call: int) -> list[str]:
        def fixed(*_call: object) -> Charge:
            return Charge(of_a_call * NANO // 100, "known")

        return [
            w["code"]
            for w in estimate(chain(("a", member(agent_id="ada"))), {"a": seated()}, MATTER, fixed).warnings
        ]

    assert cents(30) == []
    assert cents(31) == ["high_cost"]


def test_a_long_meeting_is_told() -> None:
    """More than ten minutes; whoever waits for people is not counted."""
    members = {"a": seated(max_tokens=None), "b": seated("bob", max_tokens=None), "end": seated()}
    assert "long_duration" in codes(reckon(looped(40), members))
    assert "long_duration" not in codes(reckon(looped(2), members))


def test_a_graph_of_the_largest_size_is_reckoned_quickly() -> None:
    """Somebody may send one: it must not hold a request up."""
    names = [f"n{number}" for number in range(498)]
    middle = [(name, member(agent_id="ada")) for name in names]
    graph = chain(*middle)
    found = reckon(graph, {name: seated() for name in names})
    assert found["expected"]["calls"] == 498
