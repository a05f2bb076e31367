"""/templates: how meetings may run; built in, the users' own, and drafts of new ones."""

from typing import Annotated, Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, StringConstraints

from council.engine import shelving
from council.engine.estimator import EstimateRequest
from council.errors import Invalid
from council.meeting.graph import Template
from council.meeting.template_text import read_template, shaped
from council.meeting.template_writing import write_template
from council.parts import Parts
from council.web import shelf_shapes as shapes
from council.web.api import shelf
from council.web.auth import library_of, me
from council.web.body import read_object, read_query
from council.web.describe import Body, describes
from council.web.palette import node_types

_GRAPH = {
    "start_node_id": "start",
    "nodes": {
        "start": {"node_id": "start", "type": "start", "name": "Opening", "next_ids": ["speaker"]},
        "speaker": {
            "node_id": "speaker",
            "type": "agent",
            "name": "Speaker",
            "next_ids": ["end"],
            "properties": {"agent_id": "answerer"},
        },
        "end": {"node_id": "end", "type": "end", "name": "Record"},
    },
}
"""The smallest meeting there is."""


class Wish(BaseModel):
    """What a meeting should be like, in a sentence or a few."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    description: Annotated[str, StringConstraints(min_length=1, max_length=4_000, strip_whitespace=True)]


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("templates", __name__, url_prefix="/api/v1")
    library = parts.library

    def read(body: dict[str, Any], template_id: str, before: Template | None) -> Template:
        return shelving.template_of(shelving.without_lost_places(body, before), template_id, library)

    shelf.install(
        api,
        library.template_shelf,
        shelf.Rules(
            read=read,
            may_keep=lambda open_, template: shelving.still_has_agents(open_, template.graph, library),
            may_remove=lambda open_, own_id: shelving.template_is_free(
                open_, own_id, library_of(parts, me())
            ),
            max_name=shelving.MAX_TEMPLATE_NAME,
            described=shelf.Described(
                body=shelving.TemplateBody,
                item=shapes.TemplateItem,
                items=shapes.TemplateList,
                example={"name": "One voice", "graph": _GRAPH},
                needs="A group says who usually sits in it",
            ),
        ),
    )

    @api.post("/templates/validate")
    @describes(
        "validate_graph",
        "Look for faults in a graph",
        body=Body({"graph": _GRAPH}, _object(graph={"type": "object"})),
        answer=shapes.Validated,
    )
    def validate() -> Response:
        body = read_object()
        if body.keys() != {"graph"} or not isinstance(body["graph"], dict):
            raise Invalid(
                "graph: send one, and nothing else.", hint='{"graph": {"start_node_id": …, "nodes": …}}'
            )
        faults = shelving.graph_faults(body["graph"], library)
        return jsonify(valid=not faults, faults=faults)

    @api.post("/templates/estimate")
    @describes(
        "estimate_meeting",
        "Reckon what a meeting would cost",
        details="Of a template, or of a graph that is none yet: one of the two.",
        body=Body(
            {"template_id": "council_debate", "subject": "Shall we open a second office?"}, EstimateRequest
        ),
        answer=shapes.Estimated,
        errors={502: "No model answers, so that nobody can be seated: a code that begins with `model_`."},
    )
    def estimate() -> Response:
        return jsonify(
            parts.estimator.of(shelving.parsed(EstimateRequest, read_object()), library_of(parts, me()))
        )

    @api.post("/templates/yaml")
    @describes(
        "convert_template",
        "Turn a template's YAML into JSON, or the other way round",
        body=Body(
            {"template": {"name": "One voice", "graph": _GRAPH}},
            {"oneOf": [_object(yaml={"type": "string"}), _object(template={"type": "object"})]},
        ),
        answer=shapes.TemplateText,
    )
    def as_yaml() -> Response:
        match read_object():
            case {"yaml": str(text), **rest} if not rest:
                template = read_template(text)
            case {"template": dict(found), **rest} if not rest:
                template = shaped(found)
            case _:
                raise Invalid(
                    "Send either yaml or template, and nothing else.",
                    hint='{"yaml": "name: …"} gives a template.',
                )
        return jsonify(template=template, yaml=write_template(template))

    @api.get("/node-types")
    @describes("list_node_types", "List the types of nodes, for an editor", answer=shapes.NodeTypeList)
    def list_node_types() -> Response:
        read_query()
        return jsonify(items=node_types(), next=None)

    @api.post("/templates/generate")
    @describes(
        "draft_template",
        "Let a model draft a template",
        details="It is not kept; send it to add_template for that.",
        body=Body({"description": "Two people argue, a third one decides."}, Wish),
        answer=shapes.Drafted,
        errors={
            422: "Three attempts came out faulty (`faulty_draft`): `details` has the draft and its faults.",
            502: "The model failed: a code that begins with `model_`.",
        },
    )
    def generate() -> Response:
        wish = shelving.parsed(Wish, read_object())
        return jsonify(parts.drafter.draft(wish.description).as_answer())

    return api


def _object(**fields: dict[str, str]) -> dict[str, Any]:
    """The schema of an object with these fields, and no others."""
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
