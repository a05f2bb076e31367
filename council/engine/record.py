"""What a run knows when it begins: one meeting as it stands in the database."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from council.engine.account import Account, read_account
from council.meeting.graph import Agent, Graph
from council.meeting.prompts import Matter
from council.store import files, messages, sessions, steps
from council.store.engine import Store


@dataclass(frozen=True, slots=True)
class Member:
    """An agent seated at a node, and the model that speaks for it."""

    agent: Agent
    provider_id: str
    model: str


@dataclass(frozen=True, slots=True)
class MeetingRecord:
    """Everything a run needs. ``results`` are the recorded steps; ``unfinished`` are messages without an end.

    ``members`` are by node; an agent that only votes, and sits nowhere, is at ``<vote node>/<agent>``, and so is a
    chair's fallback at its node.
    """

    session_id: str
    status: str
    stop_requested: bool
    graph: Graph
    matter: Matter
    members: dict[str, Member]
    node_statuses: dict[str, str]
    results: dict[str, dict[str, Any]]
    unfinished: tuple[dict[str, Any], ...]
    words: dict[str, str]  # The words of the room, by the name of their file, as when the meeting started.
    group_id: str | None
    group_prompt: str
    account: Account

    def matter_as_it_is(self, connection: Connection) -> Matter:
        """What the meeting is about now: its documents in their newest versions."""
        return Matter(
            self.matter.subject, self.matter.objective, tuple(files.documents(connection, self.session_id))
        )

    def speaker_at(self, node_id: str, agent_id: str | None) -> Member | None:
        """Who speaks there under this id: whoever sits there, or the fallback."""
        return self.members.get(f"{node_id}/{agent_id}") or self.members.get(node_id)

    def member_of(self, agent_id: str) -> Member | None:
        """The first seat of this agent."""
        return next((m for m in self.members.values() if m.agent.agent_id == agent_id), None)


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
            members=members_of(row),
            node_statuses=row["node_statuses"],
            results=steps.recorded(connection, session_id),
            unfinished=tuple(messages.unfinished(connection, session_id)),
            words=row["prompts"] or {},
            group_id=row["group_id"],
            group_prompt=row["group_prompt"] or "",
            account=read_account(connection, row),
        )


def members_of(row: dict[str, Any]) -> dict[str, Member]:
    """Who sits where, by a session's row."""
    agents = {node_id: Agent.model_validate(raw) for node_id, raw in row["agents"].items()}
    return {
        seat.get("seat", seat["node_id"]): Member(
            agents[seat.get("seat", seat["node_id"])], seat["provider"], seat["model"]
        )
        for seat in row["panel"]["members"]
    }
