"""The API's description in OpenAPI 3.1, made of the routes and what is said beside them."""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from pydantic import BaseModel
from werkzeug.routing import Rule

from council.web.common_answers import COMMON, RESPONSES, Problem
from council.web.describe import Answer, Body, Description, Input, Schema, Shape, description_of
from council.web.rights import PUBLIC, level_of
from council.web.schemas import Schemas

INTRODUCTION = """\
Council runs meetings of language models and people; this is all that can be asked of it over HTTP.

JSON in and out. Parameters and fields that do not exist are refused. Errors have one shape, `Problem`: programs go by
`code`, people by `message` and `hint`; what is refused changes nothing. Answers may gain fields, never lose them.

Events and commands over WebSockets are described in [/api/live.schema.json](/api/live.schema.json).
A method that an address does not have is answered with 405, a `Problem` too, and `Allow` names those it has.
"""

TAGS = {
    "Meetings": "Start, follow, steer and forget them, and take their record away.",
    "Files": "The versioned files of a meeting.",
    "Templates": "How meetings may run.",
    "Agents": "Who may sit in a meeting.",
    "Groups": "People who meet more than once, and what they know.",
    "Models": "Which models there are to speak, and what they cost.",
    "People": "Who may ask for what.",
    "Server": "Whether it is alive, and what it can be asked.",
}
"""Every tag with what belongs to it, in the order in which they are shown."""

_TAG_OF = {
    "sessions": "Meetings",
    "export": "Meetings",
    "files": "Files",
    "templates": "Templates",
    "agents": "Agents",
    "groups": "Groups",
    "knowledge": "Groups",
    "catalogue": "Models",
    "endpoints_api": "Models",
    "health": "Server",
    "metrics": "Server",
    "explorer": "Server",
    "api_ws": "Meetings",
}
"""The tag of each blueprint's routes; those of any other are about people."""

_PATH_INPUTS: Mapping[str, tuple[Schema, str]] = {
    "session_id": ({"type": "string", "format": "uuid"}, "The meeting."),
    "template_id": ({"type": "string"}, "The template."),
    "agent_id": ({"type": "string"}, "The agent."),
    "group_id": ({"type": "string"}, "The group."),
    "knowledge_id": (
        {"type": "integer", "minimum": 0, "maximum": 10**15 - 1},
        "The number of what it knows.",
    ),
}
_NO_OPERATIONS = {"HEAD", "OPTIONS"}
_VARIABLE = re.compile(r"<(?:[^<>:]+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Operation:
    """A route with one of its methods; ``described`` is None when nobody has said what it is for."""

    path: str
    method: str
    endpoint: str
    described: Description | None

    @property
    def variables(self) -> list[str]:
        """The parameters in the path."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def public(self) -> bool:
        """Whether nobody is asked who they are."""
        return self.endpoint in PUBLIC


def operations(app: Flask) -> list[Operation]:
    """All that programs may ask for, in the order of their paths; pages and what they need are not among them."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    return [each for rule in rules if _is_for_programs(rule.rule) for each in _operations(app, rule)]


def document(app: Flask, version: str) -> dict[str, Any]:
    """The whole description. Raises LookupError, naming it, for a route that nobody has described."""
    described = [(each, _described(each)) for each in operations(app)]
    schemas = Schemas([Problem, *(shape for _, about in described for shape in _shapes(about))])
    paths: dict[str, dict[str, Any]] = {}
    for operation, about in described:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, about, schemas)
    responses = {name: _response(about, schemas) for name, about in RESPONSES.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Council API",
            "version": version,
            "description": INTRODUCTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "This server."}],
        "tags": _used_tags(paths),
        "paths": paths,
        "components": {
            "schemas": schemas.used_by([paths, responses]),
            "responses": responses,
            "securitySchemes": _security_schemes(app),
        },
    }


# Routes


def _is_for_programs(path: str) -> bool:
    inside = path.startswith("/api/") and not path.startswith("/api/docs")
    return inside or path in ("/health", "/ready", "/metrics")


def _operations(app: Flask, rule: Rule) -> Iterator[Operation]:
    path = _VARIABLE.sub(r"{\1}", rule.rule)
    described = description_of(app.view_functions[rule.endpoint])
    for method in sorted((rule.methods or set()) - _NO_OPERATIONS):
        yield Operation(path, method, rule.endpoint, described)


def _described(operation: Operation) -> Description:
    if operation.described is None:
        raise LookupError(
            f"{operation.method} {operation.path} is described nowhere. To solve this, put @describes(…) below the "
            "route's decorator."
        )
    return operation.described


def _shapes(about: Description) -> Iterator[tuple[type[BaseModel], bool]]:
    """Every model it speaks of, and whether it is one that answers have."""
    if about.body:
        for shape in (about.body.shape, *(about.body.by_action or {}).values()):
            if isinstance(shape, type):
                yield shape, False
    for answer in about.answers.values():
        for shape in answer.content.values():
            if isinstance(shape, type):
                yield shape, True


# One operation


