"""What is wrong with a graph: all of it at once, each fault with what would do."""

import difflib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from pydantic import ValidationError

from council.errors import Invalid
from council.meeting.graph import Graph, Node
from council.meeting.nodes import NODE_TYPES

MAX_NODES = 500

Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """Where, what, and what to do; ``example`` is a piece of JSON that would fit."""

    path: str
    reason: str
    suggestion: str
    example: str | None = None


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
        yield from _agent_faults(path, node, agent_ids)
        if node.type == "vote":
            yield from _vote_faults(path, node.properties)
        if node.properties.get("fallback_agent_id") is not None:
            yield from _fallback_faults(path, node.properties)


def _agent_faults(path: str, node: Node, agent_ids: Collection[str]) -> Iterator[Fault]:
    named = [(name, node.properties.get(name)) for name in ("agent_id", "fallback_agent_id")]
    voters = node.properties.get("agent_ids")
    if isinstance(voters, list | tuple):
        named += [(f"agent_ids.{at}", agent_id) for at, agent_id in enumerate(voters)]
    for name, agent_id in named:
        if isinstance(agent_id, str) and agent_id not in agent_ids:
            yield Fault(
                f"{path}.properties.{name}",
                f"There is no agent {agent_id!r}.",
                _nearest(agent_id, agent_ids),
            )
    if isinstance(voters, list | tuple) and len({str(voter) for voter in voters}) < len(voters):
        yield Fault(f"{path}.properties.agent_ids", "A voter is named twice.", "Name each voter once.")


def _fallback_faults(path: str, properties: dict[str, Any]) -> Iterator[Fault]:
    """A fallback is another agent, and a chair's."""
    where = f"{path}.properties.fallback_agent_id"
    if properties.get("output") != "verdict":
        yield Fault(where, "Only a chair has a fallback.", 'Leave it out, or set "output": "verdict".')
    if properties["fallback_agent_id"] == properties.get("agent_id"):
        yield Fault(where, "It is the chair itself.", "Name another agent, or leave it out.")


def _vote_faults(path: str, properties: dict[str, Any]) -> Iterator[Fault]:
    """Options are for a choice or a ranking, and those need some."""
    vote_type = properties.get("vote_type", "yes_no")
    options = properties.get("options") or ()
    from_members = properties.get("options_from", "list") == "members"
    chooses = vote_type in ("choice", "ranking")
    where, example = f"{path}.properties.options", '"options": ["Build it", "Buy it"]'
    if chooses and not from_members and len(options) < 2:
        yield Fault(where, f"A {vote_type} needs at least two options.", "Add options.", example)
    if not chooses and (options or from_members):
        yield Fault(where, f"A {vote_type} vote takes no options.", "Leave them out, or vote by choice.")
    if isinstance(options, list | tuple) and len({str(option) for option in options}) < len(options):
        yield Fault(where, "An option is named twice.", "Name each option once.", example)


def _property_faults(path: str, node_type: str, properties: dict[str, Any]) -> Iterator[Fault]:
    kind = NODE_TYPES[node_type]
    try:
        kind.model_validate(properties)
    except ValidationError as problem:
        for error in problem.errors(include_url=False, include_input=False):
            name = str(error["loc"][0]) if error["loc"] else ""
            known = kind.model_fields
            where, reason = f"{path}.properties.{name}", error["msg"] + "."
            if name not in known:
                yield Fault(where, reason, _nearest(name, known))
            else:
                example = _example(node_type, name)
                yield Fault(where, reason, f"For example {example}.", example)


_EXAMPLES = {
    "agent_id": "chief_justice",
    "fallback_agent_id": "neutral_analyst",
    "agent_ids": ["value_defender", "risk_auditor"],
    "question": "Shall we do it?",
    "prompt": "Summarise {{subject}}.",
    "tool": "read_file",
}


def _example(node_type: str, name: str) -> str:
    default = NODE_TYPES[node_type].model_fields[name].get_default()
    return f'"{name}": {json.dumps(_EXAMPLES.get(name, default), default=str)}'


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
    cycle = _on_cycles(_onward_links(graph))
    for node_id in sorted(cycle):
        yield Fault(
            f"nodes.{node_id}",
            "It is on a cycle that no loop decides on.",
            'Remove the link that leads back, or let a node of type "loop" lead back with its first link.',
        )
    if not cycle:
        loops = [node for node in graph.nodes.values() if node.type == "loop"]
        broken = [fault for node in loops for fault in _loop_faults(graph, node)]
        yield from broken
        if not broken:
            yield from _sequence_faults(graph)
            yield from _order_faults(graph)


def _onward_links(graph: Graph) -> set[Link]:
    return {(node.node_id, target) for node in graph.nodes.values() for target in node.onward_ids}


def _loop_faults(graph: Graph, loop: Node) -> Iterator[Fault]:
    """A round begins at one node and ends at its loop, so that it can be run again as a whole."""
    path = f"nodes.{loop.node_id}.next_ids"
    if len(loop.next_ids) != 2:
        yield Fault(path, f"A loop has two next nodes, not {len(loop.next_ids)}.", "Name again, then out.")
        return
    again = loop.next_ids[0]
    body = graph.loop_body(loop.node_id)
    if not body or again == loop.node_id:
        yield Fault(
            f"{path}.0", f"{again!r} does not lead to the loop.", "Name the node where a round begins."
        )
    for node_id in sorted(body - {loop.node_id}):
        for target in graph.nodes[node_id].next_ids:
            if target not in body:
                yield Fault(
                    f"nodes.{node_id}.next_ids",
                    f"It leaves the round of {loop.node_id!r} past the loop.",
                    f"Only {loop.node_id!r} may lead out of its round.",
                )
    for node_id in sorted(body - {again}):
        for source in graph.sources[node_id]:
            if source not in body:
                yield Fault(
                    f"nodes.{source}.next_ids",
                    f"It enters the round of {loop.node_id!r} at {node_id!r}.",
                    f"Enter it where it begins, at {again!r}.",
                )


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


def _order_faults(graph: Graph) -> Iterator[Fault]:
    """A branch of a sequence waits for the one before it; several sequences may wait for each other for ever."""
    for node_id in sorted(_on_cycles(_onward_links(graph) | set(_order(graph)))):
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
    """Nodes on a cycle, or on a way from one cycle to another."""
    led_to = _without_beginnings(links)
    on_the_way = _without_beginnings({(target, source) for source, target in led_to})
    return {node_id for link in on_the_way for node_id in link}


def _without_beginnings(links: set[Link]) -> set[Link]:
    """The links left when nodes without a way in are taken away again and again (Kahn 1962)."""
    following: dict[str, list[str]] = defaultdict(list)
    for source, target in links:
        following[source].append(target)
    ways_in = Counter(target for _source, target in links)
    beginnings = [node_id for node_id in following if not ways_in[node_id]]
    for node_id in beginnings:
        for target in following.pop(node_id):
            ways_in[target] -= 1
            if not ways_in[target] and target in following:
                beginnings.append(target)
    return {(source, target) for source, targets in following.items() for target in targets}
