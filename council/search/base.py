"""What looks something up: a query in, passages with their sources out."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from council.errors import SearchFailed

Calling = Callable[[Callable[[], None]], AbstractContextManager[None]]
"""Gives away how a search in flight can be ended from outside, while inside."""

MAX_TITLE = 200
MAX_TEXT = 1_500


@dataclass(frozen=True, slots=True)
class Found:
    """One passage and where it stands: at a ``url``, or at a ``path`` of ours with its ``lines`` (``L12-18``)."""

    title: str
    text: str
    source: str
    url: str | None = None
    path: str | None = None
    lines: str | None = None

    @property
    def place(self) -> str:
        """Where it stands, as one says it: ``plan.md L12-18``, or an address."""
        return self.url or " ".join(part for part in (self.path, self.lines) if part)

    def as_source(self, longest: int = MAX_TEXT) -> dict[str, Any]:
        """As it stands in the events."""
        where = {"url": self.url} if self.url else {"path": self.path, "lines": self.lines}
        return {"source": self.source, "title": self.title, **where, "text": self.text[:longest]}


class Search(Protocol):
    """One source. Safe for many threads."""

    name: str
    is_set_up: bool

    def search(self, query: str, limit: int, *, calling: Calling = ...) -> tuple[Found, ...]:
        """At most ``limit`` passages, the best first. Blocks. Raises SearchFailed, or Stopped when it was ended."""
        ...


class NotSetUp:
    """A source that this Council does not have, and how it gets it."""

    is_set_up = False

    def __init__(self, name: str, needs: str) -> None:
        self.name = name
        self._needs = needs

    def search(self, query: str, limit: int, *, calling: Calling | None = None) -> tuple[Found, ...]:
        raise SearchFailed(f"{self.name} is not set up ({self._needs}).")


@contextmanager
def freely(cancel: Callable[[], None]) -> Iterator[None]:
    """A search that nobody ends."""
    yield
