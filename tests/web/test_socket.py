"""/ws: one socket, any number of channels, commands up and events down."""

import contextlib
import json
import uuid

import pytest

from council.live import turnstile
from council.web import live
from tests.live import raw_client
from tests.live.serving import werkzeug
from tests.support.viewer import Socket
from tests.support.waiting import wait_until
from tests.web.conftest import (
    assert_error_event,
    body_of,
    client_of,
    events_of,
    read,
    said_by,
    start,
    wait_for_status,
)
from tests.web.test_events import stream
from tests.web.test_problems import POISON, WRONG_FIELDS

NOWHERE = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


def channel_of(session_id):
    return f"session:{session_id}"


def is_the_end(message):
    return message["event"] in ("execution:completed", "execution:failed", "execution:cancelled")


def numbered(messages):
    return [message for message in messages if "seq" in message]


def received_so_far(socket):
    """Everything that was sent before the answer to a ping that is sent now, the pong not included."""
    socket.send("ping", "mark")
    return socket.receive_until(lambda m: m["event"] == "pong" and m["data"]["id"] == "mark")[:-1]


# Hello


@pytest.mark.parametrize("path", ["/ws", "/api/v1/ws"])
def test_the_first_message_is_hello(connect, api, finished, path):
    """With protocol, an id for the client, the pace of heartbeats, and where each channel stands."""
    hello = connect(path=path, session_id=finished).receive()
    snapshot = read(api, finished)
    assert hello.keys() == {"event", "data"}
    assert hello["event"] == "hello"
    assert hello["data"].keys() == {"protocol", "client_id", "heartbeat_seconds", "channels"}
    assert hello["data"]["protocol"] == "council.v1"
    assert hello["data"]["heartbeat_seconds"] == 25
    assert hello["data"]["channels"] == {
        channel_of(finished): {
            "epoch": snapshot["epoch"],
            "since": 0,
            "seq": snapshot["seq"],
            "recovered": True,
        }
    }


def test_every_client_has_an_id_of_its_own(connect, finished):
    ids = {connect(session_id=finished).receive()["data"]["client_id"] for _ in range(3)}
    assert len(ids) == 3


def test_the_whole_log_follows(connect, api, finished):
    """By default from the beginning: byte for byte what REST gives."""
    got = connect(session_id=finished).receive_until(is_the_end)
    assert got[1:] == events_of(api, finished)


def test_the_log_follows_from_since(connect, api, finished):
    """``since`` is the last number the client has applied."""
    events = events_of(api, finished)
    socket = connect(session_id=finished, since=7, epoch=read(api, finished)["epoch"])
    hello, *got = socket.receive_until(is_the_end)
    assert hello["data"]["channels"][channel_of(finished)]["since"] == 7
    assert got == events[7:]


def test_a_client_that_has_all_is_sent_nothing(connect, api, finished):
    seq = read(api, finished)["seq"]
    socket = connect(session_id=finished, since=seq)
    assert socket.receive()["data"]["channels"][channel_of(finished)]["recovered"] is True
    assert received_so_far(socket) == []


def test_since_latest_is_live_only(connect, api, model, held):
    """Nothing of the past; what happens from now on has the next numbers."""
    seq = read(api, held)["seq"]
    socket = connect(session_id=held, since="latest")
    terms = socket.receive()["data"]["channels"][channel_of(held)]
    assert (terms["since"], terms["recovered"]) == (seq, True)
    assert received_so_far(socket) == []
    model.release()
    got = socket.receive_until(is_the_end)
    assert [message["seq"] for message in got] == list(range(seq + 1, seq + 1 + len(got)))


@pytest.mark.parametrize("query", [{"epoch": "other"}, {"since": 100_000}, {"since": 3, "epoch": ""}])
def test_what_cannot_be_recovered_is_not_half_replayed(connect, api, model, held, query):
    """Another epoch, or a number the log does not have: recovered is false, and no event of that channel is sent."""
    socket = connect(session_id=held, **query)
    terms = socket.receive()["data"]["channels"][channel_of(held)]
    assert terms["recovered"] is False
    assert terms["epoch"] == read(api, held)["epoch"]
    model.release()
    wait_for_status(api, held, "completed")
    assert received_so_far(socket) == []
    snapshot = read(api, held)  # The way out: the snapshot, and from there on.
    ack = socket.ask("subscribe", session_id=held, since=snapshot["seq"], epoch=snapshot["epoch"])
    assert ack["data"]["recovered"] is True


