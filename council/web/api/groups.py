"""/groups: people who meet more than once."""

from typing import Annotated, Any

from flask import Blueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from council.engine import shelving
from council.meeting.group import Group
from council.parts import Parts
from council.web.api import shelf
from council.web.auth import library_of, me
from council.web.shelf_shapes import GroupItem, GroupList

MAX_NAME = 128
MAX_TEMPLATES, MAX_SEATS = 100, 500
Id = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Seats = Annotated[dict[Id, Id], Field(max_length=MAX_SEATS)]


class GroupBody(BaseModel):
    """What somebody writes of a group."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    name: Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME, strip_whitespace=True)]
    description: Annotated[str, StringConstraints(max_length=512)] = ""
    system_prompt: Annotated[str, StringConstraints(max_length=20_000, strip_whitespace=True)] = ""
    default_agents: Annotated[dict[Id, Seats], Field(max_length=MAX_TEMPLATES)] = {}


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("groups", __name__, url_prefix="/api/v1")
    library = parts.library

    def read(body: dict[str, Any], group_id: str, before: Group | None) -> Group:
        group = Group(group_id=group_id, **shelving.parsed(GroupBody, body).model_dump())
        shelving.refuse(shelving.group_faults(group, library_of(parts, me()), before))
        return group

    shelf.install(
        api,
        library.group_shelf,
        shelf.Rules(
            read=read,
            may_keep=lambda open_, group: shelving.still_has_seats(open_, group, library),
            may_remove=shelving.clear_group,
            max_name=MAX_NAME,
            described=shelf.Described(
                body=GroupBody,
                item=GroupItem,
                items=GroupList,
                example={"name": "Platform Team", "system_prompt": "We run the servers ourselves."},
                needs="One of its meetings is not over",
            ),
        ),
    )
    return api
