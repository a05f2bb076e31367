"""Whatever is sent: an answer of the right shape, and a server that goes on. Nobody can end a thread with words."""

import json
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from council.commands import COMMANDS, LATER_COMMANDS
from tests.live import raw_client
from tests.live.serving import werkzeug
from tests.support.viewer import Socket
from tests.support.waiting import wait_until
from tests.web.conftest import FIELDS_OF_A_PROBLEM, client_of, start, wait_for_status

QUICK = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

NOWHERE = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"

texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "\0", "\ud800", "a\udfff", "latest", "now", "after_turn", "\u2028", "x" * 300, "-1", "1e999"]
    ),
    st.characters(categories=["Cs", "Cc", "Cn", "So"]),
)
numbers = st.one_of(
    st.integers(), st.floats(), st.sampled_from([10**4000, -(10**18), 2**53 + 1, 1e308, -0.0]), st.booleans()
)
values = st.recursive(
    st.none() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
session_ids = st.sampled_from(["RUNNING", "FINISHED", NOWHERE, "NEW", "nonsense", ""])
documents = st.lists(st.fixed_dictionaries({}, optional={"name": values, "content": values}), max_size=3)
fields = st.fixed_dictionaries(
    {},
    optional={
        "session_id": session_ids | values,
        "template_id": st.just("council_debate") | values,
        "subject": texts | values,
        "content": texts | values,
        "node_id": texts | values,
        "mode": texts | values,
        "since": numbers | texts | values,
        "epoch": texts | values,
        "inputs": st.fixed_dictionaries(
            {}, optional={"documents": documents | values, "document": texts | values}
        )
        | values,
        "agents": st.dictionaries(texts, texts, max_size=3) | values,
        "budget": values,
        "project_id": values,
        "group_id": values,
    },
)
names = st.sampled_from([*COMMANDS, *LATER_COMMANDS]) | texts | values
commands = st.fixed_dictionaries(
    {"cmd": names}, optional={"id": texts | values, "data": fields | values, "type": values}
)
messages = (commands | values).map(json.dumps)


@st.composite
def mutated(draw):
    """A command whose octets were damaged on the way."""
    octets = bytearray(draw(messages).encode())
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(octets)))
        match draw(st.sampled_from(["set", "insert", "delete", "cut", "double"])):
            case "set" if at < len(octets):
                octets[at] = draw(st.integers(0, 255))
            case "insert":
                octets[at:at] = draw(st.binary(max_size=4))
            case "delete":
                del octets[at : at + draw(st.integers(1, 8))]
            case "cut":
                del octets[at:]
            case _:
                octets += octets[at:]
    return bytes(octets)


@pytest.fixture
def meetings(council, api, model):
    """The ids that the words RUNNING and FINISHED stand for."""
    finished = start(api)
    wait_for_status(api, finished, "completed")
    model.hold("mid_stream", after_chunks=2)
    running = start(api)
    model.wait_until_held(2)
    return {b"RUNNING": running.encode(), b"FINISHED": finished.encode(), b"NEW": b""}


def named(octets, meetings):
    """The message with real ids in the place of words."""
    for word, session_id in (meetings | {b"NEW": str(uuid.uuid4()).encode()}).items():
        octets = octets.replace(word, session_id)
    return octets


@given(message=messages.map(str.encode) | mutated())
@QUICK
def test_every_message_has_an_answer(port, council, meetings, message):
    """One ack, pong or error, and then the next command is answered; never an error of our own."""
    octets = named(message, meetings)
    with Socket(
        port, timeout_seconds=20, session_id=meetings[b"FINISHED"].decode(), since="latest"
    ) as socket:
        socket.receive()
        socket.send_octets(raw_client.frame(raw_client.TEXT, octets))
        try:
            octets.decode()
        except UnicodeDecodeError:
            assert socket.until_closed() == 1007
            return
        check_answer(socket.answer())
        socket.send("ping", "the next one")
        following = socket.answer()
        assert following["event"] == "pong"
        assert following["data"]["id"] == "the next one"


def check_answer(answer):
    assert answer["event"] in ("ack", "pong", "error"), answer
    json.dumps(answer, allow_nan=False).encode()
    if answer["event"] == "error":
        assert answer["data"].keys() == (FIELDS_OF_A_PROBLEM - {"message"}) | {"error", "id"}
        assert answer["data"]["code"] != "internal", answer


@given(
    body=(fields | values).map(json.dumps).map(str.encode) | mutated(),
    place=st.sampled_from(["", "/control", "/input", "/review", "/signal"]),
)
@QUICK
def test_every_request_has_an_answer(api, meetings, body, place):
    """Done, or an error in the one shape: never a 500."""
    path = f"/api/v1/sessions{'/' + meetings[b'RUNNING'].decode() if place else ''}{place}"
    answer = api.post(path, data=named(body, meetings), content_type="application/json")
    assert answer.status_code in (200, 202, 400, 404, 409, 413, 422), answer.text
    if answer.status_code >= 400:
        assert answer.get_json()["error"].keys() == FIELDS_OF_A_PROBLEM


@given(
    query=st.dictionaries(
        st.sampled_from(["session_id", "since", "epoch", "project_id", "x"]) | texts, texts, max_size=4
    )
)
@QUICK
def test_every_address_of_a_socket_has_an_answer(port, meetings, query):
    """hello or an error, and a close code that says what to do; never silence."""
    given = {
        name.encode(errors="replace").decode(): value.encode(errors="replace").decode()
        for name, value in query.items()
    }
    given = {
        name: value
        for name, value in given.items()
        if name not in ("path", "port", "timeout_seconds", "self")
    }
    with Socket(port, **given) as socket:
        first = socket.receive()
        if first["event"] == "hello":
            assert socket.ask("ping")["event"] == "pong"
        else:
            check_answer(first)
            assert socket.until_closed() in (1008, 4404)


@given(
    query=st.dictionaries(
        st.sampled_from(["status", "limit", "cursor", "q", "after"]) | texts, texts, max_size=4
    )
)
@QUICK
def test_every_query_has_an_answer(api, meetings, query):
    given = {name.encode(errors="replace"): value.encode(errors="replace") for name, value in query.items()}
    for place in ("", "/{}/events", "/{}/messages"):
        path = f"/api/v1/sessions{place.format(meetings[b'FINISHED'].decode())}"
        answer = api.get(path, query_string={k.decode(): v.decode() for k, v in given.items()})
        assert answer.status_code in (200, 404, 422), answer.text


def test_afterwards_nobody_is_left(build):
    """A hundred sockets that were sent rubbish: no place is taken, and no thread was lost."""
    council = build()
    with werkzeug(council.app) as port:
        for number in range(100):
            with Socket(port) as socket:
                socket.send_octets(raw_client.frame(raw_client.TEXT, b"{" * number))
                socket.answer()
        wait_until(lambda: council.hub.count == 0, what="an empty hub")
        assert client_of(council).get("/ready").status_code == 200
