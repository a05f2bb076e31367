"""What a run knows when it begins: one meeting as it stands in the database."""

from dataclasses import dataclass
from typing import Any

from council.meeting.graph import Agent, Graph
from council.meeting.prompts import Matter
from council.store import messages, sessions, steps
from council.store.engine import Store


@dataclass(frozen=True, slots=True)
class Member:
    """An agent seated at a node, and the model that speaks for it."""

    agent: Agent
    provider_id: str
    model: str


@dataclass(frozen=True, slots=True)
class MeetingRecord:
    """Everything a run needs. ``results`` are the recorded steps; ``unfinished`` are messages without an end."""

    session_id: str
    status: str
    stop_requested: bool
    graph: Graph
    matter: Matter
    members: dict[str, Member]
    node_statuses: dict[str, str]
    results: dict[str, dict[str, Any]]
    unfinished: tuple[dict[str, Any], ...]


def load(store: Store, session_id: str) -> MeetingRecord:
    """The meeting, read in one transaction. Raises NotFound."""
    with store.read() as connection:
        row = sessions.get(connection, session_id)
        return MeetingRecord(
            session_id=session_id,
            status=row["status"],
            stop_requested=row["stop_requested"],
            graph=Graph.model_validate(row["graph"]),
            matter=Matter(row["subject"], row["objective"], tuple(sessions.texts(connection, session_id))),
            members=_members(row),
            node_statuses=row["node_statuses"],
            results=steps.recorded(connection, session_id),
            unfinished=tuple(messages.unfinished(connection, session_id)),
        )


def _members(row: dict[str, Any]) -> dict[str, Member]:
    agents = {node_id: Agent.model_validate(raw) for node_id, raw in row["agents"].items()}
    return {
        seat["node_id"]: Member(agents[seat["node_id"]], seat["provider"], seat["model"])
        for seat in row["panel"]["members"]
    }
