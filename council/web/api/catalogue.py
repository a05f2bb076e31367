"""/llm/providers: which models there are to speak."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify

from council.parts import Parts
from council.web.body import read_query


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("catalogue", __name__, url_prefix="/api/v1")

    @api.get("/llm/providers")
    def list_providers() -> Response:
        read_query()
        return jsonify(items=[asdict(each) for each in parts.catalogue.providers()], next=None)

    return api
