"""People who may sign in: each call is one transaction."""

import re
import uuid
from typing import Any, get_args

from sqlalchemy.engine import Connection

from council import clock
from council.errors import Conflict, Forbidden, Invalid, NotFound
from council.people import passwords
from council.people.who import Role
from council.store import credentials, users
from council.store.engine import Store

NAME = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]{0,62}[a-z0-9])?")
SUBJECT = re.compile(r"https?://[^\s|]{1,247}\|.{1,255}")
User = dict[str, Any]
"""``user_id, name, role, disabled, created_at, has_password``."""


class Accounts:
    """Thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._someone = False  # Once somebody may sign in, somebody always may: it is not asked again.

    def exist(self) -> bool:
        """Whether anybody may sign in: from then on everybody must."""
        if not self._someone:
            with self._store.read() as connection:
                self._someone = users.any_at_all(connection)
        return self._someone

    def all(self) -> list[User]:
        with self._store.read() as connection:
            return [_told(row) for row in users.listed(connection)]

    def get(self, name: str) -> User:
        """The one with this name. Raises NotFound."""
        with self._store.read() as connection:
            return _told(_found(connection, name))

    def add(self, name: str, role: str, password: str | None = None, subject: str | None = None) -> User:
        """Raises Invalid, or Conflict when the name is taken. The first one must be an admin."""
        name, role = _checked_name(name), _checked_role(role)
        row = {
            "user_id": str(uuid.uuid4()),
            "name": name,
            "role": role,
            "password_hash": None if password is None else passwords.hashed(password, name),
            "subject": subject,
            "disabled": False,
            "created_at": clock.timestamp(),
        }
        with self._store.write() as connection:
            if users.find(connection, name=name):
                raise Conflict(f"There is a user {name!r} already.", hint="Take another name.")
            if role != "admin" and not users.any_at_all(connection):
                raise Invalid("role: the first user must be an admin.", hint="Add an admin first.")
            users.insert(connection, row)
        return _told(row)

    def change(
        self, name: str, role: str | None = None, disabled: bool | None = None, password: str | None = None
    ) -> User:
        """All of it or nothing; with a new password, or kept out, what they signed in with ends.

        Raises NotFound, Invalid, or Forbidden when no admin would be left.
        """
        changes: dict[str, Any] = {} if role is None else {"role": _checked_role(role)}
        changes |= {} if disabled is None else {"disabled": disabled}
        changes |= {} if password is None else {"password_hash": passwords.hashed(password, name.casefold())}
        with self._store.write() as connection:
            row = _found(connection, name)
            if (row | changes)["role"] != "admin" or (row | changes)["disabled"]:
                _keep_an_admin(connection, row)
            if changes:
                users.update(connection, row["user_id"], **changes)
            if (
                disabled or password is not None
            ):  # Letting them in again must not let in whoever has what they had.
                credentials.delete_of_user(connection, row["user_id"], "sign_in", "ticket", "token")
        return _told(row | changes)

    def set_password(self, name: str, password: str, *, keep: str | None = None) -> None:
        """Every sign-in of theirs ends, but ``keep``; without one, their tokens as well. Raises NotFound or Invalid."""
        kept = passwords.hashed(password, name.casefold())
        with self._store.write() as connection:
            row = _found(connection, name)
            users.update(connection, row["user_id"], password_hash=kept)
            kinds = ("sign_in", "ticket") if keep else ("sign_in", "ticket", "token")
            credentials.delete_of_user(connection, row["user_id"], *kinds, but=keep)

    def remove(self, name: str) -> None:
        """What they made stays, and is the admins' from now on. Raises NotFound or Forbidden."""
        with self._store.write() as connection:
            row = _found(connection, name)
            _keep_an_admin(connection, row)
            users.delete(connection, row["user_id"])

    def with_password(self, name: str, password: str) -> User | None:
        """Who this is, if name and password belong together and they may come in."""
        with self._store.read() as connection:
            row = users.find(connection, name=name.strip().casefold())
        fits = passwords.fits(password, row["password_hash"] if row else None)
        if row is None or not fits or row["disabled"]:
            return None
        if passwords.is_old(row["password_hash"]):
            self._hash_anew(row, password)
        return _told(row)

    def with_subject(self, subject: str) -> User | None:
        """Who this is at the OpenID provider; they may be disabled."""
        with self._store.read() as connection:
            row = users.find(connection, subject=subject)
        return None if row is None else _told(row)

    def link(self, name: str, subject: str | None) -> User:
        """They sign in as this subject of the OpenID provider; ``None``: not any more.

        Raises NotFound, Invalid, or Conflict when somebody else does.
        """
        if subject is not None and not SUBJECT.fullmatch(subject):
            raise Invalid(
                "subject: the issuer, | and the subject there.",
                hint="The log says it when somebody was turned away: openid.refused.",
            )
        with self._store.write() as connection:
            row = _found(connection, name)
            other = users.find(connection, subject=subject) if subject else None
            if other and other["user_id"] != row["user_id"]:
                raise Conflict(f"{other['name']} signs in as that already.", hint="Unlink them first.")
            users.update(connection, row["user_id"], subject=subject, proven_at=clock.timestamp())
            credentials.delete_of_user(connection, row["user_id"], "sign_in", "ticket")
        return _told(row)

    def proven(self, user_id: str) -> None:
        """They have come through the OpenID provider: they are somebody there still."""
        with self._store.write() as connection:
            users.update(connection, user_id, proven_at=clock.timestamp())

    def names(self, user_ids: set[str]) -> dict[str, str]:
        with self._store.read() as connection:
            return users.names(connection, user_ids)

    def _hash_anew(self, row: dict[str, Any], password: str) -> None:
        """Unless it was changed meanwhile."""
        kept = passwords.rehashed(password)
        with self._store.write() as connection:
            now = users.find(connection, user_id=row["user_id"])
            if now is not None and now["password_hash"] == row["password_hash"]:
                users.update(connection, row["user_id"], password_hash=kept)


def _told(row: dict[str, Any]) -> User:
    told = {name: row[name] for name in ("user_id", "name", "role", "disabled", "created_at")}
    return told | {"has_password": row["password_hash"] is not None}


def _found(connection: Connection, name: str) -> dict[str, Any]:
    row = users.find(connection, name=name.strip().casefold())
    if row is None:
        raise NotFound(f"There is no user {name[:64]!r}.", hint="council user list shows them all.")
    return row


def _checked_name(name: str) -> str:
    name = name.strip().casefold()
    if not NAME.fullmatch(name):
        raise Invalid(
            "name: 1 to 64 of a-z, 0-9 and . _ @ + -, with a letter or digit at both ends.",
            hint="For example: ada, or ada@example.org.",
        )
    return name


def _checked_role(role: str) -> str:
    if role not in get_args(Role):
        raise Invalid(f"role: use one of {', '.join(get_args(Role))}.")
    return role


def _keep_an_admin(connection: Connection, row: dict[str, Any]) -> None:
    if row["role"] == "admin" and not row["disabled"] and not users.other_admins(connection, row["user_id"]):
        raise Forbidden(
            f"{row['name']} is the only admin.", code="last_admin", hint="Make somebody else an admin first."
        )
