"""What a group knows, as a source."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from council.search.base import MAX_TEXT, MAX_TITLE, Calling, Found, freely

NAME = "knowledge"

Look = Callable[[str, str, str, int], Sequence[Mapping[str, Any]]]
"""Looks into the store: whose knowledge, for which meeting, some words, a limit; rows, the best first."""


class KnowledgeSearch:
    """The knowledge of one group and of no other; what this meeting put there itself is left out."""

    name = NAME
    is_set_up = True

    def __init__(self, look: Look, group_id: str, session_id: str) -> None:
        self._look = look
        self._group_id = group_id
        self._session_id = session_id

    def search(self, query: str, limit: int, *, calling: Calling = freely) -> tuple[Found, ...]:
        rows = self._look(self._group_id, self._session_id, query, limit)
        return tuple(_found(row) for row in rows)


def _found(row: Mapping[str, Any]) -> Found:
    return Found(
        title=" ".join(row["title"].split())[:MAX_TITLE],
        text=row["content"].strip()[:MAX_TEXT],
        source=NAME,
        path=f"knowledge/{row['knowledge_id']}",
    )
