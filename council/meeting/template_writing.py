"""A template as YAML that people read and edit; ``template_text`` reads it again."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

_INLINE_CHARACTERS = 100


def write_template(template: Mapping[str, Any]) -> str:
    """YAML as in the files that come with Council: a node's id is its key, and short nodes take one line."""
    from ruamel.yaml import YAML  # Slow to import, and not needed to serve a page.

    yaml = YAML()
    yaml.width = 10**9  # Lines are broken here: a writer that folds quoted texts loses spaces.
    yaml.allow_unicode = True
    out = io.StringIO()
    yaml.dump(_outline(template), out)
    return out.getvalue()


def _outline(template: Mapping[str, Any]) -> dict[str, Any]:
    graph = template["graph"]
    nodes = {node_id: _laid_out(_written_node(node)) for node_id, node in graph["nodes"].items()}
    head = {name: template[name] for name in ("name", "description", "category")}
    layout = {node_id: _inline(place) for node_id, place in template.get("layout", {}).items()}
    return (
        {name: _blocks(value) for name, value in head.items()}
        | {"graph": {"start_node_id": graph["start_node_id"], "nodes": nodes}}
        | ({"layout": layout} if layout else {})
    )


def _written_node(node: Mapping[str, Any]) -> dict[str, Any]:
    """Without what goes without saying."""
    kept = {"type": node["type"], "name": node["name"]}
    return kept | {name: node[name] for name in ("next_ids", "properties") if node[name]}


def _laid_out(node: dict[str, Any]) -> Any:
    """In one line where that can be read, else each of its parts in one, or with long texts as blocks."""
    if len(str(node)) <= _INLINE_CHARACTERS and "\n" not in str(node):
        return _inline(node)
    return {name: _part(value) for name, value in node.items()}


def _part(value: Any) -> Any:
    short = len(str(value)) <= _INLINE_CHARACTERS and not _has_lines(value)
    if isinstance(value, dict) and not short:
        return {name: _part(item) for name, item in value.items()}
    return _inline(value) if short else _blocks(value)


def _has_lines(value: Any) -> bool:
    return "\\n" in repr(value)


def _inline(value: Any) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    match value:
        case dict():
            line = CommentedMap({name: _inline(item) for name, item in value.items()})
            line.fa.set_flow_style()
            return line
        case list():
            items = CommentedSeq(_inline(item) for item in value)
            items.fa.set_flow_style()
            return items
        case str():
            return _quoted(value)
        case _:
            return value


def _blocks(value: Any) -> Any:
    """Texts of several lines, and long ones, as blocks."""
    match value:
        case dict():
            return {name: _blocks(item) for name, item in value.items()}
        case list():
            return [_blocks(item) for item in value]
        case str():
            return _block(value)
        case _:
            return value


def _block(text: str) -> Any:
    from ruamel.yaml.scalarstring import FoldedScalarString, LiteralScalarString

    if "\n" in text and all(line.isprintable() for line in text.split("\n")):
        return LiteralScalarString(text)
    if len(text) <= _INLINE_CHARACTERS or not text.isprintable() or text != " ".join(text.split()):
        return _quoted(text)
    folded = FoldedScalarString(text)
    folded.fold_pos = list(_folds(text))
    return folded


def _folds(text: str) -> Iterator[int]:
    """The spaces at which a long text goes on in the next line."""
    begin = 0
    while len(text) - begin > _INLINE_CHARACTERS:
        fold = text.rfind(" ", begin, begin + _INLINE_CHARACTERS)
        fold = fold if fold > begin else text.find(" ", begin + _INLINE_CHARACTERS)
        if fold < 0:
            return
        yield fold
        begin = fold + 1


def _quoted(text: str) -> Any:
    """In quotes that keep every character, where it needs them."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    return text if text.isprintable() else DoubleQuotedScalarString(text)
