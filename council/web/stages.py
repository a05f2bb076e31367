"""Which messages stand side by side and under one heading: the rows and the sections of the room.

``static/js/lib/stages.js`` and ``sections.js`` hold the same rules for what arrives later;
``tests/js/stages.json`` holds the examples both must agree on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from council.web.drawing import WAYPOINTS
from council.web.picture import Dot, Picture

Message = Mapping[str, Any]
Place = Mapping[str, Any]


@dataclass(slots=True)
class Stage:
    """One row. Without a layer it holds one entry that belongs to no node."""

    key: str  # The message that opened it.
    layer: int | None
    phase: str | None
    round: int
    messages: list[Message] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """Rows under one heading: those of one phase in one round. Without a phase it has no heading."""

    key: str
    phase: str | None
    round: int
    rows: list[Stage]


def places(picture: Picture) -> dict[str, dict[str, Any]]:
    """What the page must know of each node to put its messages where they belong."""
    phases = _phases(picture)
    return {
        dot.node_id: {
            "name": dot.name,
            "type": dot.type,
            "layer": dot.layer,
            "column": dot.offset,
            "later": sorted(dot.later),
            "phase": phases[dot.node_id],
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
            layer, phase = (place["layer"], place["phase"]) if place else (None, None)
            row = Stage(message["message_id"], layer, phase, message.get("round") or 1)
            rows.append(row)
        row.messages = [other for other in row.messages if not _replaced(other, message)]
        row.messages.append(message)
        if place:
            row.messages.sort(key=lambda other: places[other["node_id"]]["column"])
    return rows


def sections(rows: Iterable[Stage]) -> list[Section]:
    """Rows that follow each other in one phase and round; what belongs to no phase stays where it came."""
    found: list[Section] = []
    seen: dict[str, int] = {}
    for row in rows:
        if found and _continues(row, found[-1]):
            found[-1].rows.append(row)
            continue
        name = f"{row.phase or ''} {row.round}"
        seen[name] = seen.get(name, 0) + 1
        found.append(Section(f"{name} {seen[name]}", row.phase, row.round, [row]))
    return found


# Rows


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


# Sections


def _continues(row: Stage, section: Section) -> bool:
    return row.phase is None or (row.phase, row.round) == (section.phase, section.round)


def _phases(picture: Picture) -> dict[str, str]:
    """For each node what names its part of the meeting: the fan-out it is in, or itself when it stands alone."""
    fans = {
        dot.node_id: _branches(dot, picture) for dot in picture.dots if dot.type in ("parallel", "sequence")
    }
    alone = {dot.node_id for dot in picture.dots if not any(_beside(dot, other) for other in picture.dots)}
    return {
        dot.node_id: next(
            (fan for fan, branches in fans.items() if dot.node_id in branches),
            dot.node_id if dot.node_id in alone else f"layer {dot.layer}",
        )
        for dot in picture.dots
    }


def _beside(one: Dot, other: Dot) -> bool:
    waypoint = one.type in WAYPOINTS or other.type in WAYPOINTS
    return one is not other and one.layer == other.layer and not waypoint


def _branches(fan: Dot, picture: Picture) -> set[str]:
    """The nodes between a fan-out and where its branches meet again."""
    firsts = [line.target for line in picture.lines if line.source is fan and not line.back]
    if fan.type == "sequence":
        return {first.node_id for first in firsts}
    reached = [{first.node_id} | first.later for first in firsts]
    meeting = set.intersection(*reached) if len(reached) > 1 else set().union(*(f.later for f in firsts))
    return set().union(*reached) - meeting
