"""Every text of pages and scripts is there in every language."""

import re

import pytest
from flask_babel import gettext, pgettext

from council.web.comparison import comparison_view
from council.web.own_words import own_words, told, told_graph
from council.web.texts import LANGUAGES
from tests.web.translations import TEMPLATE, collected, compiled, read, translated

OTHERS = sorted(LANGUAGES.keys() - {"en"})
GRAPH = {
    "start_node_id": "a",
    "nodes": {"a": {"node_id": "a", "type": "start", "name": "Opening", "next_ids": []}},
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def test_the_translators_template_is_up_to_date() -> None:
    """After a change of texts: make translations."""
    assert {message.id for message in read(TEMPLATE)} == {message.id for message in collected()}


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_missing(language: str) -> None:
    """None left out, none in doubt, none that nobody shows any more."""
    catalog = read(translated(language))
    assert {message.id for message in catalog} == {message.id for message in collected()}
    assert [message.id for message in catalog if message.id and (not message.string or message.fuzzy)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_of_its_text(language: str) -> None:
    """A name or number that stands in the English text stands in the other, and no other."""
    different = [
        message.id
        for message in read(translated(language))
        if message.id
        and sorted(PLACEHOLDER.findall(message.id)) != sorted(PLACEHOLDER.findall(message.string))
    ]
    assert different == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_the_server_reads_is_what_was_translated(language: str) -> None:
    """The compiled file is that of the text beside it."""
    path = translated(language)
    assert path.with_suffix(".mo").read_bytes() == compiled(read(path, LANGUAGES[language]))


def test_the_words_of_a_built_in_template_are_told_in_chinese(api) -> None:
    """Names and descriptions of ours; not those of members, by which the models call each other."""
    page = api.get("/?lang=zh-CN").text
    assert ">Deliberate and Vote<" not in page
    assert "Value Defender" not in own_words()
    with api.application.test_request_context("/?lang=zh-CN"):
        assert told("A template of mine") == "A template of mine"
        graph = {"start_node_id": "a", "nodes": {"a": {"type": "start", "name": "Opening"}}}
        assert told_graph(graph)["nodes"]["a"]["name"] != "Opening"
    assert graph["nodes"]["a"]["name"] == "Opening"


def test_a_look_into_a_built_in_template_is_in_chinese(api) -> None:
    """Its editor says what the list says; a copy is the user's own, and stays as it is."""
    assert ">代码评审<" in api.get("/templates?lang=zh-CN").text
    inside = api.get("/templates/code_review/edit?lang=zh-CN").text
    named = '"name": "Three reviews"'
    assert named not in inside
    assert 'value="代码评审"' in inside
    copy = api.post("/api/v1/templates/code_review/copy", json={"name": "Ours"}).get_json()
    assert named in api.get(f"/templates/{copy['template_id']}/edit?lang=zh-CN").text


def test_one_word_for_two_things_is_two_words(api) -> None:
    """To share is not a share of the votes, and how a meeting runs is not a plan that it writes."""
    with api.application.test_request_context("/?lang=zh-CN"):
        assert gettext("Share") != gettext("Part of all")
        assert pgettext("how a meeting runs", "Plan") != gettext("Plan")


def test_the_verdicts_beside_each_other_are_in_chinese(api) -> None:
    """What the chair recommends and what was decided, by their words."""
    meeting = {"seq": 1, "panel": {"members": []}, "messages": [], "graph": GRAPH}
    verdict = {"word": "improve", "decision": "yes"}
    with api.application.test_request_context("/?lang=zh-CN"):
        sides = comparison_view({**meeting, "verdict": verdict}, {**meeting, "verdict": None})["sides"]
    assert (sides[0]["verdict"]["word"], sides[0]["verdict"]["decision"]) == ("改进", "是")
    assert sides[1]["verdict"] is None
