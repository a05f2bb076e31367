"""Commands that had their effect: asked again under the same id, they are answered, not repeated."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council.errors import Conflict
from council.store.tables import commands


def earlier(
    connection: Connection, session_id: str, command_id: str | None, cmd: str
) -> dict[str, Any] | None:
    """The result this command had before. Raises Conflict when the id was used for another command."""
    if command_id is None:
        return None
    query = sa.select(commands).where(
        commands.c.session_id == session_id, commands.c.command_id == command_id
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    if row.cmd != cmd:
        raise Conflict(f"The id {command_id} was used for {row.cmd} in this session.")
    result: dict[str, Any] = row.result
    return result


def keep(
    connection: Connection, session_id: str, command_id: str | None, cmd: str, result: dict[str, Any]
) -> None:
    """Remember the result, in the transaction of the effect itself."""
    if command_id is not None:
        connection.execute(
            sa.insert(commands).values(session_id=session_id, command_id=command_id, cmd=cmd, result=result)
        )
