"""SearXNG, a search engine of one's own that asks others: ``GET /search?q=…&format=json``."""

from typing import Any

from council.errors import SearchFailed
from council.search.base import Calling, Found, freely
from council.search.web import SearchServer, results_of

NAME = "searxng"
_HINTS = {
    403: "it refuses JSON; add json to search.formats in its settings.yml",
    404: "there is no /search; is COUNCIL_SEARCH__SEARXNG_URL its address?",
    429: "it limits the rate; allow this server in its limiter.toml, or wait",
}


class SearxngSearch:
    """One SearXNG server."""

    name = NAME
    is_set_up = True

    def __init__(self, url: str, *, timeout_seconds: float, max_bytes: int) -> None:
        self._server = SearchServer(
            NAME, url, timeout_seconds=timeout_seconds, max_bytes=max_bytes, hints=_HINTS
        )

    def search(self, query: str, limit: int, *, calling: Calling = freely) -> tuple[Found, ...]:
        answer = self._server.get("/search", {"q": query, "format": "json"}, calling)
        found = results_of(answer, NAME, limit)
        if found is None:
            raise SearchFailed("searxng sent no list of results.")
        if not found and (silent := _silent(answer)):
            raise SearchFailed(f"searxng found nothing, and these engines did not answer: {silent}.")
        return found


def _silent(answer: dict[str, Any]) -> str:
    """The engines that failed: then to find nothing means nothing."""
    listed = answer.get("unresponsive_engines")
    if not isinstance(listed, list):
        return ""
    names = [each[0] for each in listed if isinstance(each, list) and each and isinstance(each[0], str)]
    return ", ".join(name[:40] for name in names[:10])
