"""What whoever looks at a page may do with what it shows.

It is told so that pages offer nothing in vain: what counts is what the server refuses.
"""

from collections.abc import Callable, Collection
from typing import Any

from council.parts import Parts
from council.people.access import Kind, Right
from council.web.auth import me
from council.web.ids import known


def right_reader(parts: Parts) -> Callable[[str], Right]:
    """Reads how much they may do in a meeting that they see."""

    def read(session_id: str) -> Right:
        who = me()
        if who.level == "read":
            return "read"
        return parts.people.access.right(who, "session", known(session_id)) or "read"

    return read


def lesser_rights(parts: Parts, kind: Kind, ids: Collection[str]) -> dict[str, Right]:
    """Those of these things that they may not do everything with, and what they may."""
    who = me()
    if who.level == "read":
        return dict.fromkeys(ids, "read")
    return parts.people.access.lesser(who, kind, ids)


def with_rights(parts: Parts, page: dict[str, Any]) -> dict[str, Any]:
    """A page of meetings, each with what they may do in it."""
    lesser = lesser_rights(parts, "session", [item["session_id"] for item in page["items"]])
    return page | {
        "items": [item | {"right": lesser.get(item["session_id"], "own")} for item in page["items"]]
    }
