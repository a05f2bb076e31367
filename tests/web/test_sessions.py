"""/api/v1/sessions: start, list, read, control, speak to and forget meetings."""

import uuid

import pytest

from tests.support.waiting import wait_until
from tests.web.conftest import (
    assert_problem,
    body_of,
    client_of,
    events_of,
    read,
    start,
    wait_for_status,
)

SESSIONS = "/api/v1/sessions"
NOWHERE = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


# Start


def test_a_start_is_accepted_with_links(api):
    """202 with session_id, status and links, every one of which answers."""
    answer = api.post(SESSIONS, json=body_of())
    assert answer.status_code == 202
    body = answer.get_json()
    assert body.keys() == {"session_id", "status", "links"}
    assert uuid.UUID(body["session_id"])
    for name in ("self", "events", "page"):
        assert api.get(body["links"][name]).status_code == 200, name


def test_the_client_may_choose_the_id(api):
    """It is kept as the client wrote it, in the usual form."""
    session_id = str(uuid.uuid4())
    answer = api.post(SESSIONS, json=body_of(session_id=session_id.upper()))
    assert answer.get_json()["session_id"] == session_id


def test_the_same_start_again_is_answered_and_not_done_again(api, model):
    """200 with the same session; the order of the fields does not matter; the models are asked once."""
    session_id = str(uuid.uuid4())
    body = body_of(session_id=session_id, inputs={"objective": "Clarity", "document": "One line."})
    assert api.post(SESSIONS, json=body).status_code == 202
    turned = dict(reversed(body.items()))
    answer = api.post(SESSIONS, json=turned)
    assert answer.status_code == 200
    assert answer.get_json()["session_id"] == session_id
    wait_for_status(api, session_id, "completed")
    assert api.post(SESSIONS, json=body).get_json()["status"] == "completed"
    assert len(model.requests) == 4
    assert len(api.get(SESSIONS).get_json()["items"]) == 1


def test_another_start_under_the_same_id_is_a_conflict(api, finished):
    """409; the first meeting is not touched."""
    before = read(api, finished)
    problem = assert_problem(
        api.post(SESSIONS, json=body_of(session_id=finished, subject="Another one?")), 409, "conflict"
    )
    assert problem["can_retry"] is False
    assert read(api, finished) == before


def test_an_idempotency_key_makes_a_start_without_an_id_repeatable(api):
    """The same key and body: the same meeting; another body: a conflict; another key: another meeting."""
    key = {"Idempotency-Key": "k-1"}
    first = api.post(SESSIONS, json=body_of(), headers=key)
    again = api.post(SESSIONS, json=body_of(), headers=key)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.get_json()["session_id"] == again.get_json()["session_id"]
    assert_problem(api.post(SESSIONS, json=body_of(subject="Another?"), headers=key), 409, "conflict")
    other = api.post(SESSIONS, json=body_of(), headers={"Idempotency-Key": "k-2"})
    assert other.status_code == 202
    assert len(api.get(SESSIONS).get_json()["items"]) == 2


@pytest.mark.parametrize("key", ["", "k" * 65])
def test_an_idempotency_key_has_1_to_64_characters(api, key):
    """Another one is refused, not cut."""
    assert_problem(api.post(SESSIONS, json=body_of(), headers={"Idempotency-Key": key}), 422, "invalid")
    assert api.get(SESSIONS).get_json()["items"] == []


def test_a_meeting_needs_a_subject_or_a_document(api):
    """Either will do; neither, or blanks, will not."""
    for body in ({"subject": ""}, {"subject": " \n"}, {"subject": " ", "inputs": {"objective": "x"}}):
        problem = assert_problem(api.post(SESSIONS, json=body_of(**body)), 422, "invalid")
        assert problem["details"][0]["path"] == "subject"
    body = {"template_id": "council_debate", "inputs": {"document": "Our plan."}}
    assert api.post(SESSIONS, json=body).status_code == 202


