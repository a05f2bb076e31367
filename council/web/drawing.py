"""A graph's picture in the units of an SVG, running down a side panel or across a card."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise

from council.web.picture import Dot, Line, Picture

STEP = 92  # From one layer of members to the next.
PANEL_STEP = 74  # From one member to the one beside it, where the graph runs down.
MIDDLE_STEP = 58
CARD_STEP = 78  # From one member to the one below it, where the graph runs across.
SMALL_STEP = 34
RADIUS = 19
SMALL_RADIUS = 5
MARGIN = 10
BESIDE = 26  # Room for the links that turn back.
FIRST_LINE = 15
LINE_HEIGHT = 13
WAYPOINTS = frozenset({"start", "end", "parallel", "sequence", "loop"})
"""Node types at which nobody speaks; they are drawn small."""


@dataclass(frozen=True, slots=True)
class Circle:
    """One node where it stands on the drawing."""

    dot: Dot
    x: float
    y: float
    radius: int

    @property
    def is_waypoint(self) -> bool:
        return self.radius == SMALL_RADIUS

    @property
    def label(self) -> tuple[tuple[str, float], ...]:
        """Each line of the name with its baseline."""
        lines = () if self.is_waypoint else self.dot.label
        return tuple(
            (line, self.y + self.radius + FIRST_LINE + place * LINE_HEIGHT)
            for place, line in enumerate(lines)
        )


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    circles: tuple[Circle, ...]
    paths: tuple[tuple[str, bool], ...]  # SVG path data, and whether it turns back.


def down(picture: Picture) -> Drawing:
    """From top to bottom, as in the room."""
    along = _positions(picture)
    beside = BESIDE if any(line.back for line in picture.lines) else 0
    width = picture.breadth * PANEL_STEP + 2 * beside
    circles = {
        dot.node_id: Circle(dot, width / 2 + dot.offset * PANEL_STEP, along[dot.layer], _radius(dot))
        for dot in picture.dots
    }
    height = max((_bottom(circle) for circle in circles.values()), default=0) + MARGIN
    paths = tuple((_path_down(line, circles, width), line.back) for line in picture.lines)
    return Drawing(width, height, tuple(circles.values()), paths)


def across(picture: Picture) -> Drawing:
    """From left to right, as on a card."""
    along = _positions(picture)
    beside = BESIDE if any(line.back for line in picture.lines) else 0
    middle = beside + MARGIN + RADIUS + (picture.breadth - 1) / 2 * CARD_STEP
    circles = {
        dot.node_id: Circle(dot, along[dot.layer] + STEP / 4, middle + dot.offset * CARD_STEP, _radius(dot))
        for dot in picture.dots
    }
    width = max((circle.x for circle in circles.values()), default=0) + STEP / 2
    height = max((_bottom(circle) for circle in circles.values()), default=0) + MARGIN
    paths = tuple((_path_across(line, circles), line.back) for line in picture.lines)
    return Drawing(width, height, tuple(circles.values()), paths)


def _is_waypoint(dot: Dot) -> bool:
    return dot.type in WAYPOINTS and not dot.speaks


def _radius(dot: Dot) -> int:
    return SMALL_RADIUS if _is_waypoint(dot) else RADIUS


def _positions(picture: Picture) -> list[float]:
    """How far each layer stands from the start: layers of waypoints take less room."""
    small = [
        all(_is_waypoint(dot) for dot in picture.dots if dot.layer == layer)
        for layer in range(picture.layers)
    ]
    first = MARGIN + (SMALL_RADIUS if small and small[0] else RADIUS)
    steps = [_step(before, after) for before, after in pairwise(small)]
    return list(accumulate(steps, initial=float(first)))


def _step(before_is_small: bool, after_is_small: bool) -> int:
    if not before_is_small:
        return STEP
    return SMALL_STEP if after_is_small else MIDDLE_STEP


def _bottom(circle: Circle) -> float:
    return circle.label[-1][1] + 4 if circle.label else circle.y + circle.radius


def _path_down(line: Line, circles: Mapping[str, Circle], width: float) -> str:
    source, target = circles[line.source.node_id], circles[line.target.node_id]
    if line.back:
        side, edge = (-1, -MARGIN) if target.dot.offset < 0 else (1, width + MARGIN)
        begin, end = source.x + side * source.radius, target.x + side * target.radius
        return f"M{begin:g} {source.y:g}C{edge:g} {source.y:g} {edge:g} {target.y:g} {end:g} {target.y:g}"
    top, bottom = _bottom(source) + 2, target.y - target.radius
    middle = (top + bottom) / 2
    return f"M{source.x:g} {top:g}C{source.x:g} {middle:g} {target.x:g} {middle:g} {target.x:g} {bottom:g}"


def _path_across(line: Line, circles: Mapping[str, Circle]) -> str:
    source, target = circles[line.source.node_id], circles[line.target.node_id]
    if line.back:
        return (
            f"M{source.x:g} {source.y - source.radius:g}"
            f"C{source.x:g} {MARGIN / 2:g} {target.x:g} {MARGIN / 2:g} {target.x:g} {target.y - target.radius:g}"
        )
    left, right = source.x + source.radius, target.x - target.radius
    middle = (left + right) / 2
    return f"M{left:g} {source.y:g}C{middle:g} {source.y:g} {middle:g} {target.y:g} {right:g} {target.y:g}"