def test_the_replay_limit(build):
    """Behind by the limit: all of it. By one more: nothing, in hello and in the answer to subscribe."""
    council = build(live={"replay_limit": 5})
    api = client_of(council)
    session_id = start(api)
    wait_for_status(api, session_id, "completed")
    seq = read(api, session_id)["seq"]
    with werkzeug(council.app) as port:
        with Socket(port, session_id=session_id, since=seq - 5) as socket:
            assert len(numbered(socket.receive_until(is_the_end))) == 5
        with Socket(port, session_id=session_id, since=seq - 6) as socket:
            hello = socket.receive()
            assert hello["data"]["channels"][channel_of(session_id)]["recovered"] is False
            assert received_so_far(socket) == []
            ack = socket.ask("subscribe", session_id=session_id, since=seq - 6)
            assert ack["data"]["recovered"] is False
            assert received_so_far(socket) == []


def test_frames_for_one_client_have_no_number(connect, finished):
    """hello, ack, pong and error: no ``seq`` key at all."""
    socket = connect(session_id=finished)
    messages = [socket.receive()]
    for cmd, data in (("ping", {}), ("nonsense", {}), ("unsubscribe", {"session_id": finished})):
        messages.append(socket.ask(cmd, **data))
    assert [message["event"] for message in messages] == ["hello", "pong", "error", "ack"]
    assert not any("seq" in message for message in messages)


# Turned away


@pytest.mark.parametrize("session_id", [NOWHERE, "nonsense", "", "\0", "x" * 500])
def test_a_session_that_does_not_exist(connect, session_id):
    """Accepted, told, and then closed with 4404: a page can tell why."""
    socket = connect(session_id=session_id)
    assert socket.head.startswith("HTTP/1.1 101")
    assert_error_event(socket.receive(), "not_found")
    assert socket.until_closed() == 4404


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"since": "soon"}, "invalid"),
        ({"since": "-1"}, "invalid"),
        ({"since": "1.5"}, "invalid"),
        ({"since": "9" * 5000}, "invalid"),
        ({"sinse": "3"}, "invalid"),
        ({"project_id": "p"}, "not_available"),
        ({"project_since": "1"}, "not_available"),
    ],
)
def test_a_wrong_address_is_told_and_closed(connect, finished, query, code):
    socket = connect(session_id=finished, **query)
    assert_error_event(socket.receive(), code)
    assert socket.until_closed() == 1008


def test_a_project_that_does_not_exist_yet(connect):
    assert_error_event(connect(project_id="p").receive(), "not_available")


# The live feed


def test_without_an_id_everything_is_sent_live(connect, api, model, held):
    """No replay: of a meeting under way what comes now; of a new one everything from its first event on."""
    seq = read(api, held)["seq"]
    socket = connect()
    assert socket.receive()["data"]["channels"] == {}
    assert received_so_far(socket) == []
    other = start(api)
    model.release()
    got: dict[str, list[int]] = {held: [], other: []}
    ended = 0
    while ended < 2:
        message = socket.receive()
        got[message["session_id"]].append(message["seq"])
        ended += is_the_end(message)
    assert got[other] == list(range(1, read(api, other)["seq"] + 1))
    assert got[held] == list(range(seq + 1, read(api, held)["seq"] + 1))


# Many at once


def test_sockets_that_are_open_take_no_place(build, monkeypatch):
    """Few are opened at a time: whoever was let in, or refused, lets the next one come."""
    monkeypatch.setattr(turnstile, "AT_ONCE", 1)
    monkeypatch.setattr(turnstile, "PATIENCE_SECONDS", 600)
    council = build()
    with werkzeug(council.app) as port, Socket(port) as first, Socket(port, session_id=NOWHERE) as refused:
        assert refused.receive()["data"]["code"] == "not_found"
        assert client_of(council).get("/ws").status_code == 400
        with Socket(port) as second:
            for socket in (first, second):
                assert socket.receive()["event"] == "hello"


# Idle