def test_documents_reach_the_members_and_the_snapshot(api, model):
    """``document`` is shorthand for one; several have names."""
    documents = [{"name": "plan.md", "content": "Line one of the plan."}, {"name": "b.md", "content": "Two."}]
    session_id = start(api, inputs={"documents": documents, "document": "The shorthand."})
    wait_for_status(api, session_id, "completed")
    names = [document["name"] for document in read(api, session_id)["documents"]]
    assert len(names) == 3
    assert {"plan.md", "b.md"} < set(names)
    prompt = model.requests[0]["messages"][1]["content"]
    for text in ("Line one of the plan.", "Two.", "The shorthand."):
        assert text in prompt


def test_agents_may_be_replaced(api):
    """``agents`` seats another agent at a node; unknown ones are refused, all at once."""
    session_id = start(api, agents={"negative": "system_surgeon"})
    members = {member["node_id"]: member for member in read(api, session_id)["panel"]["members"]}
    assert members["negative"]["agent_id"] == "system_surgeon"
    problem = assert_problem(
        api.post(SESSIONS, json=body_of(agents={"nowhere": "risk_auditor", "negative": "nobody"})),
        422,
        "invalid",
    )
    assert {fault["path"] for fault in problem["details"]} == {"agents.nowhere", "agents.negative"}
    assert all(fault["suggestion"] for fault in problem["details"])


# List


