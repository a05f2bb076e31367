"""A meeting run again from one of its nodes: a new session that shares all recorded steps before it.

What is shared is not asked, and not paid for, again. Its messages, ballots and findings stand at the
beginning of the new log, under numbers of their own.
"""

import hashlib
import json
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from council import clock
from council.commands import RerunSession
from council.engine.opening import Seating
from council.errors import Invalid
from council.events import (
    EVENTS,
    Event,
    FileWritten,
    NodeResumed,
    NodeStateChange,
    SessionCreated,
    UserMessage,
    session_channel,
)
from council.jsontext import dump
from council.meeting.graph import Agent, Graph, Node
from council.meeting.walk import node_of
from council.store import channels, files, messages, sessions, steps
from council.store.library import Library

_NOT_SHARED = frozenset({"token_stream", "token_usage", "message_discarded"})
"""Pieces of messages that are whole by now, and money that was paid by the other meeting."""
_KEPT = (
    "template_id", "subject", "objective", "prompts", "group_id", "group_prompt", "cap", "estimate",
)  # fmt: skip
PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Rerun:
    """All that the new meeting begins with. ``results`` are the shared steps; ``events`` tell of them."""

    session: dict[str, Any]
    documents: list[dict[str, Any]]
    files: list[dict[str, Any]]
    results: dict[str, dict[str, Any]]
    events: tuple[Event, ...]


def fingerprint(command: RerunSession) -> str:
    """The same for the same request."""
    fields = command.model_dump()
    ordered = {name: sorted(v.items()) if isinstance(v, dict) else v for name, v in fields.items()}
    return hashlib.sha256(f"rerun {dump(ordered)}".encode()).hexdigest()


def prepare_rerun(connection: Connection, command: RerunSession, library: Library, seating: Seating) -> Rerun:
    """Check what is asked and copy what is shared. Raises NotFound or Invalid."""
    row = sessions.get(connection, command.session_id)
    graph = Graph.model_validate(row["graph"])
    if command.node_id not in graph.nodes or graph.nodes[command.node_id].type == "start":
        raise _invalid(
            "node_id", f"A meeting cannot be run again from {command.node_id[:128]!r}.", graph.nodes
        )
    redone = graph.after(command.node_id)
    known = library.agents_named(set(command.agents.values()))
    _check(command, graph, redone, known)
    rename = _Renaming(command.new_session_id)
    results = {
        key: rename.all_in(result)
        for key, result in steps.recorded(connection, command.session_id).items()
        if node_of(key) not in redone
    }
    shared = tuple(_shared_events(connection, command, graph, redone, rename))
    written = {(event.path, event.version) for event in shared if isinstance(event, FileWritten)}
    return Rerun(
        session=_row(row, command, _changed(graph, command, _replaced(row, command)), known, seating),
        documents=sessions.documents_of(connection, command.session_id),
        files=files.written_by(connection, command.session_id, written),
        results=results,
        events=(SessionCreated(template_id=row["template_id"], subject=row["subject"]), *shared),
    )


def insert(connection: Connection, rerun: Rerun) -> None:
    """Store the new meeting, but for its events."""
    session_id = rerun.session["session_id"]
    channels.create(connection, session_channel(session_id))
    sessions.insert(connection, rerun.session, rerun.documents)
    files.adopt(connection, session_id, rerun.files)
    for key, result in rerun.results.items():
        steps.record(connection, session_id, key, result)


# What is asked


def _check(command: RerunSession, graph: Graph, redone: Collection[str], known: dict[str, Agent]) -> None:
    for name, asked in (("agents", command.agents), ("tasks", command.tasks)):
        for node_id in asked:
            if node_id not in graph.nodes:
                raise _invalid(f"{name}.{node_id}", "There is no such node.", redone)
            if node_id not in redone:
                raise _invalid(
                    f"{name}.{node_id}", f"It comes before {command.node_id!r}, and stays.", redone
                )
    for node_id, agent_id in command.agents.items():
        if not graph.nodes[node_id].properties.get("agent_id"):
            raise _invalid(f"agents.{node_id}", "No agent sits at this node.", redone)
        if agent_id not in known:
            raise Invalid(f"There is no agent {agent_id!r}.", hint="GET /api/v1/agents lists them.")
    for node_id in command.tasks:
        if graph.nodes[node_id].type not in ("agent", "llm"):
            raise _invalid(f"tasks.{node_id}", "Only an agent or a prompt can be given another task.", redone)


def _invalid(path: str, reason: str, nodes: Collection[str]) -> Invalid:
    suggestion = f"Use one of: {', '.join(sorted(nodes))}."
    return Invalid(
        reason, hint=suggestion, details=[{"path": path, "reason": reason, "suggestion": suggestion}]
    )


# The new meeting


