"""Whose a thing is, and who may read or change it.

Meetings, templates and groups are seen by their owner, by those they are shared with, and by admins; for everybody
else they do not exist. Agents are seen by all: a template that names one must work for whoever may use it. What
comes with Council is everybody's to read. What was made when nobody had to sign in is the admins'.
"""

from collections.abc import Callable, Collection
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from council import clock
from council.errors import Conflict, Forbidden, Invalid, NotFound
from council.people.who import Who
from council.store import shares, users
from council.store.engine import Store
from council.store.shares import EVERYBODY
from council.store.shelf import MAX_OF_ONE

Kind = Literal["session", "template", "agent", "group"]
Right = Literal["read", "run", "own"]
"""Read it; take part in it or change it; delete it and say who else may do what."""

RIGHTS: tuple[Right, ...] = ("read", "run", "own")


class Access:
    """Thread-safe."""

    def __init__(self, store: Store, built_in: Callable[[Kind], Collection[str]]) -> None:
        """``built_in`` gives the ids of what comes with Council, which is in no table."""
        self._store = store
        self._built_in = built_in

    def require(self, who: Who, kind: Kind, thing_id: str, right: Right = "read") -> None:
        """Raises NotFound for what they may not even see, Forbidden for what they may see only.

        What does not exist is refused in the same place: whatever else is wrong with a request, its answer tells
        nobody that there is something hidden. To an admin nothing is: whoever reads it says that it is not there.
        """
        absent: Right | None = "own" if thing_id in self._built_in(kind) else None
        with self._store.read() as connection:
            has = self._right(connection, who, kind, thing_id, absent)
        if has is None:
            raise _unknown(kind, thing_id)
        if RIGHTS.index(has) < RIGHTS.index(right):
            raise Forbidden(
                f"This {kind} is not yours.",
                code="not_yours",
                hint="Ask its owner to share it with you, or an admin.",
            )

    def may(self, who: Who, kind: Kind, thing_id: str, right: Right = "read") -> bool:
        with self._store.read() as connection:
            has = self._right(connection, who, kind, thing_id)
        return has is not None and RIGHTS.index(has) >= RIGHTS.index(right)

    def right(self, who: Who, kind: Kind, thing_id: str) -> Right | None:
        """The most they may do with it; ``None``: not even see it."""
        with self._store.read() as connection:
            return self._right(connection, who, kind, thing_id)

    def lesser(self, who: Who, kind: Kind, ids: Collection[str]) -> dict[str, Right]:
        """Those of these things, all of which they see, that are not theirs, and what they may do with them."""
        if who.is_admin or who.user_id is None or not ids:
            return {}
        with self._store.read() as connection:
            others = shares.not_owned(connection, kind, ids, who.user_id)
            run = shares.run_granted(connection, kind, others, who.user_id)
        return {thing_id: "run" if thing_id in run else "read" for thing_id in others}

    def _right(
        self, connection: Connection, who: Who, kind: Kind, thing_id: str, absent: Right | None = "own"
    ) -> Right | None:
        """``absent``: of what is in no table. A channel may be listened to before its meeting exists."""
        if who.is_admin or who.user_id is None:
            return "own"
        exists, owner = shares.owner(connection, kind, thing_id)
        if not exists:
            return absent
        if owner == who.user_id:
            return "own"
        granted = shares.granted(connection, kind, thing_id, who.user_id)
        if "run" in granted:
            return "run"
        return "read" if granted or kind == "agent" else None

    # Sharing

    def shared_with(self, kind: Kind, thing_id: str) -> dict[str, Any]:
        """Its owner's name and with whom it is shared; ``user`` is ``*`` for everybody."""
        with self._store.read() as connection:
            exists, owner = shares.owner(connection, kind, thing_id)
            if not exists:
                raise _unknown(kind, thing_id)
            names = users.names(connection, {owner} if owner else set())
            rows = shares.listed(connection, kind, thing_id)
        items = [
            {"user": EVERYBODY if row["user_id"] == EVERYBODY else row["name"], "level": row["level"]}
            for row in rows
            if row["user_id"] == EVERYBODY or row["name"] is not None
        ]
        return {"owner": names.get(owner or ""), "items": items, "next": None}

    def share(self, kind: Kind, thing_id: str, user: str, level: str) -> None:
        """Let them read it, or ``run`` it. Raises NotFound or Invalid."""
        if level not in ("read", "run"):
            raise Invalid("level: use read or run.")
        with self._store.write() as connection:
            row = {
                "kind": kind,
                "thing_id": thing_id,
                "user_id": _user_id(connection, user),
                "level": level,
                "created_at": clock.timestamp(),
            }
            _must_exist(connection, kind, thing_id)
            shares.put(connection, row)

    def take_back(self, kind: Kind, thing_id: str, user: str) -> None:
        """Raises NotFound when it was not shared with them."""
        with self._store.write() as connection:
            if not shares.remove(connection, kind, thing_id, _user_id(connection, user)):
                raise NotFound(f"This {kind} is not shared with {user[:64]!r}.")

    def give(self, kind: Kind, thing_id: str, user: str) -> None:
        """It is theirs from now on. Raises NotFound, Invalid, or Conflict when they have too many."""
        if user == EVERYBODY:
            raise Invalid("user: a thing belongs to one person.", hint="Share it with *, instead.")
        with self._store.write() as connection:
            _must_exist(connection, kind, thing_id)
            receiver = _user_id(connection, user)
            if kind != "session" and shares.owned(connection, kind, receiver) >= MAX_OF_ONE:
                raise Conflict(
                    f"{user} has {MAX_OF_ONE} {kind}s already.", hint="They have to delete some first."
                )
            shares.give(connection, kind, thing_id, receiver)


def visible(who: Who, kind: Kind) -> sa.ColumnElement[bool]:
    """The condition under which a row of the kind's table is shown to them."""
    if who.is_admin or who.user_id is None or kind == "agent":
        return sa.true()
    return shares.visible(kind, who.user_id)


def _unknown(kind: Kind, thing_id: str) -> NotFound:
    """In the words of whoever would not find it: what is hidden looks as what does not exist."""
    if kind == "session":
        return NotFound(f"There is no session {thing_id[:64]}.")
    return NotFound(f"There is no {kind} {thing_id[:128]!r}.", hint=f"GET /api/v1/{kind}s lists them.")


def _must_exist(connection: Connection, kind: Kind, thing_id: str) -> None:
    if not shares.owner(connection, kind, thing_id)[0]:
        raise NotFound(
            f"There is no {kind} {thing_id[:128]!r}.", hint="What comes with Council is everybody's."
        )


def _user_id(connection: Connection, user: str) -> str:
    if user == EVERYBODY:
        return EVERYBODY
    row = users.find(connection, name=user.strip().casefold())
    if row is None:
        raise NotFound(
            f"There is no user {user[:64]!r}.", hint="Write the name they sign in with, or * for everybody."
        )
    found: str = row["user_id"]
    return found
