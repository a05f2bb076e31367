"""What is wrong with a graph: all of it at once, each fault with path, reason and suggestion."""

from typing import Any

import pytest

from council.errors import Invalid
from council.meeting.validation import check, find_faults, parse_graph
from council.store.library import Library
from tests.support.meetings import SOLO, graph_of, member

AGENTS = ("value_defender", "risk_auditor", "chief_justice")


def faults(nodes: dict[str, dict[str, Any]], start: str = "start") -> dict[str, str]:
    """Reasons by path."""
    shape = graph_of(nodes).model_copy(update={"start_node_id": start})
    found = list(find_faults(shape, AGENTS))
    assert all(fault.path and fault.reason and fault.suggestion for fault in found)
    return {fault.path: fault.reason for fault in found}


def test_a_good_graph_has_no_faults() -> None:
    assert faults(SOLO) == {}


def test_all_faults_are_found_at_once() -> None:
    """A template's author hears of everything in one go."""
    with pytest.raises(Invalid) as refusal:
        check(
            graph_of(
                {
                    "start": {"type": "start", "next_ids": ["a", "a", "b"]},
                    "a": {"node_id": "aa", "type": "agnt", "next_ids": ["end"]},
                    "b": {"type": "agent", "next_ids": ["ned"], "properties": {"agent_id": "chief_justise"}},
                    "c": {"type": "agent", "next_ids": [], "properties": {"agnt_id": "x", "retries": 99}},
                    "end": {"type": "end", "properties": {"output": "poem"}},
                }
            ),
            AGENTS,
        )
    details = {fault["path"]: fault for fault in refusal.value.details}
    assert set(details) == {
        "nodes.a.node_id",
        "nodes.a.type",
        "nodes.b.properties.agent_id",
        "nodes.c.properties.agent_id",
        "nodes.c.properties.agnt_id",
        "nodes.c.properties.retries",
        "nodes.end.properties.output",
        "nodes.start.next_ids.1",
        "nodes.b.next_ids.0",
    }
    assert "Did you mean 'agent'?" in details["nodes.a.type"]["suggestion"]
    assert "Did you mean 'chief_justice'?" in details["nodes.b.properties.agent_id"]["suggestion"]
    assert "Did you mean 'end'?" in details["nodes.b.next_ids.0"]["suggestion"]
    assert refusal.value.code == "invalid_graph"
    assert refusal.value.status == 422


def test_start_exists_and_is_a_start() -> None:
    """Start exists and is of type ``start``."""
    assert "start_node_id" in faults(SOLO, start="strat")
    assert "start_node_id" in faults(SOLO, start="solo")


def test_key_is_node_id() -> None:
    """A node's key is its ``node_id``."""
    assert "nodes.end.node_id" in faults(SOLO | {"end": {"node_id": "other", "type": "end"}})


def test_every_node_is_reachable() -> None:
    """A node that no path leads to is a fault."""
    assert faults(SOLO | {"lost": member("end")}) == {"nodes.lost": "No path leads to it from the start."}


def test_an_end_is_reachable() -> None:
    """An ``end`` exists and can be reached; nothing follows it, and nothing else ends."""
    no_end = {"start": {"type": "start", "next_ids": ["a"]}, "a": member()}
    assert set(faults(no_end)) == {"nodes", "nodes.a.next_ids"}
    assert set(faults(SOLO | {"end": {"type": "end", "next_ids": ["after"]}, "after": {"type": "end"}})) == {
        "nodes.end.next_ids"
    }


def test_there_are_no_cycles() -> None:
    """Without a loop node no path leads back; every node on the cycle is named."""
    nodes = {
        "start": {"type": "start", "next_ids": ["a"]},
        "a": member("b"),
        "b": member("a", "end"),
        "end": {"type": "end"},
    }
    assert set(faults(nodes)) == {"nodes.a", "nodes.b"}


def test_a_node_that_leads_to_itself() -> None:
    assert "nodes.solo" in faults(SOLO | {"solo": member("solo", "end")})


