"""Who will have heard whom, and how often, by the time it speaks: read off the graph alone."""

from functools import cached_property
from itertools import pairwise
from math import prod
from typing import Literal

from council.meeting.graph import Graph
from council.meeting.nodes import Loop

MOST_VISITS = 500  # A meeting has a limit of steps, too.


class Earshot:
    """A graph with its loops taken as often as they may be."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._rounds = {
            n: Loop.model_validate(node.properties).max_rounds
            for n, node in graph.nodes.items()
            if node.type == "loop"
        }

    def visits(self, node_id: str) -> int:
        """How often the node runs at most: loops inside loops multiply."""
        return self._visits[node_id]

    @property
    def nested(self) -> bool:
        """Whether there is a loop inside a loop."""
        return any(len(self._loops_of[loop]) > 1 for loop in self._rounds)

    def heard_by(self, reader: str) -> dict[str, float]:
        """How many contributions of each speaker the reader finds, on the average of its visits."""
        before, loops = self.before(reader), self._loops_of[reader]
        found = {speaker: self._times(loops, speaker, 1) for speaker in before}
        for loop in loops:
            for speaker in self._bodies[loop] - before:
                found[speaker] = self._times(loops, speaker, -1)
        return found

    def _times(self, loops: frozenset[str], speaker: str, earlier: Literal[1, -1]) -> float:
        """Of a round that both take part in, the reader hears a speaker before it at once, others in the next."""
        shared = loops & self._loops_of[speaker]
        if not shared:
            return float(self._visits[speaker])
        common = min(MOST_VISITS, prod(self._rounds[loop] for loop in shared))
        return self._visits[speaker] / common * (common + earlier) / 2

    def before(self, node_id: str) -> frozenset[str]:
        """All nodes that are over when this one begins, of one round."""
        return self._before[node_id]

    def right_before(self, node_id: str) -> frozenset[str]:
        """The nodes this one waits for: those that link to it, and in a sequence the branch before its own."""
        return frozenset(self._graph.sources[node_id]) | self._branch_before.get(node_id, frozenset())

    @cached_property
    def _bodies(self) -> dict[str, frozenset[str]]:
        return {loop: self._graph.loop_body(loop) for loop in self._rounds}

    @cached_property
    def _loops_of(self) -> dict[str, frozenset[str]]:
        return {
            node_id: frozenset(loop for loop, body in self._bodies.items() if node_id in body)
            for node_id in self._graph.nodes
        }

    @cached_property
    def _visits(self) -> dict[str, int]:
        return {
            node_id: min(MOST_VISITS, prod(self._rounds[loop] for loop in loops))
            for node_id, loops in self._loops_of.items()
        }

    @cached_property
    def _branch_before(self) -> dict[str, frozenset[str]]:
        """For the first node of each later branch of a sequence, all nodes of the branch before it."""
        found: dict[str, frozenset[str]] = {}
        for node in self._graph.nodes.values():
            if node.type == "sequence":
                for earlier, later in pairwise(node.next_ids):
                    found[later] = self._graph.branch(node.node_id, earlier)
        return found

    @cached_property
    def _before(self) -> dict[str, frozenset[str]]:
        """Once over the graph in its order; sequences, whose branches wait without a link, take another round."""
        before: dict[str, frozenset[str]] = dict.fromkeys(self._graph.nodes, frozenset())
        while True:
            known = dict(before)
            for node_id in self._graph.order:
                waits_for = self.right_before(node_id)
                before[node_id] = waits_for.union(*(before[source] for source in waits_for))
            if before == known:
                return before
