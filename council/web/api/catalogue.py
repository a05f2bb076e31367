"""/templates, /agents and /llm/providers: what a meeting can be made of."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify

from council.parts import Parts
from council.web.body import read_query


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("catalogue", __name__, url_prefix="/api/v1")
    library = parts.library

    @api.get("/templates")
    def list_templates() -> Response:
        read_query()
        return jsonify(items=[each.model_dump(mode="json") for each in library.templates.values()], next=None)

    @api.get("/templates/<template_id>")
    def read_template(template_id: str) -> Response:
        read_query()
        return jsonify(library.template(template_id).model_dump(mode="json"))

    @api.get("/agents")
    def list_agents() -> Response:
        read_query()
        return jsonify(items=[each.model_dump(mode="json") for each in library.agents.values()], next=None)

    @api.get("/agents/<agent_id>")
    def read_agent(agent_id: str) -> Response:
        read_query()
        return jsonify(library.agent(agent_id).model_dump(mode="json"))

    @api.get("/llm/providers")
    def list_providers() -> Response:
        read_query()
        return jsonify(items=[asdict(each) for each in parts.catalogue.providers()], next=None)

    return api
