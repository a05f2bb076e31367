"""A tour of the API: everything that it can be asked, asked once, as a client would."""

import json
import uuid
from typing import Any

from itsdangerous import URLSafeTimedSerializer

from council.web.auth import SIGN_IN
from tests.support.described import DescribedClient
from tests.support.waiting import wait_until

API = "/api/v1"
PASSWORD = "a long way to the tower"
NOWHERE = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
ASKING = {
    "name": "A question",
    "graph": {
        "start_node_id": "start",
        "nodes": {
            "start": {"node_id": "start", "type": "start", "name": "Opening", "next_ids": ["ask"]},
            "ask": {
                "node_id": "ask",
                "type": "ask_human",
                "name": "Question",
                "next_ids": ["speaker"],
                "properties": {"question": "How many?"},
            },
            "speaker": {
                "node_id": "speaker",
                "type": "agent",
                "name": "Speaker",
                "next_ids": ["end"],
                "properties": {"agent_id": "answerer"},
            },
            "end": {"node_id": "end", "type": "end", "name": "Record"},
        },
    },
}


def take(api: DescribedClient) -> None:
    """Ask for everything; whoever made the client looks at the answers."""
    hold_meetings(api)
    keep_things(api)
    ask_the_server(api)
    let_people_in(api)


def hold_meetings(api: DescribedClient) -> None:
    finished = start(api, **api.described.example("start_session"))
    wait_until(lambda: status_of(api, finished) == "completed", what="an end")
    repeat(api, finished)
    read_everything(api, finished)
    steer(api)
    work_on_files(api)
    answer_a_question(api)
    assert api.delete(f"{API}/sessions/{finished}").status_code == 204


def repeat(api: DescribedClient, session_id: str) -> None:
    """The same again, something else under its id, and another run of it."""
    body = api.described.example("start_session") | {"session_id": session_id}
    assert api.post(f"{API}/sessions", json=body).status_code == 200
    assert api.post(f"{API}/sessions", json=body | {"subject": "Another"}).status_code == 409
    again = api.described.example("rerun_session") | {"new_session_id": str(uuid.uuid4())}
    for status in (202, 200):
        assert api.post(f"{API}/sessions/{session_id}/rerun", json=again).status_code == status
    other = api.post(f"{API}/sessions/{session_id}/rerun", json={**again, "tasks": {}})
    assert other.status_code == 409
    assert post(api, session_id, "input", {"content": "Late"}).status_code == 409
    wait_until(
        lambda: status_of(api, again["new_session_id"]) == "completed", what="the end of the other run"
    )


def read_everything(api: DescribedClient, session_id: str) -> None:
    one = f"{API}/sessions/{session_id}"
    for address in (
        f"{API}/sessions", f"{API}/sessions?status=running,completed&limit=1&q=office", one, f"{one}/usage",
        f"{one}/messages?after=0&limit=2", f"{one}/events?after=3&limit=5", f"{one}/files", f"{one}/knowledge",
    ):  # fmt: skip
        assert api.get(address).status_code == 200, address
    for name in ("md", "html", "json", "docx", "pdf"):
        assert api.get(f"{one}/export?format={name}&lang=en").status_code in (200, 422), name
    with api.get(f"{one}/events", headers={"Accept": "text/event-stream"}) as stream:
        assert stream.mimetype == "text/event-stream"


def steer(api: DescribedClient) -> None:
    """A meeting with votes and a person in it: paused, resumed, spoken to, decided, and another one stopped."""
    session_id = start(api, template_id="quick_decision", subject="Now?", group_id="the_council")
    wait_for_person(api, session_id)
    assert post(api, session_id, "input", api.described.example("say_to_session")).status_code == 200
    assert post(api, session_id, "review", {"node_id": "start", "action": "approve"}).status_code == 409
    assert post(api, session_id, "control", {"action": "stop", "node_id": "nobody"}).status_code == 409
    for action in (api.described.example("control_session"), {"action": "resume"}):
        assert post(api, session_id, "control", action).status_code == 200
    for body in (api.described.example("review_session"),) * 2:
        assert post(api, session_id, "review", body, key="once").status_code == 200
    wait_until(lambda: status_of(api, session_id) == "completed", what="an end")
    session_id = start(api, template_id="code_review", subject="x = 1 / 0")
    wait_for_person(api, session_id)
    assert api.delete(f"{API}/sessions/{session_id}").status_code == 409
    assert post(api, session_id, "signal", api.described.example("signal_session")).status_code == 200
    stopped = start(api, template_id="quick_decision", subject="Never?")
    wait_for_person(api, stopped)
    assert post(api, stopped, "control", {"action": "stop"}).status_code == 200
    assert post(api, stopped, "control", {"action": "pause"}).status_code == 409


