"""A database of each test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from council.store.engine import Store
from council.store.migrations import migrate


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    """A database with nothing in it."""
    store = Store(f"sqlite:///{tmp_path}/council.db")
    yield store
    store.close()


@pytest.fixture
def store(empty: Store) -> Store:
    """A database at the newest version."""
    migrate(empty)
    return empty
