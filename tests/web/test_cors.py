"""Pages of other origins: which may read what, and that none is signed in by a cookie."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from council.parts import Parts
from tests.web.conftest import signed_in

APP = "https://app.example.org"
ASKS = {
    "Origin": APP,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization",
}


@pytest.fixture
def council(build: Callable[..., Parts]) -> Parts:
    return build(allowed_origins=APP)


def test_a_browser_that_asks_first_is_told(api: FlaskClient) -> None:
    """Without a sign-in: the question itself carries none."""
    answer = api.options("/api/v1/sessions", headers=ASKS)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == APP
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_an_allowed_page_reads_answers(council: Parts, api: FlaskClient) -> None:
    """With a token; what it is refused it may read as well."""
    who = signed_in(council)
    for headers, status in ((who, 200), ({}, 401)):
        answer = api.get("/api/v1/sessions", headers={"Origin": APP} | headers)
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (status, APP)
        assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/", "/static/js/main.js"])
def test_pages_are_not_for_other_pages(api: FlaskClient, path: str) -> None:
    """Only the interface for programs is."""
    assert "Access-Control-Allow-Origin" not in api.get(path, headers={"Origin": APP}).headers


def test_other_origins_are_told_nothing(api: FlaskClient) -> None:
    """Refused, question and request alike."""
    for answer in (
        api.options("/api/v1/sessions", headers=ASKS | {"Origin": "https://evil.example"}),
        api.get("/api/v1/sessions", headers={"Origin": "https://evil.example"}),
    ):
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers
