"""What is checked before a template, an agent or a group is kept, and before one is thrown away."""

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, SkipValidation, StringConstraints, ValidationError
from sqlalchemy.engine import Connection

from council.commands import invalid_fields
from council.errors import Conflict, Invalid
from council.meeting.graph import Category, Graph, Layout, Template
from council.meeting.group import EVERY_TEMPLATE, Group
from council.meeting.layout import misplaced
from council.meeting.validation import MAX_NODES, Fault, find_faults, parse_graph
from council.store import groups, knowledge, templates
from council.store.library import Library
from council.store.shelf import Shelf

Faults = list[dict[str, Any]]
B = TypeVar("B", bound=BaseModel)

MAX_TEMPLATE_NAME = 128
MAX_FAULTS = 500
"""Links that all lead everywhere have millions of faults, and nobody reads those."""


def parsed(kind: type[B], fields: Mapping[str, Any]) -> B:
    """A body's fields. Raises Invalid, naming every one at fault."""
    try:
        return kind.model_validate(fields)
    except ValidationError as problem:
        raise invalid_fields(problem, kind) from problem


def refuse(faults: Faults) -> None:
    """Raises Invalid with all of them, if there are any."""
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise Invalid(f"{faults[0]['path']}: {faults[0]['reason']}{more}", details=faults)


def _faults_of(read: Callable[[], object]) -> Faults:
    try:
        read()
    except Invalid as problem:
        return list(problem.details)
    return []


# Templates


class TemplateBody(BaseModel):
    """What somebody writes of a template; its graph and its layout are looked at by themselves."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    name: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEMPLATE_NAME, strip_whitespace=True)]
    description: Annotated[str, StringConstraints(max_length=512)] = ""
    category: Category = "custom"
    graph: dict[str, Any]
    layout: SkipValidation[Layout] = {}


def template_of(body: Mapping[str, Any], template_id: str, library: Library) -> Template:
    """Raises Invalid with all faults at once, those of the fields, of the graph and of the layout."""
    refuse(template_faults(body, library))
    fields = parsed(TemplateBody, body)
    head = fields.model_dump(exclude={"graph", "layout"})
    return Template(template_id=template_id, **head, graph=parse_graph(fields.graph), layout=fields.layout)


def without_lost_places(body: Mapping[str, Any], before: Template | None) -> dict[str, Any]:
    """A body made of ``before``, without the places of nodes that its graph has no more: they go with their nodes."""
    layout, graph = body.get("layout"), body.get("graph")
    nodes = graph.get("nodes") if isinstance(graph, dict) else None
    if before is None or not isinstance(layout, dict) or not isinstance(nodes, dict):
        return dict(body)
    lost = (before.layout.keys() | before.graph.nodes.keys()) - nodes.keys()
    return {**body, "layout": {each: place for each, place in layout.items() if each not in lost}}


def template_faults(body: Mapping[str, Any], library: Library) -> Faults:
    """Everything that is wrong with a template, as plain data; paths of the graph's faults begin at the graph."""
    faults = _faults_of(lambda: parsed(TemplateBody, body))
    graph = body.get("graph")
    if not isinstance(graph, dict):
        return faults
    return faults + graph_faults(graph, library) + _layout_faults(body.get("layout", {}), graph)


def graph_faults(raw: Mapping[str, Any], library: Library) -> Faults:
    """Everything that is wrong with a graph; of a hopeless one the first faults."""
    try:
        graph = parse_graph(raw)
    except Invalid as problem:
        return list(problem.details)
    return [_plain(fault) for fault in islice(_faults(graph, library), MAX_FAULTS)]


def _layout_faults(layout: object, graph: Mapping[str, Any]) -> Faults:
    """Of a graph that is none no node is known, and that says enough."""
    nodes = graph.get("nodes")
    found = misplaced(layout, nodes) if isinstance(nodes, dict) else []
    return [_plain(Fault(".".join(each.location), each.reason, each.suggestion)) for each in found]


def _plain(fault: Fault) -> dict[str, Any]:
    return {name: value for name, value in asdict(fault).items() if value is not None}


def _faults(graph: Graph, library: Library) -> Iterator[Fault]:
    if len(graph.nodes) > MAX_NODES:  # Looking at each of a million nodes would help nobody.
        reason = f"{len(graph.nodes):,} nodes are too many."
        return iter([Fault("nodes", reason, f"Use at most {MAX_NODES}.")])
    return find_faults(graph, library.agent_ids_for(graph))


# Groups


def group_faults(group: Group, library: Library, before: Group | None = None) -> Faults:
    """Every usual seat that cannot be taken: the template, the node or the agent does not exist.

    ``before`` is the group as it is kept, or what it is copied from. What that names exists, though ``library``
    may not show it: somebody else's template stays in the group, whoever saves it.
    """
    agents = _agents_of(group)
    known = library.agents_named(agents).keys() | (_agents_of(before) if before else set())
    graphs = {found.template_id: found.graph for found in _templates_of(group, library)}
    shown = graphs.keys() | {EVERY_TEMPLATE}
    kept = before.default_agents if before else {}
    hidden = {name: nodes for name, nodes in kept.items() if name not in shown}
    return [
        _plain(fault)
        for seat in group.seats()
        for fault in _seat_faults(seat, known, graphs, hidden, library)
    ]