def test_a_cycle_through_the_start() -> None:
    assert {"nodes.start", "nodes.solo"} <= set(faults(SOLO | {"solo": member("start", "end")}))


def test_branches_of_a_sequence_meet_at_their_join_only() -> None:
    """A node that two branches share would wait for a later branch, and the later branch for it."""
    nodes = {
        "start": {"type": "start", "next_ids": ["s"]},
        "s": {"type": "sequence", "next_ids": ["a", "b", "c"]},
        "a": member("shared"),
        "b": member("shared"),
        "shared": member("end"),
        "c": member("end"),
        "end": {"type": "end"},
    }
    assert "nodes.shared" in faults(nodes)


def test_sequences_must_not_wait_for_each_other() -> None:
    """Two orders that contradict each other would stall the meeting: every node in the knot is named."""
    nodes = {
        "start": {"type": "start", "next_ids": ["s", "t"]},
        "s": {"type": "sequence", "next_ids": ["a", "b"]},
        "t": {"type": "sequence", "next_ids": ["c", "d"]},
        "a": member("a2"),
        "b": member("c2"),
        "c": member("c2"),
        "d": member("a2"),
        "a2": member("end"),
        "c2": member("end"),
        "end": {"type": "end"},
    }
    assert {"nodes.a2", "nodes.b", "nodes.c2", "nodes.d"} <= set(faults(nodes))


def test_types_of_other_versions_are_refused() -> None:
    """A feature that does not exist yet is refused, never accepted and ignored."""
    for kind in ("plan", "convene", "task", ""):
        assert "nodes.solo.type" in faults(SOLO | {"solo": {"type": kind, "next_ids": ["end"]}})
    assert "nodes.solo.properties.tools" in faults(SOLO | {"solo": member("end", tools=["shell"])})
    assert "nodes.solo.properties.output" in faults(SOLO | {"solo": member("end", output="song")})


@pytest.mark.parametrize(
    "properties", [{"max_tokens": 0}, {"timeout_seconds": 0}, {"retries": -1}, {"visibility": "some"}]
)
def test_properties_fit_their_type(properties: dict[str, Any]) -> None:
    """Properties fit the type's schema."""
    (name,) = properties
    assert set(faults(SOLO | {"solo": member("end", **properties)})) == {f"nodes.solo.properties.{name}"}


def test_too_many_nodes() -> None:
    """A graph has a limit."""
    many = {f"n{number}": member("end") for number in range(500)}
    nodes = {"start": {"type": "start", "next_ids": list(many)}} | many | {"end": {"type": "end"}}
    assert "nodes" in faults(nodes)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"start_node_id": "a", "nodes": []},
        {"start_node_id": "a", "nodes": {"a": {"node_id": "a b", "type": "start", "name": "A"}}},
        {"start_node_id": "a", "nodes": {"a": {"node_id": "a", "type": "start", "name": "A", "colour": 1}}},
    ],
)
def test_what_has_not_the_shape_of_a_graph(raw: dict[str, Any]) -> None:
    """Plain data without the shape of a graph is invalid, with the paths at fault."""
    with pytest.raises(Invalid) as refusal:
        parse_graph(raw)
    assert refusal.value.details


def test_the_built_in_templates_are_valid() -> None:
    """What comes with Council loads, is protected, and has no faults."""
    library = Library()
    assert library.templates.keys() == {
        "deliberate_and_vote", "council_debate", "council_optimize", "peer_ranking", "code_review",
        "business_plan", "quick_decision", "fact_checked_answer",
    }  # fmt: skip
    assert {"value_defender", "risk_auditor", "chief_justice", "system_surgeon"} <= library.agents.keys()
    for template in library.templates.values():
        assert template.is_system
        check(template.graph, library.agents)
    for agent in library.agents.values():
        assert agent.is_system
        assert agent.persona.strip()


SEEDED = ("value_defender", "risk_auditor", "chief_justice", "system_surgeon")


