"""What the server says: names, fields and envelopes, exactly as the wire has them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from council import events
from council.events import EVENTS, envelope_parts, join_envelope, session_channel, session_of

WIRE = {
    "token_stream": {"node_id", "agent_id", "message_id", "offset", "chunk", "is_thinking"},
    "node_state_change": {"node_id", "status"},
    "node:parallel_start": {"node_id", "branches"},
    "token_usage": {
        "node_id", "agent_id", "input_tokens", "output_tokens", "estimated_cost_usd", "price", "estimated",
    },
    "execution:started": {"status"},
    "execution:paused": {"status", "reason"},
    "execution:resumed": {"status"},
    "execution:completed": {"status"},
    "execution:failed": {"status", "reason"},
    "execution:cancelled": {"status", "reason"},
    "error": {"node_id", "error", "code", "hint", "can_retry"},
    "message_completed": {
        "message_id", "node_id", "agent_id", "role", "content", "thinking", "html", "finish",
    },
    "message_discarded": {"message_id", "reason"},
    "user_message": {"message_id", "content", "by"},
    "input_read": {"message_id", "node_id", "agent_id"},
    "score": {"round", "weighted_total", "parts"},
    "verdict": {
        "outcome", "score", "parts", "text", "html", "disputes", "orders", "absences", "ballots", "dissent",
        "best_draft",
    },
    "session_created": set(),
    "round_closed": {"node_id", "round", "decision", "reason", "scores"},
    "human_interaction_required": {
        "node_id", "review_id", "reason", "timeout", "expires_at", "draft", "actions", "allow_skip",
    },
    "human_interaction_reminder": {"node_id", "review_id", "expires_at"},
    "human_interaction_expired": {"node_id", "review_id", "action"},
    "node_resumed": {"node_id", "action", "by"},
    "ballot_opened": {"node_id", "ballot_id", "question", "vote_type", "options", "voters", "threshold"},
    "vote_cast": {"node_id", "ballot_id", "voter"},
    "ballot_closed": {"node_id", "ballot_id", "ballots", "count", "outcome", "decision"},
    "fact_check": {"node_id", "claims"},
    "tool_execution": {"node_id", "agent_id", "tool", "input", "output"},
    "file_written": {"path", "version", "author", "reason"},
    "memory_retrieved": {"node_id", "items"},
    "budget": {"reserved_usd", "spent_usd", "unknown", "cap"},
}  # fmt: skip
"""Fields that are promised for ever; more may come."""


def test_every_event_has_its_name_and_fields() -> None:
    """Names are for ever; adding fields is allowed, renaming is not."""
    assert EVENTS.keys() == WIRE.keys()
    for name, fields in WIRE.items():
        assert fields <= EVENTS[name].model_fields.keys(), name


def test_an_event_is_a_value() -> None:
    """Frozen, and without fields that nobody knows."""
    event = events.NodeStateChange(node_id="a", status="running")
    with pytest.raises(ValidationError):
        event.status = "failed"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        events.NodeStateChange(node_id="a", status="running", colour="red")  # type: ignore[call-arg]
    with pytest.raises(ValidationError):
        events.NodeStateChange(node_id="a", status="walking")  # type: ignore[arg-type]


@given(st.text(), st.text(max_size=5), st.integers(1, 2**31))
def test_an_envelope_is_json(text: str, node_id: str, seq: int) -> None:
    """``{event, session_id, project_id, node_id, seq, timestamp, data}``, in this order, whatever is said."""
    event = events.ErrorHappened(node_id=node_id, error=text, code="c", hint=text, can_retry=True)
    envelope = join_envelope(envelope_parts(event, "s"), seq, "2026-11-21T05:00:00.123Z")
    assert list(json.loads(envelope).items()) == [
        ("event", "error"), ("session_id", "s"), ("project_id", None), ("node_id", node_id), ("seq", seq),
        ("timestamp", "2026-11-21T05:00:00.123Z"), ("data", event.data()),
    ]  # fmt: skip


def test_an_event_about_no_node() -> None:
    """The envelope's ``node_id`` is null then."""
    assert json.loads(join_envelope(envelope_parts(events.ExecutionStarted(), "s"), 1, ""))["node_id"] is None


def test_channels() -> None:
    """A session's channel is ``session:<id>``; another's is none."""
    assert session_channel("x") == "session:x"
    assert session_of("session:x") == "x"
    assert session_of("project:x") is None
