"""The types of node there are, each with its properties and their defaults."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from council.commands import ReviewAction
from council.events import VoteType

Visibility = Literal["all", "round", "none"]
Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Share = Annotated[float, Field(ge=0, le=1)]
Minutes = Annotated[float, Field(ge=0, le=100_000)]
Tool = Literal["read_file", "write_file", "search"]
Source = Literal["documents", "knowledge", "searxng", "tavily"]


class Properties(BaseModel):
    """What may be set on a node of one type."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Start(Properties):
    """Takes subject, documents and objective."""


class Speaking(Properties):
    """A node that calls a model."""

    max_tokens: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    timeout_seconds: Annotated[float, Field(gt=0)] | None = None
    retries: Annotated[int, Field(ge=0, le=10)] | None = None


class AgentTurn(Speaking):
    """One member speaks.

    ``visibility``: all that was said before, of each node only its latest words (round), or nothing.
    ``output``: text, text that ends with the member's position (ballot), or the chair's verdict.
    ``task`` replaces the task that comes with that output. ``fallback_agent_id`` rules when a chair's call fails.
    """

    agent_id: str
    fallback_agent_id: str | None = None
    tools: tuple[Tool, ...] = ()
    visibility: Visibility = "all"
    output: Literal["text", "ballot", "verdict"] = "text"
    task: Text | None = None


class Llm(Speaking):
    """A bare prompt over the meeting's variables: ``{{subject}}``, ``{{objective}}``, ``{{documents}}``, a node."""

    prompt: Annotated[str, Field(min_length=1)]
    model: str | None = None


class ToolCall(Properties):
    """One tool call without a model; ``{{variables}}`` in the arguments are filled in."""

    tool: Tool
    arguments: dict[str, Any] = {}
    timeout_seconds: Annotated[float, Field(gt=0)] | None = None


class Parallel(Properties):
    """Its branches at once."""


class Sequence(Properties):
    """Its branches one after another, later ones reading earlier ones."""


class Vote(Speaking):
    """Ballots from the members named, sealed until all are in; ``people``: a person may vote, too.

    ``options`` are for a choice or a ranking; ``options_from: members`` ranks the members' drafts.
    ``quorum`` is the share of voters whose ballots must count.
    """

    agent_ids: Annotated[tuple[str, ...], Field(min_length=1, max_length=50)]
    vote_type: VoteType = "yes_no"
    question: Text | None = None
    options: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=50)
    ] = ()
    options_from: Literal["list", "members"] = "list"
    threshold: Annotated[float, Field(ge=0.5, le=1)] = 0.67
    quorum: Share = 0.5
    secret: bool = True
    people: bool = False
    timeout_minutes: Minutes = 30


class Loop(Properties):
    """Again or out: ``next_ids`` are those two, in this order. 0 switches a condition off."""

    max_rounds: Annotated[int, Field(ge=1, le=50)] = 3
    exit_on_score: Annotated[float, Field(ge=0, le=100)] = 0
    exit_on_agreement: bool = True
    regression: Annotated[float, Field(ge=-100, le=0)] = -10
    stasis: Annotated[float, Field(ge=0, le=100)] = 5
    stasis_rounds: Annotated[int, Field(ge=1, le=10)] = 2


class FactCheck(Speaking):
    """Claims out of the texts before it, each looked up in ``sources``; without evidence nothing is verified."""

    agent_id: str | None = None
    sources: tuple[Source, ...] = ("documents",)
    max_queries: Annotated[int, Field(ge=1, le=10)] = 3
    max_claims: Annotated[int, Field(ge=1, le=50)] = 10
    verify_threshold: Share = 0.7


class HumanReview(Properties):
    """Waits for a person; 0 minutes is for ever."""

    actions: Annotated[tuple[ReviewAction, ...], Field(min_length=1)] = ("approve", "reject", "modify")
    timeout_minutes: Minutes = 30
    allow_skip: bool = False
    on_timeout: Literal["approve", "reject", "fail"] = "reject"
    reminder_minutes: Minutes = 5
    question: Text | None = None


class AskHuman(Properties):
    """A question for a missing fact; ``default`` is taken when nobody answers in time."""

    question: Text
    default: Annotated[str, Field(max_length=20_000)] | None = None
    timeout_minutes: Minutes = 30
    reminder_minutes: Minutes = 5


class MemoryRetrieval(Properties):
    """What the group knows already, given to the members."""

    max_results: Annotated[int, Field(ge=1, le=50)] = 5
    time_range_days: Annotated[float, Field(ge=0, le=36_500)] = 7
    include_verdicts: bool = True


class ContextSynth(Speaking):
    """Older rounds become a digest; the last ``max_recent_rounds`` stay whole."""

    agent_id: str | None = None
    max_recent_rounds: Annotated[int, Field(ge=1, le=20)] = 3


class End(Speaking):
    """Closes the record; with an agent, that agent writes the report first."""

    agent_id: str | None = None
    output: Literal["record", "report"] = "record"


NODE_TYPES: dict[str, type[Properties]] = {
    "start": Start,
    "agent": AgentTurn,
    "llm": Llm,
    "tool": ToolCall,
    "parallel": Parallel,
    "sequence": Sequence,
    "vote": Vote,
    "loop": Loop,
    "fact_check": FactCheck,
    "human_review": HumanReview,
    "ask_human": AskHuman,
    "memory_retrieval": MemoryRetrieval,
    "context_synth": ContextSynth,
    "end": End,
}
