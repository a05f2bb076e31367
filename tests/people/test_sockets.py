"""Sockets and streams: who may open one, what they hear, and when it ends."""

import uuid
from typing import Any

import pytest

from council.parts import Parts
from council.people.keys import Keys
from tests.people.conftest import asking_as, meeting_of, token_of
from tests.support.viewer import Socket
from tests.support.waiting import wait_until


def ticket_of(council: Parts, name: str, scope: str = "admin") -> str:
    answer = asking_as(council, name, scope)("POST", "/api/v1/ws-ticket", json={})
    ticket: str = answer.get_json()["ticket"]
    return ticket


def test_nobody_opens_a_socket(council: Parts, port: int) -> None:
    """The handshake is refused, before there is a socket."""
    with pytest.raises(ConnectionRefusedError, match="401"):
        Socket(port)


def test_a_ticket_is_good_once(council: Parts, port: int) -> None:
    """Whoever finds it in a log comes too late."""
    ticket = ticket_of(council, "olga")
    with Socket(port, ticket=ticket) as socket:
        assert socket.receive()["event"] == "hello"
    with pytest.raises(ConnectionRefusedError, match="401"):
        Socket(port, ticket=ticket)


def test_a_ticket_ends_soon(council: Parts, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute after it was made it opens nothing."""
    monkeypatch.setattr("council.people.keys.TICKET_SECONDS", -1)
    with pytest.raises(ConnectionRefusedError, match="401"):
        Socket(port, ticket=ticket_of(council, "olga"))


def test_a_token_in_the_address_is_none(council: Parts, port: int) -> None:
    """Addresses are logged: a token counts in its header only."""
    with pytest.raises(ConnectionRefusedError, match="401"):
        Socket(port, ticket=token_of(council, "olga"))


@pytest.mark.parametrize(
    ("name", "code"), [("olga", None), ("guy", None), ("victor", None), ("ada", None), ("stan", 4404)]
)
def test_a_meeting_is_heard_by_those_who_may(council: Parts, port: int, name: str, code: int | None) -> None:
    """For everybody else it does not exist."""
    session_id = meeting_of(council, "olga")
    with Socket(port, ticket=ticket_of(council, name), session_id=session_id) as socket:
        first = socket.receive()
        assert first["event"] == ("hello" if code is None else "error")
        if code:
            assert socket.until_closed() == code


def test_a_subscription_is_checked_as_well(council: Parts, port: int) -> None:
    """A command on an open socket opens no other door."""
    session_id = meeting_of(council, "olga")
    with Socket(port, ticket=ticket_of(council, "stan")) as socket:
        socket.receive()
        answer = socket.ask("subscribe", "1", session_id=session_id)
        assert (answer["event"], answer["data"]["code"]) == ("error", "not_found")
        nowhere = socket.ask("subscribe", "2", session_id=str(uuid.uuid4()))
        assert nowhere["data"]["code"] == answer["data"]["code"]


def test_who_looks_on_commands_nothing(council: Parts, port: int) -> None:
    """A viewer's role, a share to read, and a token that may only read all say no."""
    session_id = meeting_of(council, "olga", status="running")
    for name, scope in (("victor", "admin"), ("olga", "read")):
        with Socket(port, ticket=ticket_of(council, name, scope), session_id=session_id) as socket:
            socket.receive()
            answer = socket.ask("pause_session", "1", session_id=session_id)
            assert (answer["event"], answer["data"]["code"]) == ("error", "level_too_low")


def test_a_feed_of_all_meetings_has_ones_own(council: Parts, port: int) -> None:
    """And those that are shared; not a word of the others."""
    mine = meeting_of(council, "olga", status="running")
    other = meeting_of(council, "stan", status="running", shared=False)
    with (
        Socket(port, ticket=ticket_of(council, "olga")) as socket,
        Socket(port, ticket=ticket_of(council, "ada")) as admins,
    ):
        assert socket.receive()["event"] == admins.receive()["event"] == "hello"
        for session_id in (other, mine):
            said = asking_as(council, "ada")(
                "POST", f"/api/v1/sessions/{session_id}/input", json={"content": "Hello."}
            )
            assert said.status_code == 200, said.text
        heard = socket.until_event("user_message")
        assert {message["session_id"] for message in heard} == {mine}
        both: set[Any] = set()
        while len(both) < 2:
            both.add(admins.receive()["session_id"])


def test_signing_out_closes_the_sockets(council: Parts, port: int) -> None:
    """The credential a socket was opened with ends, and so does the socket."""
    olga = asking_as(council, "olga")
    ticket = olga("POST", "/api/v1/ws-ticket", json={}).get_json()["ticket"]
    with Socket(port, ticket=ticket) as socket:
        socket.receive()
        token_id = olga("GET", "/api/v1/me/tokens").get_json()["items"][0]["token_id"]
        assert olga("DELETE", f"/api/v1/me/tokens/{token_id}").status_code == 204
        assert socket.until_closed() == 4401


def test_what_expires_closes_the_sockets(council: Parts, port: int) -> None:
    """Nobody has to do anything for it."""
    ticket = ticket_of(council, "olga")
    with Socket(port, ticket=ticket) as socket:
        socket.receive()
        user_id = council.people.accounts.get("olga")["user_id"]
        for token in Keys(council.store).tokens(user_id):
            Keys(council.store).end(token["token_id"])
        assert socket.until_closed() == 4401


def test_a_share_taken_back_closes_the_sockets(council: Parts, port: int) -> None:
    """Whoever may not read the meeting any more hears no more of it; the others do."""
    session_id = meeting_of(council, "olga")
    guys = Socket(port, ticket=ticket_of(council, "guy"), session_id=session_id)
    victors = Socket(port, ticket=ticket_of(council, "victor"), session_id=session_id)
    with guys, victors:
        guys.receive()
        victors.receive()
        asking_as(council, "olga")("DELETE", f"/api/v1/sessions/{session_id}/shares/guy")
        assert guys.until_closed() == 4403
        victors.send("ping")
        assert victors.receive()["event"] == "pong"


def test_one_persons_sockets_are_counted(council: Parts, port: int) -> None:
    """Who has as many as one may have is told so, and takes nobody else's place."""
    most = council.settings.limits.clients_per_user
    sockets = []
    try:
        for _ in range(most):
            sockets.append(Socket(port, ticket=ticket_of(council, "olga")))
            assert sockets[-1].receive()["event"] == "hello"
        with Socket(port, ticket=ticket_of(council, "olga")) as refused:
            assert refused.receive()["data"]["code"] == "rate_limited"
            assert refused.until_closed() == 1008
        with Socket(port, ticket=ticket_of(council, "guy")) as other:
            assert other.receive()["event"] == "hello"
    finally:
        for socket in sockets:
            socket.close()
    wait_until(lambda: council.hub.count == 0)


def test_commands_have_a_pace(council: Parts, port: int) -> None:
    """After a burst each is refused, and the socket is closed when they go on."""
    with Socket(port, ticket=ticket_of(council, "olga")) as socket:
        socket.receive()
        for _ in range(260):
            socket.send("ping")
        refused = socket.receive_until(lambda message: message["event"] == "error")[-1]
        assert refused["data"]["code"] == "rate_limited"
        assert socket.until_closed() == 1008


def test_a_command_has_a_size(council: Parts, port: int) -> None:
    """Only a start, a review and what somebody says may be longer."""
    session_id = meeting_of(council, "olga", status="running")
    with Socket(port, ticket=ticket_of(council, "olga"), session_id=session_id) as socket:
        socket.receive()
        padding = " " * council.settings.limits.command_bytes
        socket.send_text('{"cmd": "ping", "id": "1",' + padding + '"data": {}}')
        answer = socket.until_event("error")[-1]
        assert answer["data"]["code"] == "too_large"
        words = "说" * (council.settings.limits.command_bytes // 2)
        assert socket.ask("user_input", session_id=session_id, content=words)["event"] == "ack"
