"""The walk over a graph: joins wait for who was sent, never for who is missing, and nothing hangs."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from council.meeting.graph import Graph
from council.meeting.validation import find_faults
from council.meeting.walk import Progress, Walk
from tests.support.meetings import graph_of

AGENT = {"agent_id": "someone"}


def graph(links: dict[str, list[str]], sequences: set[str] = frozenset()) -> Graph:  # type: ignore[assignment]
    """A graph from its links; nodes without links are ends, those in ``sequences`` are sequences."""
    targets = {target for following in links.values() for target in following}
    nodes: dict[str, dict[str, Any]] = {}
    for node_id in [*links, *sorted(targets - links.keys())]:
        following = links.get(node_id, [])
        kind = "start" if node_id == "start" else "end" if not following else "agent"
        kind = "sequence" if node_id in sequences else kind
        nodes[node_id] = {"type": kind, "next_ids": following, "properties": AGENT if kind == "agent" else {}}
    return graph_of(nodes)


@dataclass
class Held:
    """One meeting held without an engine: nodes end in an order that ``dice`` choose."""

    walk: Walk
    failing: frozenset[str]
    dice: random.Random
    running: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    heard: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failed_by: str | None = None

    def take(self, progress: Progress) -> None:
        self.skipped += progress.skipped
        for node_id in progress.ready:
            assert node_id not in self.ran, f"{node_id} runs twice"
            self.ran.append(node_id)
            self.running.append(node_id)
            self.heard[node_id] = self.walk.heard(node_id)
            self._check_sources(node_id)
        self.failed_by = progress.failed_by

    def _check_sources(self, node_id: str) -> None:
        """Whoever leads here has ended, one way or the other."""
        for source in self.walk.graph.sources[node_id]:
            assert source in self.ran + self.skipped
            assert source not in self.running

    def step(self) -> None:
        node_id = self.running.pop(self.dice.randrange(len(self.running)))
        failed = node_id in self.failing
        self.take(self.walk.fail(node_id, "why") if failed else self.walk.complete(node_id))

    def run(self) -> Held:
        self.take(self.walk.begin())
        while self.running and self.failed_by is None:
            self.step()
        return self

    @property
    def outcome(self) -> tuple[Any, ...]:
        """What must not depend on the order in which nodes end."""
        if self.failed_by is not None:
            return ("failed",)
        return "completed", frozenset(self.ran), frozenset(self.skipped), tuple(sorted(self.heard.items()))


def hold(shape: Graph, failing: frozenset[str] = frozenset(), seed: int = 0) -> Held:
    return Held(Walk(shape), failing, random.Random(seed)).run()


@dataclass(frozen=True)
class Case:
    """A valid graph, and who fails in it; made by dice, which is much quicker than drawing each link."""

    shape: Graph
    failing: frozenset[str]


def case(size: int, seed: int, failing: float) -> Case:
    dice = random.Random(seed)
    shape = any_graph(size, dice)
    speakers = [node.node_id for node in shape.nodes.values() if node.type in ("agent", "end")]
    return Case(shape, frozenset(name for name in speakers if dice.random() < failing))


def any_graph(size: int, dice: random.Random) -> Graph:
    """Fan-outs, joins, chains, links that skip, and sequences in every place that allows one."""
    names = ["start", *(f"n{number}" for number in range(size)), "end"]
    links: dict[str, list[str]] = {name: [] for name in names[:-1]}
    for at, name in enumerate(names[1:], start=1):
        for source in dice.sample(names[:at], dice.randint(1, min(at, 3))):
            links[source].append(name)
    for following in links.values():
        following[:] = dice.sample(following, len(following)) or ["end"]
    forks = [name for name in links if name != "start" and len(links[name]) > 1]
    for _ in range(4):
        sequences = {name for name in forks if dice.random() < 0.5}
        shape = graph(links, sequences)
        if not list(find_faults(shape, ["someone"])):
            return shape
    shape = graph(links)
    assert not list(find_faults(shape, ["someone"]))
    return shape


CASES = st.builds(case, st.integers(1, 10), st.integers(0, 10**9), st.sampled_from((0.0, 0.2, 0.5)))
SEEDS = st.integers(0, 1000)


@given(CASES, SEEDS)
@settings(max_examples=200, deadline=None)
def test_a_walk_never_hangs(case: Case, seed: int) -> None:
    """Every node ends or is skipped, each once, or the meeting fails: no join hangs, whoever fails."""
    shape = case.shape
    held = hold(shape, case.failing, seed)
    assert len(held.ran) == len(set(held.ran))
    assert not set(held.ran) & set(held.skipped)
    if held.failed_by is None:
        assert held.walk.done
        assert set(held.ran) | set(held.skipped) == set(shape.nodes)


@given(CASES, SEEDS)
@settings(max_examples=100, deadline=None)
def test_without_failures_everybody_speaks(case: Case, seed: int) -> None:
    """When nobody fails, every node runs, and none is skipped."""
    shape = case.shape
    held = hold(shape, frozenset(), seed)
    assert set(held.ran) == set(shape.nodes)
    assert held.failed_by is None


@given(CASES)
@settings(max_examples=200, deadline=None)
def test_the_order_in_which_nodes_end_does_not_matter(case: Case) -> None:
    """Whoever is quicker: the same nodes run, the same are skipped, and each reads the same."""
    shape, failing = case.shape, case.failing
    assert len({hold(shape, failing, seed).outcome for seed in range(4)}) == 1


@given(CASES, SEEDS)
@settings(max_examples=200, deadline=None)
def test_what_a_node_reads_does_not_depend_on_luck(case: Case, seed: int) -> None:
    """A node reads only what is before it: completed nodes, never itself or one that failed."""
    shape, failing = case.shape, case.failing
    held = hold(shape, failing, seed)
    for node_id, words in held.heard.items():
        assert node_id not in words
        assert not set(words) & failing
        assert all(held.ran.index(word) < held.ran.index(node_id) for word in words)


@given(CASES, SEEDS, SEEDS)
@settings(max_examples=200, deadline=None)
def test_a_crash_after_any_step_changes_nothing(case: Case, seed: int, again: int) -> None:
    """Walked again with the recorded results, whatever step it died in, a meeting ends the same way."""
    shape, failing = case.shape, case.failing
    whole = hold(shape, failing, seed)
    first = Held(Walk(shape), failing, random.Random(seed))
    first.take(first.walk.begin())
    recorded: set[str] = set()
    while first.running and first.failed_by is None:
        before = set(first.running)
        first.step()
        recorded |= before - set(first.running)
        second = walk_again(shape, failing, recorded, random.Random(again))
        assert second.outcome == whole.outcome


def walk_again(shape: Graph, failing: frozenset[str], recorded: set[str], dice: random.Random) -> Held:
    """As the engine does it: what has a result answers at once, in the order in which it becomes ready."""
    held = Held(Walk(shape), failing, dice)
    held.take(held.walk.begin())
    while held.failed_by is None and (known := [n for n in held.running if n in recorded]):
        held.running.remove(known[0])
        failed = known[0] in failing
        held.take(held.walk.fail(known[0], "why") if failed else held.walk.complete(known[0]))
    while held.running and held.failed_by is None:
        held.step()
    return held


# By name


DEBATE = {
    "start": ["both"],
    "both": ["pro", "contra"],
    "pro": ["chair"],
    "contra": ["chair"],
    "chair": ["end"],
}


def test_a_join_waits_for_all_that_were_sent() -> None:
    """The chair runs once, when both sides have ended."""
    walk = Walk(graph(DEBATE))
    assert walk.begin().ready == ("start",)
    assert walk.complete("start").ready == ("both",)
    assert walk.complete("both").ready == ("pro", "contra")
    assert walk.complete("pro").ready == ()
    assert not walk.done
    assert walk.complete("contra").ready == ("chair",)
    assert walk.heard("chair") == ("start", "both", "pro", "contra")
    assert walk.complete("chair").ready == ("end",)
    walk.complete("end")
    assert walk.done


def test_a_failed_branch_is_absent_with_its_reason() -> None:
    """A failed branch arrives at the join as absent, with its reason."""
    held = hold(graph(DEBATE), frozenset({"pro"}))
    assert held.failed_by is None
    assert [(a.node_id, a.reason) for a in held.walk.absences] == [("pro", "why")]
    assert held.heard["chair"] == ("start", "both", "contra")


def test_a_join_that_nobody_reaches_fails_the_meeting() -> None:
    """When every branch is absent there is nothing to join: the meeting fails with a node that failed."""
    held = hold(graph(DEBATE), frozenset({"pro", "contra"}))
    assert held.failed_by in ("pro", "contra")
    assert "chair" not in held.ran


def test_a_failed_node_outside_branches_fails_the_meeting() -> None:
    """The chair and the end are nobody's branch: their failure is the meeting's."""
    assert hold(graph(DEBATE), frozenset({"chair"})).failed_by == "chair"
    assert hold(graph(DEBATE), frozenset({"end"})).failed_by == "end"


def test_an_absence_travels_to_the_next_join() -> None:
    """What follows a failed node in its branch is skipped; the join further on goes on without it."""
    links = {"start": ["a", "c"], "a": ["b"], "b": ["join"], "c": ["join"], "join": ["end"]}
    held = hold(graph(links), frozenset({"a"}))
    assert held.skipped == ["b"]
    assert held.failed_by is None
    assert "join" in held.ran


def test_a_failure_in_a_branch_that_never_joins_fails_the_meeting() -> None:
    """A failure is an absence only inside a branch that joins."""
    links = {"start": ["a", "b"], "a": ["end1"], "b": ["end2"]}
    assert hold(graph(links), frozenset({"a"})).failed_by == "a"


def test_a_sequence_begins_a_branch_when_the_one_before_has_arrived() -> None:
    """One after another, in the listed order, whole chains."""
    links = {"start": ["s"], "s": ["b", "a"], "b": ["b2"], "b2": ["join"], "a": ["join"], "join": ["end"]}
    walk = Walk(graph(links, {"s"}))
    walk.begin()
    walk.complete("start")
    assert walk.complete("s").ready == ("b",)
    assert walk.complete("b").ready == ("b2",)
    assert walk.complete("b2").ready == ("a",)
    assert set(walk.heard("a")) == {"start", "s", "b", "b2"}
    assert walk.complete("a").ready == ("join",)


def test_a_sequence_goes_on_after_a_failed_branch() -> None:
    """A failed branch has arrived, too: as absent."""
    links = {"start": ["s"], "s": ["a", "b"], "a": ["join"], "b": ["join"], "join": ["end"]}
    held = hold(graph(links, {"s"}), frozenset({"a"}))
    assert held.ran == ["start", "s", "b", "a", "join", "end"] or held.ran == [
        "start", "s", "a", "b", "join", "end",
    ]  # fmt: skip
    assert held.failed_by is None


def test_a_way_around_the_join_holds_nobody() -> None:
    """A branch with a link past the join ends where all branches meet."""
    links = {"start": ["s"], "s": ["a", "b"], "a": ["x", "y"], "x": ["join"], "y": ["end"], "b": ["join"]}
    held = hold(graph(links | {"join": ["end"]}, {"s"}))
    assert set(held.ran) == {"start", "s", "a", "x", "y", "b", "join", "end"}
