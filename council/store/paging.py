"""Cursors: where the next page begins, as a word that clients hand back unread."""

import base64
import binascii

from council.errors import Invalid

_MOST = 2**53


def cursor_of(created_at: str, own_id: object) -> str:
    return base64.urlsafe_b64encode(f"{created_at}|{own_id}".encode()).decode()


def parts_of(cursor: str | None) -> tuple[str, str] | None:
    """The time and the id in a cursor of ours. Raises Invalid."""
    if cursor is None:
        return None
    try:
        created_at, own_id = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
    except (ValueError, binascii.Error) as problem:
        raise _not_ours() from problem
    return created_at, own_id


def numbered(cursor: str | None) -> tuple[str, int] | None:
    """The same, of a list whose ids are numbers. Raises Invalid."""
    parts = parts_of(cursor)
    if parts is None:
        return None
    created_at, own_id = parts
    if not (own_id.isascii() and own_id.isdigit() and len(own_id) < 17 and int(own_id) <= _MOST):
        raise _not_ours()
    return created_at, int(own_id)


def _not_ours() -> Invalid:
    return Invalid("cursor: it is not one of ours.", hint="Send the value of next, or leave it out.")
