"""Where each node of a graph stands when it is drawn, and which nodes come after which."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Graph = Mapping[str, Any]
LABEL_LINES = 2
LABEL_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class Dot:
    """One node. ``layer`` counts from the start, ``offset`` from the middle of its layer."""

    node_id: str
    name: str
    type: str
    speaks: bool
    layer: int
    offset: float
    later: frozenset[str]  # All nodes that can only speak after this one, until a loop turns back.

    @property
    def initials(self) -> str:
        return initials(self.name)

    @property
    def label(self) -> tuple[str, ...]:
        """The name in at most two short lines."""
        return tuple(_wrap(self.name))


@dataclass(frozen=True, slots=True)
class Line:
    """One link. ``back`` is true where a loop turns back."""

    source: Dot
    target: Dot
    back: bool


@dataclass(frozen=True, slots=True)
class Picture:
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    layers: int
    breadth: int


def draw(graph: Graph) -> Picture:
    """The whole graph, laid out in layers from its start; what cannot be reached is left out."""
    order, back = _walk(graph)
    layers = _layers(graph, order, back)
    offsets = _offsets(graph, order, back, layers)
    later = _later(graph, order, back)
    dots = {
        node_id: Dot(
            node_id=node_id,
            name=graph["nodes"][node_id].get("name") or node_id,
            type=graph["nodes"][node_id]["type"],
            speaks="agent_id" in (graph["nodes"][node_id].get("properties") or {}),
            layer=layers[node_id],
            offset=offsets[node_id],
            later=frozenset(later[node_id]),
        )
        for node_id in order
    }
    lines = tuple(
        Line(dots[source], dots[target], back=(source, target) in back)
        for source in order
        for target in _links(graph, source)
    )
    breadth = max((list(layers.values()).count(layer) for layer in layers.values()), default=0)
    return Picture(tuple(dots.values()), lines, layers=max(layers.values(), default=-1) + 1, breadth=breadth)


def initials(name: str) -> str:
    """Of two words or more the first letters of the first and the last, of one its first."""
    words = re.findall(r"[^\W_]+", name)
    return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()


# Layout, in the order it happens


def _links(graph: Graph, node_id: str) -> list[str]:
    nodes = graph["nodes"]
    return [target for target in nodes[node_id].get("next_ids") or () if target in nodes]


def _successors(graph: Graph, node_id: str) -> list[str]:
    """What follows a node directly, in time: its links, and the next branch of a sequence."""
    following = _links(graph, node_id)
    for node in graph["nodes"].values():
        if node["type"] == "sequence" and node_id in (branches := list(node.get("next_ids") or ())):
            following += branches[branches.index(node_id) + 1 :][:1]
    return following


def _walk(graph: Graph) -> tuple[list[str], set[tuple[str, str]]]:
    """All nodes so that each stands after those it waits for, and the links that turn back."""
    start: str = graph["start_node_id"]
    if start not in graph["nodes"]:
        return [], set()
    finished: list[str] = []
    back = _turns(graph)
    on_path: set[str] = {start}
    seen: set[str] = {start}
    path: list[tuple[str, Iterator[str]]] = [(start, iter(reversed(_successors(graph, start))))]
    while path:
        node_id, rest = path[-1]
        target = next(rest, None)
        if target is None:
            path.pop()
            on_path.discard(node_id)
            finished.append(node_id)
        elif (node_id, target) in back:
            continue
        elif target in on_path:
            back.add((node_id, target))
        elif target not in seen:
            seen.add(target)
            on_path.add(target)
            path.append((target, iter(reversed(_successors(graph, target)))))
    return finished[::-1], back


def _turns(graph: Graph) -> set[tuple[str, str]]:
    """The first link of each loop, where it leads back to the loop."""
    firsts = {
        node_id: _links(graph, node_id)[:1]
        for node_id, node in graph["nodes"].items()
        if node["type"] == "loop"
    }
    return {
        (loop, first) for loop, links in firsts.items() for first in links if _reaches(graph, first, loop)
    }


def _reaches(graph: Graph, source: str, target: str) -> bool:
    seen: set[str] = set()
    waiting = [source]
    while waiting:
        node_id = waiting.pop()
        if node_id not in seen:
            seen.add(node_id)
            waiting += _links(graph, node_id)
    return target in seen


def _forward(graph: Graph, node_id: str, back: set[tuple[str, str]]) -> list[str]:
    return [target for target in _successors(graph, node_id) if (node_id, target) not in back]


def _layers(graph: Graph, order: list[str], back: set[tuple[str, str]]) -> dict[str, int]:
    layers = dict.fromkeys(order, 0)
    for node_id in order:
        for target in _forward(graph, node_id, back):
            layers[target] = max(layers[target], layers[node_id] + 1)
    return layers


def _offsets(
    graph: Graph, order: list[str], back: set[tuple[str, str]], layers: dict[str, int]
) -> dict[str, float]:
    """Nodes of a layer side by side, each near the middle of those it follows."""
    offsets: dict[str, float] = {}
    for layer in range(max(layers.values(), default=-1) + 1):
        row = [node_id for node_id in order if layers[node_id] == layer]
        pull = {node_id: _middle(graph, node_id, back, offsets) for node_id in row}
        row.sort(key=lambda node_id: pull[node_id])
        offsets |= {node_id: place - (len(row) - 1) / 2 for place, node_id in enumerate(row)}
    return offsets


def _middle(graph: Graph, node_id: str, back: set[tuple[str, str]], offsets: dict[str, float]) -> float:
    parents = [offsets[parent] for parent in offsets if node_id in _forward(graph, parent, back)]
    return sum(parents) / len(parents) if parents else 0.0


def _later(graph: Graph, order: list[str], back: set[tuple[str, str]]) -> dict[str, set[str]]:
    later: dict[str, set[str]] = {node_id: set() for node_id in order}
    for node_id in reversed(order):
        for target in _forward(graph, node_id, back):
            later[node_id] |= {target} | later[target]
    return later


def _wrap(name: str) -> list[str]:
    lines: list[str] = [""]
    for word in name.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= LABEL_CHARACTERS or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    kept = lines[:LABEL_LINES]
    if len(lines) > LABEL_LINES:
        kept[-1] += "…"
    return [
        line if len(line) <= LABEL_CHARACTERS else line[: LABEL_CHARACTERS - 1].rstrip("…") + "…"
        for line in kept
    ]
