"""Every source there is, for one meeting; those that are not set up say so when they are asked."""

from collections.abc import Mapping, Sequence

from council.search import documents, knowledge, searxng, tavily
from council.search.base import NotSetUp, Search
from council.search.documents import DocumentSearch
from council.search.knowledge import KnowledgeSearch, Look
from council.search.searxng import SearxngSearch
from council.search.tavily import TavilySearch
from council.settings import SearchSettings


class Sources:
    """Made once; lends a meeting its searches."""

    def __init__(self, settings: SearchSettings, look: Look) -> None:
        self._look = look
        self._web = {search.name: search for search in (_searxng(settings), _tavily(settings))}

    def of_meeting(
        self, session_id: str, group_id: str | None, texts: Sequence[tuple[str, str]]
    ) -> Mapping[str, Search]:
        """By name; ``texts`` are its documents, ``group_id`` whose knowledge it may look into."""
        own = DocumentSearch(texts) if texts else NotSetUp(documents.NAME, "the meeting has no document")
        known = (
            KnowledgeSearch(self._look, group_id, session_id)
            if group_id
            else NotSetUp(knowledge.NAME, "the meeting has no group")
        )
        return {documents.NAME: own, knowledge.NAME: known, **self._web}


def _searxng(settings: SearchSettings) -> Search:
    if not settings.searxng_url:
        return NotSetUp(searxng.NAME, "COUNCIL_SEARCH__SEARXNG_URL")
    return SearxngSearch(
        settings.searxng_url,
        timeout_seconds=settings.timeout_seconds,
        max_bytes=settings.max_answer_bytes,
    )


def _tavily(settings: SearchSettings) -> Search:
    key = settings.tavily_api_key.get_secret_value() if settings.tavily_api_key else ""
    if not key:
        return NotSetUp(tavily.NAME, "COUNCIL_SEARCH__TAVILY_API_KEY")
    return TavilySearch(
        settings.tavily_url,
        key,
        timeout_seconds=settings.timeout_seconds,
        max_bytes=settings.max_answer_bytes,
    )
