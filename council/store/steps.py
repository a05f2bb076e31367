"""Recorded answers: a step that has one is not asked again."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council.store.tables import steps


def recorded(connection: Connection, session_id: str) -> dict[str, dict[str, Any]]:
    """Every recorded result of a session by its step key."""
    rows = connection.execute(
        sa.select(steps.c.step_key, steps.c.result).where(steps.c.session_id == session_id)
    )
    return {row.step_key: row.result for row in rows}


def record(connection: Connection, session_id: str, step_key: str, result: dict[str, Any]) -> None:
    connection.execute(sa.insert(steps).values(session_id=session_id, step_key=step_key, result=result))
