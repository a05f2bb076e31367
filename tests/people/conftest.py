"""What the tests of people share: a Council with six of them, and their ways to ask."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from council.parts import Parts
from council.store import shares
from tests.live.serving import werkzeug
from tests.support.rows import add_session

PASSWORD = "four words of no sense"
ROLES = {"ada": "admin", "olga": "member", "guy": "member", "victor": "viewer", "stan": "member"}
"""An admin, the owner of things, one who may take part in them, one who may look on, and a stranger."""


class Asking:
    """One person's client: every request carries their token."""

    def __init__(self, client: FlaskClient, token: str | None) -> None:
        self._client = client
        self.token = token

    def __call__(self, method: str, path: str, **more: Any) -> Any:
        headers = dict(more.pop("headers", {}))
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return self._client.open(path, method=method, headers=headers, **more)


@pytest.fixture
def council(make_council: Callable[..., Parts]) -> Parts:
    parts = make_council()
    for name, role in ROLES.items():
        parts.people.accounts.add(name, role)
    return parts


@pytest.fixture
def people(council: Parts) -> dict[str, Asking]:
    """Everybody by name, and ``nobody``."""
    asking = {name: asking_as(council, name) for name in ROLES}
    return asking | {"nobody": Asking(council.app.test_client(), None)}  # type: ignore[attr-defined]


@pytest.fixture
def port(council: Parts) -> Iterator[int]:
    with werkzeug(council.app) as port:  # type: ignore[attr-defined]
        yield port


def asking_as(council: Parts, name: str, scope: str = "admin") -> Asking:
    return Asking(council.app.test_client(), token_of(council, name, scope))  # type: ignore[attr-defined]


def token_of(council: Parts, name: str, scope: str = "admin") -> str:
    user = council.people.accounts.get(name)
    return council.people.keys.token(user["user_id"], name="test", scope=scope, days=1).secret


def meeting_of(council: Parts, name: str, *, shared: bool = True, **values: Any) -> str:
    """A meeting that is over; guy may take part in it and victor look on, if it is shared."""
    session_id = str(uuid.uuid4())
    owner = council.people.accounts.get(name)["user_id"]
    add_session(council.store, session_id, **{"status": "completed", "owned_by": owner} | values)
    if shared:
        share(council, "session", session_id)
    return session_id


def share(council: Parts, kind: Any, thing_id: str) -> None:
    council.people.access.share(kind, thing_id, "guy", "run")
    council.people.access.share(kind, thing_id, "victor", "read")


def give_to(council: Parts, kind: str, thing_id: str, name: str) -> None:
    with council.store.write() as connection:
        shares.give(connection, kind, thing_id, council.people.accounts.get(name)["user_id"])
