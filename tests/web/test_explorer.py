"""The page on which the API is tried: it stands on its own, and asks nobody else for anything."""

import re

from flask.testing import FlaskClient

from tests.support.tour import PASSWORD


def test_the_page_has_a_policy_of_its_own(api: FlaskClient) -> None:
    """Scripts come from this server alone, no script stands in the page, and nobody may frame it."""
    answer = api.get("/api/docs")
    assert answer.status_code == 200
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=", answer.text)


def test_nothing_of_the_page_comes_from_elsewhere(api: FlaskClient) -> None:
    """Every script and sheet is of this server, and is there; the way back is there, too."""
    page = api.get("/api/docs").text
    places = re.findall(r'(?:src|href)="([^"#]+)"', page)
    assert {"/", "/api/docs/swagger-ui.css", "/api/docs/swagger-ui-bundle.js", "/api/openapi.json"} <= set(
        places
    )
    for place in places:
        assert place.startswith("/"), place
        with api.get(place) as answer:
            assert answer.status_code == 200, place


def test_no_other_file_is_given_away(api: FlaskClient) -> None:
    """Of Swagger UI's files those that the page needs, and nothing beside them."""
    for name in ("swagger-ui.js", "..%2F__init__.py", "index.html"):
        assert api.get(f"/api/docs/{name}").status_code == 404


def test_whoever_has_signed_in_can_send_requests(api: FlaskClient) -> None:
    """The page has the word with which it proves to be ours; a page that needs none has none."""
    assert "csrf-token" not in api.get("/api/docs").text
    people = api.application.extensions["council"].people
    people.accounts.add("ada", "admin", PASSWORD)
    assert api.get("/api/docs").status_code == 401
    [word] = re.findall(r'name="csrf_token" value="([^"]+)"', api.get("/login").text)
    api.post("/login", data={"name": "ada", "password": PASSWORD, "csrf_token": word})
    [token] = re.findall(r'name="csrf-token" content="([^"]+)"', api.get("/api/docs").text)
    example = {"description": "x", "title": "x"}
    assert api.post("/api/v1/templates/validate", json=example).status_code == 403
    sent = api.post("/api/v1/templates/validate", json=example, headers={"X-CSRF-Token": token})
    assert sent.status_code == 422
