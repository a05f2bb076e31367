"""Rounds: a loop sends its round through the graph again, and decides when that is enough."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.meeting.graph import Graph
from council.meeting.nodes import Loop
from council.meeting.rounds import Standing, decide_round
from council.meeting.validation import find_faults
from council.meeting.walk import Progress, Walk, node_of, step_key
from tests.support.meetings import graph_of

# Graphs with loops, made by putting blocks together


class Builder:
    """Blocks of nodes, each with one way in and one way out, put together by dice."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.links: dict[str, list[str]] = {}
        self.loops: dict[str, int] = {}  # How many rounds each takes.
        self.sequences: set[str] = set()

    def graph(self, depth: int) -> Graph:
        self.links = {"start": []}
        first, last = self.block(depth)
        self.links["start"].append(first)
        self.links[last].append("end")
        return graph_of({name: self._node(name) for name in [*self.links, "end"]})

    def _node(self, name: str) -> dict[str, object]:
        kind = "loop" if name in self.loops else "sequence" if name in self.sequences else None
        kind = kind or {"start": "start", "end": "end"}.get(name, "agent")
        properties = {"agent_id": "someone"} if kind == "agent" else {}
        return {"type": kind, "next_ids": self.links.get(name, []), "properties": properties}

    def block(self, depth: int) -> tuple[str, str]:
        """The first and the last node of a new block."""
        if depth == 0:
            name = self.new()
            return name, name
        return self.dice.choice((self._chain, self._fork, self._loop))(depth - 1)

    def new(self) -> str:
        name = f"n{len(self.links)}"
        self.links[name] = []
        return name

    def _chain(self, depth: int) -> tuple[str, str]:
        blocks = [self.block(depth) for _ in range(2)]
        self.links[blocks[0][1]].append(blocks[1][0])
        return blocks[0][0], blocks[1][1]

    def _fork(self, depth: int) -> tuple[str, str]:
        fork, join = self.new(), self.new()
        for _ in range(self.dice.randint(2, 3)):
            first, last = self.block(depth)
            self.links[fork].append(first)
            self.links[last].append(join)
        if self.dice.random() < 0.3:
            self.sequences.add(fork)
        return fork, join

    def _loop(self, depth: int) -> tuple[str, str]:
        first, last = self.block(depth)
        loop = self.new()
        self.loops[loop] = self.dice.randint(1, 3)
        self.links[last].append(loop)
        self.links[loop].append(first)
        return first, loop


@dataclass
class Rounds:
    """A meeting held without an engine; a loop goes round as often as it was told to, each time it is reached."""

    walk: Walk
    rounds: dict[str, int]
    dice: random.Random
    recorded: frozenset[str] = frozenset()
    running: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    heard: dict[str, tuple[str, ...]] = field(default_factory=dict)
    laps: dict[str, int] = field(default_factory=dict)

    def take(self, progress: Progress) -> None:
        assert progress.failed_by is None
        for node_id in progress.ready:
            key = self.walk.key(node_id)
            assert key not in self.heard, f"{key} runs twice"
            self.heard[key] = self.walk.heard(node_id)
            if key not in self.recorded:
                self.asked.append(key)
            self.running.append(node_id)

    def step(self) -> None:
        known = [n for n in self.running if self.walk.key(n) in self.recorded]
        node_id = known[0] if known else self.running[self.dice.randrange(len(self.running))]
        self.running.remove(node_id)
        self.steps.append(self.walk.key(node_id))
        self.take(self.walk.complete(node_id, again=self._again(node_id)))

    def _again(self, node_id: str) -> bool:
        if node_id not in self.rounds:
            return False
        lap = self.laps[node_id] = self.laps.get(node_id, 0) + 1
        if lap < self.rounds[node_id]:
            return True
        self.laps[node_id] = 0
        return False

    def run(self, steps: int | None = None) -> Rounds:
        self.take(self.walk.begin())
        while self.running and (steps is None or len(self.steps) < steps):
            self.step()
        return self


def made(seed: int, depth: int = 3) -> tuple[Graph, dict[str, int]]:
    builder = Builder(seed)
    return builder.graph(depth), builder.loops


