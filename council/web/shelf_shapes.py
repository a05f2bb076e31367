"""What answers about templates, agents, groups and models hold: they describe, nothing is built of them."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from council.events import PriceKind
from council.llm.prices import ModelPrice
from council.meeting.graph import Agent, Template
from council.meeting.group import Group
from council.web.shapes import Count, Cursor, Time


class TemplateItem(Template):
    """How meetings may run. What comes with Council (``is_system``) has no dates."""

    created_at: Time | None
    updated_at: Time | None


class TemplateList(BaseModel):
    items: list[TemplateItem]
    next: None


class AgentItem(Agent):
    """Who may sit in a meeting. What comes with Council (``is_system``) has no dates."""

    created_at: Time | None
    updated_at: Time | None


class AgentList(BaseModel):
    items: list[AgentItem]
    next: None


class GroupItem(Group):
    """People who meet more than once. What comes with Council (``is_system``) has no dates."""

    created_at: Time | None
    updated_at: Time | None


class GroupList(BaseModel):
    items: list[GroupItem]
    next: None


# Templates


class GraphFault(BaseModel):
    """``example`` is a piece of JSON that would fit."""

    path: str
    reason: str
    suggestion: str
    example: str | None = None


class Validated(BaseModel):
    valid: bool
    faults: list[GraphFault]


class Sum(BaseModel):
    """``usd`` is null when no price at all is known."""

    calls: Count
    input_tokens: Count
    output_tokens: Count
    usd: float | None
    unknown_price_tokens: Count


class SumInTime(Sum):
    seconds: float


class Asked(BaseModel):
    """A model that a node asks."""

    agent_id: str | None
    provider: str
    model: str
    max_tokens: int | None
    price: PriceKind


class NodeEstimated(BaseModel):
    node_id: str
    name: str
    type: str
    rounds: Count
    prompt_tokens: Count
    members: list[Asked]
    low: SumInTime
    expected: SumInTime
    worst: SumInTime


class AgentEstimated(BaseModel):
    agent_id: str | None
    low: Sum
    expected: Sum
    worst: Sum


class Warned(BaseModel):
    code: str
    message: str


class Estimated(BaseModel):
    """What a meeting would cost: at best, as expected, and at worst."""

    low: SumInTime
    expected: SumInTime
    worst: SumInTime
    nodes: list[NodeEstimated]
    agents: list[AgentEstimated]
    warnings: list[Warned]


class TemplateText(BaseModel):
    """The same template twice: as JSON and as YAML."""

    template: dict[str, Any]
    yaml: str


class NodeType(BaseModel):
    """A type of node as an editor needs it, in the reader's language; ``schema`` is that of its properties."""

    type: str
    name: str
    sign: str
    explanation: str
    defaults: dict[str, Any]
    properties_schema: dict[str, Any] = Field(serialization_alias="schema")


class NodeTypeList(BaseModel):
    items: list[NodeType]
    next: None


class DraftUsage(BaseModel):
    """What the draft cost."""

    provider: str
    model: str
    input_tokens: Count
    output_tokens: Count
    estimated_cost_usd: float | None
    price: PriceKind
    estimated: bool


class Drafted(BaseModel):
    """A template that a model has drafted; it is not kept."""

    template: dict[str, Any]
    faults: list[GraphFault]
    attempts: Count
    usage: DraftUsage


# Groups


class Knowledge(BaseModel):
    """One thing that a group knows. Working memory expires; what a person keeps does not."""

    knowledge_id: Count
    group_id: str
    layer: Literal["working", "long_term"]
    kind: Literal["verdict", "fact", "note"]
    title: str
    content: str
    confidence: float | None
    session_id: str | None
    node_id: str | None
    created_at: Time
    expires_at: Time | None
    promoted_at: Time | None


class KnowledgePage(BaseModel):
    items: list[Knowledge]
    next: Cursor


# Models and the server


class Provider(BaseModel):
    """``reason`` says why it is used or not; ``prices`` are by model."""

    provider_id: str
    name: str
    local: bool
    models: list[str]
    reason: str
    available: bool
    prices: dict[str, ModelPrice]


class ProviderList(BaseModel):
    items: list[Provider]
    next: None


class Alive(BaseModel):
    status: Literal["alive"]


class Checks(BaseModel):
    database: bool
    dispatcher: bool
    sockets: bool


class Ready(BaseModel):
    status: Literal["ready", "not_ready"]
    checks: Checks
