"""The API describes itself, and what it says of itself is true."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from council.parts import Parts
from council.web.openapi import TAGS, operations
from tests.support.described import DescribedClient, client_of
from tests.support.tour import NOWHERE, sign_in, sign_up, take


@pytest.fixture
def api(make_council: Callable[..., Parts]) -> DescribedClient:
    """A client that holds every answer against the description."""
    return client_of(make_council().app)  # type: ignore[attr-defined]


# The document


def test_the_document_is_openapi(api: DescribedClient) -> None:
    """A validator of OpenAPI 3.1 finds no fault."""
    served = api.get("/api/openapi.json").get_json()
    assert served["openapi"].startswith("3.1.")
    assert [str(fault) for fault in OpenAPIV31SpecValidator(served).iter_errors()] == []


def test_every_route_is_described(api: DescribedClient) -> None:
    """No route without a description. To mend it, put @describes(…) below the route's decorator."""
    routes = operations(api.application)
    assert [f"{each.method} {each.path}" for each in routes if each.described is None] == []


def test_every_description_has_a_route(api: DescribedClient) -> None:
    """What the document lists is what the application serves, and nothing else."""
    served = {(each.path, each.method.lower()) for each in operations(api.application)}
    assert set(api.described.names.values()) == served


def test_what_clients_are_made_of_is_complete(api: DescribedClient) -> None:
    """Each operation has a name of its own that can be a function's, a summary, a known tag and a level."""
    for path, method, about in each_operation(api):
        assert about["operationId"].isidentifier(), path
        assert len(about["summary"]) < 90, path
        assert set(about["tags"]) <= TAGS.keys(), path
        assert about.get("x-council-level") in ("read", "run", "admin") or about["security"] == [], path
        assert {f"{{{each['name']}}}" for each in about.get("parameters", ()) if each["in"] == "path"} == set(
            part for part in path.split("/") if part.startswith("{")
        ), (path, method)


def test_what_changes_nothing_needs_the_level_to_read(api: DescribedClient) -> None:
    """GET is for readers, everything else is for those who may run meetings, unless the route says otherwise."""
    assert level_of(api, "read_session") == "read"
    assert level_of(api, "start_session") == "run"
    assert level_of(api, "read_health") is None


def test_parameters_have_limits(api: DescribedClient) -> None:
    """Every whole number in a query says from where to where."""
    for path, _method, about in each_operation(api):
        for given in about.get("parameters", ()):
            if given["schema"].get("type") == "integer":
                assert {"minimum", "maximum"} <= given["schema"].keys(), (path, given["name"])


def test_the_document_is_made_once(api: DescribedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks again is served the same octets."""
    first = api.get("/api/openapi.json").data
    monkeypatch.setattr("council.web.explorer.document", lambda *_: pytest.fail("made anew"))
    assert api.get("/api/openapi.json").data == first


# Its truth


def test_every_route_answers_as_described(api: DescribedClient) -> None:
    """Each is called for real, with the examples that are shown, and each answer has the shape it should."""
    take(api)
    succeeded = {name for name, status in api.described.seen if status < 300}
    assert api.described.names.keys() - succeeded == {"open_socket"}


def test_every_route_asks_who_is_there(api: DescribedClient) -> None:
    """Once there are users, nobody gets anything without a name, but where the document says so."""
    sign_up(api, "ada", "admin")
    for path, method, about in each_operation(api):
        status = getattr(api, method)(filled(path)).status_code
        assert (status == 401) == (about["security"] != []) or path.endswith("/ws"), (path, method, status)


def test_every_route_needs_the_level_it_says(api: DescribedClient) -> None:
    """Whoever may only read is refused what needs more, and nothing else."""
    sign_up(api, "ada", "admin")
    sign_in(api, sign_up(api, "vera", "viewer"))
    for path, method, about in each_operation(api):
        answer = getattr(api, method)(filled(path), json={}, query_string=needed(about))
        refused = answer.status_code == 403 and answer.get_json()["error"]["code"] == "level_too_low"
        assert refused == (about.get("x-council-level", "read") != "read"), (path, method, answer.text)


def test_every_refusal_is_as_described(api: DescribedClient) -> None:
    """Wrong hosts, foreign pages, ids of nothing, bodies that are none and fields that do not exist."""
    sign_in(api, sign_up(api, "ada", "admin"))
    for path, method, about in each_operation(api):
        address = filled(path)
        ask = getattr(api, method)
        assert ask(address, headers={"Host": "elsewhere.example"}).status_code == 400, path
        assert ask(address, headers={"Origin": "https://elsewhere.example"}).status_code == 403, path
        if about["operationId"] == "open_socket":
            continue
        if "requestBody" in about:
            refuse_bodies(api, method, address, optional=not about["requestBody"]["required"])
        if "{" in path:
            body = about.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
            assert ask(address, json=body, query_string=needed(about)).status_code == 404, path
        if method == "get" and path.startswith("/api/"):
            assert ask(f"{address}?never=1").status_code in (404, 422), path


def refuse_bodies(api: DescribedClient, method: str, address: str, *, optional: bool) -> None:
    ask = getattr(api, method)
    if not optional:
        assert ask(address, data="x=1").status_code in (404, 415), address
    for octets, statuses in (
        (b"[", (400, 404)),
        (b'{"never": 1}', (404, 422)),
        (b"{" * 9_000_000, (400, 404, 413)),
    ):
        assert ask(address, data=octets, content_type="application/json").status_code in statuses, address


def needed(about: dict[str, Any]) -> dict[str, str]:
    """The parameters without which nothing is looked up."""
    values = {"format": "md", "path": "x"}
    wanted = [each for each in about.get("parameters", ()) if each["in"] == "query" and each.get("required")]
    return {each["name"]: values[each["name"]] for each in wanted}


# Shared


def filled(path: str) -> str:
    """The address with ids of nothing in it."""
    known = (
        path.replace("{session_id}", NOWHERE).replace("{knowledge_id}", "7").replace("{kind}", "templates")
    )
    return re.sub(r"{(\w+)}", r"no_\1", known)


def each_operation(api: DescribedClient) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in api.described.document["paths"].items():
        for method, about in methods.items():
            yield path, method, about


def level_of(api: DescribedClient, operation: str) -> Any:
    path, method = api.described.names[operation]
    return api.described.document["paths"][path][method].get("x-council-level")
