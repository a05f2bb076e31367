"""How a meeting runs: nodes, and the links between them."""

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

NodeId = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_.-]+$")]
MAX_AWAY = 100_000
Away = Annotated[int, Field(strict=True, ge=-MAX_AWAY, le=MAX_AWAY)]
Category = Literal["code_review", "business_plan", "quick_decision", "debate", "custom", "other"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)


class Node(_Part):
    """One step of a meeting. ``properties`` depend on its type."""

    node_id: NodeId
    type: str
    name: str = Field(max_length=255)
    next_ids: tuple[str, ...] = ()
    properties: dict[str, Any] = {}

    @property
    def again_id(self) -> str | None:
        """Where a loop begins its next round; ``None`` for every other node."""
        return self.next_ids[0] if self.type == "loop" and self.next_ids else None

    @property
    def onward_ids(self) -> tuple[str, ...]:
        """The next nodes, but for the link with which a loop leads back."""
        return self.next_ids[1:] if self.type == "loop" else self.next_ids


class Graph(_Part):
    """Nodes by their id, in the order they were written down; that order is the members' order.

    Onward links alone make no cycles; what leads back is the first link of a loop.
    """

    start_node_id: str
    nodes: dict[str, Node]

    @cached_property
    def sources(self) -> dict[str, tuple[str, ...]]:
        """For each node, the nodes that lead onward to it."""
        into: dict[str, list[str]] = {node_id: [] for node_id in self.nodes}
        for node in self.nodes.values():
            for target in node.onward_ids:
                into[target].append(node.node_id)
        return {node_id: tuple(sources) for node_id, sources in into.items()}

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Nodes so that every onward link leads forward (Kahn 1962); nodes on a cycle, and after one, are missing."""
        waiting = {node_id: len(sources) for node_id, sources in self.sources.items()}
        order = [node_id for node_id, count in waiting.items() if count == 0]
        for node_id in order:
            for target in self.nodes[node_id].onward_ids:
                waiting[target] -= 1
                if waiting[target] == 0:
                    order.append(target)
        return tuple(order)

    def reachable(self, node_id: str) -> frozenset[str]:
        """The node and all that follow it onward."""
        return self._reached[node_id]

    @cached_property
    def _reached(self) -> dict[str, frozenset[str]]:
        if len(self.order) < len(self.nodes):
            return {node_id: self._search(node_id) for node_id in self.nodes}
        reached: dict[str, frozenset[str]] = {}
        for node_id in reversed(self.order):
            following = (reached[target] for target in self.nodes[node_id].onward_ids)
            reached[node_id] = frozenset((node_id,)).union(*following)
        return reached

    def _search(self, node_id: str) -> frozenset[str]:
        """What follows a node where links may run in circles."""
        seen: set[str] = set()
        to_visit = [node_id]
        while to_visit:
            current = to_visit.pop()
            if current not in seen:
                seen.add(current)
                to_visit.extend(self.nodes[current].onward_ids)
        return frozenset(seen)

    def loop_body(self, loop_id: str) -> frozenset[str]:
        """The nodes of one round of this loop: from where it begins again to the loop itself."""
        again = self.nodes[loop_id].again_id
        if again is None:
            return frozenset()
        return frozenset(n for n in self.reachable(again) if loop_id in self.reachable(n))

    def after(self, node_id: str) -> frozenset[str]:
        """The node and all that may run once it has: onward, round every loop on the way, and in a sequence the
        branches that come later."""
        following = self.reachable(node_id)
        while True:
            again = [head for n in following if (head := self.nodes[n].again_id)]
            begun = [*again, *self._later_branches(following)]
            grown = following.union(*(self.reachable(head) for head in begun))
            if grown == following:
                return following
            following = grown

    def _later_branches(self, nodes: frozenset[str]) -> Iterator[str]:
        """The heads of the branches that wait for a branch with one of these nodes in it."""
        for node in self.nodes.values():
            if node.type == "sequence":
                for earlier, later in pairwise(node.next_ids):
                    if self.branch(node.node_id, earlier) & nodes:
                        yield later

    def join_of(self, node_id: str) -> str | None:
        """The first node that all branches of this one reach; ``None`` when there is none."""
        branches = self.nodes[node_id].onward_ids
        if not branches:
            return None
        common = frozenset.intersection(*(self.reachable(branch) for branch in branches))
        first = [c for c in common if not any(c != other and c in self.reachable(other) for other in common)]
        return min(first, default=None)

    def branch(self, node_id: str, head: str) -> frozenset[str]:
        """A branch of this node: all that follows ``head``, but for the node where all meet and what follows that."""
        join = self.join_of(node_id)
        return self.reachable(head) - (self.reachable(join) if join else frozenset())


class Place(_Part):
    """Where the middle of a node stands on a canvas, in its units, seen from where the first node would stand by
    itself: so far to the right, so far down."""

    x: Away
    y: Away


Layout = dict[str, Place]


class Template(_Part):
    """A named graph that meetings are started from.

    ``layout`` has the nodes that somebody put in a place; all others are placed by whoever draws them.
    """

    template_id: str
    name: str = Field(max_length=128)
    description: str = Field("", max_length=512)
    category: Category = "custom"
    is_system: bool = False
    graph: Graph
    layout: Layout = {}


class Agent(_Part):
    """A persona and the model settings it speaks with; ``provider`` and ``model`` absent: what there is."""

    agent_id: str
    name: str = Field(max_length=255)
    description: str = Field("", max_length=512)
    persona: str
    provider: str | None = None
    model: str | None = None
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    max_tokens: int | None = Field(None, ge=1, le=1_000_000)
    is_system: bool = False
