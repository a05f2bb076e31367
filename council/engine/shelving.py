"""What is checked before a template, an agent or a group is kept, and before one is thrown away."""

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy.engine import Connection

from council.errors import Conflict, Invalid
from council.meeting.graph import Agent, Graph, Template
from council.meeting.group import EVERY_TEMPLATE, Group
from council.meeting.validation import MAX_NODES, Fault, find_faults, parse_graph
from council.store import groups, knowledge, templates
from council.store.library import Library

Faults = list[dict[str, Any]]

# Graphs


def graph_faults(raw: Mapping[str, Any], library: Library) -> Faults:
    """Everything that is wrong with a graph, as plain data; paths begin at the graph."""
    try:
        graph = parse_graph(raw)
    except Invalid as problem:
        return list(problem.details)
    return [asdict(fault) for fault in _faults(graph, library)]


def _faults(graph: Graph, library: Library) -> Iterator[Fault]:
    if len(graph.nodes) > MAX_NODES:  # Looking at each of a million nodes would help nobody.
        reason = f"{len(graph.nodes):,} nodes are too many."
        return iter([Fault("nodes", reason, f"Use at most {MAX_NODES}.")])
    return find_faults(graph, library.agent_ids_for(graph))


# Groups


def group_faults(group: Group, library: Library) -> Faults:
    """Every usual seat that cannot be taken: the template, the node or the agent does not exist."""
    wanted = {agent_id for _template, _node, agent_id in group.seats()}
    agents = library.agents_named(wanted)
    graphs = {found.template_id: found.graph for found in _templates_of(group, library)}
    return [asdict(fault) for seat in group.seats() for fault in _seat_faults(seat, agents, graphs, library)]


def _templates_of(group: Group, library: Library) -> Iterator[Template]:
    named = group.default_agents.keys() - {EVERY_TEMPLATE}
    yield from library.template_shelf.named(named).values()


def _seat_faults(
    seat: tuple[str, str, str], agents: Mapping[str, Agent], graphs: Mapping[str, Graph], library: Library
) -> Iterator[Fault]:
    template_id, node_id, agent_id = seat
    path = f"default_agents.{template_id}"
    if template_id != EVERY_TEMPLATE and template_id not in graphs:
        suggestion = _nearest(template_id, [*library.template_shelf.ids(), EVERY_TEMPLATE])
        yield Fault(path, f"There is no template {template_id!r}.", suggestion)
    elif template_id in graphs and node_id not in (seats := _seats(graphs[template_id])):
        yield Fault(f"{path}.{node_id}", "No agent sits at this node.", _nearest(node_id, seats))
    if agent_id not in agents:
        suggestion = _nearest(agent_id, library.agent_shelf.ids())
        yield Fault(f"{path}.{node_id}", f"There is no agent {agent_id!r}.", suggestion)


def _seats(graph: Graph) -> list[str]:
    return [node_id for node_id, node in graph.nodes.items() if node.properties.get("agent_id")]


def _nearest(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name[:128], known, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Use one of: {', '.join(list(known)[:20]) or 'none'}."


# A last look, inside the transaction that keeps or removes


def still_has_agents(connection: Connection, graph: Graph, library: Library) -> None:
    """Raises Conflict when an agent was removed while the template that names it was looked at."""
    _refuse_missing("agent", library.agent_shelf.missing(connection, templates.agents_named(graph)))


def still_has_seats(connection: Connection, group: Group, library: Library) -> None:
    """Raises Conflict when an agent or a template was removed while the group that names it was looked at."""
    agents = {agent_id for _template, _node, agent_id in group.seats()}
    named = group.default_agents.keys() - {EVERY_TEMPLATE}
    _refuse_missing("agent", library.agent_shelf.missing(connection, agents))
    _refuse_missing("template", library.template_shelf.missing(connection, named))


def _refuse_missing(word: str, missing: list[str]) -> None:
    if missing:
        raise Conflict(
            f"The {word} {missing[0]!r} was removed a moment ago.", hint="Look again, then save once more."
        )


def agent_is_free(connection: Connection, agent_id: str) -> None:
    """Raises Conflict, naming them, when templates or groups name this agent."""
    _refuse_used(
        f"The agent {agent_id!r}",
        templates=templates.that_name(connection, agent_id),
        groups=groups.that_seat(connection, agent_id),
    )


def template_is_free(connection: Connection, template_id: str) -> None:
    """Raises Conflict, naming them, when groups say who usually sits in this template."""
    _refuse_used(f"The template {template_id!r}", groups=groups.that_furnish(connection, template_id))


def _refuse_used(subject: str, **users: list[str]) -> None:
    used = {kind: ids for kind, ids in users.items() if ids}
    if used:
        where = "; ".join(f"{kind}: {', '.join(ids)}" for kind, ids in used.items())
        raise Conflict(
            f"{subject} is still used by {where}.",
            code="in_use",
            hint="Change or delete those first.",
            details=used,
        )


def clear_group(connection: Connection, group_id: str) -> None:
    """Forget what the group knows. Raises Conflict while one of its meetings is not over."""
    if groups.that_meet(connection, group_id):
        raise Conflict(
            "A meeting of this group is not over.",
            code="in_use",
            hint=f"Stop it first; GET /api/v1/sessions?group_id={group_id} lists them.",
        )
    knowledge.forget_group(connection, group_id)
