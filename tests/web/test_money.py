"""Money over REST: an estimate before the start, a cap with it, and what it takes to go on."""

import pytest

from tests.support.meetings import graph_of, member
from tests.web.conftest import assert_problem, body_of, client_of, events_of, read, start, wait_for_status

ESTIMATE = "/api/v1/templates/estimate"
SESSIONS = "/api/v1/sessions"
PRICES = "prices:\n  - {provider: endpoint, model: scripted, input: 1000, output: 1000}\n"

ASK = {"template_id": "council_debate", "subject": "Shall we?"}
GRAPH = graph_of(
    {
        "start": {"type": "start", "next_ids": ["solo"]},
        "solo": member("end", agent_id="risk_auditor"),
        "end": {"type": "end"},
    }
).model_dump(mode="json")


@pytest.fixture
def priced(build, tmp_path):
    """The API of a Council whose model has a price: a tenth of a cent per token."""
    path = tmp_path / "prices.yaml"
    path.write_text(PRICES)
    return client_of(build(prices_file=path))


@pytest.fixture
def far_away(build, model, monkeypatch):
    """The API of a Council whose model nobody knows the price of."""
    monkeypatch.setattr("council.llm.endpoints.is_local", lambda url: False)
    return client_of(build(llm_model="nobody-knows"))


def control(api, session_id, **body):
    return api.post(f"{SESSIONS}/{session_id}/control", json=body)


def paused(api, **budget):
    session_id = start(api, budget=budget)
    wait_for_status(api, session_id, "paused")
    return session_id


# The estimate


def test_an_estimate_of_a_template(priced):
    """Three sums, each node and each agent, and what to beware of; nothing is started."""
    found = priced.post(ESTIMATE, json=ASK).get_json()
    assert found.keys() == {"low", "expected", "worst", "nodes", "agents", "warnings"}
    for case in ("low", "expected", "worst"):
        assert found[case].keys() == {
            "calls", "input_tokens", "output_tokens", "usd", "unknown_price_tokens", "seconds",
        }  # fmt: skip
    assert [node["node_id"] for node in found["nodes"]] == ["affirmative", "negative", "adjudicator", "end"]
    assert {each["agent_id"] for each in found["agents"]} == {
        "value_defender",
        "risk_auditor",
        "chief_justice",
    }
    assert found["expected"]["usd"] > 0.30
    assert [warning["code"] for warning in found["warnings"]] == ["high_cost"]
    assert priced.get(SESSIONS).get_json()["items"] == []


def test_an_estimate_of_a_graph(priced):
    """One that is no template yet, with other agents and a longer document."""
    short = priced.post(ESTIMATE, json={"graph": GRAPH, "subject": "Shall we?"}).get_json()
    document = {"inputs": {"document": "One line after another.\n" * 500}}
    body = {"graph": GRAPH, "agents": {"solo": "value_defender"}} | document
    found = priced.post(ESTIMATE, json=body).get_json()
    assert [each["agent_id"] for each in found["agents"]] == ["value_defender"]
    assert found["expected"]["input_tokens"] > short["expected"]["input_tokens"] + 2_000


def test_what_is_estimated_is_what_the_session_keeps(priced):
    """The estimate from before the start stands in the snapshot."""
    found = priced.post(ESTIMATE, json=ASK).get_json()
    session_id = start(priced, **ASK)
    assert read(priced, session_id)["estimate"] == found
    wait_for_status(priced, session_id, "completed")
    assert read(priced, session_id)["estimate"] == found


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"template_id": "council_debate", "graph": GRAPH}, "invalid"),
        ({"template_id": "councl_debate"}, "unknown_template"),
        ({"template_id": "council_debate", "group_id": "nobody"}, "unknown_group"),
        ({"template_id": "council_debate", "agents": {"affirmative": "nobody"}}, "invalid"),
        ({"template_id": "council_debate", "agents": {"nowhere": "risk_auditor"}}, "invalid"),
        ({"graph": {"start_node_id": "start", "nodes": {}}}, "invalid_graph"),
        ({"graph": {}}, "invalid_graph"),
        ({"template_id": "council_debate", "nonsense": 1}, "invalid"),
        ({"template_id": 7}, "invalid"),
        ({"template_id": "council_debate", "inputs": {"document": 7}}, "invalid"),
    ],
)
def test_what_cannot_be_estimated(api, body, code):
    """422, naming what is wrong."""
    assert_problem(api.post(ESTIMATE, json=body), 422, code)


def test_a_local_model_is_free(api):
    """0 is a price."""
    assert api.post(ESTIMATE, json=ASK).get_json()["worst"]["usd"] == 0.0


def test_an_unknown_price_is_not_free(far_away):
    """null, and the tokens of it apart."""
    found = far_away.post(ESTIMATE, json=ASK).get_json()
    assert found["expected"]["usd"] is None
    assert found["expected"]["unknown_price_tokens"] > 0
    assert [warning["code"] for warning in found["warnings"]] == ["unknown_price"]


# The cap


