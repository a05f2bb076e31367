"""Graphs of people's own: fan-outs in fan-outs, sequences, bare prompts."""

from typing import Any

import pytest

from tests.engine.conftest import MakeCouncil
from tests.support import invariants
from tests.support.meetings import Meeting, add_template, member, start
from tests.support.model_server import Answer, Failure, Reply, ScriptedModelServer

Nodes = dict[str, dict[str, Any]]

NESTED: Nodes = {
    "start": {"type": "start", "next_ids": ["outer"]},
    "outer": {"type": "parallel", "next_ids": ["inner", "c"]},
    "inner": {"type": "parallel", "next_ids": ["a", "b"]},
    "a": member("ab"),
    "b": member("ab"),
    "ab": member("join"),
    "c": member("c2"),
    "c2": member("join"),
    "join": member("end"),
    "end": {"type": "end"},
}

IN_ORDER: Nodes = {
    "start": {"type": "start", "next_ids": ["order"]},
    "order": {"type": "sequence", "next_ids": ["one", "two", "three"]},
    "one": member("one_more"),
    "one_more": member("join"),
    "two": member("join"),
    "three": member("join"),
    "join": member("end"),
    "end": {"type": "end"},
}


class NamedMembers:
    """A responder that knows who asks by the number of the request, and what each had heard."""

    def __init__(self, model: ScriptedModelServer) -> None:
        self.fail: set[str] = set()
        self.heard: dict[str, str] = {}
        model.responder = self

    def __call__(self, request: dict[str, Any]) -> Answer:
        system, user = (message["content"] for message in request["messages"])
        who = system.split("\n")[0].removeprefix("I am ")
        self.heard[who] = user
        return (
            Failure(401, '{"error": {"message": "gone"}}') if who in self.fail else Reply(f"Word of {who}.")
        )

    def words_read_by(self, who: str) -> set[str]:
        return {other for other in self.heard if f"Word of {other}." in self.heard[who]}


@pytest.fixture
def members(model: ScriptedModelServer) -> NamedMembers:
    return NamedMembers(model)


def hold(council: MakeCouncil, nodes: Nodes, **settings: Any) -> Meeting:
    """A meeting over these nodes, to its end; every agent node has an agent named as the node."""
    parts = council(**settings)
    some = parts.library.agents["value_defender"]
    named = {}
    for node_id, node in nodes.items():
        named[node_id] = node
        if node["type"] == "agent":
            parts.library.agents[node_id] = some.model_copy(
                update={"agent_id": node_id, "persona": f"I am {node_id}"}
            )
            named[node_id] = node | {"properties": node["properties"] | {"agent_id": node_id}}
    meeting = start(parts, add_template(parts, "own", named))
    meeting.wait_for_end()
    invariants.check(parts, meeting.session_id)
    return meeting


def test_fan_outs_in_fan_outs(council: MakeCouncil, members: NamedMembers) -> None:
    """Branches are whole chains, nested too; a member reads its own branch, the join reads all."""
    meeting = hold(council, NESTED)
    assert meeting.status == "completed"
    assert members.words_read_by("a") == members.words_read_by("b") == members.words_read_by("c") == set()
    assert members.words_read_by("ab") == {"a", "b"}
    assert members.words_read_by("c2") == {"c"}
    assert members.words_read_by("join") == {"a", "b", "ab", "c", "c2"}


def test_a_failure_in_an_inner_branch(council: MakeCouncil, members: NamedMembers) -> None:
    """An absence inside a branch that joins: its join goes on without it."""
    members.fail = {"a"}
    meeting = hold(council, NESTED)
    assert meeting.status == "completed"
    assert members.words_read_by("ab") == {"b"}
    assert "## Absent: Member A" in members.heard["join"]


def test_a_failure_skips_the_rest_of_its_branch(council: MakeCouncil, members: NamedMembers) -> None:
    """What would have followed a failed node in its own branch is skipped, not waited for."""
    members.fail = {"c"}
    meeting = hold(council, NESTED)
    assert meeting.status == "completed"
    assert meeting.snapshot["node_statuses"]["c2"] == "skipped"
    assert "c2" not in members.heard
    assert members.words_read_by("join") == {"a", "b", "ab"}


def test_a_join_that_nobody_reaches(council: MakeCouncil, members: NamedMembers) -> None:
    """When every branch is absent the session fails, with a node's error."""
    members.fail = {"a", "b", "c"}
    meeting = hold(council, NESTED)
    assert meeting.status == "failed"
    assert "gone" in meeting.snapshot["reason"]


