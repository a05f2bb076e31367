"""The model servers that admins entered in a page, beside those of the environment."""

import re
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Protocol

from council import clock
from council.clock import Deadline
from council.errors import Invalid, NotFound
from council.llm.address import checked_address, is_at, origin_of
from council.llm.endpoints import KNOWN, Endpoint
from council.llm.key import checked_key
from council.llm.seal import Seal
from council.redact import learn

KEPT_SECONDS = 2.0  # So long another process may not know of a change.
SHORTEST_TOLD = 12  # Of a shorter key the end is not told: it would be too much of it.
OF_THE_PAGE = "the page"  # What these endpoints are found by.
RESERVED = frozenset({"ollama", "rehearsal", "endpoint"})


class Rows(Protocol):
    """Where they are kept."""

    def all(self) -> list[dict[str, Any]]: ...

    def add(self, row: dict[str, Any]) -> None: ...

    def change(self, provider_id: str, changes: dict[str, Any]) -> None: ...

    def remove(self, provider_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Own:
    """One of them. ``is_locked``: it has a key that was sealed under another secret key."""

    endpoint: Endpoint
    has_key: bool
    key_end: str | None
    is_locked: bool = field(default=False)


class OwnEndpoints:
    """Thread-safe. What was read is kept for two seconds; a change in this process shows at once."""

    def __init__(self, rows: Rows, secret: str) -> None:
        self._rows = rows
        self._seal = Seal(secret)
        self._lock = threading.Lock()  # Guards the three below. Never held while the store is read.
        self._kept: tuple[Own, ...] = ()
        self._until = Deadline(0)
        self._changes = 0

    def all(self) -> tuple[Own, ...]:
        with self._lock:
            if not self._until.passed():
                return self._kept
            changes = self._changes
        found = tuple(opened(row, self._seal) for row in self._rows.all())
        with self._lock:
            if changes == self._changes:  # Else what was read may be older than the change.
                self._kept, self._until = found, Deadline(KEPT_SECONDS)
        return found

    def one(self, provider_id: str) -> Own:
        """Raises NotFound."""
        for own in self.all():
            if own.endpoint.provider_id == provider_id:
                return own
        raise NotFound(
            f"There is no endpoint {provider_id[:64]!r}.", hint="GET /api/v1/llm/endpoints lists them."
        )

    def add(
        self, name: str, base_url: str, key: str | None, models: tuple[str, ...], taken: Collection[str]
    ) -> str:
        """Its provider_id, which is none of those ``taken``. Raises Invalid, ProviderRefused or Conflict."""
        base_url, now = checked_address(base_url), clock.timestamp()
        used = {*taken, *(own.endpoint.provider_id for own in self.all())}
        row = {
            "provider_id": _id_of(name, base_url, used),
            "name": name,
            "base_url": base_url,
            "models": list(models),
            **self._sealed(key),
            "created_at": now,
            "updated_at": now,
        }
        self._rows.add(row)
        self._forget()
        return str(row["provider_id"])

    def change(
        self, provider_id: str, name: str, base_url: str, key: str | None, models: tuple[str, ...]
    ) -> None:
        """``key``: ``None`` leaves it as it is, an empty one takes it away. Raises as ``add``, and NotFound.

        A key goes to no other server than the one it was entered for: with a new address it has to be given again.
        """
        before, base_url = self.one(provider_id), checked_address(base_url)
        moved = origin_of(base_url) != origin_of(before.endpoint.base_url)
        if key is None and before.has_key and moved:
            raise Invalid("key: enter it again, because the address has changed.")
        changes = {
            "name": name,
            "base_url": base_url,
            "models": list(models),
            "updated_at": clock.timestamp(),
        }
        self._rows.change(provider_id, changes | ({} if key is None else self._sealed(key)))
        self._forget()

    def remove(self, provider_id: str) -> None:
        """Raises NotFound."""
        self._rows.remove(provider_id)
        self._forget()

    def _sealed(self, key: str | None) -> dict[str, str | None]:
        checked = checked_key(key)
        if checked is None:
            return {"sealed_key": None, "key_end": None}
        end = checked[-4:] if len(checked) >= SHORTEST_TOLD else None
        return {"sealed_key": self._seal.seal(checked), "key_end": end}

    def _forget(self) -> None:
        with self._lock:
            self._until = Deadline(0)
            self._changes += 1


def opened(row: dict[str, Any], seal: Seal) -> Own:
    """One as it is kept, with its key, if this seal opens it."""
    sealed = row["sealed_key"]
    key = seal.open(sealed) if sealed else None
    if key:
        learn(key)
    endpoint = Endpoint(
        row["provider_id"], row["name"], row["base_url"], OF_THE_PAGE, tuple(row["models"]), key
    )
    return Own(endpoint, sealed is not None, row["key_end"], is_locked=bool(sealed) and key is None)


def _id_of(name: str, base_url: str, used: Collection[str]) -> str:
    """A known provider keeps its own id, so that its prices are found; others are called after their name."""
    known = next((each.provider_id for each in KNOWN if is_at(base_url, each.host)), None)
    if known and known not in used:
        return known
    plain = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:48] or "server"
    taken = {*used, *RESERVED, *(each.provider_id for each in KNOWN)}
    candidates = (plain, *(f"{plain}-{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in candidates if each not in taken)
