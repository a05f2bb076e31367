"""/groups: who usually sits, what every member is told, and what the group knows."""

import pytest

from council.meeting.recall import Finding
from council.store import knowledge
from council.store.tables import knowledge as rows
from tests.support.meetings import ruling, speaker_of
from tests.support.model_server import Reply
from tests.web.conftest import assert_problem, read, start, wait_for_status

API = "/api/v1/groups"
BODY = {
    "name": "Night Shift",
    "description": "Those who are awake.",
    "system_prompt": "Nobody is woken without a reason.",
    "default_agents": {
        "*": {"affirmative": "member_a", "somewhere": "member_b"},
        "council_debate": {"negative": "devils_advocate"},
    },
}


@pytest.fixture
def group(api):
    answer = api.post(API, json=BODY)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


# CRUD


def test_a_group_of_ones_own(api, group):
    assert group["group_id"] == "night_shift"
    assert group.items() >= BODY.items()
    assert api.get(f"{API}/night_shift").get_json() == group
    changed = api.put(f"{API}/night_shift", json=group | {"name": "Day Shift"}).get_json()
    assert changed["name"] == "Day Shift"
    assert_problem(api.put(f"{API}/night_shift", json=group), 409, "conflict")
    assert api.delete(f"{API}/night_shift").status_code == 204
    assert_problem(api.get(f"{API}/night_shift"), 404, "not_found")


def test_the_group_that_comes_with_council(api):
    """It can be copied, and not changed."""
    council = api.get(f"{API}/the_council").get_json()
    assert (council["name"], council["is_system"]) == ("The Council", True)
    assert_problem(api.put(f"{API}/the_council", json=council), 403, "built_in")
    copied = api.post(f"{API}/the_council/copy", json={"name": "Ours"}).get_json()
    assert copied["system_prompt"] == council["system_prompt"].strip()
    assert copied["group_id"] == "ours"


@pytest.mark.parametrize(
    ("agents", "path", "near"),
    [
        ({"council_debat": {"negative": "member_a"}}, "default_agents.council_debat", "council_debate"),
        ({"council_debate": {"negativ": "member_a"}}, "default_agents.council_debate.negativ", "negative"),
        ({"council_debate": {"start": "member_a"}}, "default_agents.council_debate.start", "affirmative"),
        ({"council_debate": {"negative": "membr_a"}}, "default_agents.council_debate.negative", "member_a"),
        ({"*": {"anything": "membr_a"}}, "default_agents.*.anything", "member_a"),
    ],
)
def test_a_seat_that_cannot_be_taken(api, agents, path, near):
    """The template, the node or the agent does not exist; the nearest one is told."""
    problem = assert_problem(api.post(API, json=BODY | {"default_agents": agents}), 422, "invalid")
    [fault] = problem["details"]
    assert fault["path"] == path
    assert near in fault["suggestion"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("system_prompt", "x" * 20_001),
        ("default_agents", []),
        ("default_agents", {"*": 1}),
        ("icon", "x"),
    ],
)
def test_what_does_not_fit(api, field, value):
    assert_problem(api.post(API, json=BODY | {field: value}), 422, "invalid")


def test_a_template_that_a_group_furnishes(api):
    """409 that names the groups."""
    api.post("/api/v1/templates/council_debate/copy", json={"name": "Ward"})
    seats = {"ward": {"negative": "member_a"}}
    api.post(API, json=BODY | {"default_agents": seats})
    problem = assert_problem(api.delete("/api/v1/templates/ward"), 409, "in_use")
    assert problem["details"] == {"groups": ["night_shift"]}


# Meetings of a group


@pytest.fixture
def debating(model):
    """A chair whose verdict is worth remembering."""
    texts = {
        "chair": ruling(90, 90, 90).replace(
            "The defender is right", "The night shift keeps its hours: the defender is right"
        ),
        "report": "The council met.",
    }
    model.responder = lambda request: Reply(texts.get(speaker_of(request), "Something."))
    return model


def hold(api, group_id="night_shift", **more):
    session_id = start(api, group_id=group_id, **more)
    wait_for_status(api, session_id, "completed")
    return session_id


def test_every_member_is_told_what_the_group_wants_said(api, group, debating):
    """The words are in the prompt of each: rules, not material."""
    hold(api)
    assert len(debating.requests) == 4
    for request in debating.requests:
        assert "Nobody is woken without a reason." in request["messages"][0]["content"]


