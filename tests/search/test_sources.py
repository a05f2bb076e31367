"""Which sources a meeting has, and what those say that it does not have."""

from typing import Any

import pytest

from council.errors import SearchFailed
from council.search.sources import Sources
from council.settings import SearchSettings, SettingsError, load_settings

ROW = {"knowledge_id": 7, "title": "Leeds", "content": "The pilot saved 12 percent."}


def nobody(*args: Any) -> list[dict[str, Any]]:
    raise AssertionError("the store was asked")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("searxng", "searxng is not set up (COUNCIL_SEARCH__SEARXNG_URL)."),
        ("tavily", "tavily is not set up (COUNCIL_SEARCH__TAVILY_API_KEY)."),
        ("documents", "documents is not set up (the meeting has no document)."),
        ("knowledge", "knowledge is not set up (the meeting has no group)."),
    ],
)
def test_a_source_that_is_not_there_says_so(name: str, sentence: str) -> None:
    """By default there is nothing outside the meeting to search, and nothing is called verified for it."""
    search = Sources(SearchSettings(), nobody).of_meeting("s", None, ())[name]
    assert not search.is_set_up
    with pytest.raises(SearchFailed, match=r".*") as caught:
        search.search("q", 3)
    assert caught.value.message == sentence


def test_a_group_is_asked_for_its_own_knowledge_only() -> None:
    """And not for what this meeting itself has put there."""
    asked: list[tuple[Any, ...]] = []

    def look(*args: Any) -> list[dict[str, Any]]:
        asked.append(args)
        return [ROW]

    sources = Sources(SearchSettings(), look).of_meeting("session-1", "group-1", ())
    [found] = sources["knowledge"].search("the pilot", 4)
    assert asked == [("group-1", "session-1", "the pilot", 4)]
    assert (found.path, found.title, found.text) == ("knowledge/7", "Leeds", "The pilot saved 12 percent.")


def test_what_is_set_is_set_up() -> None:
    settings = SearchSettings(searxng_url="http://127.0.0.1:8888/", tavily_api_key="tvly-1")  # type: ignore[arg-type]
    sources = Sources(settings, nobody).of_meeting("s", None, [("a.md", "text")])
    assert {name for name, search in sources.items() if search.is_set_up} == {
        "documents",
        "searxng",
        "tavily",
    }


@pytest.mark.parametrize(
    "url", ["ftp://example.org", "example.org", "http://", "http://a?b=c", "http://a#b", "http://[", ""]
)
def test_an_address_that_is_none_stops_the_start(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNCIL_SEARCH__SEARXNG_URL", url)
    with pytest.raises(SettingsError, match="COUNCIL_SEARCH__SEARXNG_URL"):
        load_settings()


def test_a_key_that_is_none_stops_the_start_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message does not show it."""
    monkeypatch.setenv("COUNCIL_SEARCH__TAVILY_API_KEY", "tvly sécret")
    with pytest.raises(SettingsError, match="COUNCIL_SEARCH__TAVILY_API_KEY") as caught:
        load_settings()
    assert "sécret" not in str(caught.value)


def test_the_key_shows_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNCIL_SEARCH__TAVILY_API_KEY", "tvly-secret")
    assert "tvly-secret" not in repr(load_settings())