def _agents_of(group: Group) -> set[str]:
    return {agent_id for _template, _node, agent_id in group.seats()}


def _templates_of(group: Group, library: Library) -> Iterator[Template]:
    named = group.default_agents.keys() - {EVERY_TEMPLATE}
    yield from library.template_shelf.named(named).values()


def _seat_faults(
    seat: tuple[str, str, str],
    agents: Collection[str],
    graphs: Mapping[str, Graph],
    hidden: Mapping[str, Collection[str]],
    library: Library,
) -> Iterator[Fault]:
    template_id, node_id, agent_id = seat
    path = f"default_agents.{template_id}"
    if template_id != EVERY_TEMPLATE and template_id not in graphs.keys() | hidden.keys():
        suggestion = _nearest(template_id, [*library.template_shelf.ids(), EVERY_TEMPLATE])
        yield Fault(path, f"There is no template {template_id!r}.", suggestion)
    elif template_id in graphs and node_id not in (seats := _seats(graphs[template_id])):
        yield Fault(f"{path}.{node_id}", "No agent sits at this node.", _nearest(node_id, seats))
    elif template_id in hidden and node_id not in hidden[template_id]:
        reason = "You do not see this template; nobody can be given a seat in it anew."
        yield Fault(f"{path}.{node_id}", reason, _nearest(node_id, hidden[template_id]))
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
    """Raises Conflict when an agent or a template was removed while the group that names it was looked at.

    A template in which nobody is given a seat is not looked at, here or by ``group_faults``: nothing is said of it.
    """
    named = {template_id for template_id, _node, _agent in group.seats()} - {EVERY_TEMPLATE}
    _refuse_missing("agent", library.agent_shelf.missing(connection, _agents_of(group)))
    _refuse_missing("template", library.template_shelf.missing(connection, named))


def still_has_group(connection: Connection, group_id: str | None, library: Library) -> None:
    """Raises Conflict when the group was deleted while its meeting was about to start."""
    _refuse_missing("group", library.group_shelf.missing(connection, [group_id] if group_id else []))


def living_group(connection: Connection, group_id: str | None, library: Library) -> str | None:
    """The group, unless it was deleted since."""
    return None if group_id and library.group_shelf.missing(connection, [group_id]) else group_id


def _refuse_missing(word: str, missing: list[str]) -> None:
    if missing:
        raise Conflict(
            f"The {word} {missing[0]!r} was removed a moment ago.", hint="Look again, then save once more."
        )


def agent_is_free(connection: Connection, agent_id: str, library: Library) -> None:
    """Raises Conflict when templates or groups name this agent; names those that ``library`` shows."""
    _refuse_used(
        connection,
        f"The agent {agent_id!r}",
        _Users("templates", templates.that_name(connection, agent_id), library.template_shelf),
        _Users("groups", groups.that_seat(connection, agent_id), library.group_shelf),
    )


def template_is_free(connection: Connection, template_id: str, library: Library) -> None:
    """Raises Conflict when groups say who usually sits in this template; names those that ``library`` shows."""
    furnished = _Users("groups", groups.that_furnish(connection, template_id), library.group_shelf)
    _refuse_used(connection, f"The template {template_id!r}", furnished)


@dataclass(frozen=True, slots=True)
class _Users:
    """The things of one kind that use something, and the shelf as whoever asks sees it."""

    kind: str
    ids: list[str]
    shelf: Shelf[Any]


def _refuse_used(connection: Connection, subject: str, *users: _Users) -> None:
    """What is hidden from whoever asks is counted, and not named. Raises Conflict."""
    named: dict[str, Any] = {}
    others = 0
    for each in users:
        hidden = each.shelf.missing(connection, each.ids)
        others += len(hidden)
        if seen := [one for one in each.ids if one not in hidden]:
            named[each.kind] = seen
    if named or others:
        raise Conflict(
            f"{subject} is still used by {_where(named, others)}.",
            code="in_use",
            hint="Change or delete those first." + (" An admin sees all of them." if others else ""),
            details=named | ({"others": others} if others else {}),
        )


def _where(named: Mapping[str, list[str]], others: int) -> str:
    seen = "; ".join(f"{kind}: {', '.join(ids)}" for kind, ids in named.items())
    hidden = f"{others} of other people" if others else ""
    return ", and ".join(filter(None, (seen, hidden)))


def clear_group(connection: Connection, group_id: str) -> None:
    """Forget what the group knows. Raises Conflict while one of its meetings is not over."""
    if groups.that_meet(connection, group_id):
        raise Conflict(
            "A meeting of this group is not over.",
            code="in_use",
            hint=f"Stop it first; GET /api/v1/sessions?group_id={group_id} lists those you see, an admin sees all.",
        )
    knowledge.forget_group(connection, group_id)
