"""Rehearsed data: valid for whatever form is asked for."""

import json
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from council.llm.rehearsal.brief import read_brief
from council.llm.rehearsal.instance import Instances
from tests.llm.conftest import question


def instances(text: str = "Shall we?", persona: str = "") -> Instances:
    return Instances(read_brief(question(text, persona)))


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Leaf(BaseModel):
    label: Annotated[str, Field(min_length=400, max_length=500)]
    next: "Leaf | None" = None


class Form(BaseModel):
    colour: Colour
    fixed: Literal["always"]
    share: Annotated[float, Field(gt=0, lt=1)]
    rank: Annotated[int, Field(ge=1, le=10)]
    even: Annotated[int, Field(multiple_of=4, ge=5)]
    below: Annotated[int, Field(lt=-5)]
    maybe: int | None
    either: Leaf | str
    leaf: Leaf
    short: Annotated[str, Field(max_length=3)]
    list_of: Annotated[list[Leaf], Field(min_length=3, max_length=4)]
    no_list: Annotated[list[str], Field(max_length=0)]
    sure: bool
    nothing: None
    mapping: dict[str, int]


def test_any_schema_gets_a_valid_instance() -> None:
    """References, unions, limits, nesting that never ends: pydantic takes what was made."""
    made = instances().of_schema(Form.model_json_schema())
    Form.model_validate_json(json.dumps(made))


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": ["null", "string"]},
        {"enum": [3]},
        {"const": None},
        {"type": "number", "minimum": 0.2, "maximum": 0.3},
        {"type": "array"},
        {"allOf": [{"type": "object", "properties": {"a": {"type": "integer"}}}]},
        {"$ref": "#/nowhere"},
        {"type": "object", "properties": {"self": {"$ref": "#"}}},
        {"properties": {"when": {"type": "string", "format": "date-time"}}},
    ],
)
def test_odd_schemas_do_no_harm(schema: dict[str, Any]) -> None:
    """Empty, contradictory, without end: something comes out, and it is JSON."""
    json.dumps(instances().of_schema(schema))


@pytest.mark.parametrize(
    ("persona", "vote"), [("You are the Value Defender", "yes"), ("You are the Risk Auditor", "no")]
)
def test_a_ballot_suits_the_role(persona: str, vote: str) -> None:
    schema = {"type": "object", "properties": {"vote": {"enum": ["abstain", "yes", "no"]}}}
    assert instances(persona=persona).of_schema(schema) == {"vote": vote}


def test_a_member_does_not_abstain() -> None:
    """A rehearsal has no reason to; an abstention would hide how a vote looks."""
    votes = {instances(f"Question {n}?").of_schema({"enum": ["abstain", "a", "b"]}) for n in range(20)}
    assert votes == {"a", "b"}


def test_a_score_is_within_its_limits() -> None:
    schema = {"type": "integer", "minimum": 1, "maximum": 10}
    scores = {instances(f"Question {n}?").of_schema(schema) for n in range(30)}
    assert scores <= set(range(1, 11))
    assert len(scores) > 2


def test_a_ranking_is_a_permutation() -> None:
    schema = {
        "type": "array",
        "items": {"enum": ["A", "B", "C", "D"]},
        "minItems": 4,
        "maxItems": 4,
        "uniqueItems": True,
    }
    rankings = [instances(f"Question {n}?").of_schema(schema) for n in range(10)]
    assert all(sorted(ranking) == ["A", "B", "C", "D"] for ranking in rankings)
    assert len({tuple(ranking) for ranking in rankings}) > 1


def test_the_same_prompt_gets_the_same_data() -> None:
    schema = Form.model_json_schema()
    assert instances().of_schema(schema) == instances().of_schema(schema)


@pytest.mark.parametrize(
    "example",
    [
        '{"score": {"strategic_alignment": 0-100}, "verdict": "pass|reject",\n'
        ' "disputes": [{"claim","evidence"}], "orders": ["…"]}',
        '{"score": {"strategic_alignment": 0}, "verdict": "pass | reject",\n'
        ' "disputes": [{"claim": "…", "evidence": "[Ref: L1-2] …"}], "orders": ["one sentence each", …]}',
    ],
)
def test_an_example_is_filled_in(example: str) -> None:
    """Written as people write forms: ranges, choices, dots, names without values."""
    made = instances().of_example(example)
    assert 0 <= made["score"]["strategic_alignment"] <= 100
    assert made["verdict"] in ("pass", "reject")
    assert [set(dispute) for dispute in made["disputes"]] == [{"claim", "evidence"}] * 2
    assert len(made["orders"]) == 2
    assert all(isinstance(order, str) and len(order) > 10 for order in made["orders"])


def test_an_example_that_is_no_form_is_left_out() -> None:
    assert instances().of_example("{whatever you like}") is None