def test_the_list_is_newest_first_and_paged(api):
    """``next`` leads through all of them, each once."""
    ids = [start(api, subject=f"Number {number}") for number in range(5)]
    for session_id in ids:
        wait_for_status(api, session_id, "completed")
    seen, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = api.get(SESSIONS, query_string=query).get_json()
        assert page.keys() == {"items", "next"}
        assert len(page["items"]) <= 2
        seen += [item["session_id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(ids)
    times = [item["created_at"] for item in api.get(SESSIONS).get_json()["items"]]
    assert times == sorted(times, reverse=True)


def test_the_list_is_searched_and_filtered(api, finished, held):
    """``status``, one or several, and ``q``; wildcards in ``q`` are letters."""
    start(api, subject="100% of _everything_")

    def found(**query):
        return [i["session_id"] for i in api.get(SESSIONS, query_string=query).get_json()["items"]]

    assert finished in found(status="completed")
    assert held not in found(status="completed")
    assert held in found(status="running")
    assert {held, finished} <= set(found(status="running,completed"))
    assert len(found(q="100%")) == len(found(q="EVERYTHING")) == 1
    assert found(q="1%0") == found(q="nothing like it") == []


@pytest.mark.parametrize(
    "query",
    [
        "status=asleep", "status=running,", "limit=0", "limit=1001", "limit=x", "limit=-1", "limit=1e3",
        "limit=%EF%BC%91", "limit=", "cursor=rubbish", "cursor=%00", "cursor=%E2%82%AC",
        "stauts=running", "limit=5&x=1",
    ],
)  # fmt: skip
def test_a_wrong_query_is_refused(api, query):
    """Every parameter is checked; an unknown one is named."""
    assert_problem(api.get(f"{SESSIONS}?{query}"), 422, "invalid")


def test_meetings_of_a_project_do_not_exist_yet(api):
    assert_problem(api.get(f"{SESSIONS}?project_id=p"), 422, "not_available")


# Read


def test_the_snapshot_has_all_its_fields(api, finished):
    """Everything that the wire promises, read with ``seq``: what follows is ``since=seq``."""
    snapshot = read(api, finished)
    assert snapshot.keys() >= {
        "session_id", "project_id", "template_id", "subject", "status", "waiting_for", "created_at", "started_at",
        "ended_at", "epoch", "seq", "graph", "node_statuses", "messages", "totals", "budget", "review", "verdict",
        "panel",
    }  # fmt: skip
    assert snapshot["seq"] == events_of(api, finished)[-1]["seq"]
    assert snapshot["totals"].keys() == {
        "input_tokens", "output_tokens", "cost_usd", "unknown_price_tokens", "elapsed_seconds",
    }  # fmt: skip
    assert snapshot["panel"].keys() == {"members", "diverse", "rehearsal"}
    assert all(
        member.keys() >= {"node_id", "agent_id", "name", "provider", "model"}
        for member in snapshot["panel"]["members"]
    )
    for message in snapshot["messages"]:
        assert message.keys() >= {
            "message_id", "node_id", "agent_id", "agent_name", "role", "content", "thinking", "html", "status", "seq",
        }  # fmt: skip
    assert set(snapshot["node_statuses"].values()) == {"completed"}
    assert list(snapshot["node_statuses"]) == list(snapshot["graph"]["nodes"])


def test_the_snapshot_of_a_running_meeting_holds_what_was_said_so_far(api, held):
    """A message in the middle is ``streaming``, with the text whose events are up to ``seq``."""
    snapshot = read(api, held)
    assert snapshot["status"] == "running"
    streaming = [message for message in snapshot["messages"] if message["status"] == "streaming"]
    assert {message["node_id"] for message in streaming} == {"affirmative", "negative"}
    for message in streaming:
        chunks = [
            event["data"]["chunk"]
            for event in events_of(api, held)
            if event["event"] == "token_stream"
            and event["data"]["message_id"] == message["message_id"]
            and event["seq"] <= snapshot["seq"]
        ]
        assert message["content"] == "".join(chunks)


def test_messages_are_paged(api, finished):
    """``after`` and ``limit``; each message once."""
    path = f"{SESSIONS}/{finished}/messages"
    whole = api.get(path).get_json()
    assert whole["next"] is None
    assert [m["node_id"] for m in whole["items"]][2:] == ["adjudicator", "end"]
    seen, after = [], 0
    while after is not None:
        page = api.get(f"{path}?limit=1&after={after}").get_json()
        seen += page["items"]
        after = page["next"]
    assert seen == whole["items"]


def test_messages_are_read_by_name(api, finished):
    """``ids``: those that there are of them, in the order of the meeting; more than a hundred are refused."""
    path = f"{SESSIONS}/{finished}/messages"
    items = api.get(path).get_json()["items"]
    ids = [items[2]["message_id"], "nobody's", items[0]["message_id"]]
    assert api.get(f"{path}?ids={','.join(ids)}").get_json() == {"items": [items[0], items[2]], "next": None}
    assert_problem(api.get(f"{path}?ids={'a,' * 100}"), 422, "invalid")


def test_usage_holds_every_call_and_the_totals(api, finished):
    usage = api.get(f"{SESSIONS}/{finished}/usage").get_json()
    assert len(usage["items"]) == 4
    assert usage["totals"]["input_tokens"] == sum(call["input_tokens"] for call in usage["items"]) == 44
    assert usage["totals"]["output_tokens"] == 28


@pytest.mark.parametrize("path", ["", "/events", "/messages", "/usage"])
@pytest.mark.parametrize("session_id", [NOWHERE, "nonsense", "%00", "%F0%9F%99%82", "x" * 500])
def test_a_session_that_does_not_exist(api, path, session_id):
    """404 wherever one looks, whatever the id looks like."""
    assert_problem(api.get(f"{SESSIONS}/{session_id}{path}"), 404, "not_found")


def test_an_event_stream_of_a_session_that_does_not_exist(api):
    """404 and no stream."""
    answer = api.get(f"{SESSIONS}/{NOWHERE}/events", headers={"Accept": "text/event-stream"})
    assert_problem(answer, 404, "not_found")


# Control


def control(api, session_id, action, key=None, **more):
    headers = {"Idempotency-Key": key} if key else {}
    return api.post(f"{SESSIONS}/{session_id}/control", json={"action": action, **more}, headers=headers)


def test_pause_resume_stop(api, model, held):
    """Each answers with the new status; the events follow."""
    for action, status in (("pause", "paused"), ("resume", "running"), ("stop", "cancelled")):
        answer = control(api, held, action)
        assert answer.status_code == 200
        assert answer.get_json() == {"session_id": held, "status": status, "action": action}
        wait_for_status(api, held, status)
    names = [e["event"] for e in events_of(api, held) if e["event"].startswith("execution:")]
    assert names == ["execution:started", "execution:paused", "execution:resumed", "execution:cancelled"]
    ends = [e["data"] for e in events_of(api, held) if e["event"] == "message_completed"]
    assert [end["finish"] for end in ends] == ["cut", "cut"]


def test_each_of_them_twice_is_once(api, held):
    """200, and nothing happens."""
    control(api, held, "resume")
    for action in ("pause", "pause", "resume", "resume", "stop", "stop"):
        assert control(api, held, action).status_code == 200
    names = [e["event"] for e in events_of(api, held) if e["event"].startswith("execution:")]
    assert names == ["execution:started", "execution:paused", "execution:resumed", "execution:cancelled"]


def test_a_repeated_key_is_answered_again_and_not_done_again(api, held):
    """Pause, resume, and the first pause once more, as an impatient client sends it: it is not held again."""
    first = control(api, held, "pause", key="p-1")
    control(api, held, "resume", key="r-1")
    again = control(api, held, "pause", key="p-1")
    assert again.get_json() == first.get_json()
    assert read(api, held)["status"] == "running"
    assert_problem(control(api, held, "stop", key="p-1"), 409, "conflict")
    assert read(api, held)["status"] == "running"


def test_a_finished_meeting_cannot_be_controlled(api, finished):
    """409, all three; the log does not grow."""
    before = events_of(api, finished)
    for action in ("pause", "resume", "stop"):
        problem = assert_problem(control(api, finished, action), 409, "illegal_transition")
        assert "finished" in problem["message"] or "completed" in problem["message"]
    assert events_of(api, finished) == before


@pytest.mark.parametrize("action", ["pause", "resume", "stop"])
def test_a_cancelled_meeting_can_only_be_stopped_again(api, held, action):
    control(api, held, "stop")
    wait_for_status(api, held, "cancelled")
    answer = control(api, held, action)
    if action == "stop":
        assert answer.get_json()["status"] == "cancelled"
    else:
        assert_problem(answer, 409, "illegal_transition")


def test_a_pause_after_the_turn_lets_speakers_finish(api, model, held):
    """``after_turn``: paused at once, the speakers end their sentences, nobody begins another."""
    assert control(api, held, "pause", mode="after_turn").get_json()["status"] == "paused"
    model.release()
    wait_for_status(api, held, "paused")
    wait_until(lambda: completed(api, held) == 2, what="the end of both turns")
    assert len(model.requests) == 2
    assert control(api, held, "resume").status_code == 200
    wait_for_status(api, held, "completed")


def completed(api, session_id):
    return sum(event["event"] == "message_completed" for event in events_of(api, session_id))


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"action": "explode"}, "action"),
        ({"action": None}, "action"),
        ({"action": ["pause"]}, "action"),
        ({}, "action"),
        ({"action": "pause", "mode": "softly"}, "mode"),
        ({"action": "resume", "mode": "now"}, "mode"),
        ({"action": "pause", "mod": "now"}, "mod"),
        ({"action": "pause", "session_id": NOWHERE}, "session_id"),
    ],
)
def test_a_wrong_control_is_refused(api, held, body, path):
    """422 naming the field; the meeting goes on."""
    problem = assert_problem(api.post(f"{SESSIONS}/{held}/control", json=body), 422, "invalid")
    assert problem["message"].startswith(f"{path}:")
    assert read(api, held)["status"] == "running"