def work_on_files(api: DescribedClient) -> None:
    plan = {"documents": [{"name": "plan.md", "content": "# Plan\n\nWe begin in May with four members."}]}
    session_id = start(
        api, template_id="council_optimize", subject="Sound?", inputs=plan, budget={"tokens": 10_000_000}
    )
    wait_for_person(api, session_id)
    one = f"{API}/sessions/{session_id}"
    for place in ("files", "files?path=plan.md&version=1", "files/history?path=plan.md"):
        assert api.get(f"{one}/{place}").status_code == 200, place
    assert api.get(one).get_json()["files"]
    assert post(api, session_id, "files/rollback", {"path": "plan.md", "version": 99}).status_code == 404
    assert post(api, session_id, "files/rollback", {"path": "plan.md", "version": 2}).status_code == 409
    assert post(api, session_id, "files/rollback", api.described.example("roll_back_file")).status_code == 200
    assert post(api, session_id, "control", {"action": "stop"}).status_code == 200


def answer_a_question(api: DescribedClient) -> None:
    made = api.post(f"{API}/templates", json=ASKING)
    session_id = start(api, template_id=made.get_json()["template_id"], subject="How many?")
    wait_for_person(api, session_id)
    assert post(api, session_id, "input", {"node_id": "ask", "content": "Seven"}).status_code == 200
    wait_until(lambda: status_of(api, session_id) == "completed", what="an end")


def keep_things(api: DescribedClient) -> None:
    """Templates, agents and groups: made, read, copied, changed and deleted; and what a group knows."""
    for word in ("template", "agent", "group"):
        every, example = f"{API}/{word}s", api.described.example(f"add_{word}")
        made = api.post(every, json=example | {f"{word}_id": f"my_{word}"})
        assert made.status_code == 201, made.text
        assert api.post(every, json=example | {f"{word}_id": f"my_{word}"}).status_code == 409
        assert api.get(every).status_code == 200
        assert api.get(f"{every}/my_{word}").status_code == 200
        assert api.put(f"{every}/my_{word}", json=made.get_json()).status_code == 200
        assert api.put(f"{every}/my_{word}", json=made.get_json()).status_code == 409
        for body in ({"json": api.described.example(f"copy_{word}")}, {}):
            assert api.post(f"{every}/my_{word}/copy", **body).status_code == 201
        assert api.delete(f"{every}/my_{word}").status_code == 204
    assert api.delete(f"{API}/agents/answerer").status_code == 403
    remember(api)


def remember(api: DescribedClient) -> None:
    every = f"{API}/groups/the_council/knowledge"
    note = api.post(every, json=api.described.example("add_knowledge"))
    assert note.status_code == 201
    one = f"{every}/{note.get_json()['knowledge_id']}"
    assert api.put(one, json=api.described.example("change_knowledge")).status_code == 200
    for ask in (api.get, lambda address: api.post(f"{address}/promote"), api.delete):
        assert ask(one).status_code in (200, 204)
    assert api.get(f"{every}?q=quarter&layer=long_term&limit=1").status_code == 200


def ask_the_server(api: DescribedClient) -> None:
    for address in (
        "/health", "/ready", "/metrics", "/api/openapi.json", "/api/live.schema.json", f"{API}/llm/providers",
        f"{API}/node-types",
    ):  # fmt: skip
        assert api.get(address).status_code == 200, address
    for operation, place in (
        ("validate_graph", "validate"), ("estimate_meeting", "estimate"), ("convert_template", "yaml"),
        ("draft_template", "generate"),
    ):  # fmt: skip
        answer = api.post(f"{API}/templates/{place}", json=api.described.example(operation))
        assert answer.status_code == 200, answer.text
    enter_a_server(api)
    faulty = api.post(f"{API}/templates/validate", json={"graph": {"start_node_id": "x", "nodes": {}}})
    assert not faulty.get_json()["valid"]


