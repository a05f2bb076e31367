"""Every text of pages and scripts is there in every language."""

import re

import pytest

from council.web.own_words import own_words, told, told_graph
from council.web.texts import LANGUAGES
from tests.web.translations import TEMPLATE, collected, compiled, read, translated

OTHERS = sorted(LANGUAGES.keys() - {"en"})
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
