"""Whatever is sent to the shelves and to a group's memory: an answer of the right shape, never an error of ours."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.conftest import FIELDS_OF_A_PROBLEM
from tests.web.test_fuzz import texts, values
from tests.web.test_templates import ALONE, BODY

API = "/api/v1"
JSON = "application/json"
EXPECTED = (200, 201, 204, 400, 403, 404, 405, 409, 413, 422)

QUICK = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

node_ids = st.sampled_from(["start", "solo", "end", "nowhere", "", "*"])
nodes = st.fixed_dictionaries(
    {},
    optional={
        "node_id": node_ids | values,
        "type": st.sampled_from(["start", "agent", "end", "loop", "vote", "parallel", "sequence", "magic"]) | values,
        "name": texts | values,
        "next_ids": st.lists(node_ids | values, max_size=3) | values,
        "properties": st.dictionaries(st.sampled_from(["agent_id", "agent_ids"]) | texts, values) | values,
    },
)  # fmt: skip
graphs = st.fixed_dictionaries(
    {},
    optional={
        "start_node_id": node_ids | values,
        "nodes": st.dictionaries(node_ids, nodes | values) | values,
    },
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "name": st.just("x") | texts | values,
        "template_id": texts | values,
        "agent_id": texts | values,
        "group_id": texts | values,
        "description": texts | values,
        "category": st.just("custom") | values,
        "graph": st.just(ALONE) | graphs | values,
        "layout": st.dictionaries(node_ids, st.fixed_dictionaries({"x": values, "y": values}) | values) | values,
        "persona": st.just("You are x.") | texts | values,
        "temperature": values,
        "max_tokens": values,
        "system_prompt": texts | values,
        "default_agents": st.dictionaries(texts, st.dictionaries(texts, texts | values), max_size=2) | values,
        "title": texts | values,
        "content": texts | values,
        "updated_at": texts | values,
        "is_system": values,
    },
)  # fmt: skip
places = st.sampled_from(
    [
        ("post", "/templates"), ("post", "/agents"), ("post", "/groups"), ("post", "/templates/validate"),
        ("put", "/templates/all_alone"), ("put", "/agents/chief_justice"), ("post", "/templates/all_alone/copy"),
        ("post", "/groups/the_council/knowledge"), ("put", "/groups/the_council/knowledge/1"),
        ("post", "/groups/the_council/knowledge/1/promote"), ("post", "/agents/value_defender/copy"),
    ]
)  # fmt: skip


@pytest.fixture
def shelf(api):
    """A Council with a template and a note of the user's own."""
    api.post(f"{API}/templates", json=BODY)
    api.post(f"{API}/groups/the_council/knowledge", json={"title": "x", "content": "x"})
    return api


def check(answer):
    assert answer.status_code in EXPECTED, answer.text
    if answer.status_code >= 400:
        assert answer.get_json()["error"].keys() == FIELDS_OF_A_PROBLEM


@given(place=places, body=bodies | values)
@QUICK
def test_every_body_has_an_answer(shelf, place, body):
    """Kept, or an error in the one shape; what was there can still be read."""
    method, path = place
    check(getattr(shelf, method)(f"{API}{path}", data=json.dumps(body), content_type=JSON))
    for kind in ("templates", "agents", "groups"):
        assert shelf.get(f"{API}/{kind}").status_code == 200


@given(graph=graphs)
@QUICK
def test_every_graph_has_an_answer(shelf, graph):
    """Valid, or with the faults that it has."""
    octets = json.dumps({"graph": graph})
    answer = shelf.post(f"{API}/templates/validate", data=octets, content_type=JSON)
    check(answer)
    if answer.status_code == 400:
        return  # A number that no JSON reader takes.
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    assert found["valid"] == (not found["faults"])


@given(own_id=texts.filter(bool), kind=st.sampled_from(["templates", "agents", "groups"]))
@QUICK
def test_every_address_has_an_answer(shelf, own_id, kind):
    quoted = (
        own_id.encode("utf-8", "replace").decode().replace("/", "").replace("?", "").replace("#", "") or "x"
    )
    for method in ("get", "delete"):
        check(getattr(shelf, method)(f"{API}/{kind}/{quoted}"))


@given(query=st.dictionaries(st.sampled_from(["q", "layer", "limit", "cursor"]) | texts, texts, max_size=4))
@QUICK
def test_every_search_has_an_answer(shelf, query):
    given = {
        k.encode(errors="replace").decode(): v.encode(errors="replace").decode() for k, v in query.items()
    }
    check(shelf.get(f"{API}/groups/the_council/knowledge", query_string=given))
