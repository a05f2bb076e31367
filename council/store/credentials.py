"""What people show to say who they are, as rows. The secrets themselves are nowhere: rows have their hashes."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council.store.tables import credentials, users


def insert(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(sa.insert(credentials).values(row))


def find(
    connection: Connection, kind: str, secret_hash: str, at: str, rests: sa.ColumnElement[bool]
) -> dict[str, Any] | None:
    """The credential and its user, as long as neither has ended and it does not rest: its columns, and the user's
    name and role."""
    query = _with_user(at, rests).where(credentials.c.kind == kind, credentials.c.secret_hash == secret_hash)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def living(
    connection: Connection, credential_ids: Collection[str], at: str, rests: sa.ColumnElement[bool]
) -> list[dict[str, Any]]:
    """Those of these that have not ended, as ``find`` gives them."""
    query = _with_user(at, rests).where(credentials.c.credential_id.in_(credential_ids))
    return [dict(row) for row in connection.execute(query).mappings()]


def of_user(connection: Connection, user_id: str, kind: str) -> list[dict[str, Any]]:
    query = (
        sa.select(credentials)
        .where(credentials.c.user_id == user_id, credentials.c.kind == kind)
        .order_by(credentials.c.created_at, credentials.c.credential_id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def used(connection: Connection, credential_id: str, at: str) -> None:
    query = sa.update(credentials).where(credentials.c.credential_id == credential_id)
    connection.execute(query.values(used_at=at))


def delete(connection: Connection, credential_id: str, user_id: str | None = None) -> bool:
    """End one, and the tickets it was used for; with ``user_id`` only if it is theirs. Whether there was one."""
    mine = credentials.c.credential_id == credential_id
    if user_id is not None:
        mine &= credentials.c.user_id == user_id
    found = connection.execute(sa.delete(credentials).where(mine)).rowcount > 0
    if found:
        connection.execute(sa.delete(credentials).where(credentials.c.made_with == credential_id))
    return found


def delete_of_user(connection: Connection, user_id: str, *kinds: str, but: str | None = None) -> None:
    """End all of these kinds, except ``but``."""
    connection.execute(
        sa.delete(credentials).where(
            credentials.c.user_id == user_id,
            credentials.c.kind.in_(kinds),
            credentials.c.credential_id != (but or ""),
        )
    )


def sweep(connection: Connection, at: str) -> None:
    """Forget what has expired, tokens excepted: their owners may want to see that they have."""
    connection.execute(
        sa.delete(credentials).where(credentials.c.expires_at <= at, credentials.c.kind != "token")
    )


def resting(since: str, *, passwords: bool) -> sa.ColumnElement[bool]:
    """The condition under which a token rests: its owner comes in by the OpenID provider alone, and was last proven
    there before ``since``. Where there are ``passwords``, who has one comes in without the provider."""
    others = users.c.subject.is_(None) | (users.c.password_hash.is_not(None) if passwords else sa.false())
    late = users.c.proven_at.is_(None) | (users.c.proven_at < since)
    return (credentials.c.kind == "token") & ~others & late


def _with_user(at: str, rests: sa.ColumnElement[bool]) -> sa.Select[Any]:
    lives = credentials.c.expires_at.is_(None) | (credentials.c.expires_at > at)
    return (
        sa.select(credentials, users.c.name.label("user_name"), users.c.role)
        .join(users, users.c.user_id == credentials.c.user_id)
        .where(lives, users.c.disabled.is_(False), ~rests)
    )