def test_a_meeting_without_a_group_is_told_nothing(api, group, debating):
    session_id = start(api)
    wait_for_status(api, session_id, "completed")
    assert read(api, session_id)["group_id"] is None
    assert not any("woken" in request["messages"][0]["content"] for request in debating.requests)


def test_who_usually_sits_where(api, group):
    """The group's words for this template, then those for all, then the template's own; a node that is not there is
    nobody's seat."""
    session_id = hold(api)
    seats = {seat["node_id"]: seat["agent_id"] for seat in read(api, session_id)["panel"]["members"]}
    assert seats["affirmative"] == "member_a"
    assert seats["negative"] == "devils_advocate"
    assert seats["adjudicator"] == "chief_justice"


def test_the_start_has_the_last_word(api, group):
    session_id = hold(api, agents={"negative": "risk_auditor"})
    seats = {seat["node_id"]: seat["agent_id"] for seat in read(api, session_id)["panel"]["members"]}
    assert (seats["affirmative"], seats["negative"]) == ("member_a", "risk_auditor")


def test_a_group_that_does_not_exist(api, group):
    problem = assert_problem(
        api.post(
            "/api/v1/sessions",
            json={"template_id": "council_debate", "subject": "x", "group_id": "night_shfit"},
        ),
        422,
        "unknown_group",
    )
    assert "night_shift" in problem["hint"]
    assert problem["details"][0]["path"] == "group_id"
    assert api.get("/api/v1/sessions").get_json()["items"] == []


def test_the_meetings_of_a_group(api, group):
    mine, _other = hold(api), hold(api, "the_council")
    found = api.get("/api/v1/sessions?group_id=night_shift").get_json()["items"]
    assert [(item["session_id"], item["group_id"]) for item in found] == [(mine, "night_shift")]
    assert api.get("/api/v1/sessions?group_id=nobody").get_json()["items"] == []


def test_a_change_changes_no_meeting(api, group, debating):
    """What a group wants said is said as it was when the meeting started."""
    debating.hold("before_headers")
    session_id = start(api, group_id="night_shift")
    debating.wait_until_held(2)
    api.put(f"{API}/night_shift", json=group | {"system_prompt": "Wake everybody."})
    debating.release()
    wait_for_status(api, session_id, "completed")
    assert not any("Wake everybody" in request["messages"][0]["content"] for request in debating.requests)


def test_a_group_in_the_middle_of_a_meeting(api, group, debating):
    """It cannot be deleted before the meeting is over; then what it knows goes with it."""
    debating.hold("before_headers")
    session_id = start(api, group_id="night_shift")
    debating.wait_until_held(2)
    assert_problem(api.delete(f"{API}/night_shift"), 409, "in_use")
    debating.release()
    wait_for_status(api, session_id, "completed")
    assert api.delete(f"{API}/night_shift").status_code == 204
    api.post(API, json=BODY)
    assert api.get(f"{API}/night_shift/knowledge").get_json() == {"items": [], "next": None}


# What the group knows


def test_a_verdict_becomes_knowledge(api, group, debating):
    """Of the group and of the meeting; nobody else's."""
    session_id = hold(api)
    [item] = api.get(f"{API}/night_shift/knowledge").get_json()["items"]
    assert (item["kind"], item["layer"], item["session_id"]) == ("verdict", "working", session_id)
    assert "The night shift keeps its hours" in item["content"]
    assert api.get(f"/api/v1/sessions/{session_id}/knowledge").get_json()["items"] == [item]
    assert api.get(f"{API}/the_council/knowledge").get_json()["items"] == []
    alone = hold(api, "the_council", subject="Another one")
    assert [i["session_id"] for i in api.get(f"/api/v1/sessions/{alone}/knowledge").get_json()["items"]] == [
        alone
    ]


def test_a_meeting_without_a_group_has_no_knowledge(api, debating):
    session_id = start(api)
    wait_for_status(api, session_id, "completed")
    assert api.get(f"/api/v1/sessions/{session_id}/knowledge").get_json() == {"items": [], "next": None}


def test_promotion(api, group, debating):
    """By a person, for good; only then can it be edited."""
    hold(api)
    [item] = api.get(f"{API}/night_shift/knowledge?layer=working").get_json()["items"]
    address = f"{API}/night_shift/knowledge/{item['knowledge_id']}"
    problem = assert_problem(api.put(address, json={"title": "Hours"}), 409, "conflict")
    assert "/promote" in problem["hint"]
    promoted = api.post(f"{address}/promote").get_json()
    assert (promoted["layer"], promoted["expires_at"]) == ("long_term", None)
    assert api.post(f"{address}/promote").get_json() == promoted
    assert api.put(address, json={"title": "Hours"}).get_json() == promoted | {"title": "Hours"}
    assert api.get(f"{API}/night_shift/knowledge?layer=working").get_json()["items"] == []
    assert [
        i["title"] for i in api.get(f"{API}/night_shift/knowledge?layer=long_term").get_json()["items"]
    ] == ["Hours"]