def let_people_in(api: DescribedClient) -> None:
    """The first user comes, and from then on everybody needs a name."""
    sign_in(api, sign_up(api, "ada", "admin"))
    for body in (api.described.example("add_user") | {"name": "bob"}, {"name": "vera", "role": "viewer"}):
        assert api.post(f"{API}/users", json=body).status_code == 201
        assert api.post(f"{API}/users", json=body).status_code == 409
    assert api.put(f"{API}/users/bob", json=api.described.example("change_user")).status_code == 200
    assert api.put(f"{API}/users/ada", json={"role": "viewer"}).status_code == 403
    assert api.post(f"{API}/me/tokens", json=api.described.example("make_token")).status_code == 403
    assert api.post(f"{API}/ws-ticket").status_code == 201
    for address in ("me", "me/tokens", "users"):
        assert api.get(f"{API}/{address}").status_code == 200
    share(api)
    assert api.delete(f"{API}/users/bob").status_code == 204
    keep_tokens(api)
    wrong = api.described.example("change_password")
    assert api.post(f"{API}/me/password", json=wrong).status_code == 403
    assert api.post(f"{API}/me/password", json=wrong | {"password": PASSWORD}).status_code == 204


def keep_tokens(api: DescribedClient) -> None:
    """Tokens are made and ended with the cookie of a page, and the proof that it is ours."""
    app, token = api.application, api.environ_base.pop("HTTP_AUTHORIZATION")
    user = app.extensions["council"].people.accounts.get("ada")
    with api.session_transaction() as session:
        session[SIGN_IN] = app.extensions["council"].people.keys.sign_in(user["user_id"], 1).secret
        session["csrf_token"] = "proof"
    proof = {"X-CSRF-Token": URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps("proof")}
    made = api.post(f"{API}/me/tokens", json=api.described.example("make_token"), headers=proof)
    assert made.status_code == 201, made.text
    assert api.delete(f"{API}/me/tokens/{made.get_json()['token_id']}", headers=proof).status_code == 204
    with api.session_transaction() as session:
        session.clear()
    api.environ_base["HTTP_AUTHORIZATION"] = token


def enter_a_server(api: DescribedClient) -> None:
    entered = api.post(f"{API}/llm/endpoints", json=api.described.example("add_endpoint"))
    one = f"{API}/llm/endpoints/{entered.get_json()['provider_id']}"
    changed = api.described.example("change_endpoint") | {"base_url": "http://127.0.0.1:9/v1"}
    assert api.put(one, json=changed).status_code == 200
    assert api.get(f"{API}/llm/endpoints").status_code == 200
    assert api.post(f"{one}/try").get_json()["fault"]
    assert api.delete(one).status_code == 204


def share(api: DescribedClient) -> None:
    api.post(f"{API}/groups", json=api.described.example("add_group") | {"group_id": "shared"})
    one = f"{API}/groups/shared"
    for user in ("vera", "*"):
        assert api.put(f"{one}/shares/{user}", json=api.described.example("share")).status_code == 204
    assert api.get(f"{one}/shares").status_code == 200
    assert api.delete(f"{one}/shares/vera").status_code == 204
    assert api.put(f"{one}/owner", json=api.described.example("give") | {"user": "bob"}).status_code == 204


# Shared


def sign_up(api: DescribedClient, name: str, role: str) -> str:
    """Somebody new who may sign in; a token of theirs."""
    people = api.application.extensions["council"].people
    user = people.accounts.add(name, role, PASSWORD)
    secret: str = people.keys.token(user["user_id"], name="tour", scope="admin", days=1).secret
    return secret


def sign_in(api: DescribedClient, token: str) -> None:
    """From now on the client asks on their behalf."""
    api.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"


def start(api: DescribedClient, **body: Any) -> str:
    answer = api.post(f"{API}/sessions", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
    assert answer.status_code == 202, answer.text
    session_id: str = answer.get_json()["session_id"]
    return session_id


def post(api: DescribedClient, session_id: str, place: str, body: object, *, key: str | None = None) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return api.post(
        f"{API}/sessions/{session_id}/{place}",
        data=json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


def status_of(api: DescribedClient, session_id: str) -> Any:
    return listed(api, session_id)["status"]


def wait_for_person(api: DescribedClient, session_id: str) -> None:
    wait_until(lambda: listed(api, session_id)["waiting_for"], what="a wait for a person")
    assert api.get(f"{API}/sessions/{session_id}").status_code == 200


def listed(api: DescribedClient, session_id: str) -> dict[str, Any]:
    """The meeting as the list has it, which is read faster than all of it."""
    items = api.get(f"{API}/sessions").get_json()["items"]
    found: dict[str, Any] = next(item for item in items if item["session_id"] == session_id)
    return found