def _replaced(row: dict[str, Any], command: RerunSession) -> dict[str, str]:
    """Who takes the place of each agent that sits nowhere any more."""
    before = {seat: agent["agent_id"] for seat, agent in row["agents"].items()}
    still = (before | command.agents).values()
    asked = ((before[n], command.agents[n]) for n in reversed(before) if n in command.agents)
    return {gone: agent_id for gone, agent_id in asked if gone not in still}


def _changed(graph: Graph, command: RerunSession, replaced: dict[str, str]) -> Graph:
    """The graph with the other members and tasks; who was replaced everywhere votes no more, either."""
    nodes = {n: _changed_node(node, command, replaced) for n, node in graph.nodes.items()}
    return graph.model_copy(update={"nodes": nodes})


def _changed_node(node: Node, command: RerunSession, replaced: dict[str, str]) -> Node:
    properties = dict(node.properties)
    if agent_id := command.agents.get(node.node_id):
        properties["agent_id"] = agent_id
    if task := command.tasks.get(node.node_id):
        properties["prompt" if node.type == "llm" else "task"] = task
    if voters := properties.get("agent_ids"):
        properties["agent_ids"] = list(dict.fromkeys(replaced.get(voter, voter) for voter in voters))
    return node.model_copy(update={"properties": properties})


def _row(
    row: dict[str, Any], command: RerunSession, graph: Graph, known: dict[str, Agent], seating: Seating
) -> dict[str, Any]:
    panel, agents = _panel(row, command, known, seating)
    return {name: row[name] for name in _KEPT} | {
        "session_id": command.new_session_id,
        "graph": graph.model_dump(mode="json"),
        "agents": agents,
        "panel": panel,
        "fingerprint": fingerprint(command),
        "status": "pending",
        "node_statuses": dict.fromkeys(graph.nodes, "pending"),
        "created_at": clock.timestamp(),
        "rerun_of": {"session_id": command.session_id, "node_id": command.node_id},
    }


def _panel(
    row: dict[str, Any], command: RerunSession, known: dict[str, Agent], seating: Seating
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Everybody keeps the seat and the model; who is new gets one."""
    asked = [(n, known[agent_id].provider, known[agent_id].model) for n, agent_id in command.agents.items()]
    seats = seating.seats(asked) if asked else {}
    members = [
        member
        | {
            "agent_id": command.agents[member["node_id"]],
            "name": known[command.agents[member["node_id"]]].name,
            "provider": seats[member["node_id"]].provider_id,
            "model": seats[member["node_id"]].model,
        }
        if member.get("seat", member["node_id"]) in seats
        else member
        for member in row["panel"]["members"]
    ]
    models = {(member["provider"], member["model"]) for member in members}
    rehearsal = any(member["provider"] == "rehearsal" for member in members)
    agents = row["agents"] | {
        n: known[agent_id].model_dump(mode="json") for n, agent_id in command.agents.items()
    }
    return {"members": members, "diverse": len(models) > 1, "rehearsal": rehearsal}, agents


# What is shared


class _Renaming:
    """Message ids are one meeting's own: each gets another one, the same wherever it stands."""

    def __init__(self, session_id: str) -> None:
        self._namespace = uuid.UUID(session_id)

    def of(self, message_id: str) -> str:
        return str(uuid.uuid5(self._namespace, message_id))

    def all_in(self, value: Any) -> Any:
        """The value with every message id renamed."""
        match value:
            case dict():
                return {k: self._field(k, v) for k, v in value.items()}
            case list():
                return [self.all_in(item) for item in value]
            case _:
                return value

    def _field(self, name: str, value: Any) -> Any:
        return self.of(value) if name == "message_id" and isinstance(value, str) else self.all_in(value)


def _shared_events(
    connection: Connection, command: RerunSession, graph: Graph, redone: Collection[str], rename: _Renaming
) -> Iterator[Event]:
    """What the log of the first meeting says of the steps that are shared, and what people said before."""
    begun = False
    shared, channel = graph.nodes.keys() - redone, session_channel(command.session_id)
    unfinished = {m["message_id"] for m in messages.unfinished(connection, command.session_id)}
    answered = {told["review_id"] for told in channels.of_kind(connection, channel, NodeResumed.name)}
    for envelope in _log(connection, channel):
        name, node_id, data = envelope["event"], envelope["node_id"], envelope["data"]
        begun = begun or (name == NodeStateChange.name and node_id == command.node_id)
        if name in _NOT_SHARED or data.get("message_id") in unfinished:
            continue
        if data.get("review_id") not in (None, *answered):
            continue  # Nobody has answered yet: the new meeting asks for itself.
        if node_id in shared or (name == UserMessage.name and not begun):
            yield EVENTS[name].model_validate(rename.all_in(data))


def _log(connection: Connection, channel: str) -> Iterator[dict[str, Any]]:
    after = 0
    while page := channels.read(connection, channel, after, PAGE):
        yield from (json.loads(envelope) for _seq, envelope in page)
        after = page[-1][0]
