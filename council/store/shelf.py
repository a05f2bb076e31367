"""Things of one kind that meetings are made of: those that come with Council, and the users' own."""

from collections.abc import Callable, Collection, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.engine import Connection, RowMapping

from council import clock
from council.errors import Conflict, Forbidden, NotFound
from council.meeting.naming import free_id
from council.store import shares
from council.store.engine import Store

T = TypeVar("T", bound=BaseModel)
Check = Callable[[Connection], None]
"""A last look inside the transaction. Raises a Refused or BadInput, and then nothing is changed."""

MAX_OWN = 1_000
MAX_OF_ONE = 200  # Of one person, where people sign in.


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """What the things are called, and how they are kept as rows."""

    word: str  # "template": its id is template_id, and its address /templates/{template_id}.
    table: sa.Table
    to_row: Callable[[T], dict[str, Any]]
    from_row: Callable[[RowMapping], T]

    @property
    def id_name(self) -> str:
        return f"{self.word}_id"

    @property
    def id_column(self) -> sa.Column[str]:
        return self.table.c[self.id_name]

    def id_of(self, value: T) -> str:
        found: str = getattr(value, self.id_name)
        return found


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """A thing with its dates; what comes with Council has none."""

    value: T
    created_at: str | None = None
    updated_at: str | None = None


