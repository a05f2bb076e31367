"""/llm/endpoints: the model servers that there are, and those that admins enter. A key goes in and never comes out."""

from typing import Annotated, Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from council.clock import monotonic
from council.engine.shelving import parsed
from council.errors import Invalid, ProviderError
from council.llm.address import shown
from council.llm.endpoints import Endpoint
from council.llm.offers import offered_models
from council.llm.own import SHORTEST_TOLD, Own
from council.parts import Parts
from council.web import endpoint_shapes as shapes
from council.web.body import read_object, read_query
from council.web.describe import NOTHING, Answer, Body, describes

Name = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]
Model = Annotated[str, StringConstraints(min_length=1, max_length=128, strip_whitespace=True)]


class EndpointBody(BaseModel):
    """``models`` empty: it is asked which it has. ``key``: null leaves it as it is, an empty one takes it away."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    name: Name
    base_url: Annotated[str, StringConstraints(min_length=1, max_length=512, strip_whitespace=True)]
    key: Annotated[str, StringConstraints(max_length=1024)] | None = None
    models: list[Model] = Field([], max_length=64)


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("endpoints_api", __name__, url_prefix="/api/v1")
    own, given = parts.own_endpoints, parts.catalogue.given()

    @api.get("/llm/endpoints")
    @describes(
        "list_endpoints",
        "List the model servers, and where each is set",
        details="Of a key only whether there is one is told, and its last four characters.",
        answer=shapes.EndpointList,
    )
    def list_endpoints() -> Response:
        read_query()
        return jsonify(items=items_of(parts), next=None)

    @api.post("/llm/endpoints")
    @describes(
        "add_endpoint",
        "Enter a model server",
        details="Every process uses it within seconds. Its key is kept encrypted.",
        body=Body({"name": "Ours", "base_url": "http://10.0.0.5:8000/v1", "models": []}, EndpointBody),
        answers={201: Answer.of(shapes.EndpointItem)},
        errors={409: "There are too many (`conflict`).", 502: "The key cannot be one (`model_refused`)."},
    )
    def add_endpoint() -> tuple[Response, int]:
        body = parsed(EndpointBody, read_object())
        taken = {endpoint.provider_id for endpoint in given}
        provider_id = own.add(body.name, body.base_url, body.key, tuple(body.models), taken)
        return jsonify(_entered(own.one(provider_id))), 201

    @api.put("/llm/endpoints/<provider_id>")
    @describes(
        "change_endpoint",
        "Change a model server that was entered",
        body=Body({"name": "Ours", "base_url": "http://10.0.0.5:8000/v1", "models": []}, EndpointBody),
        answer=shapes.EndpointItem,
        errors={
            422: "With a new address the key has to be entered again; what the environment gives is changed there.",
            502: "The key cannot be one (`model_refused`).",
        },
    )
    def change_endpoint(provider_id: str) -> Response:
        body = parsed(EndpointBody, read_object())
        _refuse_given(provider_id)
        own.change(provider_id, body.name, body.base_url, body.key, tuple(body.models))
        return jsonify(_entered(own.one(provider_id)))

    @api.delete("/llm/endpoints/<provider_id>")
    @describes(
        "remove_endpoint",
        "Forget a model server that was entered",
        answers={204: NOTHING},
        errors={422: "The environment gives it: it is changed there."},
    )
    def remove_endpoint(provider_id: str) -> tuple[str, int]:
        _refuse_given(provider_id)
        own.remove(provider_id)
        return "", 204

    @api.post("/llm/endpoints/<provider_id>/try")
    @describes(
        "try_endpoint",
        "Ask a model server for its models",
        details="Costs nothing. What went wrong is a sentence in `fault`.",
        answer=shapes.Tried,
        errors={422: "Its key has to be entered again."},
    )
    def try_endpoint(provider_id: str) -> Response:
        endpoint = next((each for each in given if each.provider_id == provider_id), None)
        return jsonify(_tried(endpoint or _usable(own.one(provider_id))))

    def _refuse_given(provider_id: str) -> None:
        """Raises Invalid for one that is not changed here. One that was entered may have the same id."""
        entered = any(each.endpoint.provider_id == provider_id for each in own.all())
        found = next((each for each in given if each.provider_id == provider_id), None)
        if found and not entered:
            raise Invalid(f"{found.name} is set by {found.found_by}.", hint="Change it there, and restart.")

    return api


def items_of(parts: Parts) -> list[dict[str, Any]]:
    """Every model server as it is told, in the order in which they are used."""
    given, own = parts.catalogue.given(), parts.own_endpoints.all()
    return [*map(_of_environment, given), *map(_entered, own)]


def _usable(own: Own) -> Endpoint:
    """Raises Invalid when its key cannot be read."""
    if own.is_locked:
        raise Invalid("key: enter it again, because the server's secret key has changed.")
    return own.endpoint


def _tried(endpoint: Endpoint) -> dict[str, Any]:
    begun, models, fault = monotonic(), [], None
    try:
        models = list(offered_models(endpoint.base_url, endpoint.key))
    except ProviderError as problem:
        fault = f"{problem.message} {problem.hint}".strip()
    return {"models": models, "fault": fault, "milliseconds": round((monotonic() - begun) * 1000)}


def _of_environment(endpoint: Endpoint) -> dict[str, Any]:
    key = endpoint.key or ""
    end = key[-4:] if len(key) >= SHORTEST_TOLD else None
    source = "file" if endpoint.key_in_file else "environment"
    return _item(endpoint, source=source, set_by=endpoint.found_by, has_key=bool(key), key_end=end)


def _entered(own: Own) -> dict[str, Any]:
    told = {"has_key": own.has_key, "key_end": own.key_end, "needs_key": own.is_locked}
    return _item(own.endpoint, source="page", **told)


def _item(endpoint: Endpoint, **more: Any) -> dict[str, Any]:
    return {
        "provider_id": endpoint.provider_id,
        "name": endpoint.name,
        "base_url": shown(endpoint.base_url),
        "models": list(endpoint.models),
        "set_by": None,
        "needs_key": False,
    } | more