@pytest.mark.parametrize(
    "budget", [{"usd": 0}, {"usd": -1}, {"usd": 1e-10}, {"tokens": 0}, {"seconds": -0.5}]
)
def test_a_cap_of_nothing_is_refused(api, budget):
    """The message says how to have none."""
    problem = assert_problem(api.post(SESSIONS, json=body_of(budget=budget)), 422, "invalid")
    assert "for no cap, leave it out" in problem["message"]
    assert api.get(SESSIONS).get_json()["items"] == []


@pytest.mark.parametrize("budget", [0, "1", [1], {"eur": 1}, {"usd": "1"}, {"tokens": 1.5}, {"usd": 10**9}])
def test_what_is_no_cap(api, budget):
    assert_problem(api.post(SESSIONS, json=body_of(budget=budget)), 422, "invalid")


def test_an_empty_cap_is_none(api):
    """Nothing is limited, so nothing is reserved."""
    session_id = start(api, budget={})
    wait_for_status(api, session_id, "completed")
    assert read(api, session_id)["cap"] is None


def test_a_price_that_nobody_knows(far_away, model):
    """A cap in USD alone cannot hold: 422 before anything is made; with a cap in tokens it may start."""
    problem = assert_problem(far_away.post(SESSIONS, json=body_of(budget={"usd": 1})), 422, "unknown_price")
    assert "nobody-knows" in problem["message"]
    assert "tokens" in problem["hint"]
    assert far_away.get(SESSIONS).get_json()["items"] == []
    session_id = start(far_away, budget={"usd": 1, "tokens": 900_000})
    wait_for_status(far_away, session_id, "completed")
    assert read(far_away, session_id)["budget"]["unknown"] == 4 * 18


def test_a_usd_cap_cannot_be_added_where_nobody_knows_the_price(far_away):
    """Not later, either."""
    session_id = paused(far_away, tokens=100)
    answer = control(far_away, session_id, action="resume", budget={"usd": 5, "tokens": 900_000})
    assert answer.status_code == 200
    session_id = paused(far_away, seconds=1e-9)
    answer = control(far_away, session_id, action="resume", budget={"usd": 5, "seconds": 900})
    assert_problem(answer, 422, "unknown_price")
    control(far_away, session_id, action="stop")


def test_raising_the_cap(priced, model):
    """409 budget_reached without more, 422 below what is spent, and then it goes on; all of it in the log."""
    session_id = paused(priced, usd=0.01)
    assert model.requests == []
    problem = assert_problem(control(priced, session_id, action="resume"), 409, "budget_reached")
    needs = problem["details"]["needs"]
    assert needs == read(priced, session_id)["budget"]["needs"]
    assert_problem(control(priced, session_id, action="resume", budget={"usd": 0.01}), 409, "budget_reached")
    answer = control(priced, session_id, action="resume", budget={"usd": 1_000})
    assert answer.get_json() == {"session_id": session_id, "status": "running", "action": "resume"}
    wait_for_status(priced, session_id, "completed")
    found = read(priced, session_id)
    assert found["cap"] == {"usd": 1_000.0, "tokens": None, "seconds": None}
    assert found["budget"]["spent_usd"] == found["totals"]["cost_usd"] == pytest.approx(4 * 0.018)
    names = [event["event"] for event in events_of(priced, session_id)]
    assert names.index("execution:paused") < names.index("execution:resumed")
    assert names[names.index("execution:resumed") - 1] == "budget"


def test_a_cap_may_be_changed_while_the_meeting_runs(priced, model):
    """Resuming what runs does nothing but that."""
    model.hold("mid_stream", 2)
    session_id = start(priced, budget={"usd": 500})
    model.wait_until_held(2)
    assert control(priced, session_id, action="resume", budget={"usd": 900}).status_code == 200
    names = [event["event"] for event in events_of(priced, session_id)]
    assert "execution:resumed" not in names
    assert read(priced, session_id)["budget"]["cap"]["usd"] == 900
    model.release()
    wait_for_status(priced, session_id, "completed")
    assert read(priced, session_id)["budget"]["cap"]["usd"] == 900


def test_going_on_after_the_breaker_needs_a_word(build, model):
    """409 needs_word without a note; with one it goes on, and the record has both."""
    model.hold("mid_stream", 2)
    api = client_of(build(engine={"breaker_node_seconds": 0.05}))
    session_id = start(api)
    wait_for_status(api, session_id, "paused")
    assert read(api, session_id)["reason"] == "breaker"
    for body in ({}, {"note": ""}, {"note": "  "}, {"budget": {"tokens": 10**9}}):
        assert_problem(control(api, session_id, action="resume", **body), 409, "needs_word")
    assert_problem(control(api, session_id, action="resume", note="x" * 2_001), 422, "invalid")
    assert control(api, session_id, action="resume", note="Slow models.").status_code == 200
    resumed = [event["data"] for event in events_of(api, session_id) if event["event"] == "execution:resumed"]
    assert [(each["by"], each["note"]) for each in resumed] == [("person", "Slow models.")]
    control(api, session_id, action="stop")
    model.release()
