"""A client that holds every answer against the API's own description."""

import copy
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.exceptions import HTTPException

from council.web.openapi import document, operations

FORMATS = FormatChecker(())


@FORMATS.checks("uuid", raises=ValueError)
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or str(UUID(value)) == value


@FORMATS.checks("date-time", raises=ValueError)
def _is_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


class Described:
    """The description of an application, as what its answers are checked with."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.document = document(app, "0")
        self.names = {
            about["operationId"]: (path, method)
            for path, methods in self.document["paths"].items()
            for method, about in methods.items()
        }
        self.seen: set[tuple[str, int]] = set()
        self._closed = closed(self.document)
        self._endpoints = {(each.endpoint, each.method): each.path for each in operations(app)}

    def example(self, operation: str) -> dict[str, Any]:
        """The body that is shown as an example."""
        path, method = self.names[operation]
        content = self.document["paths"][path][method]["requestBody"]["content"]
        found: dict[str, Any] = content["application/json"]["example"]
        return copy.deepcopy(found)

    def faults(self, answer: Any) -> list[str]:
        """What is not as described, with nothing left out and nothing more."""
        path = self._path(answer.request)
        if path is None:
            return []
        about = self._closed["paths"][path][answer.request.method.lower()]
        self.seen.add((about["operationId"], answer.status_code))
        return [f"{about['operationId']}: {fault}" for fault in self._faults(about, answer)]

    def _path(self, request: Any) -> str | None:
        """Where the request went, as the description names it; None for what it does not speak of."""
        try:
            endpoint, _values = self.app.url_map.bind("").match(
                request.path, request.method, websocket=request.path.endswith("/ws")
            )
        except HTTPException:
            return None
        return self._endpoints.get((endpoint, request.method))

    def _faults(self, about: dict[str, Any], answer: Any) -> Iterator[str]:
        said = about["responses"].get(str(answer.status_code))
        if said is None:
            yield f"{answer.status_code} is not among its answers: {answer.text[:300]}"
            return
        if "$ref" in said:
            said = self._closed["components"]["responses"][said["$ref"].rpartition("/")[2]]
        content = said.get("content", {})
        if answer.mimetype in content:
            yield from self._differences(content[answer.mimetype]["schema"], answer)
        elif content or answer.data:
            yield f"{answer.status_code}: {answer.mimetype} is not among {list(content)}"
        yield from (f"there is no {name}" for name in said.get("headers", ()) if name not in answer.headers)

    def _differences(self, schema: dict[str, Any], answer: Any) -> Iterator[str]:
        if answer.mimetype != "application/json" or not schema:
            return
        whole = schema | {"components": self._closed["components"]}
        for fault in Draft202012Validator(whole, format_checker=FORMATS).iter_errors(answer.get_json()):
            yield f"{answer.status_code}: {fault.json_path}: {fault.message[:400]}"


class DescribedClient(FlaskClient):
    """Fails at the first answer that is not as described; ``described`` is set by whoever makes it."""

    described: Described

    def open(self, *args: Any, **more: Any) -> Any:
        answer = super().open(*args, **more)
        if faults := self.described.faults(answer):
            raise AssertionError("\n".join(faults[:5]))
        return answer


def client_of(app: Flask) -> DescribedClient:
    client = DescribedClient(app, app.response_class, use_cookies=True)
    client.described = Described(app)
    return client


def closed(schema: Any) -> Any:
    """The same, but objects have no fields that are not described."""
    match schema:
        case {"properties": dict(), **rest} if "additionalProperties" not in rest:
            return {name: closed(each) for name, each in schema.items()} | {"additionalProperties": False}
        case dict():
            return {name: closed(each) for name, each in schema.items()}
        case list():
            return [closed(each) for each in schema]
        case _:
            return schema
