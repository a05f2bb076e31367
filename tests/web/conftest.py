"""What the tests of the web share: a Council in this process, its API without a network, and its sockets with one."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from council.parts import Parts
from tests.live.serving import werkzeug
from tests.support.model_server import Reply, ScriptedModelServer
from tests.support.server import Server
from tests.support.tokens import admin_token, token_of
from tests.support.viewer import Socket
from tests.support.waiting import wait_until

SECRET = "sk-never-to-be-seen-0123456789"
FIELDS_OF_A_PROBLEM = {"code", "message", "hint", "can_retry", "details"}


@pytest.fixture
def model() -> Iterator[ScriptedModelServer]:
    with ScriptedModelServer() as server:
        yield server


@pytest.fixture
def build(make_council: Callable[..., Parts], model: ScriptedModelServer) -> Callable[..., Parts]:
    """A factory of Councils that ask the scripted model; keyword arguments are settings."""

    def make(**settings: Any) -> Parts:
        given = {"llm_base_url": model.url, "llm_model": "scripted", "llm_api_key": SECRET}
        return make_council(**given | {"secret_key": SECRET} | settings)

    return make


@pytest.fixture
def council(build: Callable[..., Parts]) -> Parts:
    return build()


@pytest.fixture
def api(council: Parts) -> FlaskClient:
    """The API, asked without a network."""
    return client_of(council)


def signed_in(parts: Parts) -> dict[str, str]:
    """The headers of an admin, who is made for it: on a network's address nobody else is let in."""
    return {"Authorization": f"Bearer {token_of(parts.store, 'ada', 'admin')}"}


def signed_in_at(server: Server) -> dict[str, str]:
    """As ``signed_in``, for a server in a process of its own."""
    server.token = admin_token(server.data_dir)
    return server.headers


def client_of(parts: Parts) -> FlaskClient:
    client: FlaskClient = parts.app.test_client()  # type: ignore[attr-defined]
    return client


@pytest.fixture
def port(council: Parts) -> Iterator[int]:
    """A real server of the same Council."""
    with werkzeug(council.app) as port:  # type: ignore[attr-defined]
        yield port


@pytest.fixture
def connect(port: int) -> Iterator[Callable[..., Socket]]:
    """A factory of sockets; keyword arguments are the query. They end with the test."""
    sockets: list[Socket] = []

    def make(**query: object) -> Socket:
        sockets.append(Socket(port, **query))  # type: ignore[arg-type]
        return sockets[-1]

    yield make
    for socket in sockets:
        socket.close()


@pytest.fixture
def held(api: FlaskClient, model: ScriptedModelServer) -> str:
    """A meeting in the middle of its first turns, whose models say nothing more until ``model.release()``."""
    model.hold("mid_stream", after_chunks=2)
    session_id = start(api)
    model.wait_until_held(2)
    spoken = dict.fromkeys(("affirmative", "negative"), Reply().text[:16])
    wait_until(lambda: said_by(api, session_id) == spoken, what="all that was said")
    return session_id


@pytest.fixture
def finished(api: FlaskClient) -> str:
    """A meeting that is over."""
    session_id = start(api)
    wait_for_status(api, session_id, "completed")
    return session_id


def body_of(**more: Any) -> dict[str, Any]:
    """A body that starts a meeting."""
    return {"template_id": "council_debate", "subject": "Shall we?"} | more


def start(api: FlaskClient, **more: Any) -> str:
    answer = api.post("/api/v1/sessions", json=body_of(session_id=str(uuid.uuid4()), **more))
    assert answer.status_code == 202, answer.text
    session_id: str = answer.get_json()["session_id"]
    return session_id


def wait_for_status(api: FlaskClient, session_id: str, status: str) -> None:
    wait_until(lambda: read(api, session_id)["status"] == status, what=f"{status}")


def read(api: FlaskClient, session_id: str) -> dict[str, Any]:
    """The snapshot."""
    snapshot: dict[str, Any] = api.get(f"/api/v1/sessions/{session_id}").get_json()
    return snapshot


def said_by(api: FlaskClient, session_id: str) -> dict[str, str]:
    """What is stored of each node's words."""
    said: dict[str, str] = {}
    for event in events_of(api, session_id):
        if event["event"] == "token_stream":
            said[event["node_id"]] = said.get(event["node_id"], "") + event["data"]["chunk"]
    return said


def events_of(api: FlaskClient, session_id: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = api.get(f"/api/v1/sessions/{session_id}/events?limit=10000").get_json()[
        "events"
    ]
    return events


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The one error shape, with the right status and code, and nothing that only the server should see."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    body = json.loads(answer.text)
    assert body.keys() == {"error"}
    problem: dict[str, Any] = body["error"]
    assert problem.keys() == FIELDS_OF_A_PROBLEM
    assert problem["code"] == code, problem
    assert_says_something_safe(problem["message"], problem["hint"], answer.text)
    assert isinstance(problem["can_retry"], bool)
    return problem


def assert_error_event(message: dict[str, Any], code: str, command_id: str | None = None) -> dict[str, Any]:
    """The same as the socket's answer to a command."""
    assert message["event"] == "error", message
    data: dict[str, Any] = message["data"]
    assert data.keys() == (FIELDS_OF_A_PROBLEM - {"message"}) | {"error", "id"}
    assert data["code"] == code, data
    assert data["id"] == command_id
    assert_says_something_safe(data["error"], data["hint"], json.dumps(message))
    return data


def assert_says_something_safe(message: str, hint: str, whole: str) -> None:
    assert message
    assert isinstance(hint, str)
    assert "Traceback" not in whole
    assert 'File "' not in whole
    assert SECRET not in whole
    assert len(whole) < 20_000, "an error that repeats all it was sent"
