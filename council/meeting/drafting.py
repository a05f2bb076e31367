"""A template out of a sentence: what a model is asked, the form of its answer, and the strict reading of it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from council.meeting.graph import Agent, Category
from council.meeting.nodes import NODE_TYPES, Properties, Speaking
from council.meeting.prompts import Fence, Prompt
from council.meeting.reading import Unreadable, the_object

DRAFT_TITLE = "template_draft"
"""The title of the answer's schema."""
MAX_ANSWER = 100_000
MAX_AGENTS = 100
"""The most agents that a model is told of."""
MAX_FAULTS = 30

CATEGORIES: tuple[str, ...] = get_args(Category)
DRAFTED_TYPES = {name: kind for name, kind in NODE_TYPES.items() if name != "tool"}
"""A tool's arguments have no schema; a person adds such a node."""
_LEFT_ALONE = frozenset(Speaking.model_fields)
"""Limits of calls: nothing that a model should set unasked."""

_HEAD = ("name", "description", "category", "start_node_id", "nodes")
_OF_A_NODE = ("node_id", "type", "name", "next_ids", "properties")

# What is asked


def draft_prompt(wish: str, agents: Sequence[Agent], words: Mapping[str, str], *, nonce: str) -> Prompt:
    """The whole prompt; ``words`` are the texts ``draft`` and ``draft_task``."""
    fence = Fence(nonce)
    listed = "\n".join(
        f"- {agent.agent_id}: {_line(agent.name)}. {_line(agent.description)}" for agent in agents
    )
    system = words["draft"].replace("{node_types}", node_types_told())
    task = words["draft_task"].replace("{categories}", " | ".join(CATEGORIES))
    user = [
        f"## Agents\n{fence.around(listed)}",
        f"## The wish\n{fence.around(wish)}",
        f"## Your task\n{task}",
    ]
    return Prompt(system, "\n\n".join(user))


def node_types_told() -> str:
    """Every type with what it does and its properties, as a model reads them."""
    return "\n".join(_type_told(name, kind) for name, kind in DRAFTED_TYPES.items())


def faults_told(faults: Sequence[Mapping[str, Any]], words: str) -> str:
    """What a model is told of a draft that cannot be used; ``words`` are the text ``draft_faults``."""
    lines = [f"- {fault['path']}: {fault['reason']} {fault['suggestion']}" for fault in faults[:MAX_FAULTS]]
    if len(faults) > MAX_FAULTS:
        lines.append(f"- and {len(faults) - MAX_FAULTS} more")
    return words.replace("{faults}", "\n".join(lines))


def _type_told(name: str, kind: type[Properties]) -> str:
    schema = kind.model_json_schema()
    required = schema.get("required", ())
    fields = [
        f"  {field}: {_spelled(about)}"
        + (", required" if field in required else f", default {_json(about.get('default'))}")
        for field, about in _drafted(schema).items()
    ]
    return "\n".join([f"- {name}: {_line(kind.__doc__ or '')}", *fields])


def _drafted(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that a draft may set."""
    return {name: about for name, about in schema.get("properties", {}).items() if name not in _LEFT_ALONE}


def _spelled(schema: Mapping[str, Any]) -> str:
    """A property's type in few words."""
    if "anyOf" in schema:
        return " or ".join(_spelled(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(_json, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_spelled(schema['items'])}"
    limits = [f"{word} {schema[key]}" for key, word in _LIMITS.items() if key in schema]
    return " ".join([str(schema.get("type", "text")), *limits])


_LIMITS = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}


def _line(text: str) -> str:
    return " ".join(text.replace("``", '"').split())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


# The form of the answer


def draft_schema(agent_ids: Iterable[str]) -> dict[str, Any]:
    """For servers that hold a model to a schema: every field required, nothing else allowed, null for a default."""
    nodes = [_node_schema(name, kind) for name, kind in DRAFTED_TYPES.items()]
    fields = {
        "name": {"type": "string"},
        "description": {"type": "string"},
        "category": {"type": "string", "enum": list(CATEGORIES)},
        "start_node_id": {"type": "string"},
        "nodes": {"type": "array", "items": {"anyOf": nodes}},
    }
    agents = {"type": "string", "enum": list(agent_ids)}
    return {"title": DRAFT_TITLE, **_object(fields), "$defs": {"agent": agents}}


def _node_schema(name: str, kind: type[Properties]) -> dict[str, Any]:
    schema = kind.model_json_schema()
    required = schema.get("required", ())
    properties = {
        field: _strict(field, about, field in required) for field, about in _drafted(schema).items()
    }
    return _object(
        {
            "node_id": {"type": "string"},
            "type": {"type": "string", "enum": [name]},
            "name": {"type": "string"},
            "next_ids": {"type": "array", "items": {"type": "string"}},
            "properties": _object(properties),
        }
    )


def _strict(field: str, about: Mapping[str, Any], required: bool) -> dict[str, Any]:
    """A property as strict servers take it: no defaults and no lengths; what may be left out may be null."""
    agent = {"$ref": "#/$defs/agent"}
    if field == "agent_id":
        form: dict[str, Any] = agent
    elif field == "agent_ids":
        form = {"type": "array", "items": agent}
    else:
        form = _plain(about)
    return form if required else {"anyOf": [form, {"type": "null"}]}


def _plain(about: Mapping[str, Any]) -> dict[str, Any]:
    if "anyOf" in about:
        kinds = [_plain(each) for each in about["anyOf"] if each.get("type") != "null"]
        return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    kept = {key: about[key] for key in ("type", "enum", *_LIMITS) if key in about}
    return kept | {"items": _plain(about["items"])} if "items" in about else kept


def _object(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(fields),
        "required": list(fields),
        "additionalProperties": False,
    }


# Reading strictly


def read_draft(text: str) -> dict[str, Any]:
    """A template as plain data that is yet to be checked: name, description, category, graph. Raises Unreadable."""
    if len(text) > MAX_ANSWER:
        raise Unreadable(f"it is longer than {MAX_ANSWER:,} characters")
    found = the_object(text)
    _only(found, _HEAD, "the template")
    nodes = found.get("nodes")
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        raise Unreadable('"nodes" must be a list of objects')
    graph = {"start_node_id": found.get("start_node_id", "start"), "nodes": _by_id(nodes)}
    head = {name: found.get(name, "") for name in ("name", "description")}
    return head | {"category": found.get("category", "custom"), "graph": graph}


def _by_id(nodes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    by_id: dict[str, Any] = {}
    for node in nodes:
        _only(node, _OF_A_NODE, "a node")
        node_id = node.get("node_id")
        if not isinstance(node_id, str):
            raise Unreadable('every node needs a "node_id"')
        if node_id in by_id:
            raise Unreadable(f"two nodes are called {node_id[:60]!r}")
        by_id[node_id] = {"name": node_id, "next_ids": []} | dict(node) | {"properties": _set(node)}
    return by_id


def _set(node: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that were set: null stands for the default."""
    properties = node.get("properties") or {}
    if not isinstance(properties, dict):
        raise Unreadable('"properties" must be an object')
    return {name: value for name, value in properties.items() if value is not None}


def _only(found: Mapping[str, Any], names: Sequence[str], where: str) -> None:
    for name in found:
        if name not in names:
            raise Unreadable(f"{where} has no field {name[:40]!r}; its fields are {', '.join(names)}")