class Shelf(Generic[T]):
    """Thread-safe: the users' own are in the database."""

    def __init__(self, kind: Kind[T], load: Callable[[], dict[str, T]], store: Store | None) -> None:
        self.kind = kind
        self._load = load
        self._store = store
        self._seen: sa.ColumnElement[bool] = sa.true()  # Which rows there are, for whoever looks.

    def within(self, seen: sa.ColumnElement[bool]) -> "Shelf[T]":
        """The same shelf for somebody who sees these rows only; what comes with Council is seen by all."""
        _ = self.built_in  # Read once, for all.
        narrowed = copy(self)
        narrowed._seen = seen
        return narrowed

    @cached_property
    def built_in(self) -> dict[str, T]:
        """What comes with Council, by id; read when it is first asked for, and never changed by whoever serves."""
        return self._load()

    # Reading

    def find(self, wanted_id: str) -> Kept[T] | None:
        if wanted_id in self.built_in:
            return Kept(self.built_in[wanted_id])
        return next(iter(self._own(self.kind.id_column == wanted_id)), None)

    def get(self, wanted_id: str) -> Kept[T]:
        """Raises NotFound."""
        found = self.find(wanted_id)
        if found is None:
            raise self._missing(wanted_id)
        return found

    def named(self, ids: Collection[str]) -> dict[str, T]:
        """Those of these ids that exist: at most one query, and none when all come with Council."""
        found = {each: self.built_in[each] for each in ids if each in self.built_in}
        others = sorted(set(ids) - found.keys())
        own = self._own(self.kind.id_column.in_(others)) if others else []
        return found | {self.kind.id_of(kept.value): kept.value for kept in own}

    def all(self) -> list[Kept[T]]:
        """What comes with Council, then the users' own by name."""
        return [Kept(value) for value in self.built_in.values()] + self._own()

    def missing(self, connection: Connection, ids: Collection[str]) -> list[str]:
        """Those of these ids that do not exist, on an open connection."""
        others = sorted(set(ids) - self.built_in.keys())
        query = sa.select(self.kind.id_column).where(self.kind.id_column.in_(others), self._seen)
        return sorted(set(others) - set(connection.scalars(query))) if others else []

    def ids(self) -> list[str]:
        """The ids of all, without reading the rest."""
        if self._store is None:
            return list(self.built_in)
        with self._store.read() as connection:
            query = sa.select(self.kind.id_column).where(self._seen).order_by(self.kind.id_column)
            own = connection.scalars(query).all()
        return [*self.built_in, *own]

    def _own(self, *where: sa.ColumnElement[bool]) -> list[Kept[T]]:
        if self._store is None:
            return []
        with self._store.read() as connection:
            return list(self.own(connection, self._seen, *where))

    def own(self, connection: Connection, *where: sa.ColumnElement[bool]) -> Iterator[Kept[T]]:
        """The users' own, whoever sees them, on an open connection; ids and names in order."""
        query = sa.select(self.kind.table).where(*where).order_by(self.kind.id_column)
        for row in connection.execute(query).mappings():
            yield Kept(self.kind.from_row(row), row["created_at"], row["updated_at"])

    # Changing

    def add(
        self,
        value: T,
        *,
        name: str,
        check: Check,
        wanted_id: str | None = None,
        owned_by: str | None = None,
    ) -> Kept[T]:
        """Keep a new thing under ``wanted_id``, or under an id made of its name. Raises Conflict when that is taken."""
        with self._writing() as connection:
            check(connection)
            self._refuse_too_many(connection, owned_by)
            own_id = wanted_id or free_id(name, self.kind.word, lambda each: self._is_taken(connection, each))
            if self._is_taken(connection, own_id):
                raise Conflict(
                    f"There is {_a(self.kind.word)} {own_id!r} already.",
                    hint="Use another id, or leave it out: then one is made of the name.",
                )
            value = value.model_copy(update={self.kind.id_name: own_id})
            now = clock.timestamp()
            rest = {"created_at": now, "updated_at": now, "owned_by": owned_by}
            connection.execute(sa.insert(self.kind.table).values(self._row(value) | rest))
        return Kept(value, now, now)

    def replace(self, value: T, *, seen: str | None, check: Check) -> Kept[T]:
        """Put it in the place of the one with its id.

        ``seen`` is the ``updated_at`` of what was changed: Conflict when somebody else has saved since.
        Raises Forbidden for what comes with Council, and NotFound.
        """
        own_id = self.kind.id_of(value)
        self.refuse_built_in(own_id)
        with self._writing() as connection:
            before = self._dates(connection, own_id)
            if seen is not None and seen != before.updated_at:
                raise Conflict(
                    f"Somebody else has saved this {self.kind.word} meanwhile.",
                    hint="Read it again, then make your change once more.",
                    details=[{"path": "updated_at", "reason": f"It is {before.updated_at} now."}],
                )
            check(connection)
            now = _later_than(before.updated_at)
            row = self._row(value) | {"updated_at": now}
            connection.execute(sa.update(self.kind.table).where(self.kind.id_column == own_id).values(row))
        return Kept(value, before.created_at, now)

    def remove(self, own_id: str, *, check: Check) -> None:
        """Raises Forbidden for what comes with Council, and NotFound."""
        self.refuse_built_in(own_id)
        with self._writing() as connection:
            self._dates(connection, own_id)
            check(connection)
            shares.remove(connection, self.kind.word, own_id)
            connection.execute(sa.delete(self.kind.table).where(self.kind.id_column == own_id))

    # Inside

    def _writing(self) -> Any:
        if self._store is None:
            raise AssertionError("this library was opened without a database")
        return self._store.write()

    def _row(self, value: T) -> dict[str, Any]:
        return {self.kind.id_name: self.kind.id_of(value)} | self.kind.to_row(value)

    def _is_taken(self, connection: Connection, own_id: str) -> bool:
        query = sa.select(self.kind.id_column).where(self.kind.id_column == own_id)
        return own_id in self.built_in or connection.scalar(query) is not None

    def _dates(self, connection: Connection, own_id: str) -> sa.Row[Any, Any]:
        """Raises NotFound."""
        table = self.kind.table
        query = sa.select(table.c.created_at, table.c.updated_at).where(
            self.kind.id_column == own_id, self._seen
        )
        row = connection.execute(query).first()
        if row is None:
            raise self._missing(own_id)
        return row

    def refuse_built_in(self, own_id: str) -> None:
        if own_id in self.built_in:
            word = self.kind.word
            raise Forbidden(
                f"The {word} {own_id!r} comes with Council and stays as it is.",
                code="built_in",
                hint=f"Copy it first: POST /api/v1/{word}s/{own_id}/copy. The copy is yours to change.",
            )

    def _refuse_too_many(self, connection: Connection, owned_by: str | None) -> None:
        """Nobody fills the shelf alone. Raises Conflict."""
        count = sa.select(sa.func.count()).select_from(self.kind.table)
        mine = count.where(self.kind.table.c.owned_by == owned_by)
        for query, most in ((count, MAX_OWN), (mine, MAX_OF_ONE))[: 1 if owned_by is None else 2]:
            if (connection.scalar(query) or 0) >= most:
                raise Conflict(
                    f"There are {most:,} {self.kind.word}s already.", hint="Delete some that nobody needs."
                )

    def _missing(self, wanted_id: str) -> NotFound:
        word = self.kind.word
        return NotFound(f"There is no {word} {wanted_id[:128]!r}.", hint=f"GET /api/v1/{word}s lists them.")


def _later_than(before: str) -> str:
    """Now, as a time that differs from the one before: who saved from that one is not to overwrite this one."""
    now = clock.now()
    least = datetime.fromisoformat(before) + timedelta(milliseconds=1)
    return clock.timestamp(max(now, least))


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
