"""What a meeting begins with: its row, its documents and who sits where, made from the command that starts it."""

import difflib
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol

from council import clock
from council.commands import StartSession
from council.errors import Invalid, TooLarge
from council.jsontext import dump
from council.llm.base import Seat
from council.meeting.graph import Agent, Graph, Node, Template
from council.meeting.group import Group
from council.meeting.paths import check_all
from council.meeting.validation import check
from council.settings import Settings
from council.store.library import Library
from council.store.templates import agents_named
from council.store.words import words_of_the_room

MemberModel = tuple[str, str | None, str | None]
"""A node, and the provider and model its agent asks for."""


class Seating(Protocol):
    """Deals models to members."""

    def seats(self, members: list[MemberModel]) -> dict[str, Seat]: ...

    def diverse(self, seats: dict[str, Seat]) -> bool: ...


@dataclass(frozen=True, slots=True)
class Opening:
    """Rows to be: ``session`` and its ``documents``."""

    session: dict[str, Any]
    documents: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Placed:
    """Who sits where, and which model speaks for whom, by seat."""

    graph: Graph
    agents: dict[str, Agent]
    seats: dict[str, Seat]


def fingerprint(command: StartSession) -> str:
    """The same for the same request, whatever the order of its fields."""
    return hashlib.sha256(dump(_sorted(command.model_dump())).encode()).hexdigest()


def prepare(command: StartSession, library: Library, seating: Seating, settings: Settings) -> Opening:
    """Check everything and seat the members. Raises Invalid, TooLarge, or a ProviderError when there is no model."""
    documents = command.inputs.all_documents()
    if not command.subject.strip() and not documents:
        raise Invalid(
            "A subject or a document is required.",
            details=[
                {"path": "subject", "reason": "Missing.", "suggestion": "Say what the meeting is about."}
            ],
        )
    for document in documents:
        _check_document(document.name, document.content, settings.max_document_bytes)
    names = check_all(document.name for document in documents)
    template = find_template(command.template_id, library)
    group = find_group(command.group_id, library)
    placed = place(template.graph, template.template_id, group, command.agents, library, seating)
    return Opening(
        session=_row(command, placed, seating.diverse(placed.seats)) | _of_group(group),
        documents=[{"name": name, "content": d.content} for name, d in zip(names, documents, strict=True)],
    )


def place(
    graph: Graph,
    template_id: str | None,
    group: Group | None,
    agents: dict[str, str],
    library: Library,
    seating: Seating,
) -> Placed:
    """Check the graph and seat its members. Raises Invalid, or a ProviderError when there is no model."""
    check(graph, library.agent_ids_for(graph))
    wanted = _usual_seats(group, template_id, graph) | agents
    known = library.agents_named(agents_named(graph) | set(wanted.values()))
    graph = seated(graph, wanted, known)
    sitting = {seat: known[agent_id] for seat, agent_id in seat_agents(graph).items()}
    return Placed(graph, sitting, deal(graph, sitting, seating))


def _check_document(name: str, content: str, max_bytes: int) -> None:
    size = len(content.encode())
    if size > max_bytes:
        raise TooLarge(
            f"{name} has {size:,} bytes; {max_bytes:,} are allowed.",
            hint="Shorten it, or send only the part at issue.",
        )
    if not content.strip():
        raise Invalid(f"{name} is empty.", hint="Leave it out, or send its text.")


def find_template(template_id: str, library: Library) -> Template:
    """Raises Invalid, with the nearest one."""
    found = library.template_shelf.find(template_id)
    if found is not None:
        return found.value
    raise _unknown("template", template_id, library.template_shelf.ids(), code="unknown_template")


def find_group(group_id: str | None, library: Library) -> Group | None:
    """Raises Invalid, with the nearest one."""
    if group_id is None:
        return None
    found = library.group_shelf.find(group_id)
    if found is not None:
        return found.value
    raise _unknown("group", group_id, library.group_shelf.ids(), code="unknown_group")


def _unknown(word: str, wanted_id: str, known: Collection[str], *, code: str) -> Invalid:
    near = difflib.get_close_matches(wanted_id, known, n=1)
    suggestion = f"Did you mean {near[0]!r}?" if near else f"GET /api/v1/{word}s lists them."
    return Invalid(
        f"There is no {word} {wanted_id!r}.",
        code=code,
        hint=suggestion,
        details=[{"path": f"{word}_id", "reason": "It does not exist.", "suggestion": suggestion}],
    )


def _usual_seats(group: Group | None, template_id: str | None, graph: Graph) -> dict[str, str]:
    """Who of the group usually sits where, as far as anybody sits there."""
    usual = group.seats_for(template_id) if group and template_id else {}
    nodes = graph.nodes
    return {n: agent for n, agent in usual.items() if n in nodes and nodes[n].properties.get("agent_id")}


