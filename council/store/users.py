"""People who may sign in, as rows."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council.store.tables import credentials, shares, users


def insert(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(sa.insert(users).values(row))


def any_at_all(connection: Connection) -> bool:
    return connection.scalar(sa.select(users.c.user_id).limit(1)) is not None


def find(connection: Connection, **where: str) -> dict[str, Any] | None:
    """The one with this ``user_id``, ``name`` or ``subject``."""
    query = sa.select(users).where(*(users.c[name] == value for name, value in where.items()))
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def listed(connection: Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sa.select(users).order_by(users.c.name)).mappings()]


def names(connection: Connection, user_ids: set[str]) -> dict[str, str]:
    query = sa.select(users.c.user_id, users.c.name).where(users.c.user_id.in_(user_ids))
    return {user_id: name for user_id, name in connection.execute(query)}


def update(connection: Connection, user_id: str, **changes: Any) -> None:
    connection.execute(sa.update(users).where(users.c.user_id == user_id).values(changes))


def other_admins(connection: Connection, user_id: str) -> bool:
    """Whether somebody else could let people in."""
    query = sa.select(users.c.user_id).where(
        users.c.role == "admin", users.c.user_id != user_id, users.c.disabled.is_(False)
    )
    return connection.scalar(query.limit(1)) is not None


def delete(connection: Connection, user_id: str) -> None:
    """Forget a person with all they signed in with; what they made stays, and is the admins' from now on."""
    for table in (credentials, shares, users):
        connection.execute(sa.delete(table).where(table.c.user_id == user_id))