def test_a_sequence_goes_in_the_listed_order(council: MakeCouncil, members: NamedMembers) -> None:
    """Its branches one after another, later ones reading earlier ones."""
    meeting = hold(council, IN_ORDER)
    assert meeting.status == "completed"
    assert list(members.heard) == ["one", "one_more", "two", "three", "join"]
    assert members.words_read_by("two") == {"one", "one_more"}
    assert members.words_read_by("three") == {"one", "one_more", "two"}
    assert members.words_read_by("join") == {"one", "one_more", "two", "three"}


def test_a_sequence_goes_on_without_a_failed_branch(council: MakeCouncil, members: NamedMembers) -> None:
    """A failed branch is absent; the next one begins all the same."""
    members.fail = {"one"}
    meeting = hold(council, IN_ORDER)
    assert meeting.status == "completed"
    assert meeting.snapshot["node_statuses"]["one_more"] == "skipped"
    assert members.words_read_by("three") == {"two"}


def test_a_sequence_whose_branch_goes_past_the_join(council: MakeCouncil, members: NamedMembers) -> None:
    """A branch ends where all of them meet; a way around the join does not make the others wait for ever."""
    nodes: Nodes = {
        "start": {"type": "start", "next_ids": ["order"]},
        "order": {"type": "sequence", "next_ids": ["one", "two"]},
        "one": member("x", "y"),
        "x": member("join"),
        "y": member("end"),
        "two": member("join"),
        "join": member("end"),
        "end": {"type": "end"},
    }
    meeting = hold(council, nodes)
    assert meeting.status == "completed"
    assert set(meeting.snapshot["node_statuses"].values()) == {"completed"}
    assert members.words_read_by("two") == {"one", "x", "y"}


def test_several_next_ids_are_a_fan_out(council: MakeCouncil, members: NamedMembers) -> None:
    """Several ``next_ids`` start branches of their own, without a node of type parallel."""
    nodes: Nodes = {
        "start": {"type": "start", "next_ids": ["a", "b"]},
        "a": member("end"),
        "b": member("end"),
        "end": {"type": "end"},
    }
    meeting = hold(council, nodes)
    assert meeting.status == "completed"
    assert set(members.heard) == {"a", "b"}


def test_visibility_none_reads_nobody(council: MakeCouncil, members: NamedMembers) -> None:
    """A member with visibility ``none`` speaks blind, wherever it stands."""
    nodes = {n: dict(node) for n, node in IN_ORDER.items()}
    nodes["three"] = member("join", visibility="none")
    hold(council, nodes)
    assert members.words_read_by("three") == set()
    assert "Word of" not in members.heard["three"]


def test_members_are_letters_to_each_other(council: MakeCouncil, members: NamedMembers) -> None:
    """The letters follow the graph's order and are the same for everybody."""
    hold(council, IN_ORDER)
    for reader in ("two", "three", "join"):
        section = members.heard[reader].split("## Member A said")[1]
        assert "Word of one." in section.split("##")[0]


def test_a_bare_prompt(council: MakeCouncil, model: ScriptedModelServer) -> None:
    """``llm``: a prompt over the meeting's variables, each fenced; unknown names stay as they are."""
    prompt = "About {{subject}}: {{documents}} {{ first }} {{nothing}}"
    nodes: Nodes = {
        "start": {"type": "start", "next_ids": ["first"]},
        "first": {"type": "llm", "next_ids": ["second"], "properties": {"prompt": "Say a word."}},
        "second": {"type": "llm", "next_ids": ["end"], "properties": {"prompt": prompt}},
        "end": {"type": "end"},
    }
    parts = council()
    model.responder = lambda request: Reply("Word.")
    meeting = start(parts, add_template(parts, "bare", nodes), inputs={"document": "One line."})
    assert meeting.wait_for_end()["status"] == "completed"
    asked = model.requests[1]["messages"][1]["content"]
    assert "L1: One line." in asked
    assert "Shall we move to a four-day week?" in asked
    assert "\nWord.\n" in asked
    assert "{{nothing}}" in asked
    assert [m["agent_id"] for m in meeting.messages()] == [None, None]
    invariants.check(parts, meeting.session_id)


def test_a_wide_meeting(council: MakeCouncil, members: NamedMembers, hurried: None) -> None:
    """Forty members at once, on threads of their own."""
    names = [f"m{number}" for number in range(40)]
    nodes: Nodes = {"start": {"type": "start", "next_ids": names}}
    nodes |= {name: member("join") for name in names}
    nodes |= {"join": member("end"), "end": {"type": "end"}}
    meeting = hold(council, nodes)
    assert meeting.status == "completed"
    assert members.words_read_by("join") == set(names)
