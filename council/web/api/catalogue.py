"""/llm/providers: which models there are to speak, and what they cost."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify

from council.llm.catalogue import ProviderInfo
from council.parts import Parts
from council.web.auth import me
from council.web.body import read_query
from council.web.describe import describes
from council.web.shelf_shapes import ProviderList


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("catalogue", __name__, url_prefix="/api/v1")

    def as_item(info: ProviderInfo) -> dict[str, Any]:
        prices = {
            model: asdict(parts.prices.of_model(info.provider_id, model, info.local)) for model in info.models
        }
        return asdict(info) | {"prices": prices, "reason": _told(info)}

    @api.get("/llm/providers")
    @describes("list_providers", "List the providers of models, and what they cost", answer=ProviderList)
    def list_providers() -> Response:
        read_query()
        return jsonify(items=[as_item(each) for each in parts.catalogue.providers()], next=None)

    return api


def _told(info: ProviderInfo) -> str:
    """Where a model's server is, and what it said, is for those who look after it."""
    if me().user_id is None or me().is_admin:
        return info.reason
    return "ready" if info.available else "not available; an admin sees why"
