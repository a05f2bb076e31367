"""What a meeting can be made of, and whether the server can hold one."""

import pytest

from council.live.condition import Condition
from tests.web.conftest import SECRET, assert_problem, client_of

API = "/api/v1"


def test_templates(api):
    """All of them, each by its name, as they were loaded."""
    page = api.get(f"{API}/templates").get_json()
    assert page.keys() == {"items", "next"}
    debate = next(item for item in page["items"] if item["template_id"] == "council_debate")
    assert debate.keys() >= {"template_id", "name", "description", "category", "is_system", "graph"}
    assert debate["is_system"] is True
    assert debate["graph"]["start_node_id"] in debate["graph"]["nodes"]
    assert api.get(f"{API}/templates/council_debate").get_json() == debate


def test_agents(api):
    """The built-in ids are names."""
    items = api.get(f"{API}/agents").get_json()["items"]
    ids = {item["agent_id"] for item in items}
    assert ids >= {"value_defender", "risk_auditor", "chief_justice", "system_surgeon"}
    one = next(item for item in items if item["agent_id"] == "chief_justice")
    assert one["temperature"] == 0.2
    assert api.get(f"{API}/agents/chief_justice").get_json() == one


def test_providers(api):
    """Found or not, each with the reason; no key in it."""
    answer = api.get(f"{API}/llm/providers")
    items = answer.get_json()["items"]
    assert items[0]["available"] is True
    assert items[0]["models"] == ["scripted"]
    assert all(item["reason"] for item in items)
    assert any(item["provider_id"] == "rehearsal" for item in items)
    assert SECRET not in answer.text


def test_every_model_has_its_price_or_none(build, tmp_path):
    """Per million tokens in USD and by whom it is told; local, or unknown, which is never 0."""
    own = tmp_path / "prices.yaml"
    own.write_text("prices:\n  - {provider: endpoint, model: big, input: 0.5, output: 2}\n", encoding="utf-8")
    council = build(llm_base_url="https://models.example.com/v1", llm_model="big, small", prices_file=own)
    items = client_of(council).get(f"{API}/llm/providers").get_json()["items"]
    found = {item["provider_id"]: item["prices"] for item in items}
    unknown = {
        "price": "unknown",
        "input_usd_per_million": None,
        "output_usd_per_million": None,
        "source": None,
    }
    known = {
        "price": "known",
        "input_usd_per_million": 0.5,
        "output_usd_per_million": 2.0,
        "source": "prices_file",
    }
    assert found["endpoint"] == {"big": known, "small": unknown}
    assert found["rehearsal"]["rehearsal"]["price"] == "local"
    assert found["openai"] == {}


@pytest.mark.parametrize("path", ["templates/nothing", "agents/nobody"])
def test_what_does_not_exist(api, path):
    assert_problem(api.get(f"{API}/{path}"), 404, "not_found")


@pytest.mark.parametrize("path", ["templates?x=1", "agents?limit=1"])
def test_a_parameter_that_does_not_exist(api, path):
    assert_problem(api.get(f"{API}/{path}"), 422, "invalid")


def test_health_and_readiness(council, api):
    """Alive as long as it answers; ready while database, dispatcher and sockets can serve."""
    assert api.get("/health").get_json() == {"status": "alive"}
    ready = api.get("/ready")
    assert ready.status_code == 200
    assert ready.get_json()["status"] == "ready"
    assert all(ready.get_json()["checks"].values())
    council.close()
    assert api.get("/health").status_code == 200
    closed = api.get("/ready")
    assert closed.status_code == 503
    assert closed.get_json()["status"] == "not_ready"


def test_it_is_not_ready_when_full(build):
    """A load balancer looks elsewhere."""
    council = build(max_clients=1)
    council.hub.register(Nobody())
    answer = client_of(council).get("/ready")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["sockets"] is False


class Nobody:
    """A listener that hears nothing."""

    reason = ""

    @property
    def condition(self):
        return Condition("socket", 1000, "", 0, 0, 0, 0)

    def offer(self, batch):
        pass

    def notice(self, channel, newest_seq):
        pass

    def close(self, code=1000, reason=""):
        pass

    def evict(self, code=1013):
        pass