SEEDS = st.integers(0, 10**9)


@given(SEEDS, SEEDS)
@settings(max_examples=150, deadline=None)
def test_rounds_end_and_everybody_speaks_in_each(seed: int, luck: int) -> None:
    """Every node runs as often as the loops round it say, and the walk ends."""
    graph, rounds = made(seed)
    assert not list(find_faults(graph, ["someone"]))
    held = Rounds(Walk(graph), rounds, random.Random(luck)).run()
    assert held.walk.done
    for node_id in graph.nodes:
        expected = 1
        for loop, times in rounds.items():
            expected *= times if node_id in graph.loop_body(loop) else 1
        assert [key for key in held.heard if node_of(key) == node_id] == [
            step_key(node_id, visit) for visit in range(1, expected + 1)
        ]


@given(SEEDS)
@settings(max_examples=100, deadline=None)
def test_luck_changes_nothing(seed: int) -> None:
    """Whoever is quicker, each visit of each node reads the same words."""
    graph, rounds = made(seed)
    runs = [Rounds(Walk(graph), rounds, random.Random(luck)).run().heard for luck in range(3)]
    assert runs[0] == runs[1] == runs[2]


@given(SEEDS, SEEDS, st.data())
@settings(max_examples=150, deadline=None)
def test_a_crash_after_any_step_asks_nobody_twice(seed: int, luck: int, data: st.DataObject) -> None:
    """Walked again with what was recorded, a meeting with rounds ends the same, and no recorded step is asked again."""
    graph, rounds = made(seed)
    whole = Rounds(Walk(graph), rounds, random.Random(luck)).run()
    crash = data.draw(st.integers(0, len(whole.steps)))
    first = Rounds(Walk(graph), rounds, random.Random(luck)).run(crash)
    recorded = frozenset(first.steps)
    again = Rounds(Walk(graph), rounds, random.Random(luck + 1), recorded=recorded).run()
    assert again.heard == whole.heard
    assert not set(again.asked) & recorded
    assert sorted(again.asked) == sorted(whole.heard.keys() - recorded)


@given(SEEDS)
@settings(max_examples=100, deadline=None)
def test_words_are_read_in_the_order_they_were_said(seed: int) -> None:
    """Whoever heard another comes after it; nobody reads what was not said yet."""
    graph, rounds = made(seed)
    held = Rounds(Walk(graph), rounds, random.Random(1)).run()
    for key, words in held.heard.items():
        assert key not in words
        for place, word in enumerate(words):
            assert set(held.heard[word]) <= set(words[:place])


# By name

ROUND = {
    "start": {"type": "start", "next_ids": ["both"]},
    "both": {"type": "parallel", "next_ids": ["pro", "contra"]},
    "pro": {"type": "agent", "next_ids": ["again"], "properties": {"agent_id": "a"}},
    "contra": {"type": "agent", "next_ids": ["again"], "properties": {"agent_id": "b"}},
    "again": {"type": "loop", "next_ids": ["both", "end"]},
    "end": {"type": "end"},
}


def at_the_loop(walk: Walk) -> Walk:
    walk.begin()
    for node_id in ("start", "both", "pro", "contra"):
        walk.complete(node_id)
    return walk


def test_another_round_starts_at_its_beginning() -> None:
    """Again: the nodes of the round are as if they had never run, and the first of them starts."""
    walk = at_the_loop(Walk(graph_of(ROUND)))
    progress = walk.complete("again", again=True)
    assert progress.ready == ("both",)
    assert progress.again == ("both", "pro", "contra", "again")
    assert walk.key("both") == "both#2"
    assert walk.complete("both").ready == ("pro", "contra")
    assert walk.heard("pro") == ("start", "both", "pro", "contra", "again", "both#2")


def test_out_goes_on() -> None:
    assert at_the_loop(Walk(graph_of(ROUND))).complete("again").ready == ("end",)


