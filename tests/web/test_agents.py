"""/agents: the users' own, beside those that come with Council."""

import pytest

from tests.web.conftest import assert_problem, read, start, wait_for_status

API = "/api/v1/agents"
BODY = {
    "name": "Night Nurse",
    "description": "Knows the ward at three in the morning.",
    "persona": "You are the Night Nurse. You think of those who are awake.",
    "temperature": 0.7,
    "max_tokens": 900,
}


@pytest.fixture
def nurse(api):
    answer = api.post(API, json=BODY)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def test_an_agent_of_ones_own(api, nurse):
    """It sits in meetings as any other: its persona and settings reach the model."""
    assert nurse["agent_id"] == "night_nurse"
    assert nurse.items() >= BODY.items()
    assert (nurse["is_system"], nurse["model"], nurse["top_p"]) == (False, None, None)
    assert api.get(f"{API}/night_nurse").get_json() == nurse
    assert api.get(API).get_json()["items"][-1] == nurse


def test_it_takes_a_seat(api, nurse, model):
    session_id = start(api, agents={"affirmative": "night_nurse"})
    wait_for_status(api, session_id, "completed")
    asked = [r for r in model.requests if "You are the Night Nurse" in r["messages"][0]["content"]]
    assert [(r["temperature"], r["max_tokens"]) for r in asked] == [(0.7, 900)]
    seats = {seat["node_id"]: seat["name"] for seat in read(api, session_id)["panel"]["members"]}
    assert seats["affirmative"] == "Night Nurse"


def test_a_change_changes_no_meeting(api, nurse, model):
    """A meeting keeps the agents it started with, whatever becomes of them."""
    model.hold("before_headers")
    session_id = start(api, agents={"affirmative": "night_nurse"})
    model.wait_until_held(2)
    assert api.put(f"{API}/night_nurse", json=nurse | {"name": "Day Nurse"}).status_code == 200
    assert api.delete(f"{API}/night_nurse").status_code == 204
    model.release()
    wait_for_status(api, session_id, "completed")
    assert {seat["name"] for seat in read(api, session_id)["panel"]["members"]} >= {"Night Nurse"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "x" * 256), ("name", 1), ("persona", ""), ("persona", "x" * 20_001),
        ("description", "x" * 513), ("temperature", 2.1), ("temperature", -0.1), ("temperature", "0.5"),
        ("top_p", 0), ("top_p", 1.1), ("max_tokens", 0), ("max_tokens", 1.5), ("model", ""), ("avatar", "x"),
    ],
)  # fmt: skip
def test_what_does_not_fit(api, nurse, field, value):
    """Refused with the field's name, when it is made and when it is changed; nothing is changed."""
    for answer in (
        api.post(API, json=BODY | {field: value}),
        api.put(f"{API}/night_nurse", json=nurse | {field: value}),
    ):
        problem = assert_problem(answer, 422, "invalid")
        assert problem["details"][0]["path"] == field
    assert api.get(f"{API}/night_nurse").get_json() == nurse


def test_somebody_else_saved_meanwhile(api, nurse):
    assert api.put(f"{API}/night_nurse", json=nurse | {"name": "First"}).status_code == 200
    assert_problem(api.put(f"{API}/night_nurse", json=nurse | {"name": "Second"}), 409, "conflict")


@pytest.mark.parametrize("method", ["put", "delete"])
def test_what_comes_with_council_stays(api, method):
    body = {} if method == "delete" else {"json": BODY}
    problem = assert_problem(getattr(api, method)(f"{API}/risk_auditor", **body), 403, "built_in")
    assert "/agents/risk_auditor/copy" in problem["hint"]


def test_a_copy(api):
    copied = api.post(f"{API}/risk_auditor/copy").get_json()
    original = api.get(f"{API}/risk_auditor").get_json()
    assert copied["persona"] == original["persona"].strip()
    assert (copied["agent_id"], copied["name"]) == ("risk_auditor_copy", "Risk Auditor (copy)")


def test_an_agent_that_somebody_needs(api, nurse):
    """409 that names the templates and groups: it cannot be deleted silently."""
    template = api.post("/api/v1/templates/council_debate/copy", json={"name": "Ward"}).get_json()
    template["graph"]["nodes"]["negative"]["properties"]["agent_id"] = "night_nurse"
    assert api.put("/api/v1/templates/ward", json=template).status_code == 200
    seats = {"*": {"affirmative": "night_nurse"}}
    assert api.post("/api/v1/groups", json={"name": "Staff", "default_agents": seats}).status_code == 201
    problem = assert_problem(api.delete(f"{API}/night_nurse"), 409, "in_use")
    assert problem["details"] == {"templates": ["ward"], "groups": ["staff"]}
    assert api.delete("/api/v1/templates/ward").status_code == 204
    assert api.delete("/api/v1/groups/staff").status_code == 204
    assert api.delete(f"{API}/night_nurse").status_code == 204
    assert_problem(api.get(f"{API}/night_nurse"), 404, "not_found")
