"""What people could have seen or kept of each other in roundabout ways, and cannot."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from council.errors import Conflict, Unavailable
from council.parts import Parts
from council.people import access, passwords
from council.store import credentials, shelf
from council.store.tables import sessions
from council.web.auth import address
from tests.people.conftest import PASSWORD, Asking, asking_as, meeting_of
from tests.support.waiting import wait_until

BUILT_IN = "the_council"
KNOWLEDGE = f"/api/v1/groups/{BUILT_IN}/knowledge"
NOTE = {"title": "Backups", "content": "We restore one every quarter."}


def row_of(council: Parts, session_id: str) -> Any:
    with council.store.read() as connection:
        return connection.execute(sa.select(sessions).where(sessions.c.session_id == session_id)).one()


def test_what_a_built_in_group_remembers_is_the_admins(council: Parts, people: dict[str, Asking]) -> None:
    """Everybody may sit in it, and their meetings tell each other nothing: they have its words, not its memory."""
    for name in ("olga", "victor"):
        assert people[name]("GET", KNOWLEDGE).status_code == 403
    assert people["olga"]("POST", KNOWLEDGE, json=NOTE).get_json()["error"]["code"] == "not_yours"
    assert people["ada"]("POST", KNOWLEDGE, json=NOTE).status_code == 201
    body = {"template_id": "quick_decision", "subject": "Shall we?", "group_id": BUILT_IN}
    for name, kept in (("olga", None), ("ada", BUILT_IN)):
        started = people[name]("POST", "/api/v1/sessions", json=body)
        assert started.status_code == 202, started.text
        found = row_of(council, started.get_json()["session_id"])
        assert found.group_id == kept
        assert found.group_prompt
        control = f"/api/v1/sessions/{found.session_id}/control"
        people[name]("POST", control, json={"action": "stop"})


def test_a_rerun_takes_no_words_along_that_one_may_not_read(
    council: Parts, people: dict[str, Asking]
) -> None:
    """Who may look at a meeting may run it again, without what its hidden group tells its members."""
    group = people["olga"]("POST", "/api/v1/groups", json={"name": "Own", "system_prompt": "Be secret."})
    body = {"template_id": "council_debate", "subject": "Shall we?", "group_id": group.get_json()["group_id"]}
    first = people["olga"]("POST", "/api/v1/sessions", json=body).get_json()["session_id"]
    wait_until(lambda: row_of(council, first).status == "completed", what="the end of the meeting")
    assert row_of(council, first).group_prompt == "Be secret."
    council.people.access.share("session", first, "guy", "read")
    node_id = "adjudicator"
    again = people["guy"]("POST", f"/api/v1/sessions/{first}/rerun", json={"node_id": node_id})
    assert again.status_code == 202, again.text
    found = row_of(council, again.get_json()["session_id"])
    assert (found.group_id, found.group_prompt) == (None, None)
    wait_until(lambda: row_of(council, found.session_id).status == "completed", what="the end of the other")


def test_who_is_let_in_again_starts_anew(council: Parts, people: dict[str, Asking]) -> None:
    """Whoever had their token does not come in with them."""
    council.people.accounts.change("olga", disabled=True)
    assert people["olga"]("GET", "/api/v1/me").status_code == 401
    council.people.accounts.change("olga", disabled=False)
    assert people["olga"]("GET", "/api/v1/me").status_code == 401
    assert asking_as(council, "olga")("GET", "/api/v1/me").status_code == 200


def test_a_change_that_is_refused_changes_nothing(council: Parts, people: dict[str, Asking]) -> None:
    """Neither the role nor what somebody signs in with, when the password is too short."""
    answer = people["ada"]("PUT", "/api/v1/users/olga", json={"role": "admin", "password": "short"})
    assert answer.status_code == 422
    assert council.people.accounts.get("olga")["role"] == "member"
    assert people["olga"]("GET", "/api/v1/me").status_code == 200
    assert people["ada"]("PUT", "/api/v1/users/olga", json={"password": PASSWORD}).status_code == 200
    assert people["olga"]("GET", "/api/v1/me").status_code == 401


def test_reading_goes_on_when_nothing_can_be_written(
    people: dict[str, Asking], monkeypatch: pytest.MonkeyPatch
) -> None:
    """That a token was used is not worth refusing what it was used for."""

    def full(*_given: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database or disk is full"))

    monkeypatch.setattr(credentials, "used", full)
    assert people["olga"]("GET", "/api/v1/sessions").status_code == 200


def test_only_a_few_wait_to_sign_in(council: Parts) -> None:
    """More than that are sent away at once, so that a flood of sign-ins takes no server's every thread."""
    hashed = passwords.hashed(PASSWORD, "ada")
    room = passwords.AT_ONCE + passwords.MOST_IN_LINE
    taken = [passwords._line.acquire(blocking=False) for _ in range(room)]
    try:
        assert all(taken)
        with pytest.raises(Unavailable, match="Too many people"):
            passwords.fits(PASSWORD, hashed)
    finally:
        for _ in taken:
            passwords._line.release()
    assert passwords.fits(PASSWORD, hashed)


def test_nobody_fills_the_shelf_of_another(council: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thing is not given to who has as many as one may have."""
    monkeypatch.setattr(access, "MAX_OF_ONE", 1)
    made = {}
    for name in ("olga", "guy"):
        answer = asking_as(council, name)("POST", "/api/v1/groups", json={"name": f"Of {name}"})
        assert answer.status_code == 201
        made[name] = answer.get_json()["group_id"]
    with pytest.raises(Conflict, match="has 1 groups already"):
        council.people.access.give("group", made["olga"], "guy")


def test_alone_one_may_fill_the_shelf(make_council: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of one person holds where people sign in."""
    monkeypatch.setattr(shelf, "MAX_OF_ONE", 1)
    client = make_council().app.test_client()
    for name in ("One", "Two"):
        assert client.post("/api/v1/groups", json={"name": name}).status_code == 201


def test_an_ipv4_address_in_other_clothes_is_the_same(council: Parts) -> None:
    """A server that listens on both sees IPv4 as IPv6: each address counts for itself, and this machine is itself."""
    app = council.app  # type: ignore[attr-defined]
    found = {}
    for told in ("::ffff:203.0.113.7", "::ffff:203.0.113.8", "::ffff:127.0.0.1", "2001:db8::1:2:3:4"):
        with app.test_request_context("/", environ_base={"REMOTE_ADDR": told}):
            found[told] = address()
    assert list(found.values()) == ["203.0.113.7", "203.0.113.8", None, "2001:db8::"]


def test_where_a_models_server_is_is_for_admins(people: dict[str, Asking]) -> None:
    """Everybody else sees whether it is ready."""
    reasons = {
        name: [item["reason"] for item in people[name]("GET", "/api/v1/llm/providers").get_json()["items"]]
        for name in ("ada", "victor")
    }
    assert any("is not set" in reason for reason in reasons["ada"])
    assert set(reasons["victor"]) <= {"ready", "not available; an admin sees why"}


def test_a_meetings_id_in_other_letters_is_the_same_meeting(
    council: Parts, people: dict[str, Asking]
) -> None:
    """Its stream brings what there is, and its shares are those."""
    session_id = meeting_of(council, "olga")
    assert people["olga"]("GET", f"/api/v1/sessions/{session_id.upper()}/shares").status_code == 200