def test_the_agents_have_their_temperatures() -> None:
    """Value Defender 0.9, Risk Auditor 0.6, Chief Justice 0.2, System Surgeon 0.1."""
    agents = Library().agents
    temperatures = {agent_id: agents[agent_id].temperature for agent_id in SEEDED}
    assert temperatures == {
        "value_defender": 0.9,
        "risk_auditor": 0.6,
        "chief_justice": 0.2,
        "system_surgeon": 0.1,
    }


# Votes


def vote(**properties: object) -> dict[str, dict[str, object]]:
    given = {"agent_ids": ["value_defender", "risk_auditor"]} | properties
    return SOLO | {"solo": {"type": "vote", "next_ids": ["end"], "properties": given}}


@pytest.mark.parametrize(
    ("properties", "where"),
    [
        ({"agent_ids": []}, "agent_ids"),
        ({"agent_ids": ["value_defender", "nobody"]}, "agent_ids.1"),
        ({"agent_ids": ["value_defender", "value_defender"]}, "agent_ids"),
        ({"threshold": 0.4}, "threshold"),
        ({"threshold": 1.1}, "threshold"),
        ({"vote_type": "show_of_hands"}, "vote_type"),
        ({"vote_type": "choice"}, "options"),
        ({"vote_type": "choice", "options": ["Build"]}, "options"),
        ({"vote_type": "ranking", "options": ["Build", "Build"]}, "options"),
        ({"options": ["Build", "Buy"]}, "options"),
        ({"options_from": "members"}, "options"),
    ],
)
def test_a_vote_that_cannot_be_held(properties: dict[str, object], where: str) -> None:
    """Voters exist and are named once; a choice has options, and nothing else has."""
    assert f"nodes.solo.properties.{where}" in faults(vote(**properties))


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"threshold": 0.5},
        {"vote_type": "score_1_10"},
        {"vote_type": "choice", "options": ["Build", "Buy"]},
        {"vote_type": "ranking", "options_from": "members"},
    ],
)
def test_a_vote_that_can_be_held(properties: dict[str, object]) -> None:
    assert not faults(vote(**properties))


@pytest.mark.parametrize(
    ("properties", "valid"),
    [
        ({"output": "verdict", "fallback_agent_id": "risk_auditor"}, True),
        ({"output": "verdict", "fallback_agent_id": "nobody"}, False),
        ({"output": "verdict", "fallback_agent_id": "value_defender"}, False),
        ({"output": "text", "fallback_agent_id": "risk_auditor"}, False),
    ],
)
def test_a_fallback_is_another_agent_and_a_chairs(properties: dict[str, Any], valid: bool) -> None:
    """The fallback chair is named in advance: an agent that exists, and not the chair itself."""
    found = faults(SOLO | {"solo": member("end", **properties)})
    assert set(found) == (set() if valid else {"nodes.solo.properties.fallback_agent_id"})


def test_a_fault_has_an_example() -> None:
    """Path, reason, suggestion, and a piece of JSON that would fit."""
    found = [f for f in find_faults(graph_of(vote(threshold=7)), AGENTS) if f.path.endswith("threshold")]
    assert found[0].example == '"threshold": 0.67'
    assert found[0].example in found[0].suggestion


def test_five_hundred_nodes_are_checked_at_once() -> None:
    """The largest graph there may be, with a fan-out and a loop, has no fault and is walked whole."""
    nodes: dict[str, dict[str, object]] = {"start": {"type": "start", "next_ids": ["fork"]}}
    heads = [f"a{branch}_0" for branch in range(8)]
    nodes["fork"] = {"type": "parallel", "next_ids": heads}
    for branch in range(8):
        for at in range(62):
            following = f"a{branch}_{at + 1}" if at < 61 else "loop"
            nodes[f"a{branch}_{at}"] = {
                "type": "agent", "next_ids": [following], "properties": {"agent_id": "value_defender"},
            }  # fmt: skip
    nodes["loop"] = {"type": "loop", "next_ids": ["fork", "end"]}
    nodes["end"] = {"type": "end"}
    assert len(nodes) == 500
    assert not faults(nodes)
