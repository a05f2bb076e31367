"""A person's words at a node, as a message of the meeting."""

import uuid

from council.engine.turn import Turn
from council.events import MessageCompleted


def said_by_person(turn: Turn, content: str) -> MessageCompleted:
    """The message; it is no interjection, which everybody would read a second time."""
    return MessageCompleted(
        message_id=str(uuid.uuid4()),
        node_id=turn.node.node_id,
        agent_id=None,
        role="system",
        content=content,
        thinking="",
        html=turn.html(content),
        finish="stop",
        round=turn.round,
    )