def test_heartbeats_say_where_the_channels_stand(build):
    """So that a client notices a gap; on a live feed as well, which knows of those meetings that it has heard."""
    council = build(live={"heartbeat_seconds": 0.1})
    api = client_of(council)
    session_id = start(api)
    wait_for_status(api, session_id, "completed")
    seq = read(api, session_id)["seq"]
    with werkzeug(council.app) as port:
        with Socket(port, session_id=session_id) as socket:
            assert socket.receive()["data"]["heartbeat_seconds"] == 0.1
            socket.receive_until(is_the_end)
            for _ in range(2):
                beat = socket.until_event("heartbeat")[-1]
                assert beat == {"event": "heartbeat", "data": {"channels": {channel_of(session_id): seq}}}
        with Socket(port) as socket:
            heard = socket.until_event("heartbeat")[-1]["data"]["channels"]
            assert heard in (
                {},
                {channel_of(session_id): seq},
            )  # The meeting's last words may still be on their way.


def test_ping_and_pong(connect, finished):
    """The client's id, the server's time, and where its channels stand."""
    socket = connect(session_id=finished)
    socket.receive_until(is_the_end)
    pong = socket.ask("ping", "p-1")
    assert pong["event"] == "pong"
    assert pong["data"].keys() == {"id", "server_time", "channels"}
    assert pong["data"]["id"] == "p-1"
    assert pong["data"]["server_time"].endswith("Z")
    assert list(pong["data"]["channels"]) == [channel_of(finished)]
    assert socket.ask("ping")["data"]["id"] is None


def test_the_end_of_a_meeting_closes_nothing(connect, finished):
    socket = connect(session_id=finished)
    socket.receive_until(is_the_end)
    assert socket.ask("ping")["event"] == "pong"


# Commands


def test_a_deleted_meeting_sends_its_listeners_away(connect, api, finished):
    """A meeting that is deleted under their eyes closes its sockets with 4404; a live feed stays."""
    socket, feed = connect(session_id=finished), connect()
    socket.until_event("execution:completed")
    feed.receive()
    assert api.delete(f"/api/v1/sessions/{finished}").status_code == 204
    assert socket.until_closed() == 4404
    feed.send("ping", "p-1")
    assert feed.receive()["event"] == "pong"
    again = connect(session_id=finished)
    assert again.until_closed() == 4404


def test_commands_are_answered_and_their_effects_are_events(connect, api, held):
    """ack with id, cmd and the result; everybody sees the event."""
    actor, onlooker = connect(session_id=held), connect(session_id=held)
    for cmd, status, event in (
        ("pause_session", "paused", "execution:paused"),
        ("resume_session", "running", "execution:resumed"),
        ("stop_session", "cancelled", "execution:cancelled"),
    ):
        actor.send(cmd, cmd, session_id=held)
        assert actor.answer() == {
            "event": "ack",
            "data": {"id": cmd, "cmd": cmd, "session_id": held, "status": status},
        }
        onlooker.until_event(event)


def test_what_somebody_says_is_acknowledged_with_its_message_id(connect, held):
    socket = connect(session_id=held, since="latest")
    socket.receive()
    socket.send("user_input", "u-1", session_id=held, content="Hello.")
    got = [socket.receive(), socket.receive()]
    (ack,) = (message for message in got if message["event"] == "ack")
    (said,) = (message for message in got if message["event"] == "user_message")
    assert ack["data"]["message_id"] == said["data"]["message_id"]


def test_commands_need_no_subscription(connect, api, held):
    """A socket without a channel, or with another one, may command any meeting."""
    socket = connect()
    assert socket.ask("stop_session", session_id=held)["data"]["status"] == "cancelled"