def _operation(operation: Operation, about: Description, schemas: Schemas) -> dict[str, Any]:
    inputs = [_path_input(name) for name in operation.variables] + [_input(each) for each in about.inputs]
    said: dict[str, Any] = {
        "operationId": about.operation,
        "summary": about.summary,
        "description": about.details,
        "tags": [_tag(operation)],
        "parameters": inputs,
        "requestBody": _request_body(about.body, schemas) if about.body else None,
        "responses": _responses(operation, about, schemas),
        "security": [] if operation.public else [{}, {"bearer": []}, {"cookie": []}],
        "x-council-level": None if operation.public else level_of(operation.endpoint, operation.method),
    }
    return {name: value for name, value in said.items() if value or name == "security"}


def _tag(operation: Operation) -> str:
    return _TAG_OF.get(operation.endpoint.partition(".")[0], "People")


def _path_input(name: str) -> dict[str, Any]:
    schema, about = _PATH_INPUTS.get(name, ({"type": "string"}, ""))
    said = {"name": name, "in": "path", "required": True, "schema": schema}
    return said | ({"description": about} if about else {})


def _input(given: Input) -> dict[str, Any]:
    said = {"name": given.name, "in": given.place, "description": given.about, "schema": given.schema}
    return said | ({"required": True} if given.required else {})


def _request_body(body: Body, schemas: Schemas) -> dict[str, Any]:
    content = {"schema": _body_schema(body, schemas), "example": body.example}
    return {"required": body.required, "content": {"application/json": content}}


def _body_schema(body: Body, schemas: Schemas) -> Schema:
    if body.by_action:
        return {"oneOf": [_acting(action, kind, body, schemas) for action, kind in body.by_action.items()]}
    if body.shape is None:
        raise AssertionError("a body has a shape, or one for each action")
    if not (body.without or body.optional or body.also):
        return schemas.of(body.shape)
    return _altered(schemas.whole(body.shape), body)


def _acting(action: str, kind: type[BaseModel], body: Body, schemas: Schemas) -> Schema:
    schema = _altered(schemas.whole(kind), body)
    schema["properties"] = {"action": {"const": action}, **schema["properties"]}
    schema["required"] = ["action", *schema.get("required", ())]
    return schema


def _altered(schema: Schema, body: Body) -> Schema:
    """The shape as the route takes it: see Body."""
    schema = copy.deepcopy(schema)
    schema["properties"] = {
        name: field for name, field in schema["properties"].items() if name not in body.without
    } | dict(body.also or {})
    needless = {*body.without, *body.optional}
    schema["required"] = [name for name in schema.get("required", ()) if name not in needless]
    if not schema["required"]:
        del schema["required"]
    return schema


# Answers


def _responses(operation: Operation, about: Description, schemas: Schemas) -> dict[str, Any]:
    good = {str(status): _response(answer, schemas) for status, answer in about.answers.items()}
    statuses = {*about.errors, *_usual_errors(operation, about)}
    return good | {str(status): _error(status, about, schemas) for status in sorted(statuses)}


def _usual_errors(operation: Operation, about: Description) -> Iterator[int]:
    """What may come of any request of this kind."""
    yield from (400, 403, 500)
    if not operation.public:
        yield from (401, 429, 503)
    if operation.variables:
        yield 404
    if about.body:
        yield from (413, 415)
    if about.body or about.inputs or (operation.method == "GET" and not operation.public):
        yield 422


def _error(status: int, about: Description, schemas: Schemas) -> dict[str, Any]:
    """What the status says everywhere, and what it says here."""
    common = COMMON.get(status)
    here = about.errors.get(status)
    if common is not None and here is None:
        return {"$ref": f"#/components/responses/{common}"}
    usual = RESPONSES[common].about if common else ""
    response = _response(Answer.of(Problem, f"{here} {usual}".strip()), schemas)
    if common and RESPONSES[common].headers:
        response["headers"] = _headers(RESPONSES[common].headers or {})
    return response


def _response(answer: Answer, schemas: Schemas) -> dict[str, Any]:
    said: dict[str, Any] = {"description": answer.about}
    if answer.headers:
        said["headers"] = _headers(answer.headers)
    if answer.content:
        said["content"] = {kind: _content(shape, schemas) for kind, shape in answer.content.items()}
    return said


def _content(shape: Shape, schemas: Schemas) -> dict[str, Any]:
    return {"schema": schemas.of(shape, answered=True)}


def _headers(headers: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"description": about, "schema": {"type": "string"}} for name, about in headers.items()}


# What belongs to no operation


def _used_tags(paths: dict[str, dict[str, Any]]) -> list[dict[str, str]]:
    used = {tag for path in paths.values() for each in path.values() for tag in each["tags"]}
    return [{"name": name, "description": about} for name, about in TAGS.items() if name in used]


def _security_schemes(app: Flask) -> dict[str, Any]:
    return {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "ct_…",
            "description": "A token of somebody's: `Authorization: Bearer ct_…`.",
        },
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": app.config["SESSION_COOKIE_NAME"],
            "description": "Who has signed in on a page. On loopback, as long as there is no user, nobody has to.",
        },
    }
