"""What people show to say who they are: sign-ins, API tokens and tickets.

Secrets are 256 random bits, so that a plain SHA-256 is enough to keep of them. Nothing can be read back:
whoever loses a token makes a new one.
"""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from council import clock
from council.errors import Conflict, Invalid, NotFound
from council.people.who import LEVEL_OF, Level, Who, lower
from council.settings import OidcSettings
from council.store import credentials
from council.store.engine import Store

Kind = Literal["sign_in", "token", "ticket"]

TOKEN_PREFIX = "ct_"  # Says to people and to scanners what it is. # noqa: S105
TICKET_SECONDS = 30
MAX_TOKENS, MAX_TOKEN_DAYS = 50, 3660
_USED_EVERY = timedelta(minutes=1)  # How fine "used_at" is: a row is not written at each request.


@dataclass(frozen=True, slots=True)
class Key:
    """A new credential. ``secret`` is told once."""

    credential_id: str
    secret: str
    expires_at: str | None


class Keys:
    """Thread-safe; each call is one transaction."""

    def __init__(self, store: Store, oidc: OidcSettings | None = None) -> None:
        self._store = store
        self._oidc = oidc or OidcSettings()

    # Making

    def sign_in(self, user_id: str, hours: float) -> Key:
        return self._make("sign_in", user_id, "admin", "", timedelta(hours=hours))

    def token(self, user_id: str, *, name: str, scope: str, days: int | None) -> Key:
        """For programs. ``days`` until it ends, ``None``: never. Raises Invalid or Conflict."""
        if scope not in get_args(Level):
            raise Invalid(f"scope: use one of {', '.join(get_args(Level))}.")
        if not 1 <= len(name) <= 64 or not name.isprintable():
            raise Invalid("name: 1 to 64 characters.", hint="Say what uses the token.")
        if days is not None and not 1 <= days <= MAX_TOKEN_DAYS:
            raise Invalid(f"days: 1 to {MAX_TOKEN_DAYS:,}.")
        life = None if days is None else timedelta(days=days)
        return self._make("token", user_id, scope, name, life)

    def ticket(self, who: Who) -> Key:
        """Opens one socket within 30 seconds, for pages and programs that cannot send a header."""
        if who.user_id is None:
            raise Invalid("Nobody signs in here.", hint="Connect without a ticket.")
        life = timedelta(seconds=TICKET_SECONDS)
        return self._make("ticket", who.user_id, who.level, "", life, made_with=who.credential_id)

    def _make(
        self,
        kind: Kind,
        user_id: str,
        scope: str,
        name: str,
        life: timedelta | None,
        made_with: str | None = None,
    ) -> Key:
        secret = (TOKEN_PREFIX if kind == "token" else "") + secrets.token_urlsafe(32)
        now = clock.now()
        key = Key(secrets.token_hex(6), secret, clock.timestamp(now + life) if life else None)
        row = {
            "credential_id": key.credential_id,
            "kind": kind,
            "secret_hash": _hash(secret),
            "user_id": user_id,
            "scope": scope,
            "name": name,
            "made_with": made_with,
            "created_at": clock.timestamp(now),
            "expires_at": key.expires_at,
        }
        with self._store.write() as connection:
            if kind == "token":
                _refuse_too_many(connection, user_id)
            credentials.sweep(connection, clock.timestamp(now))
            credentials.insert(connection, row)
        return key

    # Showing

    def who(self, kind: Kind, secret: str) -> Who | None:
        """Whose secret it is, if it is still good. A ticket is good once."""
        now = clock.timestamp()
        with self._store.read() as connection:
            row = credentials.find(connection, kind, _hash(secret), now, self._resting())
        if row is None or (kind == "ticket" and not self._spend(row)):
            return None
        self._note_use(row)
        return _whose(row)

    def _spend(self, row: dict[str, Any]) -> bool:
        with self._store.write() as connection:
            return credentials.delete(connection, row["credential_id"])

    def _note_use(self, row: dict[str, Any]) -> None:
        now = clock.now()
        if row["kind"] == "token" and (row["used_at"] or "") < clock.timestamp(now - _USED_EVERY):
            with suppress(SQLAlchemyError), self._store.write() as connection:  # Reading goes on without it.
                credentials.used(connection, row["credential_id"], clock.timestamp(now))

    def known(self, credential_ids: set[str]) -> dict[str, Who]:
        """Those of these that are still good, and whose they are."""
        with self._store.read() as connection:
            rows = credentials.living(connection, credential_ids, clock.timestamp(), self._resting())
        return {row["credential_id"]: _whose(row) for row in rows}

    def _resting(self) -> ColumnElement[bool]:
        """Which tokens rest. Nobody tells us when somebody leaves there: who has left does not come by any more."""
        since = clock.timestamp(clock.now() - timedelta(days=self._oidc.token_days))
        return credentials.resting(since, passwords=not self._oidc.only)

    def tokens(self, user_id: str) -> list[dict[str, Any]]:
        """A person's tokens, without their secrets."""
        with self._store.read() as connection:
            rows = credentials.of_user(connection, user_id, "token")
        shown = ("name", "scope", "created_at", "expires_at", "used_at")
        return [{"token_id": row["credential_id"]} | {name: row[name] for name in shown} for row in rows]

    # Ending

    def end(self, credential_id: str, user_id: str | None = None) -> None:
        """Revoke a token or sign out; with ``user_id`` only if it is theirs. Raises NotFound."""
        with self._store.write() as connection:
            if not credentials.delete(connection, credential_id, user_id):
                raise NotFound(
                    f"There is no token {credential_id[:64]!r}.", hint="GET /api/v1/me/tokens lists them."
                )

    def end_all(self, user_id: str) -> None:
        """Every sign-in of theirs, everywhere."""
        with self._store.write() as connection:
            credentials.delete_of_user(connection, user_id, "sign_in", "ticket")


def _refuse_too_many(connection: Connection, user_id: str) -> None:
    """Counted in the transaction that adds one: two at once are not both the last. Raises Conflict."""
    if len(credentials.of_user(connection, user_id, "token")) >= MAX_TOKENS:
        raise Conflict(f"There are {MAX_TOKENS} tokens already.", hint="Revoke some that nothing uses.")


def _whose(row: dict[str, Any]) -> Who:
    level = lower(LEVEL_OF[row["role"]], row["scope"])
    shown = row["made_with"] or row["credential_id"]
    return Who(row["user_id"], row["user_name"], level, shown, with_cookie=row["kind"] == "sign_in")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
