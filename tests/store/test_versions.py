"""Databases of every version: up to the newest, back, and up again, with all that their version knew."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from council import clock
from council.errors import IllegalTransition, Invalid
from council.store import knowledge, migrations
from council.store.engine import Store
from council.store.migrations import HEAD, losses, migrate, rollback, version, versions

Rows = dict[str, list[dict[str, Any]]]
OLDER = versions()[:-1]

every_version = pytest.mark.parametrize("number", OLDER)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Any]:
    """A factory of databases as that version made them, with two rows in each of its tables."""
    stores: list[Store] = []

    def make(number: str) -> Store:
        store = Store(f"sqlite:///{tmp_path}/{number}-{len(stores)}.db")
        stores.append(store)
        with store.write() as connection:
            command.upgrade(migrations._config(connection), number)
            _fill(connection)
        return store

    yield make
    for store in stores:
        store.close()


def _fill(connection: sa.Connection) -> None:
    for table in _tables(connection):
        for number in (1, 2):
            connection.execute(sa.insert(table).values({c.name: _value(c, number) for c in table.columns}))


def _value(column: sa.Column[Any], number: int) -> Any:
    """A value that tells from which column and row it is; of the same name in two tables, the same."""
    match column.type:
        case sa.JSON():
            return {column.name: number}
        case sa.String():
            return f"{column.name} {number}"[-(column.type.length or 100) :]
        case sa.Boolean():
            return number == 1
        case _:
            return number


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """Ours, not those that SQLite keeps for the full-text index, nor the one with the version."""
    found = sa.MetaData()
    found.reflect(connection, only=lambda name, _: not name.startswith(("knowledge_index", "alembic_")))
    return found.sorted_tables


def _rows(store: Store) -> Rows:
    with store.read() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(sa.select(table).order_by(*table.columns)).mappings()]
            for table in _tables(connection)
        }  # fmt: skip


def _shape(store: Store) -> dict[str, Any]:
    with store.read() as connection:
        look = sa.inspect(connection)
        return {
            table.name: (
                [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in look.get_columns(table.name)],
                look.get_pk_constraint(table.name)["constrained_columns"],
                sorted((i["name"], *i["column_names"]) for i in look.get_indexes(table.name)),
                sorted(u["column_names"] for u in look.get_unique_constraints(table.name)),
            )
            for table in _tables(connection)
        }  # fmt: skip


def _has(after: Rows, before: Rows) -> bool:
    """Whether every row that was there still is, with each value it had."""
    return all(
        any(all(now.get(name) == value for name, value in row.items()) for now in after[table])
        for table, rows in before.items()
        for row in rows
    )


@every_version
def test_nothing_is_lost_by_going_up_and_back(at: Any, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a version knew is there in the newest one, there again after the rollback, and after the next upgrade."""
    monkeypatch.setattr(clock, "timestamp", lambda: "2026-11-22T05:00:00.000Z")
    store = at(number)
    before = _rows(store)
    migrate(store)
    newest = _rows(store)
    assert _has(newest, before)
    rollback(store, number)
    assert _rows(store) == before
    migrate(store)
    assert _rows(store) == newest


@every_version
def test_a_rollback_leaves_the_tables_of_its_version(at: Any, number: str) -> None:
    """Columns, keys and indexes are those that the version itself makes."""
    store = at(number)
    migrate(store)
    rollback(store, number)
    assert _shape(store) == _shape(at(number))
    with store.read() as connection:
        assert version(connection) == number


@every_version
def test_what_the_newest_wrote_does_not_hinder_a_rollback(at: Any, number: str) -> None:
    """With rows in every table of the newest version: those of tables that the older one has stay."""
    store = at(HEAD)
    before = _rows(store)
    rollback(store, number)
    after = _rows(store)
    assert {table: len(rows) for table, rows in after.items()} == {
        table: len(before[table]) for table in after
    }
    migrate(store)
    assert _shape(store) == _shape(at(HEAD))


def test_the_search_index_works_after_the_way_back_and_up(at: Any) -> None:
    """What a group learns after the next upgrade is found."""
    store = at("0001")
    migrate(store)
    rollback(store, "0001")
    migrate(store)
    with store.write() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO knowledge (group_id, layer, kind, title, content, created_at) "
                "VALUES ('g', 'long_term', 'note', 'Queue', 'Tasks were lost twice', '2026-01-01T00:00:00.000Z')"
            )
        )
    with store.read() as connection:
        found = knowledge.recalled(
            connection, "g", ("lost",), at="2026-01-02T00:00:00.000Z", limit=5, since=None, verdicts=True, not_from="x"
        )  # fmt: skip
    assert [each["title"] for each in found] == ["Queue"]


def test_a_rollback_that_fails_changes_nothing(at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stops it half-way, the database is what it was."""
    store = at(HEAD)
    before, shape = _rows(store), _shape(store)
    with store.write() as connection:
        connection.execute(sa.text("DROP TRIGGER knowledge_changed"))  # The downgrade of 0002 misses it.
    with pytest.raises(sa.exc.OperationalError, match="knowledge_changed"):
        rollback(store, "0001")
    assert (_rows(store), _shape(store)) == (before, shape)
    with store.read() as connection:
        assert version(connection) == HEAD


@pytest.mark.parametrize(
    ("target", "problem", "said"),
    [("0000", Invalid, "no version 0000"), ("", Invalid, "no version"), ("head", Invalid, "no version head"),
     (HEAD, IllegalTransition, "not an older one")],
)  # fmt: skip
def test_a_rollback_to_nowhere_is_refused(
    store: Store, target: str, problem: type[Exception], said: str
) -> None:
    """Unknown versions, and the present one."""
    with pytest.raises(problem, match=said):
        rollback(store, target)


def test_an_empty_or_newer_database_is_not_rolled_back(empty: Store) -> None:
    """There is no way back from a version that this Council does not know, nor from none."""
    with pytest.raises(IllegalTransition, match="version none"):
        rollback(empty, OLDER[0])
    migrate(empty)
    with empty.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(IllegalTransition, match="9999"):
        rollback(empty, OLDER[0])


def test_every_way_back_says_what_it_costs() -> None:
    """The newest step first; a database of the first version has nothing left to lose."""
    told = losses(HEAD, "0001")
    assert len(told) == len(OLDER)
    assert all(text.startswith("Lost: ") for text in told)
    assert losses(HEAD, HEAD) == []
