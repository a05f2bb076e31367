"""Ids in addresses."""

import uuid

from council.errors import NotFound


def known(session_id: str) -> str:
    """The id as it is stored. Raises NotFound when no session can have it."""
    try:
        return str(uuid.UUID(session_id))
    except ValueError:
        raise NotFound(f"There is no session {session_id[:64]!r}.") from None
