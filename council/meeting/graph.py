"""How a meeting runs: nodes, and the links between them."""

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

NodeId = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_.-]+$")]
Category = Literal["code_review", "business_plan", "quick_decision", "debate", "custom", "other"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Node(_Part):
    """One step of a meeting. ``properties`` depend on its type."""

    node_id: NodeId
    type: str
    name: str = Field(max_length=255)
    next_ids: tuple[str, ...] = ()
    properties: dict[str, Any] = {}


class Graph(_Part):
    """Nodes by their id, in the order they were written down; that order is the members' order."""

    start_node_id: str
    nodes: dict[str, Node]

    @cached_property
    def sources(self) -> dict[str, tuple[str, ...]]:
        """For each node, the nodes that lead to it."""
        into: dict[str, list[str]] = {node_id: [] for node_id in self.nodes}
        for node in self.nodes.values():
            for target in node.next_ids:
                into[target].append(node.node_id)
        return {node_id: tuple(sources) for node_id, sources in into.items()}

    def reachable(self, node_id: str) -> frozenset[str]:
        """The node and all that follow it."""
        seen: set[str] = set()
        to_visit = [node_id]
        while to_visit:
            current = to_visit.pop()
            if current not in seen and current in self.nodes:
                seen.add(current)
                to_visit.extend(self.nodes[current].next_ids)
        return frozenset(seen)

    def join_of(self, node_id: str) -> str | None:
        """The first node that all branches of this one reach; ``None`` when there is none."""
        branches = self.nodes[node_id].next_ids
        if not branches:
            return None
        common = frozenset.intersection(*(self.reachable(branch) for branch in branches))
        first = [c for c in common if not any(c != other and c in self.reachable(other) for other in common)]
        return min(first, default=None)

    def branch(self, node_id: str, head: str) -> frozenset[str]:
        """A branch of this node: all that follows ``head``, but for the node where all meet and what follows that."""
        join = self.join_of(node_id)
        return self.reachable(head) - (self.reachable(join) if join else frozenset())


class Template(_Part):
    """A named graph that meetings are started from."""

    template_id: str
    name: str = Field(max_length=128)
    description: str = Field("", max_length=512)
    category: Category = "custom"
    is_system: bool = False
    graph: Graph


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
