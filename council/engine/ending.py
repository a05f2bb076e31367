"""How a meeting ends before its time: what was being said is cut, whose turn it was is skipped."""

from typing import Any

from sqlalchemy.engine import Connection

from council.events import Event, ExecutionCancelled, Finish, MessageCompleted, NodeStateChange
from council.meeting import markdown
from council.store import messages, sessions


def cancellation(connection: Connection, session_id: str) -> tuple[Event, ...]:
    """The last events of a meeting that was stopped."""
    cut = (_ended(message, "cut") for message in messages.unfinished(connection, session_id))
    return (*cut, *skipped(connection, session_id), ExecutionCancelled())


def skipped(connection: Connection, session_id: str) -> tuple[Event, ...]:
    """Nodes in the middle of their turn, or waiting for a person, when the meeting ends."""
    statuses = sessions.get(connection, session_id)["node_statuses"]
    return tuple(
        NodeStateChange(node_id=node_id, status="skipped")
        for node_id, status in statuses.items()
        if status in ("running", "suspended")
    )


def left_by(connection: Connection, session_id: str, node_id: str) -> tuple[Event, ...]:
    """The end of what a node that stumbled was saying."""
    unfinished = messages.unfinished(connection, session_id)
    return tuple(_ended(message, "error") for message in unfinished if message["node_id"] == node_id)


def _ended(message: dict[str, Any], finish: Finish) -> MessageCompleted:
    """The end of a message that was left in mid-sentence."""
    return MessageCompleted(
        message_id=message["message_id"],
        node_id=message["node_id"],
        agent_id=message["agent_id"],
        role=message["role"],
        content=message["content"],
        thinking=message["thinking"],
        html=markdown.render(message["content"]),
        finish=finish,
    )
