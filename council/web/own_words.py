"""The words of the templates, agents and groups that come with Council, for the reader's language.

They are kept and sent as they stand in ``council/workflows``; only pages say them in the reader's
language. A member's name is a name: the models call each other by it, so it stays as it is.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

from flask_babel import gettext
from ruamel.yaml import YAML

FOLDER = Path(__file__).parents[1] / "workflows"


def told(text: str) -> str:
    """In the reader's language if it is one of ours; the users' own words stay as they wrote them."""
    return gettext(text) if text in own_words() else text


def told_graph(graph: Mapping[str, Any]) -> dict[str, Any]:
    """The graph with its nodes' names as ``told``."""
    nodes = {
        node_id: {**node, "name": told(node.get("name") or "")} for node_id, node in graph["nodes"].items()
    }
    return {**graph, "nodes": nodes}


def told_model(member: Mapping[str, Any]) -> str:
    """What speaks for a member: the rehearsal in the reader's language, a model by its name."""
    return gettext("rehearsal") if member["provider"] == "rehearsal" else str(member["model"])


@cache
def own_words() -> frozenset[str]:
    """Names of templates, groups and nodes, all descriptions, and what ballots ask."""
    return frozenset(word for path in FOLDER.glob("*.yaml") for word in _words_in(path.read_text("utf-8")))


def extract(file: IO[bytes], *_: Any, **_options: Any) -> Iterator[tuple[int, str, str, list[str]]]:
    """Babel's extraction method for ``council/workflows``."""
    for word in sorted(_words_in(file.read().decode())):
        yield 1, "", word, []


def _words_in(source: str) -> set[str]:
    return _words(YAML(typ="safe").load(source)) - _names_of_members()


def _words(value: Any) -> set[str]:
    match value:
        case list():
            return {word for each in value for word in _words(each)}
        case dict():
            own = {
                value[key] for key in ("name", "description", "question") if isinstance(value.get(key), str)
            }
            return own | {word for each in value.values() for word in _words(each)}
        case _:
            return set()


@cache
def _names_of_members() -> frozenset[str]:
    return frozenset(
        agent["name"] for agent in YAML(typ="safe").load((FOLDER / "agents.yaml").read_text("utf-8"))
    )