def test_what_is_illegal_now_is_an_error_event(connect, finished):
    """The socket stays open."""
    socket = connect(session_id=finished, since="latest")
    for cmd in ("pause_session", "resume_session", "stop_session"):
        assert_error_event(socket.ask(cmd, "x", session_id=finished), "illegal_transition", "x")
    data = assert_error_event(
        socket.ask("user_input", session_id=finished, content="?"), "illegal_transition"
    )
    assert data["can_retry"] is False
    assert_error_event(socket.ask("pause_session", session_id=NOWHERE), "not_found")
    assert_error_event(socket.ask("subscribe", session_id=NOWHERE), "not_found")
    assert socket.ask("ping")["event"] == "pong"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"cmd": "dance"}, "unknown_command"),
        ({"cmd": "Ping"}, "unknown_command"),
        ({"cmd": ""}, "unknown_command"),
        ({"cmd": None}, "unknown_command"),
        ({"cmd": ["ping"]}, "unknown_command"),
        ({"cmd": {"ping": 1}}, "unknown_command"),
        ({"cmd": "x" * 100_000}, "unknown_command"),
        ({}, "unknown_command"),
        ({"type": "ping"}, "invalid"),
        ({"cmd": "ping", "session_id": NOWHERE}, "invalid"),
        ({"cmd": "ping", "data": []}, "invalid"),
        ({"cmd": "ping", "data": None}, "invalid"),
        ({"cmd": "ping", "data": {"x": 1}}, "invalid"),
        ({"cmd": "ping", "id": 7}, "invalid"),
        ({"cmd": "ping", "id": ""}, "invalid"),
        ({"cmd": "ping", "id": "x" * 65}, "invalid"),
        ({"cmd": "submit_review", "data": {}}, "invalid"),
        ({"cmd": "signal", "data": {}}, "unknown_command"),
        ({"cmd": "update_task", "data": {}}, "not_available"),
        ({"cmd": "subscribe", "data": {"project_id": "p"}}, "not_available"),
        ({"cmd": "pause_session", "data": {}}, "invalid"),
        ({"cmd": "pause_session", "data": {"session_id": "x"}}, "invalid"),
        ({"cmd": "subscribe", "data": {"session_id": NOWHERE, "since": -1}}, "invalid"),
        ({"cmd": "subscribe", "data": {"session_id": NOWHERE, "since": True}}, "invalid"),
        ({"cmd": "subscribe", "data": {"session_id": NOWHERE, "since": "7"}}, "invalid"),
        ({"cmd": "subscribe", "data": {"session_id": NOWHERE, "since": 10**4000}}, "invalid"),
    ],
)
def test_a_command_that_is_none_is_told_so(connect, message, code):
    """An error with code and hint; the socket stays open, as often as it happens."""
    socket = connect()
    for _ in range(12):
        socket.send_text(json.dumps(message))
        data = assert_error_event(socket.answer(), code)
        assert data["hint"] or data["details"]
    assert socket.ask("ping")["event"] == "pong"


@pytest.mark.parametrize("since", [-1, True, "7", "now", None, 1.0, [], 2**53 + 1])
def test_a_wrong_since_is_named(connect, finished, since):
    """One fault, at the field's own name."""
    data = assert_error_event(connect().ask("subscribe", session_id=finished, since=since), "invalid")
    (fault,) = data["details"]
    assert fault["path"] == "since"
    assert "latest" in fault["reason"]


def test_an_error_carries_the_command_s_id(connect):
    """So that a page knows which of its commands failed."""
    socket = connect()
    socket.send("dance", "c-17")
    assert_error_event(socket.answer(), "unknown_command", "c-17")
    socket.send("pause_session", "c-18")
    assert_error_event(socket.answer(), "invalid", "c-18")


# Rubbish


@pytest.mark.parametrize("body", POISON.values(), ids=POISON.keys())
def test_poison_over_the_socket(connect, api, held, body):
    """An error, and the next command is answered; what is not UTF-8 ends the connection with 1007."""
    before = (api.get("/api/v1/sessions").get_json(), events_of(api, held))
    socket = connect(session_id=held, since="latest")
    socket.receive()
    socket.send_octets(raw_client.frame(raw_client.TEXT, body))
    try:
        body.decode()
    except UnicodeDecodeError:
        assert socket.until_closed() == 1007
    else:
        assert_error_event(socket.answer(), "malformed")
        assert socket.ask("ping", "after")["data"]["id"] == "after"
    assert (api.get("/api/v1/sessions").get_json(), events_of(api, held)) == before


def test_text_that_would_break_an_encoding_is_cleaned(connect, api, held):
    """A lone surrogate and NUL, in what somebody says and in an id: stored clean, answered, shown to all."""
    onlooker = connect(session_id=held, since="latest")
    socket = connect(session_id=held, since="latest")
    socket.receive()
    onlooker.receive()
    data = {"session_id": held, "content": "x\ud800y\0z"}
    socket.send_text(json.dumps({"cmd": "user_input", "id": "\udc00a", "data": data}))
    assert socket.answer()["data"]["id"] == "\N{REPLACEMENT CHARACTER}a"
    said = onlooker.until_event("user_message")[-1]
    assert said["data"]["content"] == "x\N{REPLACEMENT CHARACTER}yz"