@pytest.mark.parametrize("path", ["control", "input", "review", "signal"])
def test_commands_to_a_session_that_does_not_exist(api, path):
    bodies = {
        "control": {"action": "pause"},
        "input": {"content": "Hello?"},
        "review": {"node_id": "review", "action": "approve"},
        "signal": {"node_id": "review", "payload": {"action": "approve"}},
    }
    answer = api.post(f"{SESSIONS}/{NOWHERE}/{path}", json=bodies[path])
    assert_problem(answer, 404, "not_found")


# Speak


def test_input_is_a_message_in_the_meeting(api, model, held):
    """Members read it at their next turn, and say so, once each."""
    answer = api.post(f"{SESSIONS}/{held}/input", json={"content": "  Mind the costs.  "})
    assert answer.status_code == 200
    message_id = answer.get_json()["message_id"]
    model.release()
    wait_for_status(api, held, "completed")
    events = events_of(api, held)
    (said,) = (event["data"] for event in events if event["event"] == "user_message")
    assert said["message_id"] == message_id
    assert said["content"] == "Mind the costs."
    receipts = [event["data"] for event in events if event["event"] == "input_read"]
    assert [receipt["node_id"] for receipt in receipts] == ["adjudicator", "end"]


def test_input_is_said_once_under_one_key(api, held):
    """An impatient client repeats itself; the meeting hears it once."""
    path, headers = f"{SESSIONS}/{held}/input", {"Idempotency-Key": "i-1"}
    answers = [api.post(path, json={"content": "Once."}, headers=headers).get_json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert sum(event["event"] == "user_message" for event in events_of(api, held)) == 1


def test_a_finished_meeting_takes_no_input(api, finished):
    answer = api.post(f"{SESSIONS}/{finished}/input", json={"content": "Too late."})
    assert_problem(answer, 409, "illegal_transition")


def test_a_node_that_is_not_waiting_takes_no_input(api, held):
    """It is no answer to a question that nobody asked, and is not heard by others either."""
    answer = api.post(f"{SESSIONS}/{held}/input", json={"content": "Yes.", "node_id": "negative"})
    assert answer.status_code == 409
    assert not any(event["event"] == "user_message" for event in events_of(api, held))


@pytest.mark.parametrize("content", ["", "   ", None, 7, ["x"], "x" * 50_001])
def test_wrong_input_is_refused(api, held, content):
    problem = assert_problem(api.post(f"{SESSIONS}/{held}/input", json={"content": content}), 422, "invalid")
    assert problem["details"][0]["path"] == "content"


# Forget


def test_a_finished_meeting_is_deleted(api, finished):
    """204, and it is gone: everywhere, and for good."""
    answer = api.delete(f"{SESSIONS}/{finished}")
    assert (answer.status_code, answer.data) == (204, b"")
    for path in ("", "/events", "/messages", "/usage"):
        assert_problem(api.get(f"{SESSIONS}/{finished}{path}"), 404, "not_found")
    assert api.get(SESSIONS).get_json()["items"] == []
    assert_problem(api.delete(f"{SESSIONS}/{finished}"), 404, "not_found")


def test_a_meeting_that_is_not_over_is_not_deleted(api, held):
    assert_problem(api.delete(f"{SESSIONS}/{held}"), 409, "illegal_transition")
    assert read(api, held)["status"] == "running"


def test_an_id_that_was_deleted_may_be_used_again(api, finished):
    """A new log with a new epoch, so that nobody mistakes it for the old one."""
    before = read(api, finished)["epoch"]
    api.delete(f"{SESSIONS}/{finished}")
    assert api.post(SESSIONS, json=body_of(session_id=finished)).status_code == 202
    wait_for_status(api, finished, "completed")
    assert read(api, finished)["epoch"] != before


# Models that are not there


def test_a_start_without_a_model_says_so(build):
    """The configured server does not say which models it has: 502, what to do, and no session."""
    api = client_of(build(llm_base_url="http://127.0.0.1:9/v1", llm_model=None))
    problem = assert_problem(api.post(SESSIONS, json=body_of()), 502, "model_unreachable")
    assert problem["can_retry"] is True
    assert "COUNCIL_LLM_BASE_URL" in problem["hint"]
    assert api.get(SESSIONS).get_json()["items"] == []
