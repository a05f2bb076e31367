"""Groups of the users' own, as rows."""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from council.events import FINAL_STATUSES
from council.meeting.group import Group
from council.store import tables
from council.store.shelf import Kind

_FIELDS = ("name", "description", "system_prompt", "default_agents")


def _to_row(group: Group) -> dict[str, Any]:
    return {name: getattr(group, name) for name in _FIELDS}


def _from_row(row: RowMapping) -> Group:
    return Group(**{name: row[name] for name in (*_FIELDS, "group_id")})


KIND = Kind("group", tables.groups, _to_row, _from_row)


def that_seat(connection: Connection, agent_id: str) -> list[str]:
    """The ids of the users' own groups in which this agent usually sits."""
    return _whose_seats(connection, lambda _template, _node, agent: agent == agent_id)


def that_furnish(connection: Connection, template_id: str) -> list[str]:
    """The ids of the users' own groups that say who usually sits in this template."""
    return _whose_seats(connection, lambda template, _node, _agent: template == template_id)


def _whose_seats(connection: Connection, fits: Callable[[str, str, str], bool]) -> list[str]:
    return sorted(group.group_id for group in _all(connection) if any(fits(*seat) for seat in group.seats()))


def _all(connection: Connection) -> Iterator[Group]:
    for row in connection.execute(sa.select(tables.groups)).mappings():
        yield _from_row(row)


def that_meet(connection: Connection, group_id: str) -> bool:
    """Whether a meeting of this group is not over yet."""
    sessions = tables.sessions
    query = sa.select(sessions.c.session_id).where(
        sessions.c.group_id == group_id, sessions.c.status.not_in(FINAL_STATUSES)
    )
    return connection.scalar(query.limit(1)) is not None