def test_who_sends_no_commands_is_warned_and_then_sent_away(connect):
    """Ten errors, then 1008; what is JSON and an object in between does no harm."""
    socket = connect()
    socket.receive()
    for _ in range(9):
        socket.send_text("hello?")
        assert_error_event(socket.receive(), "malformed")
        assert socket.ask("ping")["event"] == "pong"
    socket.send_text("[]")
    assert_error_event(socket.receive(), "malformed")
    assert socket.until_closed() == 1008


def test_binary_messages_are_not_taken(connect):
    """An error with ``unsupported``; the socket stays open, a while."""
    socket = connect()
    socket.receive()
    for _ in range(9):
        socket.send_octets(raw_client.frame(raw_client.BINARY, b"\x00\x01"))
        assert_error_event(socket.receive(), "unsupported")
    assert socket.ask("ping")["event"] == "pong"


def test_a_message_that_is_too_long(connect):
    """1,048,576 bytes are taken; more is 1009."""
    socket = connect()
    socket.receive()
    longest = '{"cmd": "' + "x" * (1_048_576 - 11) + '"}'
    assert len(longest) == 1_048_576
    socket.send_text(longest)
    assert_error_event(socket.receive(), "unknown_command")
    socket.send_text(longest + " ")
    assert socket.until_closed() == 1009


# Ids that are repeated


def test_a_repeated_id_is_answered_and_not_done_again(connect, api, held):
    """On the same socket, on another, and over REST: the same ack, one effect."""
    acks = []
    for _ in range(2):
        socket = connect(session_id=held, since="latest")
        acks += [socket.ask("user_input", "u-1", session_id=held, content="Once.") for _ in range(2)]
    assert all(ack == acks[0] for ack in acks)
    rest = api.post(
        f"/api/v1/sessions/{held}/input", json={"content": "Once."}, headers={"Idempotency-Key": "u-1"}
    )
    assert rest.get_json()["message_id"] == acks[0]["data"]["message_id"]
    assert sum(event["event"] == "user_message" for event in events_of(api, held)) == 1


def test_a_repeated_id_is_remembered_by_the_next_server(build, model):
    """It is kept with its effect: a client that lost its answer in a restart asks again, and nothing is done twice."""
    model.hold("mid_stream", after_chunks=2)
    first = build()
    session_id = start(client_of(first))
    with werkzeug(first.app) as port, Socket(port) as socket:
        socket.ask("pause_session", "p-1", session_id=session_id)
        ack = socket.ask("user_input", "u-1", session_id=session_id, content="Once.")
        socket.ask("resume_session", "r-1", session_id=session_id)
    first.close()

    second = build()
    api = client_of(second)
    with werkzeug(second.app) as port, Socket(port) as socket:
        assert socket.ask("user_input", "u-1", session_id=session_id, content="Once.") == ack
        paused = socket.ask("pause_session", "p-1", session_id=session_id)
        assert paused["data"]["status"] == "paused"
    assert read(api, session_id)["status"] == "running"
    names = [event["event"] for event in events_of(api, session_id)]
    assert (names.count("user_message"), names.count("execution:paused")) == (1, 1)


def test_an_id_means_one_command(connect, held):
    """The same id for another command is a conflict, not that command, and not the old answer."""
    socket = connect(session_id=held, since="latest")
    socket.ask("pause_session", "x-1", session_id=held)
    assert_error_event(socket.ask("stop_session", "x-1", session_id=held), "conflict", "x-1")


def test_an_id_is_the_session_s(connect, api, model, held):
    """Two meetings may see the same id."""
    other = start(api)
    socket = connect()
    first = socket.ask("user_input", "same", session_id=held, content="Here.")
    second = socket.ask("user_input", "same", session_id=other, content="There.")
    assert first["data"]["message_id"] != second["data"]["message_id"]


# Channels


