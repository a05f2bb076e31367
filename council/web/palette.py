"""The node types there are, as an editor needs them: name, sign, explanation, and a schema of their properties."""

from typing import Any

from flask_babel import gettext

from council.meeting.nodes import NODE_TYPES, Properties
from council.web.node_words import CHOICES, EXPLANATIONS, FIELDS, HELP, MARKS, NAMES

FORMATS = {
    "agent_id": "agent",
    "fallback_agent_id": "agent",
    "agent_ids": "agent",
    "task": "multiline",
    "prompt": "multiline",
    "question": "multiline",
    "default": "multiline",
}
"""What a text stands for, where its schema says no more than that it is one."""


def node_types() -> list[dict[str, Any]]:
    """Each type with its words in the reader's language."""
    return [_node_type(name, kind) for name, kind in NODE_TYPES.items()]


def _node_type(name: str, kind: type[Properties]) -> dict[str, Any]:
    schema = kind.model_json_schema()
    properties = {field: _labelled(field, about) for field, about in schema.get("properties", {}).items()}
    return {
        "type": name,
        "name": gettext(NAMES[name]),
        "sign": MARKS[name],
        "explanation": gettext(EXPLANATIONS[name]),
        "defaults": {field: about["default"] for field, about in properties.items() if "default" in about},
        "schema": schema | {"properties": properties},
    }


def _labelled(field: str, about: dict[str, Any]) -> dict[str, Any]:
    """A property with what it is called, a word of help, and the words for its choices."""
    named = {"title": gettext(FIELDS[field])}
    if field in HELP:
        named["description"] = gettext(HELP[field])
    if field in FORMATS:
        named["format"] = FORMATS[field]
    if choices := about.get("enum") or about.get("items", {}).get("enum"):
        named["x-labels"] = {choice: gettext(CHOICES[choice]) for choice in choices}
    return about | named
