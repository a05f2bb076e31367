"""The model servers that admins entered, as rows; their keys are sealed before they come here."""

from typing import Any

import sqlalchemy as sa

from council.errors import Conflict, NotFound
from council.store.engine import Store
from council.store.tables import providers

MAX_PROVIDERS = 50


class ProviderRows:
    """Thread-safe; each call is one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[dict[str, Any]]:
        """The oldest first."""
        query = sa.select(providers).order_by(providers.c.created_at, providers.c.provider_id)
        with self._store.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def add(self, row: dict[str, Any]) -> None:
        """Raises Conflict when the id is taken, or there are too many."""
        with self._store.write() as connection:
            ids = connection.execute(sa.select(providers.c.provider_id)).scalars().all()
            if row["provider_id"] in ids:
                raise Conflict(
                    f"There is an endpoint {row['provider_id']!r} already.", hint="Take another name."
                )
            if len(ids) >= MAX_PROVIDERS:
                raise Conflict(f"There are {MAX_PROVIDERS} endpoints already.", hint="Delete one first.")
            connection.execute(sa.insert(providers).values(row))

    def change(self, provider_id: str, changes: dict[str, Any]) -> None:
        """Raises NotFound."""
        where = providers.c.provider_id == provider_id
        with self._store.write() as connection:
            if not connection.execute(sa.update(providers).where(where).values(changes)).rowcount:
                raise _none_of_that_id(provider_id)

    def remove(self, provider_id: str) -> None:
        """Raises NotFound."""
        where = providers.c.provider_id == provider_id
        with self._store.write() as connection:
            if not connection.execute(sa.delete(providers).where(where)).rowcount:
                raise _none_of_that_id(provider_id)


def _none_of_that_id(provider_id: str) -> NotFound:
    return NotFound(
        f"There is no endpoint {provider_id[:64]!r} that was entered here.",
        hint="What the environment gives is changed there. GET /api/v1/llm/endpoints lists them all.",
    )