def seated(graph: Graph, wanted: dict[str, str], known: Collection[str]) -> Graph:
    """The graph with the agents that really sit: an agent that is replaced at one node is replaced wherever it sits,
    where it votes and where it stands in, unless that node is named itself. Raises Invalid."""
    sits = {
        n: node.properties["agent_id"] for n, node in graph.nodes.items() if node.properties.get("agent_id")
    }
    faults = [
        _fault(n, "No agent sits at this node.", f"Nodes: {', '.join(sits)}.")
        for n in wanted
        if n not in sits
    ]
    faults += [
        _fault(node_id, f"There is no agent {agent_id!r}.", "GET /api/v1/agents lists them.")
        for node_id, agent_id in wanted.items()
        if agent_id not in known
    ]
    if faults:
        raise Invalid(f"{faults[0]['path']}: {faults[0]['reason']}", details=faults)
    replaced = {sits[n]: wanted[n] for n in reversed(list(graph.nodes)) if n in wanted}
    nodes = {n: _reseated(node, wanted.get(n), replaced) for n, node in graph.nodes.items()}
    return graph.model_copy(update={"nodes": nodes})


def _fault(node_id: str, reason: str, suggestion: str) -> dict[str, str]:
    return {"path": f"agents.{node_id}", "reason": reason, "suggestion": suggestion}


def _reseated(node: Node, named: str | None, replaced: dict[str, str]) -> Node:
    properties = dict(node.properties)
    if agent_id := properties.get("agent_id"):
        properties["agent_id"] = named or replaced.get(agent_id, agent_id)
    if fallback := properties.get("fallback_agent_id"):
        properties["fallback_agent_id"] = replaced.get(fallback, fallback)
    if voters := properties.get("agent_ids"):
        properties["agent_ids"] = list(dict.fromkeys(replaced.get(voter, voter) for voter in voters))
    return node.model_copy(update={"properties": properties})


def seat_agents(graph: Graph) -> dict[str, str]:
    """Who sits where: the agent of each node that has one, the chair's fallback beside it, and each voter who sits
    nowhere else."""
    seats = {
        n: node.properties["agent_id"] for n, node in graph.nodes.items() if node.properties.get("agent_id")
    }
    for node_id, node in graph.nodes.items():
        fallback = node.properties.get("fallback_agent_id")
        if fallback and fallback != seats[node_id]:
            seats[f"{node_id}/{fallback}"] = fallback
    for node_id, node in graph.nodes.items():
        for voter in node.properties.get("agent_ids", ()):
            if voter not in seats.values():
                seats[f"{node_id}/{voter}"] = voter
    return seats


def deal(graph: Graph, agents: dict[str, Agent], seating: Seating) -> dict[str, Seat]:
    """Who answers for each seat. An agent has one model, wherever it sits; models are dealt in the graph's order."""
    firsts: dict[str, str] = {}
    for seat, agent in agents.items():
        firsts.setdefault(agent.agent_id, seat)
    bare = {n: node.properties.get("model") for n, node in graph.nodes.items() if asks_bare(node)}
    asking: list[MemberModel] = []
    for seat in sorted([*firsts.values(), *bare], key=lambda seat: _place(graph, seat)):
        agent_or_none = agents.get(seat)
        if agent_or_none:
            asking.append((seat, agent_or_none.provider, agent_or_none.model))
        else:
            asking.append((seat, None, bare[seat]))
    dealt = seating.seats(asking)
    everybody = {seat: dealt[firsts[agent.agent_id]] for seat, agent in agents.items()}
    everybody |= {seat: dealt[seat] for seat in bare}
    return {seat: everybody[seat] for seat in sorted(everybody, key=lambda seat: _place(graph, seat))}


def asks_bare(node: Node) -> bool:
    """Whether the node asks a model without a persona."""
    return node.type == "llm" or (
        node.type in ("fact_check", "context_synth") and not node.properties.get("agent_id")
    )


def _place(graph: Graph, seat: str) -> int:
    return list(graph.nodes).index(seat.partition("/")[0])


def _row(command: StartSession, placed: Placed, diverse: bool) -> dict[str, Any]:
    graph, agents, seats = placed.graph, placed.agents, placed.seats
    bare = {n: Agent(agent_id="", name=graph.nodes[n].name, persona="") for n in seats if n not in agents}
    return {
        "session_id": command.session_id,
        "template_id": command.template_id,
        "graph": graph.model_dump(mode="json"),
        "agents": {seat: agent.model_dump(mode="json") for seat, agent in (agents | bare).items()},
        "panel": _panel(agents | bare, seats, diverse),
        "prompts": words_of_the_room(),
        "subject": command.subject.strip(),
        "objective": command.inputs.objective.strip(),
        "fingerprint": fingerprint(command),
        "status": "pending",
        "node_statuses": dict.fromkeys(graph.nodes, "pending"),
        "created_at": clock.timestamp(),
    }


def _of_group(group: Group | None) -> dict[str, Any]:
    """What the group wants said to every member, as it is now: who changes it later changes no meeting."""
    return {"group_id": group.group_id, "group_prompt": group.system_prompt} if group else {}


def _panel(agents: dict[str, Agent], seats: dict[str, Seat], diverse: bool) -> dict[str, Any]:
    members = [
        {
            "node_id": place.partition("/")[0],
            "seat": place,
            "agent_id": agents[place].agent_id or None,
            "name": agents[place].name,
            "provider": seat.provider_id,
            "model": seat.model,
        }
        for place, seat in seats.items()
    ]
    rehearsal = any(seat.provider_id == "rehearsal" for seat in seats.values())
    return {"members": members, "diverse": diverse, "rehearsal": rehearsal}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list | tuple) else value
