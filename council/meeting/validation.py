"""What is wrong with a graph: all of it at once, each fault with what would do."""

import difflib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from pydantic import ValidationError

from council.errors import Invalid
from council.meeting.graph import Graph
from council.meeting.nodes import NODE_TYPES

MAX_NODES = 500

Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """Where, what, and what to do."""

    path: str
    reason: str
    suggestion: str


def parse_graph(raw: Mapping[str, Any]) -> Graph:
    """A graph from plain data. Raises Invalid when it has not even the shape of one."""
    try:
        return Graph.model_validate(raw)
    except ValidationError as problem:
        faults = [
            Fault(".".join(map(str, e["loc"])), e["msg"], "See docs/reference/templates.md.")
            for e in problem.errors(include_url=False, include_input=False)
        ]
        raise _invalid(faults) from problem


def check(graph: Graph, agent_ids: Collection[str]) -> None:
    """Raises Invalid with every fault of the graph."""
    faults = list(find_faults(graph, agent_ids))
    if faults:
        raise _invalid(faults)


def find_faults(graph: Graph, agent_ids: Collection[str]) -> Iterator[Fault]:
    """Every fault; properties first, then the shape, which only makes sense when the links exist."""
    yield from _node_faults(graph, agent_ids)
    broken = list(_link_faults(graph))
    yield from broken
    if not broken:
        yield from _shape_faults(graph)


def _invalid(faults: list[Fault]) -> Invalid:
    first = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return Invalid(
        f"{first.path}: {first.reason}{more}",
        code="invalid_graph",
        details=[asdict(fault) for fault in faults],
    )


# Nodes


def _node_faults(graph: Graph, agent_ids: Collection[str]) -> Iterator[Fault]:
    if len(graph.nodes) > MAX_NODES:
        yield Fault("nodes", f"{len(graph.nodes)} nodes are too many.", f"Use at most {MAX_NODES}.")
    for key, node in graph.nodes.items():
        path = f"nodes.{key}"
        if key != node.node_id:
            yield Fault(f"{path}.node_id", f"It says {node.node_id!r}.", f"Write {key!r}, as its key.")
        if node.type not in NODE_TYPES:
            yield Fault(
                f"{path}.type", f"There is no node type {node.type!r}.", _nearest(node.type, NODE_TYPES)
            )
            continue
        yield from _property_faults(path, node.type, node.properties)
        agent_id = node.properties.get("agent_id")
        if isinstance(agent_id, str) and agent_id not in agent_ids:
            yield Fault(
                f"{path}.properties.agent_id",
                f"There is no agent {agent_id!r}.",
                _nearest(agent_id, agent_ids),
            )


def _property_faults(path: str, node_type: str, properties: dict[str, Any]) -> Iterator[Fault]:
    kind = NODE_TYPES[node_type]
    try:
        kind.model_validate(properties)
    except ValidationError as problem:
        for error in problem.errors(include_url=False, include_input=False):
            name = str(error["loc"][0]) if error["loc"] else ""
            known = kind.model_fields
            suggestion = _nearest(name, known) if name not in known else _example(node_type, name)
            yield Fault(f"{path}.properties.{name}", error["msg"] + ".", suggestion)


def _example(node_type: str, name: str) -> str:
    default = NODE_TYPES[node_type].model_fields[name].get_default()
    shown = '"chief_justice"' if name == "agent_id" else json.dumps(default, default=str)
    return f'For example "{name}": {shown}.'


def _nearest(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"Use one of: {', '.join(sorted(known))}." if known else "Leave it out."


# Links and shape


def _link_faults(graph: Graph) -> Iterator[Fault]:
    if graph.start_node_id not in graph.nodes:
        yield Fault(
            "start_node_id",
            f"There is no node {graph.start_node_id!r}.",
            _nearest(graph.start_node_id, graph.nodes),
        )
    for node in graph.nodes.values():
        for at, target in enumerate(node.next_ids):
            path = f"nodes.{node.node_id}.next_ids.{at}"
            if target not in graph.nodes:
                yield Fault(path, f"There is no node {target!r}.", _nearest(target, graph.nodes))
            elif target in node.next_ids[:at]:
                yield Fault(path, f"{target!r} is named twice.", "Name each next node once.")


def _shape_faults(graph: Graph) -> Iterator[Fault]:
    start = graph.nodes[graph.start_node_id]
    if start.type != "start":
        yield Fault(
            "start_node_id",
            f"{start.node_id!r} is of type {start.type!r}.",
            'Point it at a node of type "start".',
        )
    reached = graph.reachable(graph.start_node_id)
    for node_id in graph.nodes.keys() - reached:
        yield Fault(f"nodes.{node_id}", "No path leads to it from the start.", "Link it, or delete it.")
    yield from _end_faults(graph, reached)
    links = {(node.node_id, target) for node in graph.nodes.values() for target in node.next_ids}
    cycle = _on_cycles(links)
    for node_id in sorted(cycle):
        yield Fault(f"nodes.{node_id}", "It is on a cycle.", "Remove the link that leads back.")
    if not cycle:
        yield from _sequence_faults(graph)
        yield from _order_faults(graph, links)


def _end_faults(graph: Graph, reached: frozenset[str]) -> Iterator[Fault]:
    ends = [node for node in graph.nodes.values() if node.type == "end"]
    if not any(end.node_id in reached for end in ends):
        yield Fault(
            "nodes", 'No node of type "end" can be reached.', 'Add one: {"type": "end"}, and link it.'
        )
    for node in graph.nodes.values():
        if node.type == "end" and node.next_ids:
            yield Fault(
                f"nodes.{node.node_id}.next_ids", "An end has nothing after it.", "Leave next_ids empty."
            )
        if node.type != "end" and not node.next_ids:
            yield Fault(
                f"nodes.{node.node_id}.next_ids", "It leads nowhere.", 'Link it to a node of type "end".'
            )


def _sequence_faults(graph: Graph) -> Iterator[Fault]:
    """Branches of a sequence may meet at their join only: a node shared earlier would wait for a later branch."""
    for node in graph.nodes.values():
        if node.type == "sequence":
            seen: set[str] = set()
            for head in node.next_ids:
                own = graph.branch(node.node_id, head)
                for shared in sorted(own & seen):
                    yield Fault(
                        f"nodes.{shared}",
                        f"Two branches of {node.node_id!r} share it.",
                        "Let them meet later.",
                    )
                seen |= own


def _order_faults(graph: Graph, links: set[Link]) -> Iterator[Fault]:
    """A branch of a sequence waits for the one before it; several sequences may wait for each other for ever."""
    for node_id in sorted(_on_cycles(links | set(_order(graph)))):
        if graph.nodes[node_id].type != "sequence":
            yield Fault(
                f"nodes.{node_id}",
                "It waits for itself: a sequence wants it later, another link earlier.",
                "Change the order of the sequence's next_ids, or remove a link between its branches.",
            )


def _order(graph: Graph) -> Iterator[Link]:
    """What a sequence's order adds to the links: a branch ends before those after it begin."""
    for node in graph.nodes.values():
        if node.type == "sequence":
            for earlier, later in combinations(node.next_ids, 2):
                yield from ((last, later) for last in graph.branch(node.node_id, earlier))


def _on_cycles(links: set[Link]) -> set[str]:
    """Nodes left when those without a way in or a way out are taken away again and again (Kahn 1962)."""
    while True:
        sources, targets = {source for source, _ in links}, {target for _, target in links}
        inner = sources & targets
        left = {link for link in links if link[0] in inner and link[1] in inner}
        if left == links:
            return inner
        links = left
