"""/agents: who may sit in a meeting; built in, and the users' own."""

from typing import Annotated, Any

from flask import Blueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from council.engine import shelving
from council.meeting.graph import Agent
from council.parts import Parts
from council.web.api import shelf
from council.web.auth import library_of, me
from council.web.shelf_shapes import AgentItem, AgentList

MAX_NAME = 255
Name = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME, strip_whitespace=True)]


class AgentBody(BaseModel):
    """What somebody writes of an agent. ``provider`` and ``model`` absent: it speaks with whatever there is."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    name: Name
    description: Annotated[str, StringConstraints(max_length=512)] = ""
    persona: Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True)]
    provider: Name | None = None
    model: Name | None = None
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    max_tokens: int | None = Field(None, ge=1, le=1_000_000)


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("agents", __name__, url_prefix="/api/v1")

    def read(body: dict[str, Any], agent_id: str, _before: Agent | None) -> Agent:
        return Agent(agent_id=agent_id, **shelving.parsed(AgentBody, body).model_dump())

    shelf.install(
        api,
        parts.library.agent_shelf,
        shelf.Rules(
            read=read,
            may_keep=lambda _open, _agent: None,
            may_remove=lambda open_, own_id: shelving.agent_is_free(open_, own_id, library_of(parts, me())),
            max_name=MAX_NAME,
            described=shelf.Described(
                body=AgentBody,
                item=AgentItem,
                items=AgentList,
                example={"name": "Night Watch", "persona": "You look for what wakes people at night."},
                needs="A template or a group names it",
            ),
        ),
    )
    return api