def test_one_socket_several_channels(connect, api, model, held):
    """Each is replayed from its own ``since``; leaving one leaves the others."""
    other = start(api)
    wait_until_said(api, other)
    socket = connect(session_id=held, since="latest")
    socket.receive()
    ack = socket.ask("subscribe", "s-1", session_id=other, since=3)
    position = read(api, other)
    assert ack["data"] == {
        "id": "s-1",
        "cmd": "subscribe",
        "session_id": other,
        "epoch": position["epoch"],
        "since": 3,
        "seq": position["seq"],
        "recovered": True,
    }
    replayed = socket.receive_until(lambda message: message["seq"] == position["seq"])
    assert [message["seq"] for message in replayed] == list(range(4, position["seq"] + 1))
    assert socket.ask("ping")["data"]["channels"].keys() == {channel_of(held), channel_of(other)}

    ack = socket.ask("unsubscribe", session_id=held)
    assert ack["data"]["session_id"] == held
    assert socket.ask("ping")["data"]["channels"].keys() == {channel_of(other)}
    model.release()
    rest = socket.receive_until(is_the_end)
    assert {message["session_id"] for message in rest} == {other}
    wait_for_status(api, held, "completed")
    assert not any(message["session_id"] == held for message in numbered(received_so_far(socket)))


def wait_until_said(api, session_id):
    wait_until(
        lambda: (
            {len(text) for text in said_by(api, session_id).values()} == {16}
            and len(said_by(api, session_id)) == 2
        )
    )


def test_subscribe_again_is_replayed_again(connect, api, finished):
    """A client that lost its state asks from the beginning."""
    socket = connect(session_id=finished, since="latest")
    for _ in range(2):
        socket.send("subscribe", session_id=finished, since=0)
        got = numbered(socket.receive_until(is_the_end))
        assert got == events_of(api, finished)


def test_a_socket_subscribes_to_so_many(connect, api, finished, monkeypatch):
    """What a live feed met by itself does not count, and what one has may be asked for again."""
    monkeypatch.setattr(live, "MOST_CHANNELS", 2)
    socket = connect()
    socket.receive()
    others = [start(api) for _ in range(3)]
    for _ in others:
        socket.receive_until(is_the_end)
    assert {channel_of(each) for each in others} <= socket.ask("ping")["data"]["channels"].keys()
    for session_id in (*others[:2], others[0]):
        assert socket.ask("subscribe", session_id=session_id, since="latest")["event"] == "ack"
    assert_error_event(socket.ask("subscribe", session_id=finished, since="latest"), "rate_limited")
    socket.ask("unsubscribe", session_id=others[0])
    assert socket.ask("subscribe", session_id=finished, since="latest")["event"] == "ack"


def test_what_a_listener_has_seen_can_be_missed(build):
    """From its first moment on the watcher looks whether the log was cut, for sockets, streams and what they start."""
    council = build(live={"poll_seconds": 60})
    api = client_of(council)
    greeted, followed, streamed = (start(api) for _ in range(3))
    for session_id in (greeted, followed, streamed):
        wait_for_status(api, session_id, "completed")
    with werkzeug(council.app) as port, Socket(port, session_id=greeted) as socket:
        socket.receive()
        socket.ask("subscribe", session_id=followed)
        started = str(uuid.uuid4())
        socket.ask("start_session", **body_of(session_id=started))
        with stream(port, streamed):
            seen = council.hub.channels()
    read_at = {each: read(api, each)["seq"] for each in (greeted, followed, streamed)}
    assert seen == {channel_of(each): seq for each, seq in read_at.items()} | {channel_of(started): 0}


def test_unsubscribe_from_what_one_does_not_hear(connect, finished):
    """Nothing to do, and no error."""
    assert connect().ask("unsubscribe", session_id=finished)["event"] == "ack"


def test_channels_of_a_project_do_not_exist_yet(connect):
    for cmd in ("subscribe", "unsubscribe"):
        assert_error_event(connect().ask(cmd, project_id="p", session_id=NOWHERE), "not_available")


# Start


def test_start_session_creates_subscribes_and_runs(connect, api):
    """One command: ack, and on this socket every event from the first to the last, once and in order."""
    session_id = str(uuid.uuid4())
    socket = connect(since="latest", session_id=start(api))
    socket.send("start_session", "s-1", **body_of(session_id=session_id))
    got = socket.receive_until(lambda m: is_the_end(m) and m["session_id"] == session_id)
    (ack,) = (message for message in got if message["event"] == "ack")
    assert ack["data"]["id"] == "s-1"
    assert ack["data"]["session_id"] == session_id
    mine = [message for message in numbered(got) if message["session_id"] == session_id]
    assert mine == events_of(api, session_id)


