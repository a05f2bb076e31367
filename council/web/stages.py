"""Which messages stand side by side: the rows of the room.

``static/js/lib/stages.js`` holds the same rule for what arrives later; ``tests/js/stages.json``
holds the examples both must agree on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from council.web.picture import Picture

Message = Mapping[str, Any]
Place = Mapping[str, Any]


@dataclass(slots=True)
class Stage:
    """One row. Without a layer it holds one entry that belongs to no node."""

    layer: int | None
    messages: list[Message] = field(default_factory=list)


def places(picture: Picture) -> dict[str, dict[str, Any]]:
    """What the page must know of each node to put its messages where they belong."""
    return {
        dot.node_id: {
            "name": dot.name,
            "type": dot.type,
            "layer": dot.layer,
            "column": dot.offset,
            "later": sorted(dot.later),
        }
        for dot in picture.dots
    }


def stages(messages: Iterable[Message], places: Mapping[str, Place]) -> list[Stage]:
    """Messages in rows: nodes of one layer side by side as they are drawn, a new turn of a node in a new row."""
    rows: list[Stage] = []
    for message in messages:
        place = places.get(message["node_id"] or "")
        row = _open_row(rows, message["node_id"], place) if place else None
        if row is None:
            row = Stage(place["layer"] if place else None)
            rows.append(row)
        row.messages = [other for other in row.messages if not _replaced(other, message)]
        row.messages.append(message)
        if place:
            row.messages.sort(key=lambda other: places[other["node_id"]]["column"])
    return rows


def _open_row(rows: list[Stage], node_id: str, place: Place) -> Stage | None:
    """The last row of the node's layer, unless the node or one that comes after it has spoken since."""
    for row in reversed(rows):
        speakers = {message["node_id"] for message in row.messages if message["status"] != "discarded"}
        if node_id in speakers or speakers & set(place["later"]):
            return None
        if row.layer == place["layer"]:
            return row
    return None


def _replaced(old: Message, new: Message) -> bool:
    return bool(old["status"] == "discarded" and old["node_id"] == new["node_id"])
