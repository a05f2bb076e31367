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


def find(connection: Connection, session_id: str, step_key: str) -> dict[str, Any] | None:
    """One recorded result, if there is one."""
    query = sa.select(steps.c.result).where(steps.c.session_id == session_id, steps.c.step_key == step_key)
    result: dict[str, Any] | None = connection.scalar(query)
    return result


def parts(connection: Connection, session_id: str, key: str) -> dict[str, dict[str, Any]]:
    """The recorded parts of one visit, by what follows its key and the slash."""
    query = sa.select(steps.c.step_key, steps.c.result).where(
        steps.c.session_id == session_id, steps.c.step_key > f"{key}/", steps.c.step_key < f"{key}0"
    )
    return {row.step_key[len(key) + 1 :]: row.result for row in connection.execute(query)}


def record(connection: Connection, session_id: str, step_key: str, result: dict[str, Any]) -> None:
    connection.execute(sa.insert(steps).values(session_id=session_id, step_key=step_key, result=result))
