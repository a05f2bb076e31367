"""What goes over WebSockets is as /api/live.schema.json says, in either direction."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from council.commands import COMMANDS
from council.events import EVENTS
from council.parts import Parts
from council.web.live_schema import live_schema
from tests.live.serving import werkzeug
from tests.support.described import FORMATS, DescribedClient, client_of, closed
from tests.support.tour import API, NOWHERE, hold_meetings
from tests.support.viewer import Socket

RARE = {
    "error", "execution:failed", "fact_check", "human_interaction_expired", "human_interaction_reminder",
    "memory_retrieved", "message_discarded", "round_closed", "user_message", "input_read", "tool_execution",
}  # fmt: skip
"""Events that a tour of the API may do without."""


@pytest.fixture
def schema() -> dict[str, Any]:
    return live_schema()


def check(schema: dict[str, Any], kind: str, message: object) -> None:
    """One message against the schema of its kind, with nothing left out and nothing more."""
    whole = {"$ref": f"#/$defs/{kind}", "$defs": closed(schema)["$defs"]}
    faults = Draft202012Validator(whole, format_checker=FORMATS).iter_errors(message)
    assert [f"{fault.json_path}: {fault.message[:300]}" for fault in faults] == [], message


def test_it_is_a_schema(schema: dict[str, Any]) -> None:
    """Of the dialect that it names, with every command, event and answer in it by name."""
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    named = {f"command.{name}" for name in COMMANDS} | {f"event.{name}" for name in EVENTS}
    named |= {f"answer.{name}" for name in ("hello", "ack", "error", "pong", "heartbeat")}
    assert named <= schema["$defs"].keys()


def test_every_event_is_as_described(make_council: Callable[..., Parts], schema: dict[str, Any]) -> None:
    """All that happened in a number of meetings, envelope included."""
    api = client_of(make_council().app)  # type: ignore[attr-defined]
    hold_meetings(api)
    seen = set()
    for event in all_events(api):
        check(schema, f"event.{event['event']}", event)
        check(schema, "Event", event)
        seen.add(event["event"])
    assert EVENTS.keys() - seen <= RARE


def all_events(api: DescribedClient) -> Iterator[dict[str, Any]]:
    for meeting in api.get(f"{API}/sessions").get_json()["items"]:
        yield from api.get(f"{API}/sessions/{meeting['session_id']}/events?limit=10000").get_json()["events"]


def test_every_answer_is_as_described(
    council: Parts, connect: Callable[..., Socket], schema: dict[str, Any]
) -> None:
    """Hello, acknowledgements, refusals, pongs and heartbeats; and the commands are as described, too."""
    socket = connect()
    check(schema, "answer.hello", socket.receive())
    session_id = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
    for cmd, data in (
        ("start_session", {"template_id": "quick_decision", "session_id": session_id, "subject": "Now?"}),
        ("ping", {}),
        ("subscribe", {"session_id": session_id, "since": "latest"}),
        ("user_input", {"session_id": session_id, "content": "Think of the costs."}),
        ("pause_session", {"session_id": session_id, "mode": "after_turn"}),
        ("resume_session", {"session_id": session_id}),
        ("unsubscribe", {"session_id": session_id}),
        ("stop_session", {"session_id": session_id}),
    ):
        check(schema, "Command", {"cmd": cmd, "id": f"c-{cmd}", "data": data})
        answer = socket.ask(cmd, f"c-{cmd}", **data)
        check(schema, f"answer.{'pong' if cmd == 'ping' else 'ack'}", answer)
    check(schema, "answer.error", socket.ask("stop_session", session_id=NOWHERE))


def test_what_is_refused_is_described_as_wrong(schema: dict[str, Any]) -> None:
    """Fields that do not exist, ids that are none and numbers out of their limits do not fit."""
    validator = Draft202012Validator(
        {"$ref": "#/$defs/Command", "$defs": schema["$defs"]}, format_checker=FORMATS
    )
    for wrong in (
        {"cmd": "stop_sesion", "data": {}},
        {"cmd": "stop_session", "data": {"session_id": "no"}},
        {"cmd": "stop_session", "data": {"session_id": NOWHERE, "never": 1}},
        {"cmd": "subscribe", "data": {"session_id": NOWHERE, "since": -1}},
        {"cmd": "ping", "never": 1},
    ):
        assert not validator.is_valid(wrong), wrong


def test_a_heartbeat_is_as_described(build: Callable[..., Parts], schema: dict[str, Any]) -> None:
    """After a silence the socket says where each channel stands."""
    council = build(live={"heartbeat_seconds": 0.2})
    with werkzeug(council.app) as port, Socket(port) as socket:  # type: ignore[attr-defined]
        socket.receive()
        check(schema, "answer.heartbeat", socket.receive())
