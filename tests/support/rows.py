"""Rows of a test's own, for what needs a session without holding a meeting."""

from typing import Any

from council.events import session_channel
from council.store import channels, sessions
from council.store.engine import Store

MEMBERS = [
    {"node_id": "a", "agent_id": "alice", "name": "Alice", "provider": "p", "model": "m"},
    {"node_id": "b", "agent_id": "bob", "name": "Bob", "provider": "p", "model": "m"},
]


def add_session(store: Store, session_id: str, **values: Any) -> str:
    """A session's row and its channel; the channel's name."""
    row = {
        "session_id": session_id,
        "template_id": "t",
        "graph": {
            "start_node_id": "a",
            "nodes": {
                n: {"node_id": n, "type": "agent", "name": n, "next_ids": [], "properties": {}} for n in "ab"
            },
        },
        "agents": {},
        "panel": {"members": MEMBERS, "diverse": False, "rehearsal": False},
        "subject": f"Subject of {session_id}",
        "objective": "",
        "fingerprint": "f",
        "status": "pending",
        "node_statuses": {"a": "pending", "b": "pending"},
        "created_at": "2026-11-21T05:00:00.000Z",
    }
    with store.write() as connection:
        sessions.insert(connection, row | values, [])
        channels.create(connection, session_channel(session_id))
    return session_channel(session_id)
