"""memory_retrieval: what the group knows already that bears on the matter, given to the members."""

from datetime import timedelta
from typing import Any

from council import clock
from council.engine.turn import Turn
from council.events import MemoryRetrieved
from council.meeting.nodes import MemoryRetrieval
from council.meeting.recall import recall_terms, told
from council.meeting.walk import node_of
from council.store import knowledge

HEADING = "The group's earlier findings"
NO_GROUP = "This meeting belongs to no group, so there is nothing to remember."
NOTHING = "The group knows nothing that bears on this matter."
_SHOWN = (
    "knowledge_id", "kind", "layer", "title", "content", "confidence", "session_id", "created_at",
)  # fmt: skip


def run(turn: Turn) -> dict[str, Any]:
    properties = MemoryRetrieval.model_validate(turn.node.properties)
    items = tuple({name: item[name] for name in _SHOWN} for item in _recalled(turn, properties))
    note = "" if items else (NOTHING if turn.record.group_id else NO_GROUP)
    retrieved = MemoryRetrieved(node_id=turn.node.node_id, round=turn.round, items=items, note=note)
    result = {
        "kind": "memory",
        "heading": HEADING,
        "content": told(items),
        "items": [item["knowledge_id"] for item in items],
        "covers": _earlier_visits(turn),
    }
    return turn.conclude(result, *turn.entering(), retrieved)


def _recalled(turn: Turn, properties: MemoryRetrieval) -> list[knowledge.Item]:
    group_id = turn.record.group_id
    if group_id is None:
        return []
    names = (name for name, _content in turn.matter.documents)
    now = clock.now()
    days = properties.time_range_days
    with turn.desk.store.read() as connection:
        return knowledge.recalled(
            connection,
            group_id,
            recall_terms(turn.matter.subject or " ".join(names), turn.matter.objective),
            at=clock.timestamp(now),
            limit=properties.max_results,
            since=clock.timestamp(now - timedelta(days=days)) if days else None,
            verdicts=properties.include_verdicts,
            not_from=turn.record.session_id,
        )


def _earlier_visits(turn: Turn) -> list[str]:
    """What was remembered in an earlier round is not read a second time."""
    return [key for key in turn.heard if node_of(key) == turn.node.node_id]
