"""What a client may ask for, and how it is told what is wrong with it."""

import contextlib
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.commands import (
    COMMANDS,
    PauseSession,
    Ping,
    StartSession,
    Subscribe,
    UserInput,
    parse_command,
)
from council.errors import BadInput, Invalid, NotAvailable

SESSION_ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
START: dict[str, Any] = {"template_id": "council_debate", "session_id": SESSION_ID}


def paths(cmd: str, data: dict[str, Any]) -> set[str]:
    """The fields at fault."""
    with pytest.raises(Invalid) as refusal:
        parse_command(cmd, data)
    assert all(fault["reason"] and fault["suggestion"] for fault in refusal.value.details)
    return {fault["path"] for fault in refusal.value.details}


def test_the_commands_of_this_version() -> None:
    """Names are for ever."""
    assert set(COMMANDS) == {
        "start_session", "pause_session", "resume_session", "stop_session", "user_input", "subscribe",
        "unsubscribe", "ping", "submit_review", "rerun_session",
    }  # fmt: skip


def test_a_start_with_everything() -> None:
    """All fields of the wire that exist."""
    inputs = {"documents": [{"name": "a.md", "content": "A"}], "document": "B", "objective": "O"}
    command = parse_command("start_session", START | {"subject": "S", "inputs": inputs, "agents": {"a": "b"}})
    assert isinstance(command, StartSession)
    assert [(d.name, d.content) for d in command.inputs.all_documents()] == [
        ("document.md", "B"), ("a.md", "A"),
    ]  # fmt: skip


def test_a_session_id_is_a_uuid_however_it_is_written() -> None:
    """Two spellings of one UUID are one session."""
    for spelling in (SESSION_ID.upper(), SESSION_ID.replace("-", ""), f"{{{SESSION_ID}}}"):
        command = parse_command("pause_session", {"session_id": spelling})
        assert isinstance(command, PauseSession)
        assert command.session_id == SESSION_ID


@pytest.mark.parametrize("session_id", ["", "x", 7, None, [], "../../etc/passwd", "' OR 1=1"])
def test_a_session_id_that_is_none(session_id: object) -> None:
    """Anything else is refused by name."""
    assert paths("pause_session", {"session_id": session_id}) == {"session_id"}


def test_all_faults_at_once() -> None:
    """Every field that is wrong, missing or unknown is named, each with a suggestion."""
    data = {
        "session_id": 7,
        "subject": 5,
        "inputs": {"documents": [{"name": "", "content": 1}], "x": 1},
        "y": 2,
    }
    assert paths("start_session", data) == {
        "template_id", "session_id", "subject", "inputs.documents.0.name", "inputs.documents.0.content", "inputs.x",
        "y",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cmd", "data"),
    [
        ("user_input", {"content": "x" * 50_001}),
        ("user_input", {"content": "   "}),
        ("user_input", {"content": ""}),
        ("user_input", {"content": ["x"]}),
        ("pause_session", {"mode": "later"}),
        ("subscribe", {"since": -1}),
        ("subscribe", {"since": True}),
        ("subscribe", {"since": "5"}),
        ("subscribe", {"since": 1.5}),
        ("start_session", START | {"subject": "x" * 4_001}),
        ("start_session", START | {"agents": {"a": 1}}),
        ("start_session", START | {"inputs": {"documents": [{"name": "a", "content": "b"}] * 21}}),
        ("start_session", START | {"inputs": None}),
    ],
)
def test_fields_that_do_not_fit(cmd: str, data: dict[str, Any]) -> None:
    """Wrong types and sizes are refused; nothing is converted in silence."""
    assert paths(cmd, {"session_id": SESSION_ID} | data)


@pytest.mark.parametrize(
    ("cmd", "field"),
    [("start_session", "project_id"), ("subscribe", "project_id"), ("unsubscribe", "project_id")],
)
def test_a_field_of_a_later_version(cmd: str, field: str) -> None:
    """A field whose feature does not exist yet is refused, never accepted and ignored; null asks for nothing."""
    data = START if cmd == "start_session" else {"session_id": SESSION_ID}
    with pytest.raises(NotAvailable, match=field) as refusal:
        parse_command(cmd, data | {field: {"usd": 1}})
    assert (refusal.value.status, refusal.value.code) == (422, "not_available")
    parse_command(cmd, data | {field: None})


def test_a_command_of_a_later_version() -> None:
    """It is refused as such."""
    with pytest.raises(NotAvailable):
        parse_command("update_task", {})


@pytest.mark.parametrize("cmd", ["", "pause", "PAUSE_SESSION", None, 7, [], {}, "x" * 10_000])
def test_a_command_that_does_not_exist(cmd: object) -> None:
    """The error names those that do, and is short."""
    with pytest.raises(Invalid) as refusal:
        parse_command(cmd, {})
    assert refusal.value.code == "unknown_command"
    assert "pause_session" in refusal.value.hint
    assert len(refusal.value.message) <= 200


def test_what_is_read_is_trimmed() -> None:
    """Space around a person's words is no content."""
    command = parse_command("user_input", {"session_id": SESSION_ID, "content": "  Hello \n"})
    assert isinstance(command, UserInput)
    assert command.content == "Hello"


def test_since() -> None:
    """A number, or ``latest``; 0 from the beginning."""
    for since in (0, 7, "latest"):
        command = parse_command("subscribe", {"session_id": SESSION_ID, "since": since})
        assert isinstance(command, Subscribe)
        assert command.since == since
    assert isinstance(parse_command("ping", {}), Ping)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(SESSION_ID),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(sorted({name for kind in COMMANDS.values() for name in kind.model_fields} | {"x"}))


@given(st.sampled_from([*COMMANDS, "update_task", "nothing"]), st.dictionaries(NAMES, JSON, max_size=5))
def test_anything_is_a_command_or_bad_input(cmd: str, data: dict[str, Any]) -> None:
    """Whatever JSON comes, it is a command or a BadInput, and no other error."""
    with contextlib.suppress(BadInput):
        command = parse_command(cmd, data)
        assert str(uuid.UUID(getattr(command, "session_id", SESSION_ID)))
