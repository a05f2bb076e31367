"""The search that members have as a tool: every source that is set up, and a sentence when there is none."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from council.engine.nodes import RUNS
from council.engine.searching import find
from council.engine.turn import Turn
from council.errors import SearchFailed
from council.parts import Parts
from tests.engine.conftest import MakeCouncil
from tests.support.meetings import add_template, start
from tests.support.search_server import Page, SearchServer, page

PLAN = "# Plan\n\nThe pilot in Leeds saved 12 percent.\n"


@pytest.fixture
def server() -> Iterator[SearchServer]:
    answer = page(("Report", "https://example.org/a", "Leeds saved money."))
    with SearchServer(lambda asked: answer) as made:
        yield made


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str | SearchFailed]:
    """What ``find`` says inside a turn of a real meeting, or why it failed."""

    def search(parts: Parts, query: str, documents: bool) -> str | SearchFailed:
        said: list[str | SearchFailed] = []

        def run(turn: Turn) -> dict[str, Any]:
            try:
                said.append(find(turn, query, 3))
            except SearchFailed as failure:
                said.append(failure)
            return turn.conclude({})

        monkeypatch.setitem(RUNS, "llm", run)
        llm = {"type": "llm", "next_ids": ["end"], "properties": {"prompt": "x"}}
        nodes = {"start": {"type": "start", "next_ids": ["a"]}, "a": llm, "end": {"type": "end"}}
        add_template(parts, "searching", nodes)
        given = [{"name": "plan.md", "content": PLAN}] if documents else []
        meeting = start(parts, "searching", inputs={"documents": given})
        assert meeting.wait_for_end()["status"] == "completed"
        return said[0]

    return search


def test_all_sources_are_searched(council: MakeCouncil, server: SearchServer, searched: Any) -> None:
    """Each passage with where it stands."""
    text = searched(council(search={"searxng_url": server.url}), "Leeds pilot", True)
    assert "plan.md L3" in text
    assert "Report (https://example.org/a)\nLeeds saved money." in text


def test_one_that_fails_is_named(council: MakeCouncil, server: SearchServer, searched: Any) -> None:
    server.answer(Page(b"", status=500))
    text = searched(council(search={"searxng_url": server.url}), "Leeds pilot", True)
    assert "plan.md L3" in text
    assert "searxng answered with HTTP 500" in text


def test_nothing_found_is_said(council: MakeCouncil, searched: Any) -> None:
    assert searched(council(), "bananas on the moon", True) == "Nothing was found in documents."


def test_nothing_to_search_is_a_failure(council: MakeCouncil, server: SearchServer, searched: Any) -> None:
    """With what to do about it; and so is a search in which every source failed."""
    failure = searched(council(), "anything", False)
    assert isinstance(failure, SearchFailed)
    assert "COUNCIL_SEARCH__SEARXNG_URL" in failure.hint
    server.answer(Page(b"", status=500))
    failure = searched(council(search={"searxng_url": server.url}), "anything", False)
    assert isinstance(failure, SearchFailed)
    assert "HTTP 500" in failure.message
