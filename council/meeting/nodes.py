"""The types of node there are, each with its properties and their defaults."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Visibility = Literal["all", "none"]


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
    """One member speaks. ``output`` says what its words are: text, or the chair's verdict."""

    agent_id: str
    visibility: Visibility = "all"
    output: Literal["text", "verdict"] = "text"


class Llm(Speaking):
    """A bare prompt over the meeting's variables: ``{{subject}}``, ``{{objective}}``, ``{{documents}}``, a node."""

    prompt: Annotated[str, Field(min_length=1)]
    model: str | None = None


class Parallel(Properties):
    """Its branches at once."""


class Sequence(Properties):
    """Its branches one after another, later ones reading earlier ones."""


class End(Speaking):
    """Closes the record; with an agent, that agent writes the report first."""

    agent_id: str | None = None
    output: Literal["record", "report"] = "record"


NODE_TYPES: dict[str, type[Properties]] = {
    "start": Start,
    "agent": AgentTurn,
    "llm": Llm,
    "parallel": Parallel,
    "sequence": Sequence,
    "end": End,
}
