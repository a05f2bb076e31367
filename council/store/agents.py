"""Agents of the users' own, as rows."""

from typing import Any

from sqlalchemy.engine import RowMapping

from council.meeting.graph import Agent
from council.store import tables
from council.store.shelf import Kind


def _to_row(agent: Agent) -> dict[str, Any]:
    return {"body": agent.model_dump(mode="json", exclude={"agent_id", "is_system"})}


def _from_row(row: RowMapping) -> Agent:
    return Agent(agent_id=row["agent_id"], **row["body"])


KIND = Kind("agent", tables.agents, _to_row, _from_row)
