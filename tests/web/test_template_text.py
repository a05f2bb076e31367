"""/templates/yaml and /node-types: a template as text that people write, and what an editor knows of its nodes."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from council.meeting.nodes import NODE_TYPES
from council.meeting.template_text import read_template
from council.meeting.template_writing import write_template
from council.store.library import Library
from council.web.node_words import CHOICES, EXPLANATIONS, FIELDS, MARKS
from tests.web.conftest import FIELDS_OF_A_PROBLEM, assert_problem
from tests.web.test_fuzz import texts, values
from tests.web.test_shelf_fuzz import graphs
from tests.web.test_templates import ALONE, BODY

API = "/api/v1/templates/yaml"
QUICK = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SOLO = "graph:\n  start_node_id: start\n  nodes:\n    start: {type: start}\n"
HEAD = "name: x\ngraph:\n  start_node_id: start\n  nodes:\n"


def faults_of(answer):
    return assert_problem(answer, 422, "invalid")["details"]


# There and back


def test_a_template_as_yaml_and_back(api):
    """As in the files that come with Council: a node's id is its key, and what goes without saying is left out."""
    answer = api.post(API, json={"template": BODY}).get_json()
    assert answer["template"] == BODY
    assert "start: {type: start, name: start, next_ids: [solo]}" in answer["yaml"]
    assert "node_id" not in answer["yaml"].replace("start_node_id", "")
    assert api.post(API, json={"yaml": answer["yaml"]}).get_json()["template"] == BODY


def test_a_layout_as_yaml_and_back(api):
    """A line for each node that was moved, below the graph; without any there is none."""
    template = BODY | {"layout": {"solo": {"x": 140, "y": -20}, "end": {"x": 0, "y": 300}}}
    answer = api.post(API, json={"template": template}).get_json()
    assert answer["yaml"].endswith("layout:\n  solo: {x: 140, y: -20}\n  end: {x: 0, y: 300}\n")
    assert api.post(API, json={"yaml": answer["yaml"]}).get_json()["template"] == template
    assert "layout" not in api.post(API, json={"template": BODY}).get_json()["yaml"]


@pytest.mark.parametrize("template_id", Library().templates)
def test_every_built_in_template_survives_its_yaml(template_id):
    """Nothing is lost, and the order of the nodes, which is that of the members, stays."""
    template = Library().templates[template_id].model_dump(mode="json")
    again = read_template(write_template(template))
    assert again == {name: template[name] for name in again}
    assert list(again["graph"]["nodes"]) == list(template["graph"]["nodes"])


@given(text=texts | st.text(st.sampled_from("a \n\t#:'\"-\\\u2028\x07{"), max_size=12))
@QUICK
def test_every_text_survives_its_yaml(text):
    template = json.loads(json.dumps(BODY))
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")[:500]
    template["description"] = text
    template["graph"]["nodes"]["solo"]["name"] = text[:255]
    template["graph"]["nodes"]["solo"]["properties"] = {
        "agent_id": text,
        "task": " ".join([text] * 40),
        "tools": [text],
    }
    assert read_template(write_template(template)) == template


def test_a_saved_template_can_be_sent_as_it_was_read(api):
    """What the server adds to it is left out."""
    kept = api.get("/api/v1/templates/council_debate").get_json()
    assert api.post(API, json={"template": kept}).get_json()["template"].keys() == BODY.keys()


def test_what_may_be_left_out():
    """A node's id, its name, links and properties."""
    found = read_template("graph:\n  start_node_id: start\n  nodes:\n    start: {type: start, next_ids: }\n")
    assert found["graph"]["nodes"]["start"] == {
        "node_id": "start", "type": "start", "name": "start", "next_ids": [], "properties": {},
    }  # fmt: skip
    assert (found["name"], found["category"]) == ("", "custom")


def test_a_graph_with_faults_is_a_graph(api):
    """Whether it can run is another question; an editor shows it all the same."""
    text = f"{HEAD}    start: {{type: magic, next_ids: [nowhere]}}\n"
    assert api.post(API, json={"yaml": text}).status_code == 200


# Faults


@pytest.mark.parametrize(
    ("text", "path", "line", "column"),
    [
        ("name: [", "", 1, 8),
        ("name: a\nname: b", "name", 2, 1),
        (f"{HEAD}    start: {{typ: start}}\n", "graph.nodes.start.type", 5, 5),
        (
            f"{HEAD}    start:\n      type: start\n      next_ids: [1]\n",
            "graph.nodes.start.next_ids.0",
            7,
            18,
        ),
        (f"{SOLO}layout:\n  solo: {{x: 1, y: 2}}\n", "layout.solo", 6, 3),
        (f"{SOLO}layout:\n  start:\n    x: 1\n    y: 2000000\n", "layout.start.y", 8, 5),
        (f"{SOLO}layout: [1]\n", "layout", 5, 1),
        ("name: .inf\n", "name", 1, 7),
        ("- 1\n", "", 1, 1),
        ("? [a]\n: b\n", "", 1, 3),
        ("a: &x [1]\nb: *x\n", "b", 1, 4),
        ("--- a\n--- b\n", "", 2, 1),
    ],
)
def test_a_fault_has_its_line_and_column(api, text, path, line, column):
    found = faults_of(api.post(API, json={"yaml": text}))[0]
    assert (found["path"], found["line"], found["column"]) == (path, line, column)
    assert found["reason"]