def test_an_absence_is_of_one_round() -> None:
    """Who failed in the first round and spoke in the second is not missing any more."""
    walk = Walk(graph_of(ROUND))
    walk.begin()
    for node_id in ("start", "both", "pro"):
        walk.complete(node_id)
    assert walk.fail("contra", "it broke").ready == ("again",)
    assert [a.node_id for a in walk.absences] == ["contra"]
    walk.complete("again", again=True)
    assert walk.absences == ()
    walk.complete("both")
    walk.complete("contra")
    walk.complete("pro")
    assert "contra#2" in walk.heard("again")
    assert "contra" not in walk.heard("again")


@pytest.mark.parametrize(
    ("change", "where", "reason"),
    [
        ({"again": {"type": "loop", "next_ids": ["both"]}}, "nodes.again.next_ids", "two next nodes"),
        ({"again": {"type": "loop", "next_ids": ["end", "both"]}}, "nodes.both", "on a cycle"),
        (
            {"again": {"type": "loop", "next_ids": ["again", "end"]}},
            "nodes.again.next_ids.0",
            "does not lead",
        ),
        (
            {"pro": {"type": "agent", "next_ids": ["again", "end"], "properties": {"agent_id": "a"}}},
            "nodes.pro.next_ids",
            "leaves the round",
        ),
        (
            {"start": {"type": "start", "next_ids": ["both", "pro"]}},
            "nodes.start.next_ids",
            "enters the round",
        ),
        (
            {"contra": {"type": "agent", "next_ids": ["both"], "properties": {"agent_id": "b"}}},
            "nodes.both",
            "on a cycle",
        ),
    ],
)
def test_a_round_has_one_way_in_and_one_way_out(
    change: dict[str, dict[str, object]], where: str, reason: str
) -> None:
    """Every cycle passes through a loop; a round is entered where it begins and left through its loop."""
    faults = {fault.path: fault.reason for fault in find_faults(graph_of(ROUND | change), ["a", "b"])}
    assert reason in faults.get(where, ""), faults


# When it is enough

LOOP = Loop(max_rounds=5, exit_on_score=90)


@pytest.mark.parametrize(
    ("standing", "again", "reason"),
    [
        (Standing(1), True, "continue"),
        (Standing(1, (70.0,)), True, "continue"),
        (Standing(5, (70.0,)), False, "max_rounds"),
        (Standing(2, (70.0, 90.0)), False, "score"),
        (Standing(2, (70.0, 89.9)), True, "continue"),
        (Standing(1, (70.0,), agreed=True), False, "agreement"),
        (Standing(2, (70.0, 60.0)), False, "regression"),
        (Standing(2, (70.0, 60.1)), True, "continue"),
        (Standing(3, (70.0, 74.9, 79.8)), False, "stasis"),
        (Standing(3, (70.0, 74.9, 79.9)), True, "continue"),
        (Standing(2, (70.0, 71.0)), True, "continue"),
        (Standing(1, (95.0,), person="again"), True, "person"),
        (Standing(2, (70.0, 20.0), person="again"), True, "person"),
        (Standing(5, (70.0,), person="again"), False, "max_rounds"),
        (Standing(1, (10.0,), person="leave"), False, "person"),
    ],
)
def test_when_a_round_is_the_last(standing: Standing, again: bool, reason: str) -> None:
    """Score reached, agreement, regression, stasis, the last round, or a person's word."""
    decision = decide_round(LOOP, standing)
    assert (decision.again, decision.reason) == (again, reason)


def test_conditions_can_be_switched_off() -> None:
    """Zero, and false, mean off: then only the number of rounds counts."""
    plain = Loop(max_rounds=9, exit_on_score=0, exit_on_agreement=False, regression=0, stasis=0)
    standing = Standing(8, (100.0, 100.0, 100.0, 10.0), agreed=True)
    assert decide_round(plain, standing).again


@given(
    st.integers(1, 50), st.lists(st.floats(0, 100)), st.booleans(), st.sampled_from((None, "again", "leave"))
)
def test_no_loop_runs_for_ever(limit: int, scores: list[float], agreed: bool, person: str | None) -> None:
    """At the last round it is out, whatever was said."""
    standing = Standing(limit, tuple(scores), agreed, person)  # type: ignore[arg-type]
    assert not decide_round(Loop(max_rounds=limit), standing).again