def test_start_session_takes_one_of_the_channels(connect, api, finished, monkeypatch):
    """A socket that has as many as it may is refused as at `subscribe`, and nothing is begun."""
    monkeypatch.setattr(live, "MOST_CHANNELS", 1)
    socket, session_id = connect(session_id=finished, since="latest"), str(uuid.uuid4())
    socket.receive()
    assert_error_event(socket.ask("start_session", **body_of(session_id=session_id)), "rate_limited")
    assert api.get(f"/api/v1/sessions/{session_id}").status_code == 404
    socket.ask("unsubscribe", session_id=finished)
    assert socket.ask("start_session", **body_of(session_id=session_id))["event"] == "ack"


def test_start_session_on_a_live_feed_sends_each_event_once(connect, api):
    session_id = str(uuid.uuid4())
    socket = connect()
    socket.send("start_session", **body_of(session_id=session_id))
    got = numbered(socket.receive_until(is_the_end))
    assert got == events_of(api, session_id)


def test_start_session_again(connect, api, model):
    """The same body: ack and the events, no second meeting; another body: conflict, and no events."""
    session_id = str(uuid.uuid4())
    for _ in range(2):
        socket = connect(session_id=start(api), since="latest")
        socket.send("start_session", **body_of(session_id=session_id))
        got = socket.receive_until(lambda m: is_the_end(m) and m["session_id"] == session_id)
        assert [m for m in numbered(got) if m["session_id"] == session_id] == events_of(api, session_id)
    socket = connect()
    answer = socket.ask("start_session", "x", **body_of(session_id=session_id, subject="Another?"))
    assert_error_event(answer, "conflict", "x")
    wait_for_status(api, session_id, "completed")


@pytest.mark.parametrize(("fields", "path"), WRONG_FIELDS, ids=[path + "-" for _, path in WRONG_FIELDS])
def test_a_wrong_start_over_the_socket(connect, api, fields, path):
    """The same answer as over REST; no session, and no channel is left behind."""
    socket = connect()
    socket.receive()
    answer = socket.ask("start_session", "x", **body_of(session_id=str(uuid.uuid4())) | fields)
    data = assert_error_event(answer, "invalid", "x")
    assert data["details"][0]["path"] == path
    assert api.get("/api/v1/sessions").get_json()["items"] == []
    assert socket.ask("ping")["data"]["channels"] == {}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"template_id": "councl_debate"}, "unknown_template"),
        ({"budget": {"usd": -1}}, "invalid"),
        ({"group_id": "g"}, "unknown_group"),
        ({"project_id": "p"}, "not_available"),
        ({"agents": {"negative": "nobody"}}, "invalid"),
        ({"subject": " "}, "invalid"),
    ],
)
def test_a_start_that_is_refused_over_the_socket(connect, api, fields, code):
    socket = connect()
    answer = socket.ask("start_session", "x", **body_of(session_id=str(uuid.uuid4())) | fields)
    assert_error_event(answer, code, "x")
    assert api.get("/api/v1/sessions").get_json()["items"] == []
    assert socket.ask("ping")["data"]["channels"] == {}


def test_the_client_makes_the_id_on_a_socket(connect):
    """It must know which channel will be its own."""
    assert_error_event(connect().ask("start_session", **body_of()), "invalid")


# The end


def test_a_client_that_closes_is_answered(connect, council, finished):
    """With its own code; its place is free again."""
    socket = connect(session_id=finished)
    socket.receive_until(is_the_end)
    socket.send_octets(raw_client.close(1000))
    assert socket.until_closed() == 1000
    wait_until(lambda: council.hub.count == 0, what="an empty hub")


def test_everybody_is_sent_away_to_come_back_when_the_server_ends(connect, council, held):
    """1012, after all that was said."""
    sockets = [connect(session_id=held) for _ in range(3)]
    for socket in sockets:
        socket.until_event("token_stream")
    council.close()
    for socket in sockets:
        last = received_to_the_end(socket)
        assert socket.close_code == 1012
        discarded = [m["data"]["node_id"] for m in last if m["event"] == "message_discarded"]
        assert sorted(discarded) == ["affirmative", "negative"]


def received_to_the_end(socket):
    received = []
    with contextlib.suppress(EOFError):
        while True:
            received.append(socket.receive())
    return received
