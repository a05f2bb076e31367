"""/templates: how meetings may run; built in, the users' own, and drafts of new ones."""

from typing import Annotated, Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from council.engine import shelving
from council.errors import Invalid
from council.meeting.graph import Category, Template
from council.meeting.validation import parse_graph
from council.parts import Parts
from council.web.api import shelf
from council.web.body import read_object

MAX_NAME = 128
Name = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME, strip_whitespace=True)]


class TemplateBody(BaseModel):
    """What somebody writes of a template; its graph is looked at by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    name: Name
    description: Annotated[str, StringConstraints(max_length=512)] = ""
    category: Category = "custom"
    graph: dict[str, Any]


class DraftBody(BaseModel):
    """A wish for a template, in a sentence or a few."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    description: Annotated[str, StringConstraints(min_length=1, max_length=4_000, strip_whitespace=True)] = (
        Field(description="What the meeting should be like.")
    )


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("templates", __name__, url_prefix="/api/v1")
    library = parts.library

    def read(body: dict[str, Any], template_id: str) -> Template:
        """All faults at once: those of the fields and those of the graph."""
        faults = shelf.faults_of(lambda: shelf.parse(TemplateBody, body))
        if isinstance(body.get("graph"), dict):
            faults += shelving.graph_faults(body["graph"], library)
        shelf.refuse(faults)
        fields = shelf.parse(TemplateBody, body)
        head = fields.model_dump(exclude={"graph"})
        return Template(template_id=template_id, **head, graph=parse_graph(fields.graph))

    shelf.install(
        api,
        library.template_shelf,
        shelf.Rules(
            read=read,
            may_keep=lambda open_, template: shelving.still_has_agents(open_, template.graph, library),
            may_remove=shelving.template_is_free,
            max_name=MAX_NAME,
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
        return jsonify(valid=not faults, faults=[_without_blanks(fault) for fault in faults])

    @api.post("/templates/generate")
    def generate() -> Response:
        wish = shelf.parse(DraftBody, read_object())
        return jsonify(parts.drafter.draft(wish.description).as_answer())

    return api


def _without_blanks(fault: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fault.items() if value is not None}
