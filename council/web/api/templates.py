"""/templates: how meetings may run; built in, the users' own, and drafts of new ones."""

from typing import Annotated, Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, StringConstraints

from council.engine import shelving
from council.engine.estimator import EstimateRequest
from council.errors import Invalid
from council.meeting.graph import Template
from council.meeting.template_text import read_template, shaped, write_template
from council.parts import Parts
from council.web.api import shelf
from council.web.body import read_object, read_query
from council.web.palette import node_types


class Wish(BaseModel):
    """What a meeting should be like, in a sentence or a few."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    description: Annotated[str, StringConstraints(min_length=1, max_length=4_000, strip_whitespace=True)]


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("templates", __name__, url_prefix="/api/v1")
    library = parts.library

    def read(body: dict[str, Any], template_id: str) -> Template:
        return shelving.template_of(body, template_id, library)

    shelf.install(
        api,
        library.template_shelf,
        shelf.Rules(
            read=read,
            may_keep=lambda open_, template: shelving.still_has_agents(open_, template.graph, library),
            may_remove=shelving.template_is_free,
            max_name=shelving.MAX_TEMPLATE_NAME,
        ),
    )

    @api.post("/templates/validate")
    def validate() -> Response:
        body = read_object()
        if body.keys() != {"graph"} or not isinstance(body["graph"], dict):
            raise Invalid(
                "graph: send one, and nothing else.", hint='{"graph": {"start_node_id": …, "nodes": …}}'
            )
        faults = shelving.graph_faults(body["graph"], library)
        return jsonify(valid=not faults, faults=faults)

    @api.post("/templates/estimate")
    def estimate() -> Response:
        return jsonify(parts.estimator.of(shelving.parsed(EstimateRequest, read_object())))

    @api.post("/templates/yaml")
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
    def list_node_types() -> Response:
        read_query()
        return jsonify(items=node_types(), next=None)

    @api.post("/templates/generate")
    def generate() -> Response:
        wish = shelving.parsed(Wish, read_object())
        return jsonify(parts.drafter.draft(wish.description).as_answer())

    return api
