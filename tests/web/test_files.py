"""The files of a meeting over REST: read, compared, and rolled back by a person."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from council.parts import Parts
from tests.support.meetings import add_template, member
from tests.support.model_server import Call, ScriptedModelServer
from tests.web.conftest import assert_problem, events_of, start, wait_for_status

PLAN = "# Plan\nsoon"
DOCUMENTS = [{"name": "plan.md", "content": PLAN}, {"name": "budget.md", "content": "10"}]
EDIT = {"path": "plan.md", "reason": "A date.", "edits": [{"find": "soon", "replace": "1 May"}]}
GRAPH = {
    "start": {"type": "start", "next_ids": ["surgeon"]},
    "surgeon": member("end", agent_id="system_surgeon", tools=["write_file"]),
    "end": {"type": "end"},
}


@pytest.fixture
def meeting(api: FlaskClient, council: Parts, model: ScriptedModelServer) -> str:
    """A meeting in which a member has edited the plan and has not yet closed."""
    add_template(council, "operation", GRAPH)
    model.reply("", calls=(Call("write_file", EDIT),))
    model.reply("Done.")
    asked = model.take

    def hold_the_second(request: dict[str, Any], headers: dict[str, str]) -> Any:
        if any(message["role"] == "tool" for message in request["messages"]):
            model.hold("before_headers")
        return asked(request, headers)

    model.take = hold_the_second  # type: ignore[method-assign]
    session_id = start(api, template_id="operation", inputs={"documents": DOCUMENTS})
    model.wait_until_held()
    return session_id


def get(api: FlaskClient, session_id: str, where: str = "", /, **query: Any) -> Any:
    answer = api.get(f"/api/v1/sessions/{session_id}/files{where}", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def roll_back(api: FlaskClient, session_id: str, body: Any, **headers: str) -> Any:
    return api.post(f"/api/v1/sessions/{session_id}/files/rollback", json=body, headers=headers)


def test_the_files_of_a_meeting(api: FlaskClient, meeting: str) -> None:
    """Each in its newest version, without its content."""
    page = get(api, meeting)
    assert page["next"] is None
    budget, plan = page["items"]
    assert budget.keys() == {"path", "version", "author", "reason", "characters", "created_at"}
    assert (budget["path"], budget["version"], budget["author"], budget["reason"]) == (
        "budget.md",
        1,
        "person",
        "given",
    )
    assert (plan["path"], plan["version"], plan["author"], plan["characters"]) == (
        "plan.md",
        2,
        "System Surgeon",
        12,
    )


def test_pages(api: FlaskClient, meeting: str) -> None:
    """Paged as the other lists are."""
    first = get(api, meeting, limit=1)
    assert ([each["path"] for each in first["items"]], first["next"]) == (["budget.md"], "budget.md")
    second = get(api, meeting, limit=1, after=first["next"])
    assert ([each["path"] for each in second["items"]], second["next"]) == (["plan.md"], None)
    versions = get(api, meeting, "/history", path="plan.md", limit=1)
    assert (versions["items"][0]["version"], versions["next"]) == (1, 1)
    assert get(api, meeting, "/history", path="plan.md", after=1)["items"][0]["version"] == 2


def test_one_file(api: FlaskClient, meeting: str) -> None:
    """The newest version, or the one that is named."""
    assert get(api, meeting, path="plan.md")["content"] == "# Plan\n1 May"
    old = get(api, meeting, path="plan.md", version=1)
    assert (old["content"], old["version"], old["characters"]) == (PLAN, 1, len(PLAN))


def test_a_history(api: FlaskClient, meeting: str) -> None:
    """Every version with what it changed."""
    first, second = get(api, meeting, "/history", path="plan.md")["items"]
    assert first["diff"] is None
    assert second["diff"] == "--- plan.md\n+++ plan.md\n@@ -1,2 +1,2 @@\n # Plan\n-soon\n+1 May"
    assert (second["author"], second["reason"], second["added"], second["removed"]) == (
        "System Surgeon",
        "A date.",
        1,
        1,
    )


def test_a_rollback(api: FlaskClient, meeting: str, model: ScriptedModelServer) -> None:
    """While the meeting runs a person makes an old version the newest one; the log says who."""
    answer = roll_back(api, meeting, {"path": "plan.md", "version": 1})
    assert answer.status_code == 200
    assert answer.get_json() == {
        "session_id": meeting,
        "path": "plan.md",
        "version": 3,
        "author": "person",
        "reason": "rollback to version 1",
        "characters": len(PLAN),
    }
    assert get(api, meeting, path="plan.md")["content"] == PLAN
    written = [event["data"] for event in events_of(api, meeting) if event["event"] == "file_written"]
    assert [(each["version"], each["author"], each["node_id"]) for each in written] == [
        (2, "System Surgeon", "surgeon"),
        (3, "person", None),
    ]
    model.release()
    wait_for_status(api, meeting, "completed")


def test_a_rollback_while_paused(api: FlaskClient, meeting: str) -> None:
    assert api.post(f"/api/v1/sessions/{meeting}/control", json={"action": "pause"}).status_code == 200
    assert roll_back(api, meeting, {"path": "plan.md", "version": 1}).status_code == 200


def test_a_repeated_rollback_is_done_once(api: FlaskClient, meeting: str) -> None:
    """The same Idempotency-Key again is answered as before; for something else it is a conflict."""
    first, second = (
        roll_back(api, meeting, {"path": "plan.md", "version": 1}, **{"Idempotency-Key": "k"}) for _ in "ab"
    )
    assert first.get_json() == second.get_json()
    assert get(api, meeting, path="plan.md")["version"] == 3
    used = api.post(
        f"/api/v1/sessions/{meeting}/input", json={"content": "Hello."}, headers={"Idempotency-Key": "k"}
    )
    assert_problem(used, 409, "conflict")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"path": "plan.md", "version": 2}, 409, "conflict"),
        ({"path": "plan.md", "version": 9}, 404, "not_found"),
        ({"path": "none.md", "version": 1}, 404, "not_found"),
        ({"path": "../x", "version": 1}, 404, "not_found"),
        ({"path": "plan.md"}, 422, "invalid"),
        ({"path": "plan.md", "version": 0}, 422, "invalid"),
        ({"path": "plan.md", "version": "1"}, 422, "invalid"),
        ({"path": "plan.md", "version": 1, "author": "me"}, 422, "invalid"),
        ({"path": "", "version": 1}, 422, "invalid"),
        ([], 400, "malformed"),
    ],
)
def test_a_rollback_that_is_refused(
    api: FlaskClient, meeting: str, body: Any, status: int, code: str
) -> None:
    """It says why, and changes nothing."""
    assert_problem(roll_back(api, meeting, body), status, code)
    assert get(api, meeting, path="plan.md")["version"] == 2


def test_a_finished_meeting_keeps_its_files(api: FlaskClient, finished: str) -> None:
    """They can be read, and not be changed any more."""
    answer = roll_back(api, finished, {"path": "plan.md", "version": 1})
    assert_problem(answer, 409, "illegal_transition")
    assert get(api, finished) == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("?path=none.md", 404, "not_found"),
        ("?path=plan.md&version=7", 404, "not_found"),
        ("?path=plan.md&version=0", 422, "invalid"),
        ("?path=plan.md&version=x", 422, "invalid"),
        ("?version=1", 422, "invalid"),
        ("?name=plan.md", 422, "invalid"),
        ("?limit=0", 422, "invalid"),
        ("/history", 422, "invalid"),
        ("/history?path=none.md", 404, "not_found"),
        ("/history?path=plan.md&limit=101", 422, "invalid"),
    ],
)
def test_requests_that_are_refused(api: FlaskClient, meeting: str, path: str, status: int, code: str) -> None:
    assert_problem(api.get(f"/api/v1/sessions/{meeting}/files{path}"), status, code)


@pytest.mark.parametrize("path", ["", "?path=a", "/history?path=a"])
@pytest.mark.parametrize("session_id", ["6d7a1a52-6a0e-4f0e-9d83-5b7b6f6f0c11", "nobody"])
def test_no_such_meeting(api: FlaskClient, session_id: str, path: str) -> None:
    assert_problem(api.get(f"/api/v1/sessions/{session_id}/files{path}"), 404, "not_found")
    assert_problem(roll_back(api, session_id, {"path": "a", "version": 1}), 404, "not_found")


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["plan.md", "plan.md"], "Two documents are called"),
        (["plan.md", "Plan.md"], "only in how it is written"),
        (["../plan.md"], "climb"),
        (["C:/plan.md"], "drive"),
    ],
)
def test_documents_need_names_of_their_own(
    api: FlaskClient, council: Parts, names: list[str], reason: str
) -> None:
    """A meeting does not start with two documents of one name, or with one whose name is no path."""
    documents = [{"name": name, "content": "x"} for name in names]
    body = {"template_id": "council_debate", "subject": "s", "inputs": {"documents": documents}}
    problem = assert_problem(api.post("/api/v1/sessions", json=body), 422, "bad_path")
    assert reason in problem["message"]
    assert api.get("/api/v1/sessions").get_json()["items"] == []
