"""Looking something up for a turn, in the sources of its meeting; a stop and the end of its time end a search."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from council.engine.turn import Turn
from council.errors import Interrupted, SearchFailed, Stopped
from council.events import ToolExecution
from council.search.base import Found, Search

TOOL = "search"
RESULTS_PER_SEARCH = 4
MAX_SHOWN = 300  # Characters of a result that the event shows.


@dataclass(frozen=True, slots=True)
class Looked:
    """What one source gave for one query; ``problem`` says why it could not be asked."""

    found: tuple[Found, ...]
    problem: str | None

    @classmethod
    def from_step(cls, step: Mapping[str, Any]) -> "Looked":
        return cls(tuple(Found(**each) for each in step["found"]), step["problem"])

    def as_step(self) -> dict[str, Any]:
        found = [{name: getattr(each, name) for name in Found.__slots__} for each in self.found]
        return {"found": found, "problem": self.problem}

    def shown(self) -> str:
        """In short, for the event."""
        if self.problem:
            return self.problem
        return "\n".join(f"{each.place}: {each.text[:MAX_SHOWN]}" for each in self.found) or "Nothing found."


def sources_of(turn: Turn) -> Mapping[str, Search]:
    """By name. The documents are those that people brought: what members make of them is no evidence."""
    record = turn.record
    return turn.desk.searches.of_meeting(record.session_id, record.group_id, record.matter.documents)


def look_up(turn: Turn, search: Search, query: str, *, part: str, agent_id: str | None) -> Looked:
    """Ask one source, once: recorded as ``part`` of the visit. Blocks. Raises an Interrupted, and nothing else."""
    if not search.is_set_up:
        return _asked(turn, search, query, 0)  # It only says so: nothing was executed.
    known = turn.recorded(part)
    if known is not None:
        return Looked.from_step(known)
    turn.gate.checkpoint()
    looked = _asked(turn, search, query, RESULTS_PER_SEARCH)
    event = ToolExecution(
        node_id=turn.node.node_id,
        agent_id=agent_id,
        tool=TOOL,
        input={"query": query, "source": search.name},
        output=looked.shown(),
        ok=looked.problem is None,
    )
    turn.record_part(part, looked.as_step(), event)
    return looked


def find(turn: Turn, query: str, limit: int = RESULTS_PER_SEARCH) -> str:
    """What every source that is set up says, as text for a model: it is material, and wants a fence.

    Records nothing: that is up to the caller. Blocks. Raises SearchFailed when no source could be asked, or an
    Interrupted.
    """
    ready = [search for search in sources_of(turn).values() if search.is_set_up]
    if not ready:
        raise SearchFailed(
            "There is nothing to search: no document, no group and no search server.",
            hint="Give the meeting a document, or set COUNCIL_SEARCH__SEARXNG_URL.",
        )
    answers = {search.name: _asked(turn, search, query, limit) for search in ready}
    problems = [looked.problem for looked in answers.values() if looked.problem]
    if len(problems) == len(ready):
        raise SearchFailed(" ".join(problems))
    found = [each for looked in answers.values() for each in looked.found]
    if not found:
        return " ".join([f"Nothing was found in {', '.join(answers)}.", *problems])
    return "\n\n".join([*(f"{each.title} ({each.place})\n{each.text}" for each in found), *problems])


def _asked(turn: Turn, search: Search, query: str, limit: int) -> Looked:
    try:
        return Looked(search.search(query, limit, calling=turn.calling), None)
    except SearchFailed as failure:
        return Looked((), failure.message)
    except Stopped as stopped:
        cause = turn.why_cancelled(started=False)
        if isinstance(cause, Interrupted):
            raise cause from stopped
        return Looked((), f"The time for this node was over before {search.name} answered.")