def test_aliases_cannot_grow(api):
    """A page of anchors that would be billions of words is refused at once."""
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert faults_of(api.post(API, json={"yaml": bomb}))[0]["reason"] == "Anchors and aliases are not read."


@pytest.mark.parametrize(
    "text",
    ["[" * 5_000, "a:\n" * 2 + " " * 50 + "b", "x" * 500_001, "\x07", "!!python/object:os.system a: 1"],
)
def test_what_is_no_yaml_of_ours(api, text):
    assert faults_of(api.post(API, json={"yaml": text}))


@pytest.mark.parametrize(
    "body", [{}, {"yaml": 1}, {"template": "x"}, {"yaml": "a: 1", "template": {}}, {"yaml": "", "x": 1}]
)
def test_a_body_that_is_neither(api, body):
    assert_problem(api.post(API, json=body), 422, "invalid")


@given(body=st.fixed_dictionaries({"yaml": texts | st.just(HEAD) | st.text(max_size=60)}) | values)
@QUICK
def test_every_text_has_an_answer(api, body):
    check(api.post(API, data=json.dumps(body), content_type="application/json"))


@given(graph=graphs | values, name=texts | values)
@QUICK
def test_every_template_has_an_answer(api, graph, name):
    body = {"template": {"name": name, "graph": graph}}
    check(api.post(API, data=json.dumps(body), content_type="application/json"))


def check(answer):
    assert answer.status_code in (200, 400, 422), answer.text
    if answer.status_code >= 400:
        assert answer.get_json()["error"].keys() == FIELDS_OF_A_PROBLEM


# Node types


def test_the_node_types(api):
    """All of them, each with name, sign, explanation, defaults, and the JSON Schema of its properties."""
    items = api.get("/api/v1/node-types").get_json()["items"]
    assert [item["type"] for item in items] == list(NODE_TYPES)
    for item in items:
        assert item["name"]
        assert item["sign"]
        assert item["explanation"]
        own = NODE_TYPES[item["type"]].model_json_schema()
        assert item["schema"]["properties"].keys() == own.get("properties", {}).keys()
        assert item["schema"].get("required") == own.get("required")
    vote = next(item for item in items if item["type"] == "vote")
    assert vote["defaults"]["threshold"] == 0.67
    assert vote["schema"]["properties"]["agent_ids"]["format"] == "agent"
    assert vote["schema"]["properties"]["vote_type"]["x-labels"]["yes_no"] == "yes or no"


def test_the_node_types_take_no_parameters(api):
    assert_problem(api.get("/api/v1/node-types?x=1"), 422, "invalid")


def test_every_type_field_and_choice_has_its_words():
    """A property that is added to a node type needs a word, or its form could not be shown."""
    schemas = [kind.model_json_schema().get("properties", {}) for kind in NODE_TYPES.values()]
    choices = {
        choice
        for schema in schemas
        for about in schema.values()
        for choice in about.get("enum", about.get("items", {}).get("enum", ()))
    }
    assert EXPLANATIONS.keys() == NODE_TYPES.keys()
    assert MARKS.keys() >= NODE_TYPES.keys()
    assert FIELDS.keys() == {field for schema in schemas for field in schema}
    assert CHOICES.keys() == choices


def test_yaml_is_a_word_of_the_address(api):
    """No template can be called that: it could not be read."""
    assert_problem(
        api.post("/api/v1/templates", json=BODY | {"template_id": "yaml", "graph": ALONE}), 422, "invalid"
    )


# Pages


@pytest.mark.parametrize("path", ["/templates", "/templates/new", "/templates/council_debate/edit"])
def test_the_pages(api, path):
    answer = api.get(path)
    assert answer.status_code == 200
    assert 'style="' not in answer.text


def test_a_page_keeps_the_order_of_nodes(api):
    """It is the members' order; what an editor saves must not change it."""
    page = api.get("/templates/new").text
    assert (
        page.index('"start": {"node_id"')
        < page.index('"first": {"node_id"')
        < page.index('"end": {"node_id"')
    )


def test_the_editor_of_a_template_that_does_not_exist(api):
    assert api.get("/templates/nobody/edit").status_code == 404


def test_a_card_says_who_sits_in_it(api):
    page = api.get("/templates").text
    assert "Devil&#39;s Advocate" in page
    assert page.count('class="shelf-card template-card"') == len(Library().templates)