def test_a_note_by_hand(api, group):
    added = api.post(f"{API}/night_shift/knowledge", json={"title": "Tea", "content": "茶在柜子里。"})
    assert added.status_code == 201
    note = added.get_json()
    assert (note["kind"], note["layer"], note["confidence"], note["session_id"]) == (
        "note",
        "long_term",
        None,
        None,
    )
    address = f"{API}/night_shift/knowledge/{note['knowledge_id']}"
    assert api.get(address).get_json() == note
    assert api.get(f"{API}/night_shift/knowledge", query_string={"q": "柜子"}).get_json()["items"] == [note]
    assert api.get(f"{API}/night_shift/knowledge", query_string={"q": "coffee"}).get_json()["items"] == []
    assert api.put(address, json={"content": "There is none."}).get_json()["content"] == "There is none."
    assert api.delete(address).status_code == 204
    assert_problem(api.get(address), 404, "not_found")
    assert_problem(api.delete(address), 404, "not_found")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": "x"},
        {"title": "", "content": "x"},
        {"title": "x", "content": "x" * 20_001},
        {"text": "x"},
    ],
)
def test_a_note_that_is_none(api, group, body):
    assert_problem(api.post(f"{API}/night_shift/knowledge", json=body), 422, "invalid")


def test_another_groups_knowledge(api, group):
    """It is not there: neither to read, nor to change, promote or delete."""
    note = api.post(
        f"{API}/the_council/knowledge", json={"title": "Tea", "content": "In the cupboard."}
    ).get_json()
    address = f"{API}/night_shift/knowledge/{note['knowledge_id']}"
    assert_problem(api.get(address), 404, "not_found")
    assert_problem(api.put(address, json={"title": "x"}), 404, "not_found")
    assert_problem(api.post(f"{address}/promote"), 404, "not_found")
    assert_problem(api.delete(address), 404, "not_found")
    assert api.get(f"{API}/night_shift/knowledge?q=cupboard").get_json()["items"] == []
    assert api.get(f"{API}/the_council/knowledge?q=cupboard").get_json()["items"] == [note]


@pytest.mark.parametrize("number", ["0", "x", "-1", "1e9", "9" * 30, "１"])
def test_a_number_that_nothing_has(api, group, number):
    assert_problem(api.get(f"{API}/night_shift/knowledge/{number}"), 404, "not_found")


@pytest.mark.parametrize(
    "query",
    [{"layer": "cold"}, {"limit": "0"}, {"limit": "201"}, {"cursor": "x"}, {"q": "x" * 501}, {"words": "x"}],
)
def test_a_query_that_does_not_fit(api, group, query):
    assert_problem(api.get(f"{API}/night_shift/knowledge", query_string=query), 422, "invalid")


@pytest.mark.parametrize("q", ['"', "a AND", "NEAR(", "\0", "%", "*", "title:x", "'; --", "\ud83d"])
def test_a_hostile_query_is_words(api, group, q):
    api.post(f"{API}/night_shift/knowledge", json={"title": "Tea", "content": "In the cupboard."})
    octets = q.encode("utf-8", "surrogatepass")
    assert api.get(f"{API}/night_shift/knowledge", query_string={b"q": octets}).status_code == 200


def test_pages(api, group, council):
    """Each once, to the end."""
    for number in range(5):
        api.post(f"{API}/night_shift/knowledge", json={"title": f"n{number}", "content": "x"})
    found, cursor = [], ""
    while cursor is not None:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = api.get(f"{API}/night_shift/knowledge", query_string=query).get_json()
        found += [item["title"] for item in page["items"]]
        cursor = page["next"]
    assert found == ["n4", "n3", "n2", "n1", "n0"]


def test_what_has_expired_is_swept_at_the_start(build, debating):
    """Nobody reads it meanwhile, and the next process throws it away."""
    first = build()
    old = "2020-01-01T00:00:00.000Z"
    with first.store.write() as connection:
        findings = [Finding("fact", "Old", "x" * 60, 1.0)]
        knowledge.remember(connection, "the_council", findings, session_id="s", node_id="n", at=old)
    first.close()
    second = build()
    with second.store.read() as connection:
        assert connection.execute(rows.select()).all() == []
