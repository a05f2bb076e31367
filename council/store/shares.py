"""Whose a thing is, and who else may see it or change it."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council.store.tables import agents, groups, sessions, shares, templates, users

EVERYBODY = "*"  # All who can sign in.

OWNED: dict[str, tuple[sa.Table, str]] = {
    "session": (sessions, "session_id"),
    "template": (templates, "template_id"),
    "agent": (agents, "agent_id"),
    "group": (groups, "group_id"),
}
"""The kinds of things that belong to somebody: their tables, and what their ids are called."""


def owner(connection: Connection, kind: str, thing_id: str) -> tuple[bool, str | None]:
    """Whether the thing exists, and whose it is."""
    table, id_name = OWNED[kind]
    row = connection.execute(sa.select(table.c.owned_by).where(table.c[id_name] == thing_id)).first()
    return row is not None, row.owned_by if row else None


def granted(connection: Connection, kind: str, thing_id: str, user_id: str) -> set[str]:
    """The levels at which the thing is shared with them, or with everybody."""
    query = sa.select(shares.c.level).where(
        shares.c.kind == kind, shares.c.thing_id == thing_id, shares.c.user_id.in_((user_id, EVERYBODY))
    )
    return set(connection.scalars(query))


def not_owned(connection: Connection, kind: str, ids: Collection[str], user_id: str) -> list[str]:
    """Those of these things that are not theirs; what comes with Council is nobody's, and left out."""
    table, id_name = OWNED[kind]
    query = sa.select(table.c[id_name]).where(
        table.c[id_name].in_(ids), table.c.owned_by.is_distinct_from(user_id)
    )
    return list(connection.scalars(query))


def run_granted(connection: Connection, kind: str, ids: Collection[str], user_id: str) -> set[str]:
    """Those of these things in which they may take part, because somebody shares them."""
    query = sa.select(shares.c.thing_id).where(
        shares.c.kind == kind,
        shares.c.thing_id.in_(ids),
        shares.c.user_id.in_((user_id, EVERYBODY)),
        shares.c.level == "run",
    )
    return set(connection.scalars(query))


def visible(kind: str, user_id: str) -> sa.ColumnElement[bool]:
    """The condition under which a row of the kind's table may be read by them."""
    table, id_name = OWNED[kind]
    shared = sa.select(shares.c.thing_id).where(
        shares.c.kind == kind, shares.c.user_id.in_((user_id, EVERYBODY))
    )
    return (table.c.owned_by == user_id) | table.c[id_name].in_(shared)


def listed(connection: Connection, kind: str, thing_id: str) -> list[dict[str, Any]]:
    """With whom it is shared: ``user_id``, ``name`` (``None``: everybody) and ``level``."""
    query = (
        sa.select(shares.c.user_id, users.c.name, shares.c.level, shares.c.created_at)
        .outerjoin(users, users.c.user_id == shares.c.user_id)
        .where(shares.c.kind == kind, shares.c.thing_id == thing_id)
        .order_by(shares.c.created_at, shares.c.user_id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def put(connection: Connection, row: dict[str, Any]) -> None:
    """Share it, or change the level."""
    remove(connection, row["kind"], row["thing_id"], row["user_id"])
    connection.execute(sa.insert(shares).values(row))


def remove(connection: Connection, kind: str, thing_id: str, user_id: str | None = None) -> bool:
    """Take one share back; without ``user_id`` all. Whether there was any."""
    mine = (shares.c.kind == kind) & (shares.c.thing_id == thing_id)
    if user_id is not None:
        mine &= shares.c.user_id == user_id
    return connection.execute(sa.delete(shares).where(mine)).rowcount > 0


def owned(connection: Connection, kind: str, user_id: str) -> int:
    """How many of them are theirs."""
    table, _id_name = OWNED[kind]
    query = sa.select(sa.func.count()).select_from(table).where(table.c.owned_by == user_id)
    return connection.scalar(query) or 0


def give(connection: Connection, kind: str, thing_id: str, user_id: str | None) -> None:
    """It belongs to them from now on."""
    table, id_name = OWNED[kind]
    connection.execute(sa.update(table).where(table.c[id_name] == thing_id).values(owned_by=user_id))
