"""A template out of a sentence: the form of the answer, and the strict reading of it."""

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.meeting.drafting import DRAFTED_TYPES, draft_schema, faults_told, read_draft
from council.meeting.nodes import NODE_TYPES
from council.meeting.reading import Unreadable

NODES: list[dict[str, Any]] = [
    {"node_id": "start", "type": "start", "name": "Opening", "next_ids": ["end"], "properties": {}},
    {"node_id": "end", "type": "end", "next_ids": [], "properties": None},
]
DRAFT: dict[str, Any] = {
    "name": "Nothing", "description": "It begins and ends.", "category": "other", "start_node_id": "start",
    "nodes": NODES,
}  # fmt: skip


def objects(schema: Any) -> list[dict[str, Any]]:
    """Every object in a schema, at any depth."""
    match schema:
        case dict():
            own = [schema] if schema.get("type") == "object" else []
            return own + [found for inner in schema.values() for found in objects(inner)]
        case list():
            return [found for inner in schema for found in objects(inner)]
    return []


def test_the_schema_is_one_that_strict_servers_take() -> None:
    """Every field required, nothing else allowed; no keyword that they refuse."""
    schema = draft_schema(["chief_justice"])
    assert len(objects(schema)) == 1 + 2 * len(DRAFTED_TYPES)
    for each in objects(schema):
        assert each["required"] == list(each["properties"])
        assert each["additionalProperties"] is False
    for field in (field for each in objects(schema) for field in each["properties"].values()):
        assert field.keys() <= {
            "type",
            "enum",
            "anyOf",
            "items",
            "$ref",
            "minimum",
            "exclusiveMinimum",
            "maximum",
        } | ({"properties", "required", "additionalProperties"} if field.get("type") == "object" else set())
    assert schema["$defs"]["agent"]["enum"] == ["chief_justice"]


def test_the_schema_knows_every_property() -> None:
    """But for the limits of calls, which a model is not to set unasked."""
    nodes = draft_schema([])["properties"]["nodes"]["items"]["anyOf"]
    found = {
        node["properties"]["type"]["enum"][0]: node["properties"]["properties"]["properties"]
        for node in nodes
    }
    assert found.keys() == NODE_TYPES.keys() - {"tool"}
    assert found["vote"].keys() == NODE_TYPES["vote"].model_fields.keys() - {
        "max_tokens",
        "timeout_seconds",
        "retries",
    }
    assert found["vote"]["agent_ids"] == {"type": "array", "items": {"$ref": "#/$defs/agent"}}


@pytest.mark.parametrize("form", ["{}", "Here:\n```json\n{}\n```\nDone."])
def test_a_draft_is_read(form: str) -> None:
    """Nodes by their ids, in their order; what is null is left to its default."""
    found = read_draft(form.replace("{}", json.dumps(DRAFT)))
    assert found["name"] == "Nothing"
    assert list(found["graph"]["nodes"]) == ["start", "end"]
    assert found["graph"]["nodes"]["end"] == {
        "node_id": "end", "type": "end", "name": "end", "next_ids": [], "properties": {},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("I would rather not.", "no block"),
        ("[]", "no block"),
        (json.dumps(DRAFT | {"nodes": {}}), '"nodes" must be a list'),
        (json.dumps(DRAFT | {"nodes": ["start"]}), '"nodes" must be a list of objects'),
        (json.dumps(DRAFT | {"budget": 1}), "no field 'budget'"),
        (json.dumps(DRAFT | {"nodes": [*NODES, NODES[0]]}), "two nodes are called 'start'"),
        (json.dumps(DRAFT | {"nodes": [{"type": "start"}]}), 'every node needs a "node_id"'),
        (json.dumps(DRAFT | {"nodes": [NODES[0] | {"properties": [1]}]}), '"properties" must be an object'),
        (json.dumps(DRAFT | {"nodes": [NODES[0] | {"code": "x"}]}), "a node has no field 'code'"),
        ("x" * 100_001, "longer than"),
    ],
)
def test_a_draft_that_is_none(wrong: str, reason: str) -> None:
    """It says what is wrong, for the second attempt."""
    with pytest.raises(Unreadable, match=re.escape(reason)):
        read_draft(wrong)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["name", "nodes", "node_id", "type", "properties", "x"]), inner, max_size=4
            )
        ),
        max_leaves=20,
    )
)
def test_whatever_comes_is_a_draft_or_says_why_not(value: Any) -> None:
    """Nothing that a model answers is an error of ours."""
    with suppress(Unreadable):
        assert read_draft(json.dumps(value)).keys() == {"name", "description", "category", "graph"}


def test_faults_are_told_with_what_would_do() -> None:
    faults = [{"path": f"nodes.{n}", "reason": "It is alone.", "suggestion": "Link it."} for n in range(40)]
    told = faults_told(faults, "Mend:\n{faults}\n!")
    assert told.startswith("Mend:\n- nodes.0: It is alone. Link it.\n")
    assert told.endswith("- and 10 more\n!")
