"""What a meeting begins with: its row, its documents and who sits where, made from the command that starts it."""

import difflib
import hashlib
from dataclasses import dataclass
from typing import Any, Protocol

from council import clock
from council.commands import StartSession
from council.errors import Invalid, TooLarge
from council.jsontext import dump
from council.llm.base import Seat
from council.meeting.graph import Agent, Graph
from council.meeting.validation import check
from council.settings import Settings
from council.store.library import Library

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
    template = _template(command.template_id, library)
    check(template.graph, library.agents)
    agents = _agents(template.graph, command.agents, library)
    seats = seating.seats(_asking(template.graph, agents))
    return Opening(
        session=_row(command, template.graph, agents, seats, seating.diverse(seats)),
        documents=[{"name": document.name, "content": document.content} for document in documents],
    )


def _check_document(name: str, content: str, max_bytes: int) -> None:
    size = len(content.encode())
    if size > max_bytes:
        raise TooLarge(
            f"{name} has {size:,} bytes; {max_bytes:,} are allowed.",
            hint="Shorten it, or send only the part at issue.",
        )
    if not content.strip():
        raise Invalid(f"{name} is empty.", hint="Leave it out, or send its text.")


def _template(template_id: str, library: Library) -> Any:
    if template_id in library.templates:
        return library.templates[template_id]
    near = difflib.get_close_matches(template_id, list(library.templates), n=1)
    suggestion = f"Did you mean {near[0]!r}?" if near else "GET /api/v1/templates lists them."
    raise Invalid(
        f"There is no template {template_id!r}.",
        code="unknown_template",
        hint=suggestion,
        details=[{"path": "template_id", "reason": "It does not exist.", "suggestion": suggestion}],
    )


def _agents(graph: Graph, wanted: dict[str, str], library: Library) -> dict[str, Agent]:
    """Who sits where: the template's agents, replaced by those the command names."""
    seated = {
        n: node.properties["agent_id"] for n, node in graph.nodes.items() if node.properties.get("agent_id")
    }
    faults = [
        {
            "path": f"agents.{node_id}",
            "reason": "No agent sits at this node.",
            "suggestion": f"Nodes: {', '.join(seated)}.",
        }
        for node_id in wanted
        if node_id not in seated
    ]
    faults += [
        {
            "path": f"agents.{node_id}",
            "reason": f"There is no agent {agent_id!r}.",
            "suggestion": "GET /api/v1/agents lists them.",
        }
        for node_id, agent_id in wanted.items()
        if agent_id not in library.agents
    ]
    if faults:
        raise Invalid(f"{faults[0]['path']}: {faults[0]['reason']}", details=faults)
    return {node_id: library.agents[agent_id] for node_id, agent_id in (seated | wanted).items()}


def _asking(graph: Graph, agents: dict[str, Agent]) -> list[MemberModel]:
    """Every node that asks a model, in the graph's order."""
    asking: list[MemberModel] = []
    for node_id, node in graph.nodes.items():
        if node_id in agents:
            asking.append((node_id, agents[node_id].provider, agents[node_id].model))
        elif node.type == "llm":
            asking.append((node_id, None, node.properties.get("model")))
    return asking


def _row(
    command: StartSession, graph: Graph, agents: dict[str, Agent], seats: dict[str, Seat], diverse: bool
) -> dict[str, Any]:
    bare = {n: Agent(agent_id="", name=graph.nodes[n].name, persona="") for n in seats if n not in agents}
    return {
        "session_id": command.session_id,
        "template_id": command.template_id,
        "graph": graph.model_dump(mode="json"),
        "agents": {node_id: agent.model_dump(mode="json") for node_id, agent in (agents | bare).items()},
        "panel": _panel(agents | bare, seats, diverse),
        "subject": command.subject.strip(),
        "objective": command.inputs.objective.strip(),
        "fingerprint": fingerprint(command),
        "status": "pending",
        "node_statuses": dict.fromkeys(graph.nodes, "pending"),
        "created_at": clock.timestamp(),
    }


def _panel(agents: dict[str, Agent], seats: dict[str, Seat], diverse: bool) -> dict[str, Any]:
    members = [
        {
            "node_id": node_id,
            "agent_id": agents[node_id].agent_id or None,
            "name": agents[node_id].name,
            "provider": seat.provider_id,
            "model": seat.model,
        }
        for node_id, seat in seats.items()
    ]
    rehearsal = any(seat.provider_id == "rehearsal" for seat in seats.values())
    return {"members": members, "diverse": diverse, "rehearsal": rehearsal}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list | tuple) else value
