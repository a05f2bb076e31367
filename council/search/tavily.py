"""Tavily, a search service with a key: ``POST /search``."""

from council.errors import SearchFailed
from council.search.base import Calling, Found, freely
from council.search.web import SearchServer, results_of

NAME = "tavily"
MAX_QUERY = 400  # Longer ones are refused.
_HINTS = {
    401: "it does not know the key; look at COUNCIL_SEARCH__TAVILY_API_KEY",
    403: "it refuses the key; look at COUNCIL_SEARCH__TAVILY_API_KEY and the account",
    429: "too many requests; wait a minute",
    432: "the plan's limit is reached",
    433: "the limit for pay-as-you-go is reached",
}


class TavilySearch:
    """The service under one key, which travels in a header to its own address only."""

    name = NAME
    is_set_up = True

    def __init__(self, url: str, key: str, *, timeout_seconds: float, max_bytes: int) -> None:
        self._key = key
        self._server = SearchServer(
            NAME, url, timeout_seconds=timeout_seconds, max_bytes=max_bytes, hints=_HINTS
        )

    def __repr__(self) -> str:
        return "TavilySearch()"

    def search(self, query: str, limit: int, *, calling: Calling = freely) -> tuple[Found, ...]:
        body = {"query": query[:MAX_QUERY], "max_results": limit, "include_answer": False}
        answer = self._server.post("/search", body, {"Authorization": f"Bearer {self._key}"}, calling)
        found = results_of(answer, NAME, limit)
        if found is None:
            raise SearchFailed("tavily sent no list of results.")
        return found
