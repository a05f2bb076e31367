"""Reads a template that people wrote as YAML; what is wrong in it is told with line and column."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SkipValidation, ValidationError

from council.errors import Invalid
from council.jsontext import clean
from council.meeting.graph import Graph, Layout, Place
from council.meeting.layout import Misplaced, misplaced

MAX_CHARACTERS = 500_000
MAX_DEPTH = 40
_OF_THE_SERVER = ("template_id", "is_system", "created_at", "updated_at")


class Written(BaseModel):
    """What a person writes of a template. Its graph has the shape of one; whether it can run is looked at elsewhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field("", max_length=128)
    description: str = Field("", max_length=512)
    category: str = "custom"
    graph: Graph
    layout: SkipValidation[Layout] = {}  # Looked at once the graph is known.


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text, both counted from one."""

    line: int
    column: int


Marks = dict[tuple[int | str, ...], Mark]


def read_template(text: str) -> dict[str, Any]:
    """The template that the YAML describes, as plain data. Raises Invalid with line and column of every fault."""
    if len(text) > MAX_CHARACTERS:
        raise _invalid([_fault("", f"It is longer than {MAX_CHARACTERS:,} characters.", None)])
    marks: Marks = {}
    found = _plain(_compose(clean(text)), (), marks, set())
    if not isinstance(found, dict):
        raise _invalid([_fault("", "It is not a mapping.", Mark(1, 1), "Begin with name: and graph:.")])
    return shaped(found, marks)


def shaped(
    found: Mapping[str, Any], marks: Mapping[tuple[int | str, ...], Mark] | None = None
) -> dict[str, Any]:
    """The template with what may be left out filled in. Raises Invalid when it has not the shape of one."""
    told = {name: value for name, value in found.items() if name not in _OF_THE_SERVER}
    marks = marks or {}
    try:
        written = Written.model_validate(_with_ids(told))
    except ValidationError as problem:
        raise _invalid([_of_pydantic(error, marks) for error in problem.errors()]) from problem
    return written.model_copy(update={"layout": _placed(written, marks)}).model_dump(mode="json")


def _compose(text: str) -> Any:
    """The tree of the text's nodes, which know where they stand."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        where = Mark(mark.line + 1, mark.column + 1) if mark else None
        raise _invalid(
            [_fault("", f"This is not YAML: {problem.problem or problem.context}.", where)]
        ) from problem
    except (YAMLError, RecursionError, ValueError) as problem:
        raise _invalid([_fault("", "This is not YAML.", None)]) from problem


def _plain(node: Any, path: tuple[int | str, ...], marks: Marks, seen: set[int]) -> Any:
    """What JSON has, too: no aliases, which grow without end, no dates, no tags."""
    from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

    if node is None:
        return None
    marks[path] = Mark(node.start_mark.line + 1, node.start_mark.column + 1)
    if id(node) in seen:
        raise _invalid(
            [_fault(_dotted(path), "Anchors and aliases are not read.", marks[path], "Write it twice.")]
        )
    seen.add(id(node))
    if len(path) > MAX_DEPTH:
        raise _invalid([_fault(_dotted(path), "It is nested too deeply.", marks[path])])
    match node:
        case ScalarNode():
            return _scalar(node, path, marks)
        case SequenceNode():
            return [_plain(item, (*path, at), marks, seen) for at, item in enumerate(node.value)]
        case MappingNode():
            return dict(_pairs(node, path, marks, seen))
        case _:
            raise AssertionError(f"YAML has no {type(node)}")


def _pairs(node: Any, path: tuple[int | str, ...], marks: Marks, seen: set[int]) -> Iterator[tuple[str, Any]]:
    from ruamel.yaml.nodes import ScalarNode

    names: set[str] = set()
    for key, value in node.value:
        mark = Mark(key.start_mark.line + 1, key.start_mark.column + 1)
        if not isinstance(key, ScalarNode):
            raise _invalid([_fault(_dotted(path), "A name must be a text.", mark)])
        if key.value in names:
            raise _invalid([_fault(_dotted((*path, key.value)), "It is named twice.", mark, "Keep one.")])
        names.add(key.value)
        yield key.value, _plain(value, (*path, key.value), marks, seen)
        marks[(*path, key.value)] = mark


def _scalar(node: Any, path: tuple[int | str, ...], marks: Marks) -> Any:
    text: str = node.value
    try:
        match str(node.tag).rpartition(":")[2]:
            case "null":
                return None
            case "bool":
                return text.lower() in ("true", "yes", "on")
            case "int":
                return int(
                    text.replace("_", ""), 0 if text.lstrip("+-")[:2].lower() in ("0x", "0o", "0b") else 10
                )
            case "float":
                return _number(text)
            case _:
                return text
    except ValueError as problem:
        raise _invalid([_fault(_dotted(path), f"{text[:40]!r} cannot be used.", marks[path])]) from problem


def _number(text: str) -> float:
    number = float(text.replace("_", ""))
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number


def _with_ids(found: Mapping[str, Any]) -> dict[str, Any]:
    """As in the files: a node's id is its key, and its name may be left out."""
    graph = found.get("graph")
    nodes = graph.get("nodes") if isinstance(graph, Mapping) else None
    if not isinstance(graph, Mapping) or not isinstance(nodes, Mapping):
        return dict(found)
    named = {
        node_id: {"node_id": node_id, "name": node_id} | _set(node) if isinstance(node, Mapping) else node
        for node_id, node in nodes.items()
    }
    return {**found, "graph": {**graph, "nodes": named}}


def _set(node: Mapping[str, Any]) -> dict[str, Any]:
    """A key with nothing behind it is left out."""
    return {name: value for name, value in node.items() if value is not None}


# Faults


def _of_pydantic(error: Any, marks: Mapping[tuple[int | str, ...], Mark]) -> dict[str, Any]:
    location: tuple[int | str, ...] = error["loc"]
    return _fault(_dotted(location), f"{error['msg']}.", _nearest(location, marks))


def _placed(written: Written, marks: Mapping[tuple[int | str, ...], Mark]) -> Layout:
    """Raises Invalid with what is wrong with the layout."""
    if found := misplaced(written.layout, written.graph.nodes):
        raise _invalid([_of_layout(each, marks) for each in found])
    return {node_id: Place.model_validate(place) for node_id, place in written.layout.items()}


def _of_layout(found: Misplaced, marks: Mapping[tuple[int | str, ...], Mark]) -> dict[str, Any]:
    where = _nearest(found.location, marks)
    return _fault(_dotted(found.location), found.reason, where, found.suggestion)


def _nearest(location: tuple[int | str, ...], marks: Mapping[tuple[int | str, ...], Mark]) -> Mark | None:
    """Where it stands, or what should have it."""
    for length in range(len(location), -1, -1):
        if mark := marks.get(location[:length]):
            return mark
    return None


def _fault(path: str, reason: str, mark: Mark | None, suggestion: str = "") -> dict[str, Any]:
    place = {"line": mark.line, "column": mark.column} if mark else {}
    return {"path": path, "reason": reason, "suggestion": suggestion, **place}


def _dotted(path: tuple[int | str, ...]) -> str:
    return ".".join(map(str, path))


def _invalid(faults: list[dict[str, Any]]) -> Invalid:
    first = faults[0]
    place = f" (line {first['line']}, column {first['column']})" if "line" in first else ""
    where = f"{first['path']}: " if first["path"] else ""
    return Invalid(f"{where}{first['reason']}{place}", details=faults)
